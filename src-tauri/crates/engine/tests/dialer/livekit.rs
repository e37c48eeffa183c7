//! A stage whose company calls over `LiveKit`, with the double in its place.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use callboard_contract::{FilePurpose, HostKind, IpcError, LineForm, LivekitForm, PracticeForm, SavedFile};
use callboard_core::{id::CompanyId, line::LineKind};
use callboard_db::PgPool;
use callboard_engine::{
    host::{DatabaseChoice, Host, HostAbilities, SecretName},
    lines::Lines,
};
use callboard_telephony::{
    Line,
    livekit::{LivekitLine, LivekitSettings, Pace},
};
use callboard_testkit::livekit::Double;
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::common::Stage;

/// Short enough for tests, in the proportions of life.
pub const PACE: Pace = Pace {
    poll: Duration::from_millis(15),
    agent_poll: Duration::from_millis(5),
    settle: Duration::from_millis(400),
    agent_grace: Duration::from_millis(150),
    grace: Duration::from_millis(400),
    request_timeout: Duration::from_secs(2),
};

/// A line to a double in a hurry.
pub fn line(url: &str, key: &str, secret: &str) -> Arc<dyn Line> {
    let mut settings = LivekitSettings::new(url, key, SecretString::from(secret), "ST_test");
    settings.agent_name = Some("sales".to_owned());
    settings.agent_wait = Duration::from_millis(500);
    settings.pace = PACE;
    Arc::new(LivekitLine::new(settings).expect("complete settings"))
}

/// What a company has set.
pub fn form(url: &str, trunk: &str) -> LineForm {
    LineForm {
        kind: LineKind::Livekit,
        practice: PracticeForm { speed: 1.0, seed: 1 },
        livekit: LivekitForm {
            url: url.to_owned(),
            trunk_id: trunk.to_owned(),
            agent_name: "sales".to_owned(),
            caller_number: String::new(),
            // Shorter than a person may choose: the line that rings out should not hold up the tests.
            ring_seconds: 1,
            max_call_seconds: 60,
        },
    }
}

pub async fn choose(db: &PgPool, company: CompanyId, form: &LineForm) {
    sqlx::query(
        "insert into settings (company_id, name, value) values ($1, 'line', $2)
         on conflict (company_id, name) do update set value = excluded.value",
    )
    .bind(company.0)
    .bind(serde_json::to_value(form).expect("plain data"))
    .execute(db)
    .await
    .expect("the settings are stored");
}

/// A company that calls over this double, in a hurry.
pub async fn stage(db: &PgPool, double: &Double) -> Stage {
    let mut stage = Stage::new(super::pool(db, 8).await).await;
    choose(db, stage.company, &form(&double.url(), "ST_test")).await;
    let (key, secret) = double.credentials();
    stage.lines = Lines::fixed([line(&double.url(), key, secret)]);
    stage
}

/// A host that has a key and a secret, or has none.
#[derive(Default)]
pub struct Keys {
    stored: Mutex<Option<(String, String)>>,
    slow: Mutex<Option<Slow>>,
}

/// A keyring that hands out the next secret only when it is told to: the person may unlock it first.
#[derive(Clone, Default)]
pub struct Slow {
    /// The secret is on its way.
    pub asked: Arc<Notify>,
    /// It arrives.
    pub arrives: Arc<Notify>,
}

impl Keys {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn of(double: &Double) -> Self {
        let (key, secret) = double.credentials();
        Self::with(key, secret)
    }

    pub fn with(key: &str, secret: &str) -> Self {
        let keys = Self::none();
        keys.store(key, secret);
        keys
    }

    pub fn store(&self, key: &str, secret: &str) {
        *self.stored.lock().expect("no panic") = Some((key.to_owned(), secret.to_owned()));
    }

    /// From now on the next secret takes its time.
    pub fn slow_down(&self) -> Slow {
        let slow = Slow::default();
        *self.slow.lock().expect("no panic") = Some(slow.clone());
        slow
    }

    pub fn lines(self) -> Lines {
        Lines::from_settings(Arc::new(self))
    }
}

impl Host for Keys {
    fn abilities(&self) -> HostAbilities {
        HostAbilities { kind: HostKind::Server, native_files: false, windows: false, keyring: false }
    }

    fn secret(&self, name: SecretName) -> BoxFuture<'_, Result<Option<SecretString>, IpcError>> {
        let stored = self.stored.lock().expect("no panic").clone();
        let (secret, slow) = match name {
            SecretName::LivekitKey(_) => (stored.map(|(key, _)| key), None),
            SecretName::LivekitSecret(_) => {
                (stored.map(|(_, secret)| secret), self.slow.lock().expect("no panic").take())
            }
            SecretName::Provider(..) | SecretName::Tool(..) | SecretName::DatabasePassword => (None, None),
        };
        Box::pin(async move {
            if let Some(slow) = slow {
                slow.asked.notify_one();
                slow.arrives.notified().await;
            }
            Ok(secret.map(SecretString::from))
        })
    }

    fn database_choice(&self) -> BoxFuture<'_, Result<DatabaseChoice, IpcError>> {
        unreachable!("a worker asks a host for secrets only")
    }

    fn remember_database(&self, _: DatabaseChoice) -> BoxFuture<'_, Result<(), IpcError>> {
        unreachable!("a worker asks a host for secrets only")
    }

    fn embedded_database(&self) -> BoxFuture<'_, Result<(SecretString, String), IpcError>> {
        unreachable!("a worker asks a host for secrets only")
    }

    fn store_secret(&self, _: SecretName, _: SecretString) -> BoxFuture<'_, Result<(), IpcError>> {
        unreachable!("a worker asks a host for secrets only")
    }

    fn pick_file(&self, _purpose: FilePurpose) -> BoxFuture<'_, Result<Option<PathBuf>, IpcError>> {
        unreachable!("a worker asks a host for secrets only")
    }

    fn uploaded_file(&self, _: Uuid) -> BoxFuture<'_, Result<PathBuf, IpcError>> {
        unreachable!("a worker asks a host for secrets only")
    }

    fn may_read_paths(&self) -> bool {
        false
    }

    fn save_file<'a>(&'a self, _: &'a str, _: Vec<u8>) -> BoxFuture<'a, Result<SavedFile, IpcError>> {
        unreachable!("a worker asks a host for secrets only")
    }

    fn open_campaign_window(&self, _: Uuid, _: Uuid) -> BoxFuture<'_, Result<(), IpcError>> {
        unreachable!("a worker asks a host for secrets only")
    }
}
