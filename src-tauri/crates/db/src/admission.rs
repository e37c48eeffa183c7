//! Admission: which tasks may be dialled now. Owns the lock and the count; every limit on calls is decided here and
//! nowhere else.
//!
//! The lock is taken in a statement of its own, so that the counting statements get snapshots that contain what the
//! holder before has committed. Counting in the statement that locks, or locking only the picked rows, admits too many
//! (`docs/decisions.md`, "Lock, then count"). Only this module adds leases, so a count taken under the lock can be too
//! high but never too low.
//!
//! Under the lock: [`state`] folds what was dialled since and reads what every limit leaves, `callboard_core::fair` says
//! whose turn it is, [`take`] takes the tasks. Admission waits for nobody: rows of tasks that somebody else has locked
//! are passed over until the next round, and it locks no campaign. A stop that was under way meanwhile is found by the
//! dial intent; a deletion waits for the admissions that began before it ([`wait_for_admissions`]).
//!
//! Calls per minute: a call counts from its admission until 62 seconds after its dial intent. It is sent within two
//! seconds after the intent or not at all, so no window of 60 seconds holds more calls than the limit, whatever the
//! order in which admitted calls are dialled.

mod state;
mod take;

use std::collections::HashMap;

use callboard_core::{
    fair::Turns,
    id::{CallId, CampaignId, CompanyId, SkillbaseId, TaskId, WorkerId},
    line::LineKind,
    skillbase::SkillbaseDocument,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{DbError, DbResult, error::parse};

use state::State;

/// Which calls a worker can place: it must not take what it has no key for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Calls over the practice line.
    pub practice: bool,
    /// Calls over `LiveKit`, of these companies.
    pub livekit: Vec<CompanyId>,
}

impl Reach {
    pub(crate) fn livekit(&self) -> Vec<Uuid> {
        self.livekit.iter().map(|id| id.0).collect()
    }
}

/// The advisory lock of admission. One for the whole database while the system-wide limit is one number.
const LOCK: i64 = 0x6361_6c6c_0001;

/// A task that may be dialled, with its lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Admitted {
    /// Company.
    pub company_id: CompanyId,
    /// Campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub campaign_name: String,
    /// Task.
    pub task_id: TaskId,
    /// The attempt.
    pub call_id: CallId,
    /// Fencing token of the lease.
    pub token: i64,
    /// Number of the attempt, from 1.
    pub attempt: i32,
    /// E.164 number.
    pub phone: String,
    /// Name.
    pub contact_name: Option<String>,
    /// Further columns.
    pub contact_data: serde_json::Value,
    /// The line.
    pub line: LineKind,
    /// Skillbase.
    pub skillbase_id: SkillbaseId,
    /// Its pinned version.
    pub skillbase_version: i32,
    /// The document of that version; none when this program cannot read it, which must stop this call and no other.
    pub document: Option<SkillbaseDocument>,
    /// When the slot was given.
    pub admitted_at: DateTime<Utc>,
}

pub(crate) struct Row {
    pub(crate) company_id: Uuid,
    pub(crate) campaign_id: Uuid,
    pub(crate) campaign_name: String,
    pub(crate) task_id: Uuid,
    pub(crate) call_id: Uuid,
    pub(crate) token: i64,
    pub(crate) attempt: i32,
    pub(crate) phone: String,
    pub(crate) contact_name: Option<String>,
    pub(crate) contact_data: serde_json::Value,
    pub(crate) line: String,
    pub(crate) skillbase_id: Uuid,
    pub(crate) skillbase_version: i32,
    pub(crate) document: Option<serde_json::Value>,
    pub(crate) admitted_at: DateTime<Utc>,
}

impl TryFrom<Row> for Admitted {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        Ok(Self {
            company_id: row.company_id.into(),
            campaign_id: row.campaign_id.into(),
            campaign_name: row.campaign_name,
            task_id: row.task_id.into(),
            call_id: row.call_id.into(),
            token: row.token,
            attempt: row.attempt,
            phone: row.phone,
            contact_name: row.contact_name,
            contact_data: row.contact_data,
            line: parse("campaigns", "line", row.campaign_id, &row.line)?,
            skillbase_id: row.skillbase_id.into(),
            skillbase_version: row.skillbase_version,
            document: row.document.and_then(|document| serde_json::from_value(document).ok()),
            admitted_at: row.admitted_at,
        })
    }
}

/// Waits for the right to admit, until the end of the transaction ([`crate::workers::begin`]). Its commit does not wait for
/// the disk while everybody waits for the lock: what is admitted and lost in a crash was not dialled, because the commit
/// of a dial intent waits, and writes everything before it.
///
/// # Errors
/// When the database does not answer, or the transaction is not READ COMMITTED: its snapshot may then be older than the
/// lock, and a count in it too low.
pub async fn lock(db: &mut PgConnection) -> DbResult<()> {
    let held = sqlx::query!(
        r#"select current_setting('transaction_isolation') as "isolation!", set_config('synchronous_commit', 'off', true)
           from pg_advisory_xact_lock($1)"#,
        LOCK
    )
    .fetch_one(db)
    .await?;
    if held.isolation == "read committed" {
        Ok(())
    } else {
        let refusal = format!("calls are admitted in READ COMMITTED only, not in {}", held.isolation);
        Err(DbError::Statement(sqlx::Error::Configuration(refusal.into())))
    }
}

/// Waits until the admissions that are under way have ended. Whoever has made a campaign undialable before knows
/// after this that nobody admits for it any more, and sees all of its leases.
///
/// # Errors
/// When the database does not answer.
pub async fn wait_for_admissions(db: &mut PgConnection) -> DbResult<()> {
    // One statement: nobody can be cut off between the two, and keep the lock for as long as the connection lives.
    sqlx::query!(
        r#"with held as materialized (select pg_advisory_lock($1)) select pg_advisory_unlock($1) as "free!" from held"#,
        LOCK
    )
    .fetch_one(db)
    .await?;
    Ok(())
}

/// Rounds in which a campaign is asked again whose numbers were put off.
const ROUNDS_OF_CAPPED: usize = 10;
/// Campaigns that are asked for one task each when those whose turn it was had too few.
const ASKED_AT_ONCE: i32 = 256;

/// Admits up to `call_ids.len()` tasks of running campaigns within reach, in a transaction that holds [`lock`]. Companies
/// take turns, within a company its campaigns by weight, direct calls first (`callboard_core::fair`); within a campaign:
/// priority, due time, place in the list. A number that is being called already, in any campaign of the company, waits;
/// one that was called too often lately is put off until it may be called; a forbidden one is passed over. Nothing is
/// admitted so late that its call could be sent after the hours or the end of its campaign.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn admit(
    db: &mut PgConnection,
    worker: WorkerId,
    reach: &Reach,
    call_ids: &[Uuid],
) -> DbResult<Vec<Admitted>> {
    let Some(state) = state::read(&mut *db, worker, reach).await? else { return Ok(Vec::new()) };
    let State { mut turns, campaigns, has_caps, free } = state;
    let wanted = i32::try_from(call_ids.len()).unwrap_or(i32::MAX).min(free);
    let places: HashMap<(Uuid, Uuid), usize> = campaigns.iter().enumerate().map(|(at, key)| (*key, at)).collect();
    let mut touched = vec![false; campaigns.len()];
    let mut admitted: Vec<Row> = Vec::new();
    let mut missing = wanted;
    let mut round = 0;
    while missing > 0 {
        let plan = if round == 0 { turns.plan(missing) } else { ask_around(&turns, missing) };
        round += 1;
        if plan.is_empty() {
            break;
        }
        let ids = &call_ids[admitted.len()..];
        let rows = take::take(&mut *db, worker, ids, &campaigns, &plan, missing).await?;
        let mut taken = vec![0; campaigns.len()];
        for row in &rows {
            taken[places[&(row.company_id, row.campaign_id)]] += 1;
        }
        missing -= i32::try_from(rows.len()).unwrap_or(i32::MAX);
        for (at, quota) in plan {
            turns.take(at, taken[at]);
            touched[at] |= taken[at] > 0;
            // With fewer slots than were asked for, whoever came late in the order may have more.
            let may_have_more = has_caps[at] && round < ROUNDS_OF_CAPPED;
            if taken[at] < quota && missing > 0 && !may_have_more {
                turns.exhaust(at);
            }
        }
        admitted.extend(rows);
    }
    if !admitted.is_empty() {
        let touched: Vec<usize> = (0..campaigns.len()).filter(|at| touched[*at]).collect();
        state::store_turns(db, &turns, &campaigns, &touched).await?;
    }
    share_documents(&mut admitted);
    admitted.into_iter().map(TryInto::try_into).collect()
}

/// The next campaigns in their order, for one task each: some may have none.
fn ask_around(turns: &Turns, missing: i32) -> Vec<(usize, i32)> {
    if missing > ASKED_AT_ONCE {
        return turns.plan(missing);
    }
    turns.at_most(1).plan(ASKED_AT_ONCE)
}

/// The document of a skillbase comes with the first of its calls.
fn share_documents(rows: &mut [Row]) {
    let mut documents: HashMap<(Uuid, i32), serde_json::Value> = HashMap::new();
    for row in rows {
        let key = (row.skillbase_id, row.skillbase_version);
        match &row.document {
            Some(document) => {
                documents.insert(key, document.clone());
            }
            None => row.document = documents.get(&key).cloned(),
        }
    }
}
