//! An import of ours, from the call to its return: then its tasks can be dialled.

use std::{path::Path, time::Instant};

use callboard_contract::ImportCounts;
use callboard_core::id::{CampaignId, CompanyId};
use callboard_engine::{
    Context,
    import::{CheckJob, ImportError, ImportLimits, import_file, layout::LayoutChoice},
};

use crate::{Size, machine, steps::Recorder};

/// What an import took and made.
#[derive(Debug)]
pub struct Run {
    /// From the call to its return.
    pub seconds: f64,
    /// Of them, until the rows were checked and waited for a decision.
    pub check: f64,
    /// Most memory that this process held meanwhile, in MB; none when the system does not tell.
    pub peak: Option<f64>,
    /// Tasks.
    pub tasks: u64,
    /// What became of the rows.
    pub fates: String,
}

fn fates(counts: ImportCounts) -> String {
    let good = counts.ready + counts.fixed + counts.known;
    let ImportCounts { duplicate, do_not_call, invalid, .. } = counts;
    format!("{good} become tasks, {duplicate} are repeated, {do_not_call} forbidden, {invalid} unusable")
}

/// # Errors
/// Why the file was refused: workbooks of many rows may be too large when they are unpacked.
pub async fn import(
    context: &Context,
    (company_id, campaign_id): (CompanyId, CampaignId),
    file: &Path,
    size: Size,
    recorder: &Recorder,
) -> Result<Run, ImportError> {
    let job = CheckJob {
        company_id,
        campaign_id,
        path: file.to_owned(),
        file_name: format!("list.{}", file.extension().unwrap().display()),
        region: "RU".into(),
        choice: LayoutChoice::default(),
        roles: None,
        limits: ImportLimits { rows: size.rows.into(), ..ImportLimits::default() },
    };
    // So that the first statement does not pay for the connection.
    sqlx::query("select").execute(&context.db).await.unwrap();
    let can_tell = machine::forget_peak();
    recorder.start();
    let started = Instant::now();
    let report = import_file(context, job, false).await;
    let seconds = started.elapsed().as_secs_f64();
    recorder.stop();
    let report = report?;
    let peak = can_tell.then(machine::peak_megabytes).flatten();
    assert_eq!(report.counts.total, i32::try_from(size.rows).unwrap(), "every row has a fate");
    assert_eq!(report.counts.invalid, i32::try_from(size.rows / 20).unwrap(), "one row in twenty has no number");
    let check =
        recorder.until("state = 'checked' for update").map_or(f64::NAN, |at| at.duration_since(started).as_secs_f64());
    let tasks = u64::try_from(report.created).unwrap();
    Ok(Run { seconds, check, peak, tasks, fates: fates(report.counts) })
}
