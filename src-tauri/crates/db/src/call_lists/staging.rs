//! From rows of a file to tasks, set by set. Owns the form in which rows travel (`PostgreSQL`'s binary COPY) and the
//! statements that turn staged rows into contacts, tasks and refusals. Everything is inside the caller's transaction.

use callboard_core::{
    campaign::CampaignState,
    id::{CallListId, CampaignId, CompanyId},
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, postgres::PgCopyIn, types::Json};
use uuid::Uuid;

use super::{RefusedRow, RowCounts};
use crate::{DbResult, error::parse};

const COPY: &str = "copy call_list_staging (company_id, call_list_id, line, task_id, contact_id, phone, contact_name, \
                    contact_data, cells, kind, reason, field) from stdin (format binary)";
const COLUMNS: i16 = 12;
/// Signature, no flags, no extension: the head of a binary COPY.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// A row on its way into staging.
#[derive(Debug, Clone, Copy)]
pub struct StagedRow<'a> {
    /// Line of the file.
    pub line: i32,
    /// The cells as read, a JSON array.
    pub cells: &'a str,
    /// What reading it has shown.
    pub fate: Fate<'a>,
}

/// What becomes of a row as far as the file alone can tell.
#[derive(Debug, Clone, Copy)]
pub enum Fate<'a> {
    /// A task, unless the campaign has the number already.
    Task {
        /// Id of the task.
        task_id: Uuid,
        /// Id of the contact, unless the company knows the number.
        contact_id: Uuid,
        /// E.164.
        phone: &'a str,
        /// Name.
        contact_name: Option<&'a str>,
        /// Further columns, a JSON object.
        contact_data: &'a str,
    },
    /// No task.
    Refused {
        /// `duplicate` or `rejected`.
        kind: &'a str,
        /// Key of the reason.
        reason: &'a str,
        /// The column.
        field: &'a str,
    },
}

/// Encodes rows for [`StagingCopy`]. Texts must not hold NUL, which `PostgreSQL` cannot store.
#[derive(Debug)]
pub struct StagingRows {
    company: [u8; 16],
    list: [u8; 16],
    bytes: Vec<u8>,
}

impl StagingRows {
    /// Starts with the head of the stream.
    #[must_use]
    pub fn new(company: CompanyId, list: CallListId) -> Self {
        Self { company: *company.0.as_bytes(), list: *list.0.as_bytes(), bytes: HEAD.to_vec() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: &StagedRow<'_>) {
        self.bytes.extend_from_slice(&COLUMNS.to_be_bytes());
        let (company, list) = (self.company, self.list);
        self.field(Some(&company));
        self.field(Some(&list));
        self.field(Some(&row.line.to_be_bytes()));
        match row.fate {
            Fate::Task { task_id, contact_id, phone, contact_name, contact_data } => {
                self.field(Some(task_id.as_bytes()));
                self.field(Some(contact_id.as_bytes()));
                self.field(Some(phone.as_bytes()));
                self.field(contact_name.map(str::as_bytes));
                self.field(Some(contact_data.as_bytes()));
                self.field(Some(row.cells.as_bytes()));
                (0..3).for_each(|_| self.field(None));
            }
            Fate::Refused { kind, reason, field } => {
                (0..5).for_each(|_| self.field(None));
                for text in [row.cells, kind, reason, field] {
                    self.field(Some(text.as_bytes()));
                }
            }
        }
    }

    fn field(&mut self, value: Option<&[u8]>) {
        // The reader bounds a row far below 2 GiB.
        let length = value.map_or(-1, |value| i32::try_from(value.len()).unwrap_or(i32::MAX));
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(value.unwrap_or_default());
    }

    /// Bytes that wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes what waits, to be sent.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        let capacity = self.bytes.capacity();
        std::mem::replace(&mut self.bytes, Vec::with_capacity(capacity))
    }

    /// Ends the stream and takes what waits.
    #[must_use]
    pub fn end(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
        self.bytes
    }
}

/// A COPY into staging under way. Dropped unfinished, it leaves no rows.
#[must_use = "the rows are there only after `finish`"]
pub struct StagingCopy<'c>(PgCopyIn<&'c mut PgConnection>);

/// Begins a COPY into staging.
///
/// # Errors
/// When the database does not answer.
pub async fn stage(db: &mut PgConnection) -> DbResult<StagingCopy<'_>> {
    Ok(StagingCopy(db.copy_in_raw(COPY).await?))
}

impl StagingCopy<'_> {
    /// Sends encoded rows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn send(&mut self, rows: &[u8]) -> DbResult<()> {
        self.0.send(rows).await?;
        Ok(())
    }

    /// Ends it; how many rows are staged.
    ///
    /// # Errors
    /// When the database refused a row.
    pub async fn finish(self) -> DbResult<u64> {
        Ok(self.0.finish().await?)
    }

    /// Gives it up: the transaction can only be rolled back then.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn abort(self) -> DbResult<()> {
        Ok(self.0.abort("the import was given up").await?)
    }
}

/// Keeps the campaign's state until the end of the transaction and makes other imports into it wait, so that positions
/// are given once. Its name and state; none when it does not exist.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_for_import(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
) -> DbResult<Option<(String, CampaignState)>> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('call_lists'), hashtext($1))", campaign.0.to_string())
        .execute(&mut *db)
        .await?;
    let row = sqlx::query!(
        "select name, state from campaigns where company_id = $1 and campaign_id = $2 for share",
        company.0,
        campaign.0
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.name, parse("campaigns", "state", campaign.0, &row.state)?))).transpose()
}

/// Keeps the planner from nested loops. It knows nothing of rows that were staged a moment ago, takes them for one, and
/// would compare each row of the list with each task of the campaign: minutes instead of a second.
async fn join_by_hash(db: &mut PgConnection, only: bool) -> DbResult<()> {
    let nested = if only { "off" } else { "on" };
    sqlx::query_scalar!("select set_config('enable_nestloop', $1, true)", nested).fetch_one(db).await?;
    Ok(())
}

/// Marks the staged rows whose number is in the campaign already.
///
/// # Errors
/// When the database does not answer.
pub async fn mark_duplicates(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    campaign: CampaignId,
    reason: &str,
    field: &str,
) -> DbResult<u64> {
    allow_nested_loops(db, false).await?;
    let done = sqlx::query!(
        "update call_list_staging s set kind = 'duplicate', reason = $4, field = $5
         from call_tasks t
         where s.company_id = $1 and s.call_list_id = $2 and s.reason is null
           and t.company_id = $1 and t.campaign_id = $3 and t.phone = s.phone",
        company.0,
        list.0,
        campaign.0,
        reason,
        field
    )
    .execute(&mut *db)
    .await?;
    allow_nested_loops(db, true).await?;
    Ok(done.rows_affected())
}

/// Nothing has counted the rows of a fresh import or of a young campaign, and a planner that takes a hundred thousand of
/// them for one joins them in quadratic time. Without nested loops it reads both sides once. Until the transaction ends.
async fn allow_nested_loops(db: &mut PgConnection, allowed: bool) -> DbResult<()> {
    let value = if allowed { "on" } else { "off" };
    sqlx::query_scalar!("select set_config('enable_nestloop', $1, true)", value).fetch_one(db).await?;
    Ok(())
}

/// Marks the staged rows that found their number taken at the last moment.
///
/// # Errors
/// When the database does not answer.
pub async fn mark_lost(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    reason: &str,
    field: &str,
) -> DbResult<u64> {
    join_by_hash(db, true).await?;
    let done = sqlx::query!(
        "update call_list_staging s set kind = 'duplicate', reason = $3, field = $4
         where s.company_id = $1 and s.call_list_id = $2 and s.reason is null
           and (select t.task_id from call_tasks t where t.company_id = $1 and t.task_id = s.task_id) is null",
        company.0,
        list.0,
        reason,
        field
    )
    .execute(&mut *db)
    .await?;
    join_by_hash(db, false).await?;
    Ok(done.rows_affected())
}

/// Staged rows by what became of them.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<RowCounts> {
    Ok(sqlx::query_as!(
        RowCounts,
        r#"select count(*)::int as "total!", count(*) filter (where reason is null)::int as "created!",
                  count(*) filter (where kind = 'duplicate')::int as "duplicates!",
                  count(*) filter (where kind = 'rejected')::int as "rejected!"
           from call_list_staging where company_id = $1 and call_list_id = $2"#,
        company.0,
        list.0
    )
    .fetch_one(db)
    .await?)
}

/// The first staged rows that were refused, in the order of the file.
///
/// # Errors
/// When the database does not answer.
pub async fn first_refused(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    limit: i64,
) -> DbResult<Vec<RefusedRow>> {
    let rows = sqlx::query!(
        r#"select line, kind as "kind!", reason as "reason!", field as "field!",
                  cells::jsonb as "cells!: Json<Vec<String>>"
           from call_list_staging
           where company_id = $1 and call_list_id = $2 and reason is not null
           order by line
           limit $3"#,
        company.0,
        list.0,
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

/// Makes contacts of the numbers that the company does not know yet; how many. Known ones stay as they are. In the
/// order of the numbers, so that imports into two campaigns cannot block each other.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_contacts(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<u64> {
    let done = sqlx::query!(
        "insert into contacts (company_id, contact_id, phone, name, data)
         select company_id, contact_id, phone, contact_name, contact_data::jsonb
         from call_list_staging
         where company_id = $1 and call_list_id = $2 and reason is null
         order by phone
         on conflict (company_id, phone) do nothing",
        company.0,
        list.0
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Makes tasks of the staged rows that nothing speaks against, after the campaign's last position; how many. A scalar
/// subquery finds the contact because it stays one probe of a unique index where a join may become anything.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_tasks(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    campaign: CampaignId,
    due_at: DateTime<Utc>,
) -> DbResult<u64> {
    let done = sqlx::query!(
        "insert into call_tasks (company_id, task_id, campaign_id, contact_id, call_list_id, position, phone,
                                 contact_name, contact_data, due_at)
         select s.company_id, s.task_id, $3,
                (select c.contact_id from contacts c where c.company_id = $1 and c.phone = s.phone), s.call_list_id,
                (select coalesce(max(t.position), 0) from call_tasks t where t.company_id = $1 and t.campaign_id = $3)
                    + row_number() over (order by s.line),
                s.phone, s.contact_name, s.contact_data::jsonb, $4
         from call_list_staging s
         where s.company_id = $1 and s.call_list_id = $2 and s.reason is null
         order by s.line
         on conflict (company_id, campaign_id, phone) do nothing",
        company.0,
        list.0,
        campaign.0,
        due_at
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Keeps the refused rows; how many.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_rejects(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<u64> {
    let done = sqlx::query!(
        "insert into call_list_rejects (company_id, call_list_id, line, kind, reason, field, cells)
         select company_id, call_list_id, line, kind, reason, field, cells::jsonb
         from call_list_staging
         where company_id = $1 and call_list_id = $2 and reason is not null
         order by line",
        company.0,
        list.0
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Empties staging of an import.
///
/// # Errors
/// When the database does not answer.
pub async fn clear_staging(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<()> {
    sqlx::query!("delete from call_list_staging where company_id = $1 and call_list_id = $2", company.0, list.0)
        .execute(db)
        .await?;
    Ok(())
}

/// Adds new tasks to the campaign's figures.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_delta(
    db: &mut PgConnection,
    company: CompanyId,
    campaign: CampaignId,
    pending: i32,
) -> DbResult<()> {
    sqlx::query!(
        "insert into campaign_deltas (company_id, campaign_id, pending) values ($1, $2, $3)",
        company.0,
        campaign.0,
        pending
    )
    .execute(db)
    .await?;
    Ok(())
}
