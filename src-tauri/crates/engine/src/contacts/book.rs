//! The contact book as a file that the import reads back.

use std::collections::BTreeMap;

use callboard_contract::ContactExport;
use callboard_core::{
    id::{CompanyId, ContactId},
    window::parse_zone,
};
use callboard_db::{
    companies,
    contacts::{self as rows, Contact},
};
use chrono_tz::Tz;

use super::selection;
use crate::{
    context::{Context, commit},
    error::{OrFault, UseCase, not_found},
    export::{self, Cell, Table, Words},
};

/// Columns of further data; the rest of a sheet's columns are ours.
const MOST_KEYS: i64 = 250;

const COLUMNS: [[&str; 2]; 12] = [
    ["Name", "ФИО"],
    ["Phone", "Телефон"],
    ["Other phones", "Другие телефоны"],
    ["Email", "Email"],
    ["Company", "Компания"],
    ["Notes", "Комментарий"],
    ["Tags", "Теги"],
    ["Time zone", "Часовой пояс"],
    ["Calls", "Звонков"],
    ["Last call", "Последний звонок"],
    ["Last outcome", "Последний итог"],
    ["Added", "Добавлен"],
];

fn row(contact: Contact, keys: &[String], zone: Tz, words: Words) -> Vec<Cell> {
    let person = contact.person;
    let own = [
        person.name.into(),
        Cell::Text(person.phone),
        Cell::Text(person.other_phones.join("; ")),
        person.email.into(),
        person.organization.into(),
        person.notes.into(),
        Cell::Text(person.tags.join(", ")),
        Cell::Text(person.zones),
        Cell::Number(contact.calls.into()),
        contact.last_call_at.map(|at| export::instant(at, zone)).into(),
        contact.last_outcome.map(|last| export::outcome(last, words).to_owned()).into(),
        Cell::Text(export::instant(contact.created_at, zone)),
    ];
    let mut data: BTreeMap<String, String> = person.data;
    own.into_iter().chain(keys.iter().map(|key| data.remove(key).into())).collect()
}

/// Contacts as a file: its name and its bytes.
///
/// # Errors
/// `selection: tooMany` above what a sheet holds; refused fields; `not_found` without the company.
pub async fn export(context: &Context, request: ContactExport) -> UseCase<(String, Vec<u8>)> {
    let company = CompanyId(request.company_id);
    let words = Words::of_language(&request.language);
    let mut tx = context.begin().await.or_fault(context)?;
    let owner = companies::get(&mut tx, company).await.or_fault(context)?.ok_or_else(|| not_found("company"))?;
    let zone = parse_zone(&owner.time_zone).unwrap_or(Tz::UTC);
    let chosen = selection(&mut tx, context, company, request.selection).await?;
    let count = rows::count(&mut tx, company, &chosen).await.or_fault(context)?;
    if count > export::MOST_ROWS {
        return Err(super::too_many("selection", &export::MOST_ROWS));
    }
    let keys = rows::data_keys(&mut tx, company, &chosen, MOST_KEYS).await.or_fault(context)?;
    let columns = COLUMNS.iter().map(|names| words.of(*names).to_owned()).chain(keys.iter().cloned()).collect();
    let mut table = Table::begin(context, request.format, words, columns)?;
    let mut after: Option<ContactId> = None;
    loop {
        let page = rows::page(&mut tx, company, &chosen, after, export::PAGE).await.or_fault(context)?;
        let Some(last) = page.last() else { break };
        after = Some(last.contact_id);
        table = table.rows(page.into_iter().map(|contact| row(contact, &keys, zone, words)).collect()).await?;
    }
    commit(tx).await.or_fault(context)?;
    table.end(&export::dated(words.of(["Contacts", "Контакты"]), context.now(), zone)).await
}
