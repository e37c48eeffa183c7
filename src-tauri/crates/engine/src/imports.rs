//! Use-cases of imports as the wire shows them. Owns where a file may come from; reading and checking it is `import`.

use std::path::{Path, PathBuf};

use callboard_contract::{ErrorCode, ImportReport, ImportRequest, ImportSource, IpcError};
use callboard_core::id::{CallListId, CampaignId, CompanyId};

use crate::{
    companies,
    context::Context,
    error::{OrFault, UseCase, database, not_found},
    host::Host,
    import::{self, ImportError, ImportJob, ImportLimits, RejectsError},
};

/// Imports the file that a request names.
///
/// # Errors
/// What is wrong with the file; `not_allowed` for a path on a host that reads none.
pub(crate) async fn run(context: &Context, host: &dyn Host, request: ImportRequest) -> UseCase<ImportReport> {
    let (path, name) = match request.source {
        ImportSource::Path { path } => {
            if !host.may_read_paths() {
                return Err(IpcError::refusal(
                    ErrorCode::NotAllowed,
                    "This server reads no files by path. Send the file first.",
                ));
            }
            let path = PathBuf::from(path);
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (path, name)
        }
        ImportSource::Upload { upload_id, file_name } => (host.uploaded_file(upload_id).await?, file_name),
    };
    let company = CompanyId(request.company_id);
    let region = companies::get(context, company).await?.default_region;
    file(context, company, CampaignId(request.campaign_id), &path, &name, &region, request.dry_run).await
}

/// Imports a file on this machine.
///
/// # Errors
/// What is wrong with the file.
pub(crate) async fn file(
    context: &Context,
    company_id: CompanyId,
    campaign_id: CampaignId,
    path: &Path,
    file_name: &str,
    default_region: &str,
    dry_run: bool,
) -> UseCase<ImportReport> {
    let job = ImportJob {
        company_id,
        campaign_id,
        path: path.to_owned(),
        file_name: file_name.to_owned(),
        default_region: default_region.to_owned(),
        dry_run,
        limits: ImportLimits::default(),
    };
    let outcome = import::import_file(&context.db, &*context.clock, &mut context.random.fork(), job)
        .await
        .map_err(|error| refusal(context, &error))?;
    tracing::info!(
        campaign.id = %campaign_id,
        rows = outcome.total,
        created = outcome.created,
        "A call list of {} rows was imported into campaign {campaign_id}",
        outcome.total
    );
    Ok(outcome.into())
}

fn refusal(context: &Context, error: &ImportError) -> IpcError {
    let say = |code, message: String| IpcError::refusal(code, message);
    match error {
        ImportError::CampaignNotFound => not_found("campaign"),
        ImportError::CampaignOver(state) => {
            say(ErrorCode::IllegalTransition, format!("The campaign is {state}; nothing is dialled in it any more."))
                .with("state", state.as_str())
        }
        ImportError::UnsupportedFormat { extension } => say(
            ErrorCode::UnsupportedFormat,
            format!("Files of the type {extension:?} cannot be read. Use CSV or XLSX."),
        )
        .with("extension", extension),
        ImportError::MissingColumns { columns } => {
            let columns = columns.join(", ");
            say(ErrorCode::MissingColumns, format!("The file has no column {columns}. Add it and drop the file again."))
                .with("columns", columns)
        }
        ImportError::Unreadable { reason } => {
            say(ErrorCode::UnreadableFile, format!("{error}.")).with("reason", reason.as_str())
        }
        ImportError::TooLarge { limit, most } => say(ErrorCode::UnreadableFile, format!("{error}."))
            .with("reason", format!("tooLarge.{}", limit.as_str()))
            .with("most", most.to_string()),
        ImportError::Db(error) => database(error, context.new_id()),
    }
}

/// The imports of a company or of one campaign, newest first.
///
/// # Errors
/// When the database is away.
pub(crate) async fn list(
    context: &Context,
    company: CompanyId,
    campaign: Option<CampaignId>,
) -> UseCase<Vec<ImportReport>> {
    let reports = import::import_reports(&context.db, company, campaign).await.or_fault(context)?;
    Ok(reports.into_iter().map(Into::into).collect())
}

/// One import with the first rows that were not taken.
///
/// # Errors
/// `not_found`.
pub(crate) async fn get(context: &Context, company: CompanyId, id: CallListId) -> UseCase<ImportReport> {
    let report = import::import_report(&context.db, company, id).await.or_fault(context)?;
    report.map(Into::into).ok_or_else(|| not_found("import"))
}

/// The rows that were not taken as a CSV file: its name and its content.
///
/// # Errors
/// `not_found`.
pub(crate) async fn rejects(
    context: &Context,
    company: CompanyId,
    id: CallListId,
    language: &str,
) -> UseCase<(String, String)> {
    let name = get(context, company, id).await?.file_name;
    let stem = Path::new(&name).file_stem().map_or_else(|| "list".into(), |stem| stem.to_string_lossy());
    let suffix = if language == "ru" { "не принято" } else { "not taken" };
    let mut csv = Vec::new();
    import::rejects_csv(&context.db, company, id, language, &mut csv).await.map_err(|error| match &error {
        RejectsError::NotFound => not_found("import"),
        RejectsError::Db(error) => database(error, context.new_id()),
        RejectsError::Write(_) | RejectsError::Csv(_) => {
            IpcError::refusal(ErrorCode::Internal, format!("The file could not be made: {error}."))
        }
    })?;
    Ok((format!("{stem} - {suffix}.csv"), String::from_utf8_lossy(&csv).into_owned()))
}
