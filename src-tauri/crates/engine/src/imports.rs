//! Use-cases of imports as the wire shows them. Owns where a file may come from and what runs in the background; reading,
//! checking and committing are `import`.

mod view;

use std::path::{Path, PathBuf};

use callboard_contract::{
    DoNotCallAdded, DoNotCallImport, ErrorCode, ImportCheckRequest, ImportPreview, ImportPreviewRequest, ImportReport,
    ImportRequest, ImportRowsPage, ImportRowsQuery, ImportSource, ImportUndo, ImportUndone, ImportView, IpcError,
    LayoutChoice, TemplateRequest,
};
use callboard_core::{
    campaign::CampaignState,
    id::{CallListId, CampaignId, CompanyId},
};
use callboard_db::{
    call_lists::{self, CallList},
    locks,
};

use crate::{
    companies,
    context::{Context, commit},
    cursor, do_not_call,
    error::{OrFault, UseCase, database, not_found},
    events,
    host::Host,
    import::{
        self, CheckJob, ImportError, ImportLimits, RejectsError, Work,
        layout::{self, DroppedFile, HeaderChoice},
    },
};

/// A file on this machine and its name.
pub(crate) async fn file_of(host: &dyn Host, source: ImportSource) -> UseCase<(PathBuf, String)> {
    match source {
        ImportSource::Path { path } => {
            if !host.may_read_paths() {
                return Err(IpcError::refusal(
                    ErrorCode::NotAllowed,
                    "This server reads no files by path. Send the file first.",
                ));
            }
            let path = PathBuf::from(path);
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Ok((path, name))
        }
        ImportSource::Upload { upload_id, file_name } => Ok((host.uploaded_file(upload_id).await?, file_name)),
    }
}

fn choice_of(choice: &LayoutChoice) -> layout::LayoutChoice {
    layout::LayoutChoice {
        encoding: choice.encoding.clone().filter(|name| !name.is_empty()),
        delimiter: choice.delimiter.as_deref().and_then(|text| text.chars().next()),
        sheet: choice.sheet.clone().filter(|name| !name.is_empty()),
        header_row: choice.header_row.map(|row| if row == 0 { HeaderChoice::NoHeader } else { HeaderChoice::Row(row) }),
    }
}

/// What a file holds and how it would be read.
///
/// # Errors
/// Why it cannot be read.
pub(crate) async fn preview(
    context: &Context,
    host: &dyn Host,
    request: ImportPreviewRequest,
) -> UseCase<ImportPreview> {
    let (path, name) = file_of(host, request.source).await?;
    let company = CompanyId(request.company_id);
    let region = companies::get(context, company).await?.default_region;
    let remembered = {
        let mut db = context.connection().await.or_fault(context)?;
        import::remembered(&mut db, company).await.or_fault(context)?
    };
    let choice = choice_of(&request.choice);
    let seed = u64::from_be_bytes(context.random.bytes().first_chunk().copied().unwrap_or_default());
    let preview = import::blocking(move || {
        let file = DroppedFile { path: &path, name: &name, region: &region, limits: ImportLimits::default() };
        Ok((import::preview::preview(file, &choice, seed)?, name))
    })
    .await;
    let (preview, name) = preview.map_err(|error| refusal(context, &error))?;
    let fingerprint = preview.layout.fingerprint();
    let known = remembered.into_iter().find(|(known, _)| *known == fingerprint).map(|(_, roles)| roles);
    Ok(view::preview(preview, name, known))
}

async fn job(context: &Context, host: &dyn Host, request: ImportCheckRequest) -> UseCase<CheckJob> {
    let (path, file_name) = file_of(host, request.source).await?;
    let company_id = CompanyId(request.company_id);
    let company = companies::get(context, company_id).await?;
    Ok(CheckJob {
        company_id,
        campaign_id: CampaignId(request.campaign_id),
        path,
        file_name,
        region: request.default_region.filter(|region| !region.is_empty()).unwrap_or(company.default_region),
        choice: choice_of(&request.choice),
        roles: (!request.roles.is_empty()).then_some(request.roles),
        limits: ImportLimits::default(),
    })
}

/// Begins to read a file to its end.
///
/// # Errors
/// What is wrong with the file at first sight.
pub(crate) async fn check(context: &Context, host: &dyn Host, request: ImportCheckRequest) -> UseCase<ImportView> {
    let job = job(context, host, request).await?;
    check_file(context, job).await
}

/// The same for a file of this machine.
///
/// # Errors
/// What is wrong with the file at first sight.
pub async fn check_file(context: &Context, job: CheckJob) -> UseCase<ImportView> {
    let (company, campaign, file_name) = (job.company_id, job.campaign_id, job.file_name.clone());
    let prepared = import::prepare(context, job).await.map_err(|error| refusal(context, &error))?;
    let id = prepared.id;
    let work = prepared.work(context).map_err(|error| refusal(context, &error))?;
    let Some(work) = context.imports.begin(id, work) else { return Err(not_found("import")) };
    let first = view::beginning(context, id, campaign, file_name, &work);
    let context = context.clone();
    tokio::spawn(async move {
        let done = import::check(&context, prepared, &work).await;
        match done {
            Ok(true) => {}
            Ok(false) => end(&context, company, id, "cancelled", None).await,
            Err(error) => end(&context, company, id, "failed", Some(&error)).await,
        }
        context.imports.end(id);
        tell(&context, company).await;
    });
    Ok(first)
}

/// Ends an import whose work came to nothing.
async fn end(context: &Context, company: CompanyId, id: CallListId, state: &str, error: Option<&ImportError>) {
    let why = error.map(|error| refusal(context, error));
    let failure = why.and_then(|why| serde_json::to_string(&why).ok());
    let done = async {
        let mut db = context.connection().await?;
        call_lists::end(&mut db, company, id, state, failure.as_deref()).await?;
        call_lists::clear_staging(&mut db, company, id).await
    };
    if let Err(error) = done.await {
        tracing::warn!(error = %error, import.id = %id, "The end of import {id} could not be stored");
    }
}

async fn tell(context: &Context, company: CompanyId) {
    let told = async {
        let mut db = context.connection().await?;
        events::announce(&mut db, Some(company), &["call_lists"]).await
    };
    if let Err(error) = told.await {
        tracing::warn!(error = %error, "The windows could not be told of an import");
    }
}

async fn stored(context: &Context, company: CompanyId, id: CallListId) -> UseCase<CallList> {
    let mut db = context.connection().await.or_fault(context)?;
    call_lists::get(&mut db, company, id).await.or_fault(context)?.ok_or_else(|| not_found("import"))
}

/// One import, and how far it is.
///
/// # Errors
/// `not_found`.
pub async fn get(context: &Context, company: CompanyId, id: CallListId) -> UseCase<ImportView> {
    let work = context.imports.get(id);
    let list = stored(context, company, id).await?;
    let uncalled = if list.state == "committed" {
        let mut db = context.connection().await.or_fault(context)?;
        call_lists::uncalled(&mut db, company, id).await.or_fault(context)?
    } else {
        0
    };
    Ok(view::import(context, list, work.as_deref(), uncalled))
}

/// The imports of a company or of one campaign, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(context: &Context, company: CompanyId, campaign: Option<CampaignId>) -> UseCase<Vec<ImportView>> {
    let mut db = context.connection().await.or_fault(context)?;
    let working = context.imports.all();
    let lists = call_lists::list(&mut db, company, campaign).await.or_fault(context)?;
    let mut views = Vec::with_capacity(lists.len());
    for list in lists {
        let uncalled = if list.state == "committed" {
            call_lists::uncalled(&mut db, company, list.call_list_id).await.or_fault(context)?
        } else {
            0
        };
        let work = working.iter().find(|(id, _)| *id == list.call_list_id).map(|(_, work)| &**work);
        views.push(view::import(context, list, work, uncalled));
    }
    Ok(views)
}

/// Rows of an import by fate.
///
/// # Errors
/// `not_found`.
pub async fn rows(context: &Context, query: ImportRowsQuery) -> UseCase<ImportRowsPage> {
    let (company, id) = (CompanyId(query.company_id), CallListId(query.call_list_id));
    let limit = cursor::limit(query.limit)?;
    let after = query.cursor.as_deref().map(cursor::parse_position).transpose()?.unwrap_or(0);
    let list = stored(context, company, id).await?;
    let mut db = context.connection().await.or_fault(context)?;
    let fate = Some(query.fate.as_str());
    let mut rows = if list.state == "checked" {
        call_lists::rows(&mut db, company, id, fate, after, limit + 1).await.or_fault(context)?
    } else {
        call_lists::rejects(&mut db, company, id, fate, after, limit + 1).await.or_fault(context)?
    };
    let next_cursor = cursor::cut(&mut rows, limit, |last| last.line.to_string());
    let items = rows.into_iter().map(|row| view::row(row, query.fate, &list.columns)).collect();
    Ok(ImportRowsPage { items, next_cursor })
}

/// Begins to make tasks of a checked import.
///
/// # Errors
/// `not_found`; `conflict` when it does not wait for a decision.
pub async fn commit_begin(context: &Context, company: CompanyId, id: CallListId) -> UseCase<ImportView> {
    let list = stored(context, company, id).await?;
    if list.state != "checked" {
        return Err(refusal(context, &ImportError::NotChecked));
    }
    let work = Work::committing(context.clock.monotonic());
    let Some(work) = context.imports.begin(id, work) else {
        return Err(refusal(context, &ImportError::NotChecked));
    };
    let first = view::import(context, list, Some(&work), 0);
    let context = context.clone();
    tokio::spawn(async move {
        if let Err(error) = commit_now(&context, company, id, &work).await {
            // It waits for a decision again; what went wrong is shown with it.
            let failure = serde_json::to_string(&error).ok();
            let stored = async {
                let mut db = context.connection().await?;
                call_lists::note_failure(&mut db, company, id, failure.as_deref()).await
            };
            if let Err(error) = stored.await {
                tracing::warn!(error = %error, import.id = %id, "The failure of import {id} could not be stored");
            }
        }
        context.imports.end(id);
        tell(&context, company).await;
    });
    Ok(first)
}

/// Makes tasks of a checked import and empties staging. False when it was given up meanwhile.
async fn commit_now(context: &Context, company: CompanyId, id: CallListId, work: &Work) -> UseCase<bool> {
    let made = import::make_tasks(context, company, id, work).await;
    if let Err(error @ (ImportError::StagingLost | ImportError::CampaignOver(_) | ImportError::CampaignNotFound)) =
        &made
    {
        end(context, company, id, "failed", Some(error)).await;
    }
    let made = made.map_err(|error| refusal(context, &error))?;
    let Some((counts, done)) = made else {
        end(context, company, id, "cancelled", None).await;
        return Ok(false);
    };
    tracing::info!(
        import.id = %id,
        rows = counts.total,
        created = done.tasks,
        "A call list of {} rows became {} tasks",
        counts.total,
        done.tasks
    );
    let mut db = context.connection().await.or_fault(context)?;
    call_lists::clear_staging(&mut db, company, id).await.or_fault(context)?;
    Ok(true)
}

/// Gives an import up.
///
/// # Errors
/// `not_found`; `conflict` when it is committed already.
pub async fn cancel(context: &Context, company: CompanyId, id: CallListId) -> UseCase<()> {
    if let Some(work) = context.imports.get(id) {
        work.cancel.cancel();
        return Ok(());
    }
    let mut tx = context.begin().await.or_fault(context)?;
    if !call_lists::end(&mut tx, company, id, "cancelled", None).await.or_fault(context)? {
        drop(tx);
        stored(context, company, id).await?;
        return Err(refusal(context, &ImportError::NotChecked));
    }
    call_lists::clear_staging(&mut tx, company, id).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}

/// Takes a committed import back. Rows that are being dialled are passed over one by one, so dialling of others goes on.
///
/// # Errors
/// `not_found`; `in_use` with the number of called tasks when some were called and that was not expected.
pub async fn undo(context: &Context, request: ImportUndo) -> UseCase<ImportUndone> {
    let (company, id) = (CompanyId(request.company_id), CallListId(request.call_list_id));
    let list = stored(context, company, id).await?;
    if list.state != "committed" {
        return Err(refusal(context, &ImportError::NotChecked));
    }
    let mut tx = context.begin().await.or_fault(context)?;
    locks::lock_contacts(&mut tx, company).await.or_fault(context)?;
    call_lists::lock_for_import(&mut tx, company, list.campaign_id).await.or_fault(context)?;
    let contacts = call_lists::remove_tasks(&mut tx, company, list.campaign_id, id).await.or_fault(context)?;
    let called = call_lists::called_tasks(&mut tx, company, id).await.or_fault(context)?;
    if called > 0 && !request.uncalled_only {
        tx.rollback().await.map_err(callboard_db::DbError::from).or_fault(context)?;
        let message =
            format!("{called} contacts of this list were called already. Remove those not called yet instead.");
        return Err(IpcError::refusal(ErrorCode::InUse, message).with("count", called.to_string()));
    }
    let removed_contacts = call_lists::remove_contacts(&mut tx, company, id, &contacts).await.or_fault(context)?;
    if called == 0 {
        call_lists::end(&mut tx, company, id, "undone", None).await.or_fault(context)?;
    }
    events::announce(&mut tx, Some(company), &["call_lists", "tasks", "campaigns", "contacts"])
        .await
        .or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    let removed_tasks = i32::try_from(contacts.len()).unwrap_or(i32::MAX);
    Ok(ImportUndone { removed_tasks, kept_tasks: called, removed_contacts })
}

/// Imports a file in one go, as the request says.
///
/// # Errors
/// What is wrong with the file; `not_allowed` for a path on a host that reads none.
pub(crate) async fn run(context: &Context, host: &dyn Host, request: ImportRequest) -> UseCase<ImportReport> {
    let dry_run = request.dry_run;
    let request = ImportCheckRequest {
        company_id: request.company_id,
        campaign_id: request.campaign_id,
        source: request.source,
        choice: LayoutChoice::default(),
        roles: Vec::new(),
        default_region: None,
    };
    let job = job(context, host, request).await?;
    file(context, job, dry_run).await
}

/// Imports a file on this machine in one go.
///
/// # Errors
/// What is wrong with the file.
pub async fn file(context: &Context, job: CheckJob, dry_run: bool) -> UseCase<ImportReport> {
    let report = import::import_file(context, job, dry_run).await.map_err(|error| refusal(context, &error))?;
    let (rows, created) = (report.counts.total, report.created);
    tracing::info!(rows, created, dry_run, "A call list of {rows} rows was imported: {created} tasks");
    Ok(report)
}

/// Forbids the numbers of a file, read like a call list; a file without a header may be a bare list of numbers.
///
/// # Errors
/// What is wrong with the file.
pub(crate) async fn do_not_call(
    context: &Context,
    host: &dyn Host,
    request: DoNotCallImport,
) -> UseCase<DoNotCallAdded> {
    let (path, name) = file_of(host, request.source).await?;
    let company = CompanyId(request.company_id);
    let region = companies::get(context, company).await?.default_region;
    let note = name.clone();
    let numbers = import::numbers_of(path, name, region).await.map_err(|error| refusal(context, &error))?;
    do_not_call::import_numbers(context, company, request.campaign_id.map(CampaignId), &note, numbers).await
}

/// Ends imports whose process died while it read the file, takes back what one left that died between its two commits, and
/// ends those that have waited too long for a decision.
///
/// # Errors
/// When the database does not answer.
pub async fn forget_nobodys(context: &Context) -> Result<u64, callboard_db::DbError> {
    let halves = import::take_back(context).await?;
    let mut db = context.connection().await?;
    Ok(halves + call_lists::forget_nobodys(&mut db).await?)
}

/// The rows that became no task as a workbook: its name and its bytes.
///
/// # Errors
/// `not_found`.
pub(crate) async fn rejects(
    context: &Context,
    company: CompanyId,
    id: CallListId,
    language: &str,
) -> UseCase<(String, Vec<u8>)> {
    let name = stored(context, company, id).await?.file_name;
    let stem = Path::new(&name).file_stem().map_or_else(|| "list".into(), |stem| stem.to_string_lossy());
    let suffix = if language == "ru" { "не принято" } else { "not taken" };
    let bytes = import::rejects_xlsx(&context.db, company, id, language).await.map_err(|error| match &error {
        RejectsError::NotFound => not_found("import"),
        RejectsError::Db(error) => database(error, context.new_id()),
        RejectsError::Workbook(_) => {
            IpcError::refusal(ErrorCode::Internal, format!("The file could not be made: {error}."))
        }
    })?;
    Ok((format!("{stem} - {suffix}.xlsx"), bytes))
}

/// A template to fill in: its name and its bytes.
///
/// # Errors
/// When the workbook cannot be made.
pub fn template(request: &TemplateRequest) -> UseCase<(String, Vec<u8>)> {
    view::template(request)
}

fn refusal(context: &Context, error: &ImportError) -> IpcError {
    let say = |code, message: String| IpcError::refusal(code, message);
    match error {
        ImportError::CampaignNotFound => not_found("campaign"),
        ImportError::CampaignOver(state) => over(*state),
        ImportError::UnsupportedFormat { extension } => say(
            ErrorCode::UnsupportedFormat,
            format!("Files of the type {extension:?} cannot be read. Use CSV, XLSX, XLS or ODS."),
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
        ImportError::NotChecked => {
            say(ErrorCode::Conflict, "This import does not wait for a decision any more.".to_owned())
        }
        ImportError::StagingLost => {
            say(ErrorCode::Conflict, "The checked rows were lost with the database. Drop the file again.".to_owned())
        }
        ImportError::Db(error) => database(error, context.new_id()),
    }
}

fn over(state: CampaignState) -> IpcError {
    let message = format!("The campaign is {state}; nothing is dialled in it any more.");
    IpcError::refusal(ErrorCode::IllegalTransition, message).with("state", state.as_str())
}
