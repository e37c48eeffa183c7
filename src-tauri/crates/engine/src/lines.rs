//! Which line places the calls of a company. Owns the lines that were made from settings; refuses to fall back: a line
//! that is not usable is a fault, never another line.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use callboard_contract::{LineForm, LivekitSecrets};
use callboard_core::{id::CompanyId, line::LineKind};
use callboard_db::{admission::Reach, companies as company_rows};
use callboard_telephony::{
    Line, LineFault, LineFaultCode,
    livekit::{LivekitLine, LivekitSettings},
    practice::{PracticeLine, PracticeSettings},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    context::Context,
    error::{OrFault, UseCase},
    host::{Host, SecretName},
    settings,
};

/// The lines that were made, and how often secrets have changed since the start.
#[derive(Default)]
struct Made {
    lines: HashMap<(CompanyId, LineKind), (LineForm, Arc<dyn Line>)>,
    changes: u64,
}

/// Where lines come from.
#[derive(Clone)]
pub struct Lines(Arc<Source>);

enum Source {
    Settings { host: Arc<dyn Host>, made: Mutex<Made> },
    Fixed(HashMap<LineKind, Arc<dyn Line>>),
}

impl Lines {
    /// Lines as each company has set them; secrets come from the host.
    #[must_use]
    pub fn from_settings(host: Arc<dyn Host>) -> Self {
        Self(Arc::new(Source::Settings { host, made: Mutex::default() }))
    }

    /// The same lines for every company, whatever the settings say: for tests and load runs.
    #[must_use]
    pub fn fixed(lines: impl IntoIterator<Item = Arc<dyn Line>>) -> Self {
        Self(Arc::new(Source::Fixed(lines.into_iter().map(|line| (line.kind(), line)).collect())))
    }

    /// The line of a kind for a company.
    ///
    /// # Errors
    /// [`LineFaultCode::NotConfigured`] when something is missing.
    pub async fn line(
        &self,
        context: &Context,
        company: CompanyId,
        kind: LineKind,
    ) -> Result<Arc<dyn Line>, LineFault> {
        match &*self.0 {
            Source::Fixed(lines) => lines.get(&kind).cloned().ok_or_else(|| not_configured("No such line is set up.")),
            Source::Settings { host, made } => loop {
                let changes = lock(made).changes;
                let form = settings::line(context, company).await.map_err(|error| LineFault {
                    code: LineFaultCode::Unreachable,
                    detail: format!("The settings of the line cannot be read: {}", error.message),
                })?;
                let known = lock(made).lines.get(&(company, kind)).cloned();
                if let Some((made_of, line)) = known
                    && made_of == form
                {
                    return Ok(line);
                }
                let line = make(&**host, company, kind, &form, None).await;
                let mut made = lock(made);
                // A line of secrets that changed meanwhile would be kept for ever, because nothing forgets it again.
                if made.changes == changes {
                    let line = line?;
                    made.lines.insert((company, kind), (form, Arc::clone(&line)));
                    return Ok(line);
                }
            },
        }
    }

    /// Forgets what was made for a company, because its secrets changed.
    pub fn forget(&self, company: CompanyId) {
        if let Source::Settings { made, .. } = &*self.0 {
            let mut made = lock(made);
            made.lines.retain(|(of, _), _| *of != company);
            made.changes += 1;
        }
    }

    /// What this process can place.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn reach(&self, context: &Context) -> UseCase<Reach> {
        let mut db = context.connection().await.or_fault(context)?;
        let companies = company_rows::list(&mut db).await.or_fault(context)?;
        drop(db);
        let mut livekit = Vec::new();
        for company in companies {
            let has = match &*self.0 {
                Source::Fixed(lines) => lines.contains_key(&LineKind::Livekit),
                Source::Settings { host, .. } => {
                    host.secret(SecretName::LivekitKey(company.company_id)).await?.is_some()
                        && host.secret(SecretName::LivekitSecret(company.company_id)).await?.is_some()
                }
            };
            if has {
                livekit.push(company.company_id);
            }
        }
        let practice = match &*self.0 {
            Source::Fixed(lines) => lines.contains_key(&LineKind::Practice),
            Source::Settings { .. } => true,
        };
        Ok(Reach { practice, livekit })
    }
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lines(..)")
    }
}

fn lock(made: &Mutex<Made>) -> MutexGuard<'_, Made> {
    // The map is whole at every moment: a panic elsewhere cannot leave half an entry.
    made.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_configured(detail: &str) -> LineFault {
    LineFault { code: LineFaultCode::NotConfigured, detail: detail.to_owned() }
}

/// Makes a line from a form; secrets that are not given come from the host.
///
/// # Errors
/// [`LineFaultCode::NotConfigured`] when something is missing.
pub async fn make(
    host: &dyn Host,
    company: CompanyId,
    kind: LineKind,
    form: &LineForm,
    secrets: Option<&LivekitSecrets>,
) -> Result<Arc<dyn Line>, LineFault> {
    match kind {
        LineKind::Practice => Ok(Arc::new(PracticeLine::new(PracticeSettings {
            seed: form.practice.seed.into(),
            speed: form.practice.speed,
        }))),
        LineKind::Livekit => {
            let livekit = &form.livekit;
            if livekit.url.trim().is_empty() {
                return Err(not_configured(
                    "The address of the LiveKit server is missing. Enter it in Settings, Line.",
                ));
            }
            if livekit.trunk_id.trim().is_empty() {
                return Err(not_configured("No outbound trunk is chosen. Enter its id in Settings, Line."));
            }
            let missing = || {
                not_configured(
                    "The LiveKit API key and secret are not stored on this machine. Enter them in Settings, Line.",
                )
            };
            let (key, secret) = if let Some(secrets) = secrets {
                (SecretString::from(secrets.api_key.clone()), SecretString::from(secrets.api_secret.clone()))
            } else {
                let stored = |name| async move {
                    host.secret(name).await.map_err(|error| not_configured(&error.message))?.ok_or_else(missing)
                };
                (stored(SecretName::LivekitKey(company)).await?, stored(SecretName::LivekitSecret(company)).await?)
            };
            let optional = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
            let settings = LivekitSettings {
                agent_name: optional(&livekit.agent_name),
                caller_number: optional(&livekit.caller_number),
                ..LivekitSettings::new(&livekit.url, key.expose_secret(), secret, &livekit.trunk_id)
            };
            Ok(Arc::new(LivekitLine::new(settings)?))
        }
    }
}
