//! Use-cases that read the queue of a campaign.

use std::collections::BTreeMap;

use callboard_contract::{ErrorCode, IpcError, TaskCallback, TaskExport, TaskPage, TaskQuery, TaskView};
use callboard_core::{
    id::{CampaignId, CompanyId, TaskId},
    task::TaskStatus,
};
use callboard_db::{
    campaigns as campaign_rows,
    retries::{self, Postponed},
    tasks::{self as rows, Filter, Task},
};
use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::{
    context::{Context, commit},
    cursor,
    error::{OrFault, UseCase, field, not_found},
    events,
    export::{self, Cell, Table, Words},
};

fn view(task: Task) -> TaskView {
    let contact_data: BTreeMap<String, String> = match task.contact_data {
        serde_json::Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let text = if let serde_json::Value::String(text) = value { text } else { value.to_string() };
                (name, text)
            })
            .collect(),
        _ => BTreeMap::new(),
    };
    TaskView {
        id: task.task_id.0,
        position: task.position,
        phone: task.phone,
        contact_name: task.contact_name,
        contact_data,
        status: task.status,
        attempts: task.attempts,
        last_attempt_at: task.last_attempt_at,
        next_attempt_at: (task.status == TaskStatus::Retry || task.callback_at.is_some()).then_some(task.due_at),
        callback_at: task.callback_at,
        numbers: task.numbers,
        is_direct: task.is_direct,
        disposition: task.disposition,
        outcome: task.outcome,
        error: task.error,
        last_call_id: task.last_call_id.map(|id| id.0),
    }
}

/// A page of the queue in list order. Without a search the total comes from the campaign's counts, which are exact.
///
/// # Errors
/// Refused fields.
pub async fn list(context: &Context, query: TaskQuery) -> UseCase<TaskPage> {
    let (company, campaign) = (CompanyId(query.company_id), CampaignId(query.campaign_id));
    let limit = cursor::limit(query.limit)?;
    let after = query.cursor.as_deref().map(cursor::parse_position).transpose()?.unwrap_or(0);
    let filter = Filter {
        statuses: (!query.statuses.is_empty()).then_some(query.statuses),
        search: query.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
    };
    let mut db = context.connection().await.or_fault(context)?;
    let mut tasks = rows::page(&mut db, company, campaign, &filter, after, limit + 1).await.or_fault(context)?;
    let total = if filter.search.is_some() {
        rows::count(&mut db, company, campaign, &filter).await.or_fault(context)?
    } else {
        let counts = campaign_rows::counts(&mut db, company, campaign).await.or_fault(context)?;
        let of = |status: &TaskStatus| match status {
            TaskStatus::Pending => counts.pending,
            TaskStatus::InProgress => counts.in_progress,
            TaskStatus::Retry => counts.retry,
            TaskStatus::Completed => counts.completed,
            TaskStatus::Failed => counts.failed,
            TaskStatus::Cancelled => counts.cancelled,
            TaskStatus::Skipped => counts.skipped,
        };
        filter.statuses.as_ref().map_or_else(|| counts.total(), |statuses| statuses.iter().map(of).sum())
    };
    let next_cursor = cursor::cut(&mut tasks, limit, |last| last.position.to_string());
    Ok(TaskPage { items: tasks.into_iter().map(view).collect(), next_cursor, total })
}

/// Promises a contact a call at a time, or takes the promise back: then the task is due at once, as if nothing had been
/// promised. What waits keeps its attempts; a promise does not count them.
///
/// # Errors
/// `at: past`; `illegal_transition` for a task that is being called or has ended; `not_found`.
pub async fn callback(context: &Context, request: TaskCallback) -> UseCase<TaskView> {
    let (company, id) = (CompanyId(request.company_id), TaskId(request.task_id));
    let mut tx = context.begin().await.or_fault(context)?;
    let now = callboard_db::now(&mut tx).await.or_fault(context)?;
    if request.at.is_some_and(|at| at < now - TimeDelta::minutes(1)) {
        return Err(field("at", "past"));
    }
    match retries::set_callback(&mut tx, company, id, request.at).await.or_fault(context)? {
        Postponed::Set => {}
        Postponed::NotWaiting => {
            let message = "The contact is being called or its task has ended. Put it into the campaign again.";
            return Err(IpcError::refusal(ErrorCode::IllegalTransition, message));
        }
        Postponed::Gone => return Err(not_found("task")),
    }
    let task = rows::get(&mut tx, company, id).await.or_fault(context)?.ok_or_else(|| not_found("task"))?;
    events::announce(&mut tx, Some(company), &["tasks", "live"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(view(task))
}

/// Columns of further data in a file; the rest of a sheet's columns are ours.
const MOST_KEYS: i64 = 250;

const COLUMNS: [[&str; 2]; 9] = [
    ["No.", "№"],
    ["Phone", "Телефон"],
    ["Name", "ФИО"],
    ["Status", "Статус"],
    ["Attempts", "Попыток"],
    ["Last attempt", "Последняя попытка"],
    ["Next attempt", "Следующая попытка"],
    ["Outcome", "Итог"],
    ["Cause", "Причина"],
];

fn status(status: TaskStatus, words: Words) -> &'static str {
    words.of(match status {
        TaskStatus::Pending => ["waiting", "ожидает"],
        TaskStatus::InProgress => ["calling", "идёт звонок"],
        TaskStatus::Retry => ["retry", "повтор"],
        TaskStatus::Completed => ["completed", "завершено"],
        TaskStatus::Failed => ["failed", "не удалось"],
        TaskStatus::Cancelled => ["cancelled", "отменено"],
        TaskStatus::Skipped => ["skipped", "пропущено"],
    })
}

/// Why a task was skipped in words; causes of failures are words already.
fn cause(error: String, words: Words) -> String {
    let names = match error.as_str() {
        "do_not_call" => ["on the do-not-call list", "в списке «не звонить»"],
        "contact_deleted" => ["the contact was deleted", "контакт удалён"],
        "contact_merged" => ["the contact was merged with another one", "контакт объединён с другим"],
        "attempts_used_up" => ["the campaign allows fewer attempts now", "теперь в кампании меньше попыток"],
        _ => return error,
    };
    words.of(names).to_owned()
}

fn row(task: Task, keys: &[String], zone: Tz, words: Words) -> Vec<Cell> {
    let mut task = view(task);
    let own = [
        Cell::Number(task.position.into()),
        Cell::Text(task.phone),
        task.contact_name.into(),
        Cell::Text(status(task.status, words).to_owned()),
        Cell::Number(task.attempts.into()),
        task.last_attempt_at.map(|at| export::instant(at, zone)).into(),
        task.next_attempt_at.map(|at| export::instant(at, zone)).into(),
        task.outcome.map(|outcome| export::outcome(outcome, words).to_owned()).into(),
        task.error.map(|error| cause(error, words)).into(),
    ];
    own.into_iter().chain(keys.iter().map(|key| task.contact_data.remove(key).into())).collect()
}

/// The list of a campaign as a file, with what came of it so far: its name and its bytes.
///
/// # Errors
/// `not_found` without the campaign; when the file cannot be made.
pub async fn export(context: &Context, request: TaskExport) -> UseCase<(String, Vec<u8>)> {
    let (company, campaign) = (CompanyId(request.company_id), CampaignId(request.campaign_id));
    let words = Words::of_language(&request.language);
    let mut tx = context.begin().await.or_fault(context)?;
    let found = campaign_rows::get(&mut tx, company, campaign).await.or_fault(context)?;
    let found = found.ok_or_else(|| not_found("campaign"))?;
    let zone = found.settings.window.zone;
    let keys = rows::data_keys(&mut tx, company, campaign, MOST_KEYS).await.or_fault(context)?;
    let columns = COLUMNS.iter().map(|names| words.of(*names).to_owned()).chain(keys.iter().cloned()).collect();
    let mut table = Table::begin(context, request.format, words, columns)?;
    let (mut after, mut written) = (0, 0);
    while written < export::MOST_ROWS {
        let page = rows::page(&mut tx, company, campaign, &Filter::default(), after, export::PAGE).await;
        let page = page.or_fault(context)?;
        let Some(last) = page.last() else { break };
        after = last.position;
        written += i32::try_from(page.len()).unwrap_or(i32::MAX);
        table = table.rows(page.into_iter().map(|task| row(task, &keys, zone, words)).collect()).await?;
    }
    commit(tx).await.or_fault(context)?;
    table.end(&export::dated(&found.settings.name, context.now(), zone)).await
}
