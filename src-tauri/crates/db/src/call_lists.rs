//! Call lists: imports, the rows they refused and the staging of rows on their way to becoming tasks.

mod staging;

use callboard_core::{
    campaign::CampaignState,
    id::{CallListId, CampaignId, CompanyId},
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};

pub use staging::{
    Fate, StagedRow, StagingCopy, StagingRows, clear_staging, counts, first_refused, insert_contacts, insert_delta,
    insert_rejects, insert_tasks, lock_for_import, mark_duplicates, mark_lost, stage,
};

use crate::{DbResult, error::parse};

/// An import as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallList {
    /// Id.
    pub call_list_id: CallListId,
    /// Campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// Name of the file.
    pub file_name: String,
    /// Data rows.
    pub total: i32,
    /// Rows that became tasks.
    pub created: i32,
    /// Rows whose number was there already.
    pub duplicates: i32,
    /// Rows that could not be used.
    pub rejected: i32,
    /// Header of the file.
    pub columns: Vec<String>,
    /// When the import began.
    pub created_at: DateTime<Utc>,
}

/// A row that did not become a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Line of the file.
    pub line: i32,
    /// `duplicate` or `rejected`.
    pub kind: String,
    /// Key of the reason.
    pub reason: String,
    /// The column.
    pub field: String,
    /// The cells as read.
    pub cells: Vec<String>,
}

/// What is known of an import before its rows are counted.
#[derive(Debug)]
pub struct NewCallList<'a> {
    /// Company.
    pub company_id: CompanyId,
    /// Id.
    pub call_list_id: CallListId,
    /// Campaign.
    pub campaign_id: CampaignId,
    /// Name of the file.
    pub file_name: &'a str,
    /// Its size.
    pub file_bytes: i64,
    /// Its SHA-256 in hexadecimal.
    pub file_sha256: &'a str,
    /// Its header.
    pub columns: &'a [String],
}

/// What became of the rows; `total` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowCounts {
    /// Data rows.
    pub total: i32,
    /// Rows that became tasks, or would.
    pub created: i32,
    /// Rows whose number was there already.
    pub duplicates: i32,
    /// Rows that cannot be used.
    pub rejected: i32,
}

struct Row {
    call_list_id: uuid::Uuid,
    campaign_id: uuid::Uuid,
    campaign_name: String,
    file_name: String,
    total: i32,
    created: i32,
    duplicates: i32,
    rejected: i32,
    columns: Json<Vec<String>>,
    created_at: DateTime<Utc>,
}

impl From<Row> for CallList {
    fn from(row: Row) -> Self {
        Self {
            call_list_id: row.call_list_id.into(),
            campaign_id: row.campaign_id.into(),
            campaign_name: row.campaign_name,
            file_name: row.file_name,
            total: row.total,
            created: row.created,
            duplicates: row.duplicates,
            rejected: row.rejected,
            columns: row.columns.0,
            created_at: row.created_at,
        }
    }
}

/// Imports that were committed, newest first; of one campaign when it is given.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &mut PgConnection, company: CompanyId, campaign: Option<CampaignId>) -> DbResult<Vec<CallList>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select l.call_list_id, l.campaign_id, c.name as campaign_name, l.file_name, l.total_rows as total,
                  l.created_rows as created, l.duplicate_rows as duplicates, l.rejected_rows as rejected,
                  l.columns as "columns: Json<Vec<String>>", l.created_at
           from call_lists l
           join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
           where l.company_id = $1 and ($2::uuid is null or l.campaign_id = $2) and l.state = 'committed'
           order by l.created_at desc, l.call_list_id desc"#,
        company.0,
        campaign.map(|id| id.0)
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One import that was committed; none when there is none such.
///
/// # Errors
/// When the database does not answer.
pub async fn get(db: &mut PgConnection, company: CompanyId, id: CallListId) -> DbResult<Option<CallList>> {
    let row = sqlx::query_as!(
        Row,
        r#"select l.call_list_id, l.campaign_id, c.name as campaign_name, l.file_name, l.total_rows as total,
                  l.created_rows as created, l.duplicate_rows as duplicates, l.rejected_rows as rejected,
                  l.columns as "columns: Json<Vec<String>>", l.created_at
           from call_lists l
           join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
           where l.company_id = $1 and l.call_list_id = $2 and l.state = 'committed'"#,
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Into::into))
}

/// Refused rows after a line, in the order of the file.
///
/// # Errors
/// When the database does not answer.
pub async fn refused(
    db: &mut PgConnection,
    company: CompanyId,
    id: CallListId,
    after_line: i32,
    limit: i64,
) -> DbResult<Vec<RefusedRow>> {
    let rows = sqlx::query!(
        r#"select line, kind, reason, field, cells as "cells: Json<Vec<String>>"
           from call_list_rejects
           where company_id = $1 and call_list_id = $2 and line > $3
           order by line
           limit $4"#,
        company.0,
        id.0,
        after_line,
        limit
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| RefusedRow {
            line: row.line,
            kind: row.kind,
            reason: row.reason,
            field: row.field,
            cells: row.cells.0,
        })
        .collect())
}

/// Most cells that a refused row has; rows may be longer than the header.
///
/// # Errors
/// When the database does not answer.
pub async fn widest_refused(db: &mut PgConnection, company: CompanyId, id: CallListId) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(max(jsonb_array_length(cells)), 0) as "widest!"
           from call_list_rejects where company_id = $1 and call_list_id = $2"#,
        company.0,
        id.0
    )
    .fetch_one(db)
    .await?)
}

/// Name and state of a campaign; none when the company has no such.
///
/// # Errors
/// When the database does not answer.
pub async fn campaign_state(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
) -> DbResult<Option<(String, CampaignState)>> {
    let row = sqlx::query!(
        "select name, state from campaigns where company_id = $1 and campaign_id = $2",
        company.0,
        campaign.0
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.name, parse("campaigns", "state", campaign.0, &row.state)?))).transpose()
}

/// Begins an import; when it began.
///
/// # Errors
/// When the database does not answer or a constraint refuses.
pub async fn insert(db: &mut PgConnection, list: &NewCallList<'_>) -> DbResult<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(
        "insert into call_lists
                (company_id, call_list_id, campaign_id, file_name, file_bytes, file_sha256, columns, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
         returning created_at",
        list.company_id.0,
        list.call_list_id.0,
        list.campaign_id.0,
        list.file_name,
        list.file_bytes,
        list.file_sha256,
        Json(list.columns) as _
    )
    .fetch_one(db)
    .await?)
}

/// Ends an import with its counts.
///
/// # Errors
/// The constraint `call_lists_counts_add_up` when they do not.
pub async fn finish(db: &mut PgConnection, company: CompanyId, id: CallListId, counts: RowCounts) -> DbResult<()> {
    sqlx::query!(
        "update call_lists
         set state = 'committed', total_rows = $3, created_rows = $4, duplicate_rows = $5, rejected_rows = $6,
             finished_at = clock_timestamp()
         where company_id = $1 and call_list_id = $2",
        company.0,
        id.0,
        counts.total,
        counts.created,
        counts.duplicates,
        counts.rejected
    )
    .execute(db)
    .await?;
    Ok(())
}
