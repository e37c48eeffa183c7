//! Use-cases that read the queue of a campaign.

use std::collections::BTreeMap;

use callboard_contract::{TaskPage, TaskQuery, TaskView};
use callboard_core::{
    id::{CampaignId, CompanyId},
    task::TaskStatus,
};
use callboard_db::{
    campaigns as campaign_rows,
    tasks::{self as rows, Filter, Task},
};

use crate::{
    context::Context,
    cursor,
    error::{OrFault, UseCase},
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
        next_attempt_at: (task.status == TaskStatus::Retry).then_some(task.due_at),
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
