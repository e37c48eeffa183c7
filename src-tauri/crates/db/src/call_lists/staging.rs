//! Rows on their way to becoming tasks. Owns the form in which they travel (`PostgreSQL`'s binary COPY) and the
//! statements that say what would become of each.

use callboard_core::id::{CallListId, CampaignId, CompanyId};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, postgres::PgCopyIn, types::Json};
use uuid::Uuid;

use super::{ListRow, RowCounts};
use crate::DbResult;

const COPY: &str = "copy call_list_staging (company_id, call_list_id, line, ordinal, fate, reason, field, task_id, \
                    contact_id, phone, other_phones, contact_name, email, organization, notes, tags, zone_number, \
                    zone_source, contact_data, cells) from stdin (format binary)";
const COLUMNS: i16 = 20;
/// Signature, no flags, no extension: the head of a binary COPY.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Oid of the type text, which `PostgreSQL` never changes.
const TEXT: i32 = 25;
/// Fewer staged rows than this are looked up one by one. More are joined by hashing: the planner knows nothing of rows
/// that were staged a moment ago, takes them for a handful and would spend minutes on a million.
const MANY: i32 = 500;

/// A row on its way into staging.
#[derive(Debug, Clone, Copy)]
pub struct StagedRow<'a> {
    /// Line of the file.
    pub line: i32,
    /// Place among the rows that become tasks as far as the file can tell, from 1.
    pub ordinal: i32,
    /// The cells as read, a JSON array.
    pub cells: &'a str,
    /// What reading it has shown.
    pub fate: Fate<'a>,
}

/// What becomes of a row as far as the file alone can tell.
#[derive(Debug, Clone, Copy)]
pub enum Fate<'a> {
    /// A task, unless the database knows better.
    Task {
        /// Id of the task.
        task_id: Uuid,
        /// Id of the contact, unless the company knows the number.
        contact_id: Uuid,
        /// Key of the repair, and the column that was repaired.
        fix: Option<(&'a str, &'a str)>,
        /// Who is called.
        person: Person<'a>,
    },
    /// No task.
    Refused {
        /// `duplicate`, `invalid` or `ignored`.
        fate: &'a str,
        /// Key of the reason.
        reason: &'a str,
        /// The column.
        field: &'a str,
    },
}

/// What a row says about a person.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// E.164.
    pub phone: &'a str,
    /// Further numbers.
    pub other_phones: &'a [String],
    /// Name.
    pub name: Option<&'a str>,
    /// E-mail address.
    pub email: Option<&'a str>,
    /// Whom the person works for.
    pub organization: Option<&'a str>,
    /// Remarks.
    pub notes: Option<&'a str>,
    /// Labels.
    pub tags: &'a [String],
    /// Place of the zones among those of the list, from 1.
    pub zone_number: i16,
    /// `column`, `number` or `campaign`.
    pub zone_source: &'a str,
    /// Further columns, a JSON object.
    pub data: &'a str,
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
        self.field(Some(&row.ordinal.to_be_bytes()));
        match &row.fate {
            Fate::Task { task_id, contact_id, fix, person } => {
                self.text(Some(if fix.is_some() { "fixed" } else { "ready" }));
                self.text(fix.map(|(reason, _)| reason));
                self.text(fix.map(|(_, field)| field));
                self.field(Some(task_id.as_bytes()));
                self.field(Some(contact_id.as_bytes()));
                self.text(Some(person.phone));
                self.texts(person.other_phones);
                self.text(person.name);
                self.text(person.email);
                self.text(person.organization);
                self.text(person.notes);
                self.texts(person.tags);
                self.field(Some(&person.zone_number.to_be_bytes()));
                self.text(Some(person.zone_source));
                self.text(Some(person.data));
            }
            Fate::Refused { fate, reason, field } => {
                for text in [fate, reason, field] {
                    self.text(Some(text));
                }
                (0..12).for_each(|_| self.field(None));
            }
        }
        self.text(Some(row.cells));
    }

    fn text(&mut self, text: Option<&str>) {
        self.field(text.map(str::as_bytes));
    }

    fn field(&mut self, value: Option<&[u8]>) {
        // The reader bounds a row far below 2 GiB.
        let length = value.map_or(-1, |value| i32::try_from(value.len()).unwrap_or(i32::MAX));
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(value.unwrap_or_default());
    }

    /// An array of one dimension from 1; null when there is nothing in it.
    fn texts(&mut self, texts: &[String]) {
        if texts.is_empty() {
            return self.field(None);
        }
        let start = self.bytes.len();
        let count = i32::try_from(texts.len()).unwrap_or(i32::MAX);
        for number in [0, 1, 0, TEXT, count, 1] {
            self.bytes.extend_from_slice(&number.to_be_bytes());
        }
        for text in texts {
            self.text(Some(text));
        }
        let length = i32::try_from(self.bytes.len() - start - 4).unwrap_or(i32::MAX);
        self.bytes[start..start + 4].copy_from_slice(&length.to_be_bytes());
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

/// Says until the end of the transaction that somebody is reading this list ([`forget_nobodys`]). To be called before the
/// list is inserted.
///
/// # Errors
/// When the database does not answer.
pub async fn hold(db: &mut PgConnection, id: CallListId) -> DbResult<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('call_list'), hashtext($1))", id.0.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// Ends imports that nobody works on: those whose process died while it read the file, and those that have waited a week
/// for a decision. How many.
///
/// # Errors
/// When the database does not answer.
pub async fn forget_nobodys(db: &mut PgConnection) -> DbResult<u64> {
    let done = sqlx::query!(
        "with gone as (
             update call_lists l
             set state = case l.state when 'checking' then 'failed' else 'cancelled' end,
                 failure = case l.state when 'checking' then 'interrupted' end, finished_at = clock_timestamp()
             where (l.state = 'checking' and pg_try_advisory_xact_lock(hashtext('call_list'), hashtext(l.call_list_id::text)))
                or (l.state = 'checked' and l.created_at < clock_timestamp() - interval '7 days')
             returning l.company_id, l.call_list_id)
         delete from call_list_staging s using gone g
         where s.company_id = g.company_id and s.call_list_id = g.call_list_id"
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Keys under which rows are refused by the database, and the column they are about.
#[derive(Debug, Clone, Copy)]
pub struct Reasons<'a> {
    /// A do-not-call entry.
    pub do_not_call: &'a str,
    /// The campaign has the number.
    pub in_campaign: &'a str,
    /// The phone column.
    pub field: &'a str,
}

/// Says of every staged row that could become a task what the database knows: forbidden, known to the company, in the
/// campaign. May be repeated: what has changed since is found too; numbers that were forbidden before an instant that is
/// given were found before.
///
/// # Errors
/// When the database does not answer.
pub async fn classify(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    campaign: CampaignId,
    (staged, found_before): (i32, Option<DateTime<Utc>>),
    reasons: Reasons<'_>,
) -> DbResult<()> {
    let many = staged > MANY;
    if many {
        set(db, "enable_nestloop", "off").await?;
        set(db, "work_mem", "64MB").await?;
    }
    sqlx::query!(
        "update call_list_staging s set fate = 'do_not_call', reason = $4, field = $5
         from do_not_call d
         where s.company_id = $1 and s.call_list_id = $2 and s.fate in ('ready', 'fixed', 'known')
           and d.company_id = $1 and d.kind = 'number' and (d.campaign_id is null or d.campaign_id = $3)
           and d.pattern = s.phone
           -- An entry's time is older than its commit, by as long as a long list takes. When there is none, nothing is read.
           and ($6::timestamptz is null
                or (select true from do_not_call n
                    where n.company_id = $1 and n.created_at > $6 - interval '1 minute' limit 1))
           and ($6::timestamptz is null or d.created_at > $6 - interval '1 minute')",
        company.0,
        list.0,
        campaign.0,
        reasons.do_not_call,
        reasons.field,
        found_before
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update call_list_staging s set contact_id = c.contact_id, is_known = true,
                fate = case s.fate when 'ready' then 'known' else s.fate end
         from contacts c
         where s.company_id = $1 and s.call_list_id = $2 and s.fate in ('ready', 'fixed') and not s.is_known
           and c.company_id = $1 and c.phone = s.phone",
        company.0,
        list.0
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update call_list_staging s set fate = 'in_campaign', reason = $4, field = $5
         from call_tasks t
         where s.company_id = $1 and s.call_list_id = $2 and s.fate in ('fixed', 'known') and s.is_known
           and t.company_id = $1 and t.campaign_id = $3 and t.contact_id = s.contact_id",
        company.0,
        list.0,
        campaign.0,
        reasons.in_campaign,
        reasons.field
    )
    .execute(&mut *db)
    .await?;
    if many {
        set(db, "enable_nestloop", "on").await?;
    }
    // There are a handful of prefixes at most, usually none: then nothing is read.
    sqlx::query!(
        "update call_list_staging s set fate = 'do_not_call', reason = $4, field = $5
         where s.company_id = $1 and s.call_list_id = $2 and s.fate in ('ready', 'fixed', 'known')
           and (select true from do_not_call d where d.company_id = $1 and d.kind = 'prefix' limit 1)
           and exists (select from do_not_call d
                       where d.company_id = $1 and d.kind = 'prefix' and (d.campaign_id is null or d.campaign_id = $3)
                         and starts_with(s.phone, d.pattern))",
        company.0,
        list.0,
        campaign.0,
        reasons.do_not_call,
        reasons.field
    )
    .execute(&mut *db)
    .await?;
    Ok(())
}

/// Until the end of the transaction.
async fn set(db: &mut PgConnection, name: &str, value: &str) -> DbResult<()> {
    sqlx::query_scalar!("select set_config($1, $2, true)", name, value).fetch_one(db).await?;
    Ok(())
}

/// Staged rows by what becomes of them, and how many of those that become tasks have a contact already.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(db: &mut PgConnection, company: CompanyId, list: CallListId) -> DbResult<(RowCounts, i32)> {
    let rows = sqlx::query!(
        r#"select fate, count(*)::int as "count!",
                  (count(*) filter (where is_known and fate in ('fixed', 'known')))::int as "known!"
           from call_list_staging
           where company_id = $1 and call_list_id = $2 group by fate"#,
        company.0,
        list.0
    )
    .fetch_all(db)
    .await?;
    let of = |fate: &str| rows.iter().find(|row| row.fate == fate).map_or(0, |row| row.count);
    let counts = RowCounts {
        total: rows.iter().map(|row| row.count).sum(),
        ready: of("ready"),
        fixed: of("fixed"),
        known: of("known"),
        duplicate: of("duplicate"),
        in_campaign: of("in_campaign"),
        do_not_call: of("do_not_call"),
        invalid: of("invalid"),
        ignored: of("ignored"),
    };
    Ok((counts, rows.iter().map(|row| row.known).sum()))
}

/// Staged rows after a line, in the order of the file: those with a fate, or those that become no task.
///
/// # Errors
/// When the database does not answer.
pub async fn rows(
    db: &mut PgConnection,
    company: CompanyId,
    list: CallListId,
    fate: Option<&str>,
    after_line: i32,
    limit: i64,
) -> DbResult<Vec<ListRow>> {
    let rows = sqlx::query!(
        r#"select line, fate, reason, field, phone, cells::jsonb as "cells!: Json<Vec<String>>"
           from (select * from call_list_staging
                 where company_id = $1 and call_list_id = $2 and line > $4
                   and case when $3::text is null then fate not in ('ready', 'fixed', 'known') else fate = $3 end
                 order by line
                 limit $5) s
           order by line"#,
        company.0,
        list.0,
        fate,
        after_line,
        limit
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ListRow {
            line: row.line,
            fate: row.fate,
            reason: row.reason,
            field: row.field,
            phone: row.phone,
            cells: row.cells.0,
        })
        .collect())
}
