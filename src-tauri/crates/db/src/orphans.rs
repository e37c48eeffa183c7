//! Leases that nobody works on: of dead workers, and of a living one that lost track of its own. A call that was certainly
//! not dialled goes back to the queue; one that may ring is adopted and keeps its slot until it is known to be over.

use callboard_core::id::{CallId, WorkerId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    DbResult,
    admission::{Admitted, Reach, Row},
    leases::{LeaseRef, permit},
};

fn lease(company: Uuid, task: Uuid, token: i64) -> LeaseRef {
    LeaseRef { company_id: company.into(), task_id: task.into(), token }
}

/// Leases of dead workers that were never dialled, each locked against other reapers until the end of the transaction.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_dead_undialed(db: &mut PgConnection, limit: i64) -> DbResult<Vec<LeaseRef>> {
    let rows = sqlx::query!(
        "select l.company_id, l.task_id, l.token from leases l
         where l.dial_at is null
           and not exists (select from workers w where w.worker_id = l.worker_id and w.alive_until > clock_timestamp())
         order by l.admitted_at limit $1
         for update of l skip locked",
        limit
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| lease(row.company_id, row.task_id, row.token)).collect())
}

/// Takes over leases of dead workers that may have been dialled, within its reach. The new token fences the old holder.
/// Not before its intent has run out: until then the call may still be sent, and a line that is asked finds nothing yet.
/// A call that is older than any call can be (75 s of ringing, an hour of talking) is taken also without the key to ask
/// about it: the machine with the key may never come back, and its slot would be lost (acceptance 80).
///
/// # Errors
/// When the database does not answer.
pub async fn adopt_dead(db: &mut PgConnection, worker: WorkerId, reach: &Reach, limit: i64) -> DbResult<Vec<LeaseRef>> {
    let livekit = reach.livekit();
    let rows = sqlx::query!(
        "with dead as materialized (
             select l.company_id, l.task_id from leases l
             join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
             where l.dial_at < clock_timestamp() - $5::interval
               and ((c.line = 'practice' and $2) or (c.line = 'livekit' and c.company_id = any($4))
                    or l.dial_at < clock_timestamp() - interval '65 minutes')
               and exists (select from workers me where me.worker_id = $1 and me.alive_until > clock_timestamp())
               and not exists (select from workers w where w.worker_id = l.worker_id and w.alive_until > clock_timestamp())
             order by l.admitted_at limit $3
             for update of l skip locked
         )
         update leases l set worker_id = $1, token = nextval('lease_tokens')
         from dead d where l.company_id = d.company_id and l.task_id = d.task_id
         returning l.company_id, l.task_id, l.token",
        worker.0,
        reach.practice,
        limit,
        &livekit,
        permit()
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| lease(row.company_id, row.task_id, row.token)).collect())
}

/// A lease as its holder has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The call.
    pub admitted: Admitted,
    /// The intent to dial was committed.
    pub dialed: bool,
}

/// Reads a lease; none when it is no longer ours.
///
/// # Errors
/// When the database does not answer or a row is inconsistent.
pub async fn held(db: &mut PgConnection, lease: LeaseRef) -> DbResult<Option<Held>> {
    let row = sqlx::query!(
        r#"select k.company_id, k.campaign_id, c.name as campaign_name, k.task_id, k.call_id, l.token, k.attempt, k.phone,
                  q.contact_name,
                  jsonb_strip_nulls(jsonb_build_object('email', p.email, 'company', p.organization, 'notes', p.notes))
                      || coalesce(q.contact_data, p.data, '{}') as "contact_data!", k.line, k.skillbase_id, k.skillbase_version,
                  v.document, l.admitted_at, l.dial_at is not null as "dialed!"
           from leases l
           join calls k on k.company_id = l.company_id and k.call_id = l.call_id
           join call_tasks q on q.company_id = l.company_id and q.task_id = l.task_id
           left join contacts p on p.company_id = q.company_id and p.contact_id = q.contact_id
           join campaigns c on c.company_id = l.company_id and c.campaign_id = l.campaign_id
           join skillbase_versions v on v.company_id = k.company_id and v.skillbase_id = k.skillbase_id and v.version = k.skillbase_version
           where l.company_id = $1 and l.task_id = $2 and l.token = $3"#,
        lease.company_id.0,
        lease.task_id.0,
        lease.token
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let admitted = Row {
            company_id: row.company_id,
            campaign_id: row.campaign_id,
            campaign_name: row.campaign_name,
            task_id: row.task_id,
            call_id: row.call_id,
            token: row.token,
            attempt: row.attempt,
            phone: row.phone,
            contact_name: row.contact_name,
            contact_data: row.contact_data,
            line: row.line,
            skillbase_id: row.skillbase_id,
            skillbase_version: row.skillbase_version,
            document: Some(row.document),
            admitted_at: row.admitted_at,
        };
        Ok(Held { admitted: admitted.try_into()?, dialed: row.dialed })
    })
    .transpose()
}

/// The leases of a worker with their calls: what it should know of.
///
/// # Errors
/// When the database does not answer.
pub async fn of_worker(db: &mut PgConnection, worker: WorkerId) -> DbResult<Vec<(LeaseRef, CallId)>> {
    let rows = sqlx::query!("select company_id, task_id, token, call_id from leases where worker_id = $1", worker.0)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (lease(row.company_id, row.task_id, row.token), row.call_id.into())).collect())
}
