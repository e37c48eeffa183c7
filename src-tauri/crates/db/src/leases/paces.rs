//! Dial intents over trunks with a limit per second. The trunk's row is the lock and holds the intents that count, so that
//! any number of workers together send no more calls in any second than it takes.

use std::collections::{BTreeMap, HashMap};

use callboard_core::pace::{Slowdown, trunk_rate};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::prelude::ToPrimitive;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Intent, LeaseRef, PACED_PERMIT_MILLIS, columns, write_intents};
use crate::DbResult;

/// So many calls in any such time.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rate {
    calls: usize,
    within: TimeDelta,
}

impl Rate {
    /// A rate below one call per second is one call in a longer time.
    fn of(per_second: f64) -> Self {
        if per_second >= 1.0 {
            Self { calls: per_second.floor().to_usize().unwrap_or(1), within: TimeDelta::seconds(1) }
        } else {
            Self {
                calls: 1,
                within: TimeDelta::milliseconds((1000.0 / per_second.max(0.001)).ceil().to_i64().unwrap_or(1000)),
            }
        }
    }

    /// Intents count this long: a call is sent up to a permit's length after its intent.
    fn counted(self) -> TimeDelta {
        self.within + TimeDelta::milliseconds(PACED_PERMIT_MILLIS.into())
    }

    /// How many may follow `recent` at `now`, and when the next one may if it is none.
    fn free(self, recent: &[DateTime<Utc>], now: DateTime<Utc>) -> (usize, DateTime<Utc>) {
        let mut counted: Vec<_> = recent.iter().copied().filter(|at| now - *at < self.counted()).collect();
        counted.sort_unstable();
        let free = self.calls.saturating_sub(counted.len());
        let leaves = counted.len().saturating_sub(self.calls);
        (free, counted.get(leaves).map_or(now, |first| *first + self.counted()))
    }
}

/// Writes the intents of those leases that go over a trunk with a limit, as many as it takes now. By token; a lease over another trunk is
/// not in the answer.
pub(super) async fn intend_over_trunks(db: &mut PgConnection, leases: &[LeaseRef]) -> DbResult<HashMap<i64, Intent>> {
    let (companies, tasks, tokens) = columns(leases);
    let paced = sqlx::query!(
        r#"select l.token, l.company_id, l.line
           from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as f(company_id, task_id, token)
           join leases l on l.company_id = f.company_id and l.task_id = f.task_id and l.token = f.token
           join trunks k on k.company_id = l.company_id and k.line = l.line and k.calls_per_second > 0
           order by l.admitted_at, l.token"#,
        &companies,
        &tasks,
        &tokens
    )
    .fetch_all(&mut *db)
    .await?;
    let mut trunks: BTreeMap<(Uuid, String), Vec<i64>> = BTreeMap::new();
    for row in paced {
        trunks.entry((row.company_id, row.line)).or_default().push(row.token);
    }
    let mut intents = HashMap::new();
    // In one order, so that two workers never wait for each other.
    for ((company, line), tokens) in trunks {
        // Locked in a statement of its own: the clock is read after whoever was before has committed.
        let trunk = sqlx::query!(
            r#"select calls_per_second::int as "calls_per_second!", slowed_to, slowed_at, recent
               from trunks where company_id = $1 and line = $2 for update"#,
            company,
            line
        )
        .fetch_one(&mut *db)
        .await?;
        let now = crate::now(&mut *db).await?;
        let slowdown = trunk.slowed_to.zip(trunk.slowed_at).map(|(rate, at)| Slowdown { rate, at });
        let rate = Rate::of(trunk_rate(trunk.calls_per_second, slowdown, now));
        let (free, next_at) = rate.free(&trunk.recent, now);
        let (first, rest) = tokens.split_at(free.min(tokens.len()));
        let asked: Vec<LeaseRef> = leases.iter().filter(|lease| first.contains(&lease.token)).copied().collect();
        let dialed = write_intents(&mut *db, &asked, true).await?;
        if !dialed.is_empty() {
            let after = crate::now(&mut *db).await?;
            let mut recent: Vec<_> = trunk.recent.into_iter().filter(|at| now - *at < rate.counted()).collect();
            recent.extend(std::iter::repeat_n(after, dialed.len()));
            sqlx::query!("update trunks set recent = $3 where company_id = $1 and line = $2", company, line, &recent)
                .execute(&mut *db)
                .await?;
        }
        let granted = |token: &i64| if dialed.contains(token) { Intent::DialPaced } else { Intent::Refused };
        intents.extend(first.iter().map(|token| (*token, granted(token))));
        // Those that fit after others have left are asked again together; the trunk's row decides anew.
        let next_at = if free == 0 { next_at } else { now + rate.counted() };
        let wait = (next_at - now).to_std().unwrap_or_default();
        intents.extend(rest.iter().map(|token| (*token, Intent::NotBefore { wait })));
    }
    Ok(intents)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_740_000_000_000 + millis).expect("an instant")
    }

    /// The permit lengthens what an intent counts: 500 ms after a second.
    #[test]
    fn no_second_of_sending_holds_more_than_the_rate() {
        let rate = Rate::of(2.0);
        assert_eq!(rate.free(&[], at(0)).0, 2);
        assert_eq!(rate.free(&[at(0)], at(1000)).0, 1);
        assert_eq!(rate.free(&[at(0), at(400)], at(1499)), (0, at(1500)));
        assert_eq!(rate.free(&[at(0), at(400)], at(1500)).0, 1);
        assert_eq!(
            rate.free(&[at(0), at(400), at(700)], at(1000)),
            (0, at(1900)),
            "a limit that was lowered meanwhile"
        );
    }

    #[test]
    fn a_rate_below_one_is_one_call_in_a_longer_time() {
        let rate = Rate::of(0.1);
        assert_eq!((rate.calls, rate.within), (1, TimeDelta::seconds(10)));
        assert_eq!(rate.free(&[at(0)], at(9_000)), (0, at(10_500)));
    }
}
