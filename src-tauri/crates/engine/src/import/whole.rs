//! An import in one go, without questions: for scripts, the sample and tests. Owns nothing that the two steps do not.

use std::sync::Arc;

use callboard_contract::{ColumnRole, ImportReport, RejectedRow, RowFate};
use callboard_core::id::{CallListId, CompanyId};
use callboard_db::call_lists::{self, CallList, ListRow};

use super::{CheckJob, HowRead, ImportError, Prepared, Work, check, columns::Mapping, make_tasks, prepare};
use crate::context::Context;

/// Rows that a report shows.
const SHOWN: i64 = 100;

/// Imports a file, or only checks it.
///
/// # Errors
/// Why it was not imported; nothing of it remains then.
pub async fn import_file(context: &Context, job: CheckJob, dry_run: bool) -> Result<ImportReport, ImportError> {
    let company = job.company_id;
    let prepared = prepare(context, job).await?;
    let (id, work) = (prepared.id, prepared.work(context)?);
    let Some(work) = context.imports.begin(id, work) else { return Err(ImportError::NotChecked) };
    let report = both_steps(context, company, prepared, &work, dry_run).await;
    context.imports.end(id);
    if dry_run || report.is_err() {
        let mut db = context.connection().await?;
        let state = if report.is_err() { "failed" } else { "cancelled" };
        call_lists::end(&mut db, company, id, state, None).await?;
        call_lists::clear_staging(&mut db, company, id).await?;
    }
    report
}

async fn both_steps(
    context: &Context,
    company: CompanyId,
    prepared: Prepared,
    work: &Arc<Work>,
    dry_run: bool,
) -> Result<ImportReport, ImportError> {
    let id = prepared.id;
    if !check(context, prepared, work).await? {
        return Err(ImportError::NotChecked);
    }
    if dry_run {
        return Ok(ImportReport { call_list_id: None, ..report(context, company, id).await? });
    }
    make_tasks(context, company, id, work).await?.ok_or(ImportError::NotChecked)?;
    let mut db = context.connection().await?;
    call_lists::clear_staging(&mut db, company, id).await?;
    drop(db);
    report(context, company, id).await
}

/// What became of an import, with the first rows that became no task.
async fn report(context: &Context, company: CompanyId, id: CallListId) -> Result<ImportReport, ImportError> {
    let mut db = context.connection().await?;
    let list = call_lists::get(&mut db, company, id).await?.ok_or(ImportError::NotChecked)?;
    let rows = if list.state == "checked" {
        call_lists::rows(&mut db, company, id, None, 0, SHOWN).await?
    } else {
        call_lists::rejects(&mut db, company, id, None, 0, SHOWN).await?
    };
    Ok(report_of(list, rows))
}

fn report_of(list: CallList, rows: Vec<ListRow>) -> ImportReport {
    let how = HowRead::of(&list.mapping);
    let damaged_text = how.damaged > 0;
    let mapping = Mapping { roles: how.roles, main_phone: None };
    let value = |row: &ListRow| {
        let place = row.field.as_ref().and_then(|field| list.columns.iter().position(|column| column == field));
        place.and_then(|index| row.cells.get(index)).cloned().unwrap_or_default()
    };
    let rejects = rows
        .into_iter()
        .map(|row| RejectedRow {
            line: row.line,
            fate: row.fate.parse().unwrap_or(RowFate::Invalid),
            value: value(&row),
            reason: row.reason.unwrap_or_default(),
            field: row.field.unwrap_or_default(),
        })
        .collect();
    let extra = (0..list.columns.len()).filter(|index| mapping.role(*index) == ColumnRole::Extra);
    ImportReport {
        call_list_id: Some(list.call_list_id.0),
        campaign_id: list.campaign_id.0,
        campaign_name: list.campaign_name,
        file_name: list.file_name,
        counts: super::counts(list.counts),
        created: if list.state == "checked" { list.counts.good() } else { list.created },
        reused_contacts: list.reused_contacts,
        rejects,
        extra_columns: extra.filter_map(|index| list.columns.get(index).cloned()).collect(),
        damaged_text,
        created_at: list.created_at,
    }
}
