//! Call lists: imports with their counts, the rows that became no task, and taking an import back. Refuses to read files.

mod commit;
mod half;
mod staging;
mod undo;

use callboard_core::{
    campaign::CampaignState,
    id::{CallListId, CampaignId, CompanyId},
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};

pub use commit::{
    Committed, Range, clear_staging, insert_contacts, insert_delta, insert_lanes, insert_rejects, insert_tasks,
    insert_tasks_of_known, lock_for_import, next_position, ranges, settle, zone_sets,
};
pub use half::{begin_half, end_half, nobodys_half, take_half_back};
pub use staging::{
    Fate, Person, Reasons, StagedRow, StagingCopy, StagingRows, classify, counts, forget_nobodys, hold, rows, stage,
};
pub use undo::{Undone, called_tasks, remove_contacts, remove_tasks, uncalled};

use crate::{DbResult, error::parse};

/// Rows by fate; `total` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowCounts {
    /// Data rows.
    pub total: i32,
    /// New and good.
    pub ready: i32,
    /// With a repaired number.
    pub fixed: i32,
    /// Whose contact the company has.
    pub known: i32,
    /// Further up in the file.
    pub duplicate: i32,
    /// In the campaign already.
    pub in_campaign: i32,
    /// Forbidden.
    pub do_not_call: i32,
    /// Unusable.
    pub invalid: i32,
    /// Totals and instructions.
    pub ignored: i32,
}

impl RowCounts {
    /// Rows that become tasks.
    #[must_use]
    pub fn good(&self) -> i32 {
        self.ready + self.fixed + self.known
    }
}

/// An import.
#[derive(Debug, Clone, PartialEq)]
pub struct CallList {
    /// Id.
    pub call_list_id: CallListId,
    /// Campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// Name of the file.
    pub file_name: String,
    /// `checking`, `checked`, `committed`, `undone`, `cancelled` or `failed`.
    pub state: String,
    /// Rows by fate.
    pub counts: RowCounts,
    /// Tasks that it made.
    pub created: i32,
    /// Of them, those whose contact the company had.
    pub reused_contacts: i32,
    /// Header of the file.
    pub columns: Vec<String>,
    /// How it was read.
    pub mapping: serde_json::Value,
    /// Key of the reason why it failed.
    pub failure: Option<String>,
    /// When the import began.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A row of an import and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Line of the file.
    pub line: i32,
    /// What became of it.
    pub fate: String,
    /// Key of the reason or of the repair.
    pub reason: Option<String>,
    /// The column that it is about.
    pub field: Option<String>,
    /// E.164 number, when it is known.
    pub phone: Option<String>,
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
    /// Its header.
    pub columns: &'a [String],
    /// How it is read.
    pub mapping: &'a serde_json::Value,
}

struct Row {
    call_list_id: uuid::Uuid,
    campaign_id: uuid::Uuid,
    campaign_name: String,
    file_name: String,
    state: String,
    total: i32,
    ready: i32,
    fixed: i32,
    known: i32,
    duplicate: i32,
    in_campaign: i32,
    do_not_call: i32,
    invalid: i32,
    ignored: i32,
    created: i32,
    reused_contacts: i32,
    columns: Json<Vec<String>>,
    mapping: serde_json::Value,
    failure: Option<String>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<Row> for CallList {
    fn from(row: Row) -> Self {
        Self {
            call_list_id: row.call_list_id.into(),
            campaign_id: row.campaign_id.into(),
            campaign_name: row.campaign_name,
            file_name: row.file_name,
            state: row.state,
            counts: RowCounts {
                total: row.total,
                ready: row.ready,
                fixed: row.fixed,
                known: row.known,
                duplicate: row.duplicate,
                in_campaign: row.in_campaign,
                do_not_call: row.do_not_call,
                invalid: row.invalid,
                ignored: row.ignored,
            },
            created: row.created,
            reused_contacts: row.reused_contacts,
            columns: row.columns.0,
            mapping: row.mapping,
            failure: row.failure,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

/// Imports that were not given up, newest first, at most 200; of one campaign when it is given.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &mut PgConnection, company: CompanyId, campaign: Option<CampaignId>) -> DbResult<Vec<CallList>> {
    select(db, company, campaign, None).await
}

/// One import; none when there is none such.
///
/// # Errors
/// When the database does not answer.
pub async fn get(db: &mut PgConnection, company: CompanyId, id: CallListId) -> DbResult<Option<CallList>> {
    Ok(select(db, company, None, Some(id)).await?.pop())
}

async fn select(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: Option<CampaignId>,
    id: Option<CallListId>,
) -> DbResult<Vec<CallList>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select l.call_list_id, l.campaign_id, c.name as campaign_name, l.file_name, l.state, l.total_rows as total,
                  l.ready_rows as ready, l.fixed_rows as fixed, l.known_rows as known, l.duplicate_rows as duplicate,
                  l.in_campaign_rows as in_campaign, l.do_not_call_rows as do_not_call, l.invalid_rows as invalid,
                  l.ignored_rows as ignored, l.created_rows as created, l.reused_contacts,
                  l.columns as "columns: Json<Vec<String>>", l.mapping, l.failure, l.created_at, l.finished_at
           from call_lists l
           join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
           where l.company_id = $1 and ($2::uuid is null or l.campaign_id = $2)
             and case when $3::uuid is null then l.state <> 'cancelled' else l.call_list_id = $3 end
           order by l.created_at desc, l.call_list_id desc
           limit 200"#,
        company.0,
        campaign.map(|id| id.0),
        id.map(|id| id.0)
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Rows that became no task after a line, in the order of the file; with one fate when it is given.
///
/// # Errors
/// When the database does not answer.
pub async fn rejects(
    db: &mut PgConnection,
    company: CompanyId,
    id: CallListId,
    fate: Option<&str>,
    after_line: i32,
    limit: i64,
) -> DbResult<Vec<ListRow>> {
    let rows = sqlx::query!(
        r#"select line, fate, reason, field, cells as "cells: Json<Vec<String>>"
           from call_list_rejects
           where company_id = $1 and call_list_id = $2 and line > $3 and ($5::text is null or fate = $5)
           order by line
           limit $4"#,
        company.0,
        id.0,
        after_line,
        limit,
        fate
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ListRow {
            line: row.line,
            fate: row.fate,
            reason: Some(row.reason),
            field: Some(row.field),
            phone: None,
            cells: row.cells.0,
        })
        .collect())
}

/// Most cells that a row without a task has; rows may be longer than the header.
///
/// # Errors
/// When the database does not answer.
pub async fn widest_reject(db: &mut PgConnection, company: CompanyId, id: CallListId) -> DbResult<i32> {
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
                (company_id, call_list_id, campaign_id, file_name, file_bytes, columns, mapping, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
         returning created_at",
        list.company_id.0,
        list.call_list_id.0,
        list.campaign_id.0,
        list.file_name,
        list.file_bytes,
        Json(list.columns) as _,
        list.mapping
    )
    .fetch_one(db)
    .await?)
}

/// The file was read to its end: stores header, mapping and counts. False when the import was given up meanwhile.
///
/// # Errors
/// The constraint `call_lists_counts_add_up` when they do not.
pub async fn checked(
    db: &mut PgConnection,
    company: CompanyId,
    id: CallListId,
    columns: &[String],
    (mapping, zone_sets): (&serde_json::Value, &[i16]),
    counts: RowCounts,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "update call_lists
         set state = 'checked', columns = $3, mapping = $4, total_rows = $5, ready_rows = $6, fixed_rows = $7,
             known_rows = $8, duplicate_rows = $9, in_campaign_rows = $10, do_not_call_rows = $11, invalid_rows = $12,
             ignored_rows = $13, zone_sets = $14
         where company_id = $1 and call_list_id = $2 and state = 'checking'",
        company.0,
        id.0,
        Json(columns) as _,
        mapping,
        counts.total,
        counts.ready,
        counts.fixed,
        counts.known,
        counts.duplicate,
        counts.in_campaign,
        counts.do_not_call,
        counts.invalid,
        counts.ignored,
        zone_sets
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Its rows were looked up once more: stores what was counted.
///
/// # Errors
/// The constraint `call_lists_counts_add_up` when they do not.
pub async fn recounted(db: &mut PgConnection, company: CompanyId, id: CallListId, counts: RowCounts) -> DbResult<()> {
    sqlx::query!(
        "update call_lists
         set total_rows = $3, ready_rows = $4, fixed_rows = $5, known_rows = $6, duplicate_rows = $7, in_campaign_rows = $8,
             do_not_call_rows = $9, invalid_rows = $10, ignored_rows = $11
         where company_id = $1 and call_list_id = $2 and state = 'checked'",
        company.0,
        id.0,
        counts.total,
        counts.ready,
        counts.fixed,
        counts.known,
        counts.duplicate,
        counts.in_campaign,
        counts.do_not_call,
        counts.invalid,
        counts.ignored
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A checked import that is about to be committed.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Campaign.
    pub campaign_id: CampaignId,
    /// Staged rows.
    pub total: i32,
    /// Header of the file.
    pub columns: Vec<String>,
    /// How it was read.
    pub mapping: serde_json::Value,
    /// Ids of its zone sets.
    pub zone_sets: Vec<i16>,
    /// When the import began.
    pub created_at: DateTime<Utc>,
}

/// Locks a checked import until the end of the transaction, so that it is committed once. None when it is not checked
/// (any more).
///
/// # Errors
/// When the database does not answer.
pub async fn lock_checked(db: &mut PgConnection, company: CompanyId, id: CallListId) -> DbResult<Option<Checked>> {
    let row = sqlx::query!(
        r#"select campaign_id, total_rows, columns as "columns: Json<Vec<String>>", mapping, zone_sets, created_at from call_lists
           where company_id = $1 and call_list_id = $2 and state = 'checked' for update"#,
        company.0,
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Checked {
        campaign_id: row.campaign_id.into(),
        total: row.total_rows,
        columns: row.columns.0,
        mapping: row.mapping,
        zone_sets: row.zone_sets,
        created_at: row.created_at,
    }))
}

/// The tasks are there: stores what was counted last.
///
/// # Errors
/// The constraint `call_lists_counts_add_up` when they do not.
pub async fn committed(
    db: &mut PgConnection,
    company: CompanyId,
    id: CallListId,
    counts: RowCounts,
    done: Committed,
) -> DbResult<()> {
    sqlx::query!(
        "update call_lists
         set state = 'committed', total_rows = $3, ready_rows = $4, fixed_rows = $5, known_rows = $6, duplicate_rows = $7,
             in_campaign_rows = $8, do_not_call_rows = $9, invalid_rows = $10, ignored_rows = $11, created_rows = $12,
             reused_contacts = $13, first_position = $14, last_position = $15, finished_at = clock_timestamp()
         where company_id = $1 and call_list_id = $2",
        company.0,
        id.0,
        counts.total,
        counts.ready,
        counts.fixed,
        counts.known,
        counts.duplicate,
        counts.in_campaign,
        counts.do_not_call,
        counts.invalid,
        counts.ignored,
        done.tasks,
        done.reused_contacts,
        done.first_position,
        done.last_position
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends an import that made no tasks, or whose tasks were taken back: `cancelled`, `failed` or `undone`. False when its
/// state does not allow that.
///
/// # Errors
/// When the database does not answer.
pub async fn end(
    db: &mut PgConnection,
    company: CompanyId,
    id: CallListId,
    state: &str,
    failure: Option<&str>,
) -> DbResult<bool> {
    let done = sqlx::query!(
        "update call_lists set state = $3, failure = $4, finished_at = clock_timestamp()
         where company_id = $1 and call_list_id = $2
           and case when $3 = 'undone' then state = 'committed' else state in ('checking', 'checked') end",
        company.0,
        id.0,
        state,
        failure
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps why a commit failed with an import that goes on waiting for a decision.
///
/// # Errors
/// When the database does not answer.
pub async fn note_failure(
    db: &mut PgConnection,
    company: CompanyId,
    id: CallListId,
    failure: Option<&str>,
) -> DbResult<()> {
    sqlx::query!(
        "update call_lists set failure = $3 where company_id = $1 and call_list_id = $2 and state = 'checked'",
        company.0,
        id.0,
        failure
    )
    .execute(db)
    .await?;
    Ok(())
}
