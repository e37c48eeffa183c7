//! Imports of the past, as they are shown.

use callboard_contract::{RejectKind, RejectedRow};
use callboard_core::id::{CallListId, CampaignId, CompanyId};
use callboard_db::{
    DbResult, PgPool,
    call_lists::{self, CallList, RefusedRow},
};

use super::{header::Header, job::ImportOutcome};

/// Refused rows that a report shows.
pub(super) const SHOWN: i64 = 100;

/// One import with its first refused rows; none when there is none such. `contacts_reused` and `damaged_text` are
/// known only while importing.
///
/// # Errors
/// When the database does not answer.
pub async fn import_report(db: &PgPool, company: CompanyId, id: CallListId) -> DbResult<Option<ImportOutcome>> {
    let mut db = db.acquire().await?;
    let Some(list) = call_lists::get(&mut db, company, id).await? else { return Ok(None) };
    let rows = call_lists::refused(&mut db, company, id, 0, SHOWN).await?;
    let rejects = rows.into_iter().map(|row| shown(row, &list.columns)).collect();
    Ok(Some(ImportOutcome { rejects, ..summary(list) }))
}

/// Imports without their refused rows, newest first; of one campaign when it is given.
///
/// # Errors
/// When the database does not answer.
pub async fn import_reports(
    db: &PgPool,
    company: CompanyId,
    campaign: Option<CampaignId>,
) -> DbResult<Vec<ImportOutcome>> {
    let mut db = db.acquire().await?;
    Ok(call_lists::list(&mut db, company, campaign).await?.into_iter().map(summary).collect())
}

fn summary(list: CallList) -> ImportOutcome {
    // The columns were a header when the list was imported; what they mean follows from their names again.
    let header = Header::read(list.columns.iter().map(String::as_str));
    ImportOutcome {
        call_list_id: Some(list.call_list_id),
        campaign_id: list.campaign_id,
        campaign_name: list.campaign_name,
        file_name: list.file_name,
        total: list.total,
        created: list.created,
        duplicates: list.duplicates,
        rejected: list.rejected,
        contacts_reused: 0,
        rejects: Vec::new(),
        extra_columns: header.map(|header| header.extra_columns()).unwrap_or_default(),
        damaged_text: false,
        created_at: list.created_at,
    }
}

/// A refused row with what stands in the column that was refused.
pub(super) fn shown(row: RefusedRow, columns: &[String]) -> RejectedRow {
    let value = columns.iter().position(|column| *column == row.field).and_then(|index| row.cells.get(index));
    RejectedRow {
        line: row.line,
        kind: row.kind.parse().unwrap_or(RejectKind::Rejected),
        value: value.cloned().unwrap_or_default(),
        reason: row.reason,
        field: row.field,
    }
}
