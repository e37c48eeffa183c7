//! The report of refused rows, to be corrected and imported again: the columns of the file, its line numbers and the
//! reasons in words. Owns that a spreadsheet opens it rightly and calculates nothing in it.

use callboard_core::id::{CallListId, CompanyId};
use callboard_db::{PgPool, call_lists};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::{RejectsError, cells::starts_a_formula, header::unnamed, reason::Language};

/// Rows that are held in memory at once.
const PAGE: i64 = 5_000;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes the refused rows of an import as CSV; how many. `language` is `ru` or `en`.
///
/// # Errors
/// When there is no such import, the database does not answer or nothing can be written.
pub async fn rejects_csv(
    db: &PgPool,
    company: CompanyId,
    call_list: CallListId,
    language: &str,
    out: &mut (impl AsyncWrite + Unpin + Send),
) -> Result<u64, RejectsError> {
    let mut db = db.acquire().await.map_err(callboard_db::DbError::from)?;
    let language = Language::of(language);
    let list = call_lists::get(&mut db, company, call_list).await?.ok_or(RejectsError::NotFound)?;
    let widest = call_lists::widest_refused(&mut db, company, call_list).await?;
    let width = list.columns.len().max(usize::try_from(widest).unwrap_or_default());
    let columns = (0..width).map(|index| list.columns.get(index).cloned().unwrap_or_else(|| unnamed(index)));
    let [line, reason] = language.own_columns();
    out.write_all(BYTE_ORDER_MARK).await?;
    let header = columns.chain([line.to_owned(), reason.to_owned()]);
    out.write_all(&page_text(language, [header])?).await?;
    let (mut after, mut count) = (0, 0);
    loop {
        let page = call_lists::refused(&mut db, company, call_list, after, PAGE).await?;
        let Some(bottom) = page.last() else { break };
        after = bottom.line;
        count += page.len() as u64;
        let rows = page.into_iter().map(|row| {
            let own = [row.line.to_string(), language.reason(&row.reason).to_owned()];
            let missing = width.saturating_sub(row.cells.len());
            row.cells.into_iter().chain(std::iter::repeat_n(String::new(), missing)).chain(own)
        });
        out.write_all(&page_text(language, rows)?).await?;
    }
    out.flush().await?;
    Ok(count)
}

fn page_text<Row: Iterator<Item = String>>(
    language: Language,
    rows: impl IntoIterator<Item = Row>,
) -> Result<Vec<u8>, RejectsError> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(language.delimiter())
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        for cell in row {
            // A cell from a stranger's list must not run in the spreadsheet of the person who corrects it.
            if starts_a_formula(&cell) {
                writer.write_field(format!("'{cell}"))?;
            } else {
                writer.write_field(cell)?;
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| RejectsError::Write(error.into_error()))
}
