//! A line over a double, in a hurry.

use std::{sync::Arc, time::Duration};

use callboard_telephony::{
    CallEnd, DialPermit, Line, LineEvent, LineFault, NotPlaced, PlannedCall,
    livekit::{LivekitLine, LivekitSettings, Pace},
};
use callboard_testkit::{livekit::Double, plan};
use secrecy::SecretString;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Short enough for tests, in the proportions of life.
pub const PACE: Pace = Pace {
    poll: Duration::from_millis(15),
    agent_poll: Duration::from_millis(5),
    settle: Duration::from_millis(400),
    agent_grace: Duration::from_millis(150),
    grace: Duration::from_millis(400),
    request_timeout: Duration::from_secs(2),
};

pub fn settings(double: &Double) -> LivekitSettings {
    let (key, secret) = double.credentials();
    let mut settings = LivekitSettings::new(&double.url(), key, SecretString::from(secret), "ST_test");
    settings.agent_name = Some("sales".to_owned());
    settings.agent_wait = Duration::from_millis(300);
    settings.pace = PACE;
    settings
}

pub fn line(double: &Double) -> Arc<LivekitLine> {
    Arc::new(LivekitLine::new(settings(double)).expect("complete settings"))
}

/// A call under way in a task of its own.
pub struct Placing {
    pub hang_up: CancellationToken,
    pub events: mpsc::Receiver<callboard_telephony::TimedEvent>,
    task: JoinHandle<Result<CallEnd, NotPlaced>>,
}

impl Placing {
    pub fn start(line: &Arc<LivekitLine>, call: &PlannedCall, permit: DialPermit) -> Self {
        let (sink, events) = mpsc::channel(64);
        let hang_up = CancellationToken::new();
        let task = tokio::spawn({
            let (line, call, hang_up) = (Arc::clone(line), call.clone(), hang_up.clone());
            async move { line.place(&call, permit, sink, hang_up).await }
        });
        Self { hang_up, events, task }
    }

    /// Kills the task, as a process is killed: nothing more is done for the call.
    pub async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    pub async fn end(self) -> Result<CallEnd, NotPlaced> {
        self.task.await.expect("the line does not panic")
    }

    /// The events of the call so far, without speech and times.
    pub fn seen(&mut self) -> Vec<LineEvent> {
        std::iter::from_fn(|| self.events.try_recv().ok()).map(|timed| timed.event).collect()
    }
}

/// Prepares and places a call and waits for its end.
pub async fn call_through(line: &Arc<LivekitLine>, call: &PlannedCall) -> Result<CallEnd, LineFault> {
    line.prepare(call).await?;
    Ok(Placing::start(line, call, plan::permit()).end().await.expect("the permit is fresh"))
}
