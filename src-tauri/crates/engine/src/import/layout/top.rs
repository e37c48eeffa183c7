//! The first rows of a list: which of them is the header, if any. Owns that decision and the names of columns.

use super::super::{
    ImportError, Limit,
    cells::{MAX_COLUMNS, Row},
    columns::{is_alias, looks_like_phone},
    header::unnamed,
};

/// Rows among which the header is looked for.
const TOP_ROWS: usize = 20;

/// The row with the names of the columns, as an index into the rows: below titles, above the first phone.
pub(super) fn find_header(rows: &[Row]) -> Option<usize> {
    let top = &rows[..rows.len().min(TOP_ROWS)];
    let first_phone = top.iter().position(|row| row.cells().any(|cell| looks_like_phone(cell) > 0.4));
    let above = first_phone.unwrap_or(top.len());
    let known = |row: &Row| row.cells().filter(|cell| is_alias(cell)).count();
    let most = top[..above].iter().enumerate().rev().max_by_key(|(_, row)| known(row));
    match (most, first_phone) {
        (Some((index, row)), _) if known(row) > 0 => Some(index),
        // A list without a single known name: its header is what stands above the first phone and is as wide.
        (_, Some(phone)) => {
            let index = phone.checked_sub(1)?;
            let filled = |row: &Row| row.cells().filter(|cell| !cell.trim().is_empty()).count();
            let is_text = |cell: &str| !cell.trim().starts_with(|char: char| char.is_ascii_digit());
            let fits = 2 * filled(&top[index]) >= filled(&top[phone]) && top[index].cells().all(is_text);
            fits.then_some(index)
        }
        // Neither names nor phones: taking the first row for names lets the refusal say what is missing.
        (most, None) => most.map(|_| 0),
    }
}

/// The names in a header, as many as the widest row has cells: those without a name by their place, repeated ones
/// numbered.
pub(super) fn names(header: Option<&Row>, below: &[Row]) -> Result<Vec<String>, ImportError> {
    let filled =
        |row: &Row| row.cells().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).map(|(at, _)| at + 1).last();
    let width = header.into_iter().chain(below).filter(|row| !row.overlong).filter_map(filled).max().unwrap_or(0);
    if header.is_some_and(|header| header.overlong) || width >= MAX_COLUMNS {
        return Err(ImportError::TooLarge { limit: Limit::Columns, most: MAX_COLUMNS as u64 - 1 });
    }
    let mut names: Vec<String> = Vec::with_capacity(width);
    for index in 0..width {
        let given = header.map_or("", |header| header.cell(index)).trim();
        let name =
            if given.is_empty() { unnamed(index) } else { given.split_whitespace().collect::<Vec<_>>().join(" ") };
        let (mut unique, mut n) = (name.clone(), 1);
        while names.contains(&unique) {
            n += 1;
            unique = format!("{name} ({n})");
        }
        names.push(unique);
    }
    Ok(names)
}
