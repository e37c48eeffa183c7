//! Notifications: what changed, for windows, and that there may be work, for workers. Owns the one channel; refuses
//! to carry data: a payload names what is stale, the reader reads it.

use sqlx::{PgConnection, PgPool, postgres::PgListener};
use uuid::Uuid;

use crate::DbResult;

/// The channel of the whole product.
const CHANNEL: &str = "callboard";
/// Above this many campaigns a message says "all of the company": payloads end at 8,000 bytes.
const MAX_CAMPAIGNS: usize = 100;

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Event {
    /// In which company; none for all.
    pub company_id: Option<Uuid>,
    /// Texts of the contract's cache tags.
    pub tags: Vec<String>,
    /// In these campaigns; empty for all of the company.
    pub campaigns: Vec<Uuid>,
}

/// Sends a notification with the present transaction. For rare changes only: it takes a global lock until commit.
///
/// # Errors
/// When the database does not answer.
pub async fn notify(db: &mut PgConnection, mut event: Event) -> DbResult<()> {
    if event.campaigns.len() > MAX_CAMPAIGNS {
        event.campaigns.clear();
    }
    let payload = serde_json::to_string(&event).unwrap_or_default();
    sqlx::query!("select pg_notify($1, $2)", CHANNEL, payload).execute(db).await?;
    Ok(())
}

/// Listens to the channel.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// Subscribes; what is committed afterwards arrives.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open(db: &PgPool) -> DbResult<Self> {
        let mut listener = PgListener::connect_with(db).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self(listener))
    }

    /// The next event. `None` means that the connection was lost and is being made again: anything may have changed.
    ///
    /// # Errors
    /// When the connection cannot be made again.
    pub async fn next(&mut self) -> DbResult<Option<Event>> {
        match self.0.try_recv().await? {
            None => Ok(None),
            Some(notification) => Ok(Some(serde_json::from_str(notification.payload()).unwrap_or(Event {
                company_id: None,
                tags: Vec::new(),
                campaigns: Vec::new(),
            }))),
        }
    }
}
