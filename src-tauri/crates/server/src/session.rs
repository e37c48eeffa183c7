//! One use of the command list from the command line: connects, does the work, leaves. Owns how names of companies
//! and ids of campaigns become the references that the command list takes.

use std::{sync::Arc, time::Duration};

use callboard_contract::{CampaignRef, CompanyView, Empty, ErrorCode, Handlers, IpcError};
use callboard_core::clock::SystemClock;
use callboard_engine::{
    commands::Desk,
    runtime::{Runtime, RuntimeOptions},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    config::Config,
    failure::Failure,
    host::{Files, ServerHost},
};

/// Connects without dialling, lets `work` use the command list, and leaves in order.
///
/// # Errors
/// What `work` fails with, or why there is no database.
pub async fn with_desk<T, F>(config: Config, work: impl FnOnce(Desk) -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let host = Arc::new(ServerHost::new(config, Files::Paths));
    let runtime = Runtime::new(host.clone(), Arc::new(SystemClock::start()), options(false, Duration::ZERO));
    let shutdown = CancellationToken::new();
    let running = tokio::spawn({
        let (runtime, shutdown) = (runtime.clone(), shutdown.clone());
        async move { runtime.run(shutdown).await }
    });
    let result = match runtime.ready().await {
        Ok(()) => work(runtime.desk()).await,
        Err(error) => Err(error.into()),
    };
    shutdown.cancel();
    running.await.map_err(anyhow::Error::from)?;
    host.stop_database().await;
    result
}

/// Options of a process of this binary.
#[must_use]
pub fn options(worker: bool, drain: Duration) -> RuntimeOptions {
    RuntimeOptions { version: env!("CARGO_PKG_VERSION"), worker, worker_name: process_name(), drain }
}

/// Machine and process, for people who wonder which worker dials.
fn process_name() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| std::env::var("HOSTNAME").ok());
    let machine = machine.as_deref().map_or("server", str::trim);
    format!("{machine} {}", std::process::id())
}

/// The company of a name or id; without one, the only company there is.
///
/// # Errors
/// When it does not exist, or there are several to choose from.
pub async fn company(desk: &Desk, wanted: Option<&str>) -> Result<CompanyView, Failure> {
    let companies = desk.company_list(Empty {}).await?.items;
    choose("company", wanted, companies, |company| (company.id, &company.name))
}

/// The one of a name or id; without one, the only one there is.
///
/// # Errors
/// When it does not exist, or there are several to choose from.
pub fn choose<T>(
    what: &str,
    wanted: Option<&str>,
    mut items: Vec<T>,
    identity: impl Fn(&T) -> (Uuid, &String),
) -> Result<T, Failure> {
    if let Some(wanted) = wanted {
        let id: Option<Uuid> = wanted.parse().ok();
        return items
            .into_iter()
            .find(|item| Some(identity(item).0) == id || identity(item).1 == wanted)
            .ok_or_else(|| IpcError::refusal(ErrorCode::NotFound, format!("There is no {what} {wanted:?}.")).into());
    }
    match items.len() {
        0 => Err(IpcError::refusal(ErrorCode::NotFound, format!("There is no {what} yet.")).into()),
        1 => Ok(items.remove(0)),
        _ => {
            let names: Vec<_> = items.iter().map(|item| format!("{:?}", identity(item).1)).collect();
            Err(Failure::Usage(format!("Say which with --{what}: {}.", names.join(", "))))
        }
    }
}

/// The reference of a campaign, of whichever company it is.
///
/// # Errors
/// When no company has it.
pub async fn campaign(desk: &Desk, campaign_id: Uuid) -> Result<CampaignRef, Failure> {
    for company in desk.company_list(Empty {}).await?.items {
        let reference = CampaignRef { company_id: company.id, campaign_id };
        match desk.campaign_get(reference).await {
            Ok(_) => return Ok(reference),
            Err(error) if error.code == ErrorCode::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(IpcError::refusal(ErrorCode::NotFound, format!("There is no campaign {campaign_id}.")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick(wanted: Option<&str>, names: &[&str]) -> Result<String, Failure> {
        let items = names.iter().zip(1_u128..).map(|(name, id)| (Uuid::from_u128(id), (*name).to_owned())).collect();
        choose("company", wanted, items, |(id, name): &(Uuid, String)| (*id, name)).map(|(_, name)| name)
    }

    #[test]
    fn the_only_one_needs_no_name() {
        assert_eq!(pick(None, &["A"]).expect("there is one"), "A");
        assert!(matches!(pick(None, &["A", "B"]), Err(Failure::Usage(text)) if text.contains("\"B\"")));
        assert!(matches!(pick(None, &[]), Err(Failure::Refused(error)) if error.code == ErrorCode::NotFound));
    }

    #[test]
    fn names_and_ids_are_taken() {
        assert_eq!(pick(Some("B"), &["A", "B"]).expect("by name"), "B");
        assert_eq!(pick(Some("00000000-0000-0000-0000-000000000001"), &["A", "B"]).expect("by id"), "A");
        assert!(pick(Some("C"), &["A", "B"]).is_err());
    }
}
