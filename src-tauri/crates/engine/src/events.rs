//! From notifications of the database to what windows receive. Owns the fan-out and its pace: a window gets at most
//! four messages a second, and one every two seconds even when nothing happens, so that it knows how old its figures
//! are.

use std::{collections::HashSet, str::FromStr, sync::Arc, time::Duration};

use callboard_contract::{CacheTag, Change, DatabaseStatus, LiveMessage};
use callboard_core::{clock::Clock, id::CompanyId};
use callboard_db::{
    DbResult, PgConnection,
    events::{self, Event},
};
use tokio::sync::{broadcast, mpsc, watch};

/// Shortest time between two messages to a window.
pub const PACE: Duration = Duration::from_millis(250);
/// Longest time between two messages to a window.
pub const ALIVE: Duration = Duration::from_secs(2);
/// Above this many different changes a message says "everything".
const MAX_CHANGES: usize = 200;

/// Announces with the present transaction that answers with these tags are stale.
pub(crate) async fn announce(db: &mut PgConnection, company: Option<CompanyId>, tags: &[&str]) -> DbResult<()> {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    events::notify(db, Event { company_id: company.map(|id| id.0), tags, campaigns: Vec::new() }).await
}

/// The changes of an event. An event without tags means that the connection was lost: anything may have changed.
pub(crate) fn changes(event: &Event) -> Vec<Change> {
    let tags: Vec<CacheTag> = if event.tags.is_empty() {
        CacheTag::ALL.to_vec()
    } else {
        event.tags.iter().filter_map(|tag| CacheTag::from_str(tag).ok()).collect()
    };
    tags.into_iter()
        .flat_map(|tag| {
            let campaigns: Vec<Option<uuid::Uuid>> = if event.campaigns.is_empty() {
                vec![None]
            } else {
                event.campaigns.iter().copied().map(Some).collect()
            };
            campaigns.into_iter().map(move |campaign_id| Change { tag, company_id: event.company_id, campaign_id })
        })
        .collect()
}

/// Everything is stale.
pub(crate) fn everything() -> Vec<Change> {
    CacheTag::ALL.iter().map(|tag| Change { tag: *tag, company_id: None, campaign_id: None }).collect()
}

/// Feeds one window until it goes away.
pub(crate) async fn feed(
    mut source: broadcast::Receiver<Vec<Change>>,
    mut database: watch::Receiver<DatabaseStatus>,
    clock: Arc<dyn Clock>,
    window: mpsc::Sender<LiveMessage>,
) {
    let mut pending: HashSet<Change> = HashSet::new();
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut silent = Duration::ZERO;
    loop {
        let message = tokio::select! {
            received = source.recv() => {
                match received {
                    Ok(changes) => pending.extend(changes),
                    // A slow window lost some: it must read everything again.
                    Err(broadcast::error::RecvError::Lagged(_)) => pending.extend(everything()),
                    Err(broadcast::error::RecvError::Closed) => return,
                }
                if pending.len() > MAX_CHANGES {
                    pending.clear();
                    pending.extend(everything());
                }
                None
            }
            changed = database.changed() => {
                if changed.is_err() {
                    return;
                }
                let status = database.borrow_and_update().clone();
                Some(LiveMessage::Database { status })
            }
            _ = pace.tick() => {
                if pending.is_empty() {
                    silent += PACE;
                    (silent >= ALIVE).then(|| LiveMessage::Alive { at: clock.now() })
                } else {
                    Some(LiveMessage::Changed { changes: pending.drain().collect(), at: clock.now() })
                }
            }
            () = window.closed() => return,
        };
        if let Some(message) = message {
            silent = Duration::ZERO;
            if window.send(message).await.is_err() {
                return;
            }
        }
    }
}
