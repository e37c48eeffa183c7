//! Telling the engine what happens. Owns how long a line waits for a slow reader; refuses to fail a call over it.

use std::time::Duration;

use tokio::sync::mpsc::error::SendTimeoutError;

use crate::{EventSink, LineEvent, TimedEvent};

/// A reader that leaves the channel full for longer than this loses the event, not the call.
const PATIENCE: Duration = Duration::from_secs(1);

/// Hands one event on.
pub(crate) async fn report(events: &EventSink, at: Duration, event: LineEvent) {
    match events.send_timeout(TimedEvent { at, event }, PATIENCE).await {
        // The reader gave up on the call: nobody is left to be told.
        Ok(()) | Err(SendTimeoutError::Closed(_)) => {}
        Err(SendTimeoutError::Timeout(_)) => {
            tracing::warn!("The reader of a call's events is too slow, one event was dropped");
        }
    }
}
