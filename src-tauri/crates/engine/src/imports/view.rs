//! Imports as they are shown.

use callboard_contract::{
    ColumnRole, ErrorCode, FileFormat, ImportCounts, ImportPhase, ImportPreview, ImportRow, ImportView, IpcError,
    PreviewColumn, PreviewRow, RowFate, SheetView, TemplateKind, TemplateRequest,
};
use callboard_core::id::{CallListId, CampaignId};
use callboard_db::call_lists::{CallList, ListRow};

use crate::{
    context::Context,
    error::UseCase,
    import::{
        HowRead, Work, counts,
        preview::{self, Preview, RowCount},
        template,
    },
};

/// Encodings that a person can choose for a text file.
const ENCODINGS: [&str; 6] = ["UTF-8", "windows-1251", "KOI8-R", "IBM866", "UTF-16LE", "UTF-16BE"];

/// An import that begins at this moment.
pub(super) fn beginning(
    context: &Context,
    id: CallListId,
    campaign: CampaignId,
    file_name: String,
    work: &Work,
) -> ImportView {
    ImportView {
        call_list_id: id.0,
        campaign_id: campaign.0,
        campaign_name: String::new(),
        file_name,
        phase: work.phase(),
        progress: Some(work.progress(context.clock.monotonic())),
        counts: ImportCounts::default(),
        created: 0,
        reused_contacts: 0,
        uncalled: 0,
        columns: Vec::new(),
        roles: Vec::new(),
        damaged_text: false,
        error: None,
        created_at: context.now(),
        finished_at: None,
    }
}

/// An import and, when this process works on it, how far it is. The work was looked up before the import was read: the
/// other way round, one that ends in between would show as it was before.
pub(super) fn import(context: &Context, list: CallList, work: Option<&Work>, uncalled: i32) -> ImportView {
    let how = HowRead::of(&list.mapping);
    let stored: ImportPhase = list.state.parse().unwrap_or(ImportPhase::Failed);
    let phase = match work {
        Some(work) if matches!(stored, ImportPhase::Checking | ImportPhase::Checked) => work.phase(),
        _ => stored,
    };
    let error = list.failure.map(|failure| {
        serde_json::from_str(&failure).unwrap_or_else(|_| {
            IpcError::refusal(ErrorCode::Conflict, "The import was interrupted. Drop the file again.")
        })
    });
    ImportView {
        call_list_id: list.call_list_id.0,
        campaign_id: list.campaign_id.0,
        campaign_name: list.campaign_name,
        file_name: list.file_name,
        phase,
        progress: work.map(|work| work.progress(context.clock.monotonic())),
        counts: counts(list.counts),
        created: list.created,
        reused_contacts: list.reused_contacts,
        uncalled,
        columns: list.columns,
        roles: how.roles,
        damaged_text: how.damaged > 0,
        error,
        created_at: list.created_at,
        finished_at: list.finished_at,
    }
}

/// A row with what stands in the column that it is about.
pub(super) fn row(row: ListRow, otherwise: RowFate, columns: &[String]) -> ImportRow {
    let place = row.field.as_ref().and_then(|field| columns.iter().position(|column| column == field));
    ImportRow {
        line: row.line,
        fate: row.fate.parse().unwrap_or(otherwise),
        value: place.and_then(|index| row.cells.get(index)).cloned(),
        reason: row.reason.filter(|reason| !reason.is_empty()),
        field: row.field.filter(|field| !field.is_empty()),
        phone: row.phone,
        cells: row.cells,
    }
}

fn preview_row(row: preview::PreviewRow) -> PreviewRow {
    PreviewRow { line: row.line.and_then(|line| u32::try_from(line).ok()), cells: row.cells }
}

/// What a file holds; `known` are the roles of an earlier import with the same header.
pub(super) fn preview(preview: Preview, file_name: String, known: Option<Vec<ColumnRole>>) -> ImportPreview {
    let layout = preview.layout;
    let named = layout.header_row.is_some();
    let known = known.filter(|roles| roles.len() == layout.columns.len());
    let columns = layout
        .columns
        .into_iter()
        .map(|column| PreviewColumn {
            role: known.as_ref().and_then(|roles| roles.get(column.index)).copied().unwrap_or(column.guess.role),
            confidence: if known.is_some() { 1.0 } else { f64::from(column.guess.confidence) },
            named: named && column.name != crate::import::unnamed(column.index),
            name: column.name,
            samples: column.samples,
        })
        .collect();
    let estimated_rows = match preview.rows {
        RowCount::Exact(rows) | RowCount::About(rows) | RowCount::AtLeast(rows) => rows as f64,
    };
    ImportPreview {
        file_name,
        file_bytes: preview.bytes as f64,
        kind: layout.kind.as_str().to_owned(),
        encodings: layout.encoding.iter().flat_map(|_| ENCODINGS.map(str::to_owned)).collect(),
        encoding: layout.encoding,
        delimiter: layout.delimiter.map(String::from),
        sheets: layout.sheets.into_iter().map(|sheet| SheetView { name: sheet.name, hidden: sheet.hidden }).collect(),
        sheet: layout.sheet,
        header_row: layout.header_row.unwrap_or(0),
        columns,
        first_rows: preview.first.into_iter().map(preview_row).collect(),
        random_rows: preview.random.into_iter().map(preview_row).collect(),
        estimated_rows,
        remembered: known.is_some(),
    }
}

/// A template: its name and its bytes.
pub(super) fn template(request: &TemplateRequest) -> UseCase<(String, Vec<u8>)> {
    let russian = request.language == "ru";
    let kind = match request.kind {
        TemplateKind::Basic => template::TemplateKind::Basic,
        TemplateKind::Advanced => template::TemplateKind::Advanced,
    };
    let format = match request.format {
        FileFormat::Csv => template::TemplateFormat::Csv,
        FileFormat::Xlsx => template::TemplateFormat::Xlsx,
    };
    let language = if russian { template::TemplateLanguage::Russian } else { template::TemplateLanguage::English };
    let bytes = template::template(kind, format, language)
        .map_err(|error| IpcError::refusal(ErrorCode::Internal, format!("The template could not be made: {error}.")))?;
    let stem = if russian { "Шаблон списка обзвона" } else { "Call list template" };
    Ok((format!("{stem}.{}", request.format), bytes))
}
