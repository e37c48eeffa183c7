//! Use-cases of the do-not-call list. Owns that an entry holds from its commit on, and only then is cleared up behind it:
//! what waits in a queue is skipped in a transaction of its own.

use std::time::Duration;

use callboard_contract::{
    DoNotCallAdd, DoNotCallAdded, DoNotCallEntry, DoNotCallExport, DoNotCallKind, DoNotCallPage, DoNotCallQuery,
    DoNotCallRemove, DoNotCallSource, IpcError, RefusedEntry,
};
use callboard_core::{
    do_not_call::{self as domain, read_entry},
    field::FieldErrors,
    id::{CampaignId, CompanyId, uuid_v7},
    phone::PhoneReader,
    window::parse_zone,
};
use callboard_db::{
    DbError, PgConnection, companies,
    do_not_call::{self as rows, Entry, Filter, NewEntries},
};
use chrono_tz::Tz;
use rand::RngExt;

use crate::{
    context::{Context, commit, commit_synchronously},
    cursor,
    error::{OrFault, UseCase, not_found},
    events,
    export::{self, Cell, Table, Words},
    import::FileNumbers,
};

/// Entries that one request may name.
const MOST_ENTRIES: usize = 10_000;
/// Characters of a note; four bytes each are what the table allows.
const MOST_NOTE: usize = 500;
/// Refused entries that an answer lists.
const SHOWN: usize = 100;
/// Numbers that go to the database at once.
const CHUNK: usize = 10_000;
/// How far back entries are looked for whose numbers wait in a queue: longer than an import takes to commit, because its
/// tasks appear only then.
const LATELY: Duration = Duration::from_mins(2);

/// An entry as the wire shows it.
pub(crate) fn view(entry: Entry) -> DoNotCallEntry {
    DoNotCallEntry {
        id: entry.entry_id,
        campaign_id: entry.campaign_id.map(|id| id.0),
        campaign_name: entry.campaign_name,
        kind: match entry.kind {
            domain::DoNotCallKind::Number => DoNotCallKind::Number,
            domain::DoNotCallKind::Prefix => DoNotCallKind::Prefix,
        },
        pattern: entry.pattern,
        source: match entry.source {
            domain::DoNotCallSource::Person => DoNotCallSource::Person,
            domain::DoNotCallSource::File => DoNotCallSource::File,
            domain::DoNotCallSource::Call => DoNotCallSource::Call,
        },
        note: entry.note,
        created_at: entry.created_at,
    }
}

async fn region(db: &mut PgConnection, context: &Context, company: CompanyId) -> UseCase<String> {
    let company = companies::get(db, company).await.or_fault(context)?;
    Ok(company.ok_or_else(|| not_found("company"))?.default_region)
}

/// The do-not-call list, newest first.
///
/// # Errors
/// Refused fields; `not_found` without the company.
pub async fn list(context: &Context, query: DoNotCallQuery) -> UseCase<DoNotCallPage> {
    let company = CompanyId(query.company_id);
    let limit = cursor::limit(query.limit)?;
    let after = query.cursor.as_deref().map(cursor::parse_instant).transpose()?;
    let mut db = context.connection().await.or_fault(context)?;
    let text = query.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut digits = None;
    if let Some(text) = &text {
        let region = region(&mut db, context, company).await?;
        digits = digits_of(text, &region);
    }
    let filter = Filter { campaign: query.campaign_id.map(CampaignId), text, digits };
    let mut entries = rows::page(&mut db, company, &filter, after, limit + 1).await.or_fault(context)?;
    let total = rows::count(&mut db, company, &filter).await.or_fault(context)?;
    let next_cursor = cursor::cut(&mut entries, limit, |last| cursor::of_instant(last.created_at, last.entry_id));
    Ok(DoNotCallPage { items: entries.into_iter().map(view).collect(), next_cursor, total })
}

/// Digits as they stand in a pattern: of a number in any notation or of its beginning, else those that were written.
fn digits_of(text: &str, region: &str) -> Option<String> {
    let mut reader = PhoneReader::new(region);
    if let Ok((_, pattern)) = read_entry(text, &mut reader, region) {
        return Some(pattern);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty() && !text.chars().any(char::is_alphabetic)).then_some(digits)
}

fn note(note: &str, errors: &mut FieldErrors) -> Option<String> {
    errors.check_text("note", note, 0, MOST_NOTE);
    let note = note.replace('\0', "");
    let note = note.trim();
    (!note.is_empty()).then(|| note.to_owned())
}

/// Who is not there is no fault of the program.
fn stored<T>(context: &Context, done: Result<T, DbError>) -> UseCase<T> {
    match done {
        Err(error) if error.constraint() == Some("do_not_call_company_id_campaign_id_fkey") => {
            Err(not_found("campaign"))
        }
        Err(error) if error.constraint() == Some("do_not_call_company_id_fkey") => Err(not_found("company")),
        done => done.or_fault(context),
    }
}

/// Skips what waits in queues and is forbidden since a moment ago.
async fn clear_up(context: &Context, company: CompanyId) -> UseCase<i32> {
    let mut tx = context.begin().await.or_fault(context)?;
    let skipped = rows::skip_forbidden(&mut tx, Some(company), LATELY).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(skipped)
}

fn counted(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Forbids numbers and prefixes, from the moment of the commit on. Blank entries are left out.
///
/// # Errors
/// `entries: required` or `tooMany`; `note: tooLong`; `not_found` without the company or the campaign.
pub async fn add(context: &Context, request: DoNotCallAdd) -> UseCase<DoNotCallAdded> {
    let company = CompanyId(request.company_id);
    let mut errors = FieldErrors::default();
    let note = note(&request.note, &mut errors);
    let entries: Vec<String> = request.entries.into_iter().filter(|entry| !entry.trim().is_empty()).collect();
    if entries.is_empty() {
        errors.add("entries", "required");
    } else if entries.len() > MOST_ENTRIES {
        errors.add_with("entries", "tooMany", &[("max", MOST_ENTRIES.to_string())]);
    }
    errors.into_result()?;
    let mut tx = context.begin().await.or_fault(context)?;
    let region = region(&mut tx, context, company).await?;
    let mut reader = PhoneReader::new(&region);
    let (mut new, mut refused, mut refusals) = (NewEntries::default(), 0, Vec::new());
    for entry in entries {
        match read_entry(&entry, &mut reader, &region) {
            Ok((kind, pattern)) => new.push(context.new_id(), kind, pattern),
            Err(reason) => {
                refused += 1;
                if refusals.len() < SHOWN {
                    refusals.push(RefusedEntry { entry, reason: reason.as_str().to_owned() });
                }
            }
        }
    }
    let campaign = request.campaign_id.map(CampaignId);
    let source = domain::DoNotCallSource::Person;
    let added = stored(context, rows::insert(&mut tx, company, campaign, source, note.as_deref(), &new).await)?;
    events::announce(&mut tx, Some(company), &["do_not_call"]).await.or_fault(context)?;
    commit_synchronously(tx).await.or_fault(context)?;
    tracing::info!(company.id = %company, entries = added, "{added} do-not-call entries were added");
    let skipped_tasks = clear_up(context, company).await?;
    Ok(DoNotCallAdded { added, known: counted(new.len()) - added, refused, refusals, skipped_tasks })
}

/// Forbids the numbers of a file, all or none. `note` is the file's name.
///
/// # Errors
/// `not_found` without the company or the campaign.
pub async fn import_numbers(
    context: &Context,
    company: CompanyId,
    campaign: Option<CampaignId>,
    note: &str,
    found: FileNumbers,
) -> UseCase<DoNotCallAdded> {
    let note: String = note.replace('\0', "").chars().take(MOST_NOTE).collect();
    let (now, mut random) = (context.now(), context.random.fork());
    let (total, mut numbers) = (found.numbers.len(), found.numbers);
    // In order, the index grows at its end.
    numbers.sort_unstable();
    numbers.dedup();
    let mut tx = context.begin().await.or_fault(context)?;
    let mut added = 0;
    for chunk in numbers.chunks(CHUNK) {
        let mut entries = NewEntries::default();
        for number in chunk {
            entries.push(uuid_v7(now, random.random()), domain::DoNotCallKind::Number, number.clone());
        }
        let source = domain::DoNotCallSource::File;
        added += stored(context, rows::insert(&mut tx, company, campaign, source, Some(&note), &entries).await)?;
    }
    if numbers.len() >= CHUNK {
        rows::take_stock(&mut tx).await.or_fault(context)?;
    }
    events::announce(&mut tx, Some(company), &["do_not_call"]).await.or_fault(context)?;
    commit_synchronously(tx).await.or_fault(context)?;
    tracing::info!(company.id = %company, entries = added, "{added} do-not-call entries were imported");
    let skipped_tasks = clear_up(context, company).await?;
    Ok(DoNotCallAdded {
        added,
        known: counted(total) - added,
        refused: i32::try_from(found.refused).unwrap_or(i32::MAX),
        refusals: found
            .refusals
            .into_iter()
            .take(SHOWN)
            .map(|(entry, reason)| RefusedEntry { entry, reason })
            .collect(),
        skipped_tasks,
    })
}

/// Allows numbers again; tasks that were skipped stay skipped.
///
/// # Errors
/// `ids: tooMany`.
pub async fn remove(context: &Context, request: DoNotCallRemove) -> UseCase<callboard_contract::Empty> {
    let company = CompanyId(request.company_id);
    if request.ids.len() > MOST_ENTRIES {
        let mut errors = FieldErrors::default();
        errors.add_with("ids", "tooMany", &[("max", MOST_ENTRIES.to_string())]);
        return Err(IpcError::fields(errors));
    }
    let mut tx = context.begin().await.or_fault(context)?;
    rows::remove(&mut tx, company, &request.ids).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["do_not_call"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(callboard_contract::Empty {})
}

/// One look for tasks that wait although their number is forbidden: a list that was being committed, or a call that was
/// given back, when an entry was added. Any number of processes may look; how many tasks were skipped.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(context: &Context) -> Result<i32, DbError> {
    let mut tx = context.begin().await?;
    let skipped = rows::skip_forbidden(&mut tx, None, LATELY).await?;
    commit(tx).await?;
    Ok(skipped)
}

const COLUMNS: [[&str; 2]; 5] = [
    ["Phone or prefix", "Телефон или префикс"],
    ["Campaign", "Кампания"],
    ["Source", "Источник"],
    ["Reason", "Причина"],
    ["Since", "С какого времени"],
];

fn source(source: domain::DoNotCallSource, words: Words) -> String {
    let names = match source {
        domain::DoNotCallSource::Person => ["by hand", "вручную"],
        domain::DoNotCallSource::File => ["file", "файл"],
        domain::DoNotCallSource::Call => ["call", "звонок"],
    };
    words.of(names).to_owned()
}

fn row(entry: Entry, zone: Tz, words: Words) -> Vec<Cell> {
    let star = match entry.kind {
        domain::DoNotCallKind::Number => "",
        domain::DoNotCallKind::Prefix => "*",
    };
    vec![
        Cell::Text(format!("{}{star}", entry.pattern)),
        entry.campaign_name.into(),
        Cell::Text(source(entry.source, words)),
        entry.note.into(),
        Cell::Text(export::instant(entry.created_at, zone)),
    ]
}

/// The do-not-call list as a file: its name and its bytes.
///
/// # Errors
/// `not_found` without the company; `companyId: tooMany` above what a sheet holds.
pub async fn export(context: &Context, request: DoNotCallExport) -> UseCase<(String, Vec<u8>)> {
    let company = CompanyId(request.company_id);
    let words = Words::of_language(&request.language);
    let mut db = context.connection().await.or_fault(context)?;
    let owner = companies::get(&mut db, company).await.or_fault(context)?.ok_or_else(|| not_found("company"))?;
    let zone = parse_zone(&owner.time_zone).unwrap_or(Tz::UTC);
    let filter = Filter::default();
    if rows::count(&mut db, company, &filter).await.or_fault(context)? > export::MOST_ROWS {
        let mut errors = FieldErrors::default();
        errors.add_with("companyId", "tooMany", &[("max", export::MOST_ROWS.to_string())]);
        return Err(IpcError::fields(errors));
    }
    let columns = COLUMNS.iter().map(|names| words.of(*names).to_owned()).collect();
    let mut table = Table::begin(context, request.format, words, columns)?;
    let mut after = None;
    loop {
        let page = rows::page(&mut db, company, &filter, after, export::PAGE).await.or_fault(context)?;
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.entry_id));
        table = table.rows(page.into_iter().map(|entry| row(entry, zone, words)).collect()).await?;
    }
    table.end(&export::dated(words.of(["Do not call", "Не звонить"]), context.now(), zone)).await
}
