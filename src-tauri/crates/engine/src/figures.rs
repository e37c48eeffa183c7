//! The figures behind a chart as a workbook, as they stand on the screen. Refuses more than a chart can show.

use callboard_contract::{ErrorCode, FiguresSave, FileFormat, IpcError};

use crate::{
    context::Context,
    error::UseCase,
    export::{Cell, Table, Words},
};

const MOST_ROWS: usize = 10_000;
const MOST_COLUMNS: usize = 100;
const MOST_CHARS: usize = 120;

/// The workbook: its name and its bytes.
///
/// # Errors
/// `invalid_input` when the table is larger than any chart, or the workbook cannot be made.
pub(crate) async fn workbook(context: &Context, request: FiguresSave) -> UseCase<(String, Vec<u8>)> {
    let FiguresSave { title, head, rows } = request;
    if rows.len() > MOST_ROWS || head.len() > MOST_COLUMNS || rows.iter().any(|row| row.len() > head.len()) {
        return Err(IpcError::refusal(ErrorCode::InvalidInput, "No chart has so many figures."));
    }
    let table = Table::begin(context, FileFormat::Xlsx, Words::English, head)?;
    let rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
    table.rows(rows).await?.end(&file_name(&title)).await
}

/// Plain numbers can be calculated with; everything else stands as it was shown.
fn cell(text: String) -> Cell {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.len() <= 15;
    match text.parse() {
        Ok(number) if plain => Cell::Number(number),
        _ => Cell::Text(text),
    }
}

/// Titles are sentences: what no file name may hold is left out.
fn file_name(title: &str) -> String {
    let kept: String = title
        .chars()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c })
        .take(MOST_CHARS)
        .collect();
    let name = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() { "Callboard".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_name_that_every_system_takes() {
        assert_eq!(file_name("Answered: 62 %, 3/5 calls?"), "Answered 62 %, 3 5 calls");
        assert_eq!(file_name("../.."), "Callboard");
        assert_eq!(file_name(" \n"), "Callboard");
    }

    #[test]
    fn only_plain_numbers_are_numbers() {
        assert_eq!(cell("12.5".into()), Cell::Number(12.5));
        for text in ["12 %", "+79991234567", "", "inf", "1 234", "=1+1", "1.2.3", "12:30"] {
            assert_eq!(cell(text.into()), Cell::Text(text.into()));
        }
    }
}
