//! The report of rows that became no task, to be corrected and dropped again: the columns of the file, its line numbers
//! and the reasons in words. Owns that a spreadsheet calculates nothing in it: every cell is text.

use callboard_core::id::{CallListId, CompanyId};
use callboard_db::{DbError, PgPool, call_lists};
use rust_xlsxwriter::{Format, Workbook};

use super::{RejectsError, header::unnamed, reason::Language};

/// Rows that are held in memory at once.
const PAGE: i64 = 5_000;
/// Rows of a sheet that spreadsheets open.
const MOST_ROWS: u32 = 1_048_576;
/// Characters of a cell that spreadsheets open.
const MOST_CHARS: usize = 32_767;

/// The rows of an import that became no task, as a workbook. `language` is `ru` or `en`.
///
/// # Errors
/// When there is no such import, the database does not answer or the workbook cannot be made.
pub async fn rejects_xlsx(
    db: &PgPool,
    company: CompanyId,
    call_list: CallListId,
    language: &str,
) -> Result<Vec<u8>, RejectsError> {
    let mut db = db.acquire().await.map_err(DbError::from)?;
    let language = Language::of(language);
    let list = call_lists::get(&mut db, company, call_list).await?.ok_or(RejectsError::NotFound)?;
    let staged = list.state == "checked";
    let widest = call_lists::widest_reject(&mut db, company, call_list).await?;
    let width = list.columns.len().max(usize::try_from(widest).unwrap_or_default());
    let mut workbook = Workbook::new();
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    let sheet = workbook.add_worksheet_with_low_memory()?;
    let columns = (0..width).map(|index| list.columns.get(index).cloned().unwrap_or_else(|| unnamed(index)));
    let own = language.own_columns().map(str::to_owned);
    for (column, name) in (0_u16..).zip(columns.chain(own)) {
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let (mut after, mut line) = (0, 1);
    'pages: loop {
        let page = if staged {
            call_lists::rows(&mut db, company, call_list, None, after, PAGE).await?
        } else {
            call_lists::rejects(&mut db, company, call_list, None, after, PAGE).await?
        };
        let Some(bottom) = page.last() else { break };
        after = bottom.line;
        for row in page {
            if line == MOST_ROWS {
                break 'pages;
            }
            let missing = width.saturating_sub(row.cells.len());
            let reason = language.reason(row.reason.as_deref().unwrap_or_default()).to_owned();
            let cells = row.cells.into_iter().chain(std::iter::repeat_n(String::new(), missing));
            for (column, mut cell) in (0_u16..).zip(cells.chain([row.line.to_string(), reason])) {
                if cell.chars().count() > MOST_CHARS {
                    cell = cell.chars().take(MOST_CHARS).collect();
                }
                sheet.write_string_with_format(line, column, cell, &text)?;
            }
            line += 1;
        }
    }
    Ok(workbook.save_to_buffer()?)
}
