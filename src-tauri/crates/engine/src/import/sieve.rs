//! Every data row gets exactly one fate: it becomes a task, or it does not for one reason. Owns the checks that the file
//! alone allows, and the counting; runs outside the async threads and hands encoded rows over through a bounded channel.

use std::collections::{HashMap, HashSet};

use callboard_contract::ColumnRole;
use callboard_core::{
    id::{CallListId, CompanyId},
    phone::{PhoneReader, ReadPhone},
    zone::{ZoneSet, ZoneSource, read_zone, zones_of_number},
};
use callboard_db::call_lists::{Fate, Person, StagedRow, StagingRows};
use tokio::sync::mpsc::Sender;

use super::{
    Stop,
    cells::{MAX_CELL_CHARS, Row, RowNote, value_of},
    columns::Mapping,
    ids::Ids,
    json::{push_json, write_cells},
    reason::{RejectReason, RowFix},
};

const MAX_NAME_CHARS: usize = 255;
const MAX_NOTES_BYTES: usize = 65_536;
const MAX_DATA_BYTES: usize = 64 * 1024;
const MAX_TAGS: usize = 50;
const MAX_TAG_CHARS: usize = 50;
/// Numbers of a person besides the main one.
const MAX_OTHER_PHONES: usize = 9;
/// What is sent at once. Large enough to keep the connection busy, small enough for two processor caches.
const PARCEL: usize = 256 * 1024;

/// How the columns of a list are read.
#[derive(Debug)]
pub(super) struct Columns {
    pub names: Vec<String>,
    pub mapping: Mapping,
}

/// Reads rows and hands them over.
pub(super) struct Sieve {
    columns: Columns,
    phones: Vec<usize>,
    name_columns: Vec<usize>,
    reader: PhoneReader,
    zones: Zones,
    ids: Ids,
    ordinal: i32,
    seen: HashSet<u64>,
    staging: StagingRows,
    parcels: Sender<Vec<u8>>,
    cells: String,
    said: Said,
}

/// What a row says, in memory that is used again for the next.
#[derive(Debug, Default)]
struct Said {
    name: String,
    notes: String,
    tags: Vec<String>,
    data: String,
    others: Vec<String>,
}

struct Found<'a> {
    phone: String,
    fix: Option<(RowFix, usize)>,
    email: Option<&'a str>,
    organization: Option<&'a str>,
    zone: i16,
    zone_source: ZoneSource,
}

type Refusal = (RejectReason, Option<usize>);

impl Sieve {
    pub fn new(
        (company, list): (CompanyId, CallListId),
        columns: Columns,
        region: &str,
        ids: Ids,
        parcels: Sender<Vec<u8>>,
    ) -> Self {
        Self {
            phones: columns.mapping.phones(),
            name_columns: columns.mapping.names(&columns.names),
            columns,
            reader: PhoneReader::new(region),
            zones: Zones::default(),
            ids,
            ordinal: 0,
            seen: HashSet::new(),
            staging: StagingRows::new(company, list),
            parcels,
            cells: String::new(),
            said: Said::default(),
        }
    }

    /// Takes the next data row of the file.
    pub fn row(&mut self, row: &Row) -> Result<(), Stop> {
        write_cells(&mut self.cells, row);
        let found = match row.note {
            Some(RowNote::Total) => Err((RejectReason::TotalRow, None)),
            Some(RowNote::Instruction) => Err((RejectReason::InstructionRow, None)),
            None => self.judge(row),
        };
        let found = found.and_then(|found| {
            let digits = found.phone.strip_prefix('+').and_then(|digits| digits.parse().ok()).unwrap_or_default();
            if self.seen.insert(digits) {
                Ok(found)
            } else {
                Err((RejectReason::DuplicateInFile, self.phones.first().copied()))
            }
        });
        let field =
            |index: Option<usize>| index.and_then(|index| self.columns.names.get(index)).map_or("", String::as_str);
        self.ordinal += i32::from(found.is_ok());
        let fate = match &found {
            Ok(found) => Fate::Task {
                task_id: self.ids.next(),
                contact_id: self.ids.next(),
                fix: found.fix.map(|(fix, index)| (fix.as_str(), field(Some(index)))),
                person: Person {
                    phone: &found.phone,
                    other_phones: &self.said.others,
                    name: (!self.said.name.is_empty()).then_some(&self.said.name),
                    email: found.email,
                    organization: found.organization,
                    notes: (!self.said.notes.is_empty()).then_some(&self.said.notes),
                    tags: &self.said.tags,
                    zone_number: found.zone,
                    zone_source: found.zone_source.as_str(),
                    data: &self.said.data,
                },
            },
            Err((reason, index)) => {
                Fate::Refused { fate: reason.fate().as_str(), reason: reason.as_str(), field: field(*index) }
            }
        };
        self.staging.push(&StagedRow { line: row.line, ordinal: self.ordinal, cells: &self.cells, fate });
        if self.staging.len() >= PARCEL {
            self.parcels.blocking_send(self.staging.take()).map_err(|_| Stop::NobodyListens)?;
        }
        Ok(())
    }

    /// Hands over what is left; the zone sets that came up, in the order of their numbers.
    pub fn end(self) -> Result<Vec<String>, Stop> {
        self.parcels.blocking_send(self.staging.end()).map_err(|_| Stop::NobodyListens)?;
        Ok(self.zones.texts)
    }

    fn judge<'a>(&mut self, row: &'a Row) -> Result<Found<'a>, Refusal> {
        if row.overlong {
            return Err((RejectReason::RowTooLong, None));
        }
        let (phone, mut fix) = self.read_phones(row)?;
        self.said.name.clear();
        for &index in &self.name_columns {
            join(&mut self.said.name, value_of(row.cell(index)), " ");
        }
        if is_longer(&self.said.name, MAX_NAME_CHARS) {
            return Err((RejectReason::NameTooLong, self.name_columns.first().copied()));
        }
        let (mut email, mut organization, mut zone_cell) = (None, None, None);
        let said = &mut self.said;
        said.notes.clear();
        said.tags.clear();
        said.data.clear();
        said.data.push('{');
        if let Some(extension) = &phone.extension {
            push_member(&mut said.data, "phone_extension", extension);
        }
        for (index, cell) in row.cells().enumerate() {
            let value = value_of(cell);
            if value.is_empty() {
                continue;
            }
            if is_longer(value, MAX_CELL_CHARS) {
                return Err((RejectReason::DataTooLong, Some(index)));
            }
            let short = !is_longer(value, MAX_NAME_CHARS);
            match self.columns.mapping.role(index) {
                ColumnRole::Phone | ColumnRole::Name | ColumnRole::Ignore => {}
                ColumnRole::Email if email.is_none() && short && value.contains('@') => email = Some(value),
                ColumnRole::Company if organization.is_none() && short => organization = Some(value),
                ColumnRole::Zone if zone_cell.is_none() => {
                    zone_cell = Some((value, index));
                    push_extra(&mut said.data, &self.columns.names, index, value);
                }
                ColumnRole::Notes => join(&mut said.notes, value, "\n"),
                ColumnRole::Tags => split_tags(&mut said.tags, value),
                // What is no address, and a second company, is still worth telling the bot.
                ColumnRole::Email | ColumnRole::Company | ColumnRole::Zone | ColumnRole::Extra => {
                    push_extra(&mut said.data, &self.columns.names, index, value);
                }
            }
            if said.data.len() >= MAX_DATA_BYTES || said.notes.len() >= MAX_NOTES_BYTES {
                return Err((RejectReason::DataTooLong, Some(index)));
            }
        }
        said.data.push('}');
        let (zone, zone_source) = match zone_cell {
            Some((cell, index)) => {
                if let Some(zone) = self.zones.of_cell(cell) {
                    (zone, ZoneSource::Column)
                } else {
                    fix = fix.or(Some((RowFix::ZoneUnknown, index)));
                    self.zones.of_number(&phone.phone.e164)
                }
            }
            None => self.zones.of_number(&phone.phone.e164),
        };
        Ok(Found { phone: phone.phone.e164, fix, email, organization, zone, zone_source })
    }

    /// The number to dial and what was repaired; further numbers go to `said.others`.
    fn read_phones(&mut self, row: &Row) -> Result<(ReadPhone, Option<(RowFix, usize)>), Refusal> {
        self.said.others.clear();
        let mut main: Option<(ReadPhone, usize)> = None;
        let mut refusal: Option<Refusal> = None;
        for &index in &self.phones {
            let cell = value_of(row.cell(index));
            if cell.is_empty() {
                continue;
            }
            let read = self.reader.read_cell(cell);
            for phone in read.phones {
                match &main {
                    None => main = Some((phone, index)),
                    Some((first, _)) => {
                        let number = phone.phone.e164;
                        let others = &mut self.said.others;
                        if number != first.phone.e164 && !others.contains(&number) && others.len() < MAX_OTHER_PHONES {
                            others.push(number);
                        }
                    }
                }
            }
            if let Some((_, reason)) = read.refused.first() {
                refusal.get_or_insert((RejectReason::Phone(*reason), Some(index)));
            }
        }
        match (main, refusal) {
            (Some((phone, index)), refusal) => {
                // A number that cannot be read beside one that can is worth a look, but costs nobody the call.
                let fix = phone.fix.map(RowFix::Phone).or(refusal.map(|_| RowFix::OtherNumber));
                Ok((phone, fix.map(|fix| (fix, index))))
            }
            (None, Some(refusal)) => Err(refusal),
            (None, None) => {
                Err((RejectReason::Phone(callboard_core::phone::PhoneRefusal::Empty), self.phones.first().copied()))
            }
        }
    }
}

/// Numbers the zone sets of a list. Lists name the same few places again and again.
#[derive(Debug, Default)]
struct Zones {
    texts: Vec<String>,
    numbers: HashMap<ZoneSet, i16>,
    cells: HashMap<String, Option<i16>>,
}

impl Zones {
    fn number(&mut self, zones: ZoneSet) -> i16 {
        if let Some(number) = self.numbers.get(&zones) {
            return *number;
        }
        self.texts.push(zones.to_string());
        let number = i16::try_from(self.texts.len()).unwrap_or(i16::MAX);
        self.numbers.insert(zones, number);
        number
    }

    fn of_cell(&mut self, cell: &str) -> Option<i16> {
        /// A column of something else would fill the memory.
        const MOST: usize = 10_000;
        if let Some(known) = self.cells.get(cell) {
            return *known;
        }
        let number = read_zone(cell).ok().filter(|zones| !zones.is_empty()).map(|zones| self.number(zones));
        if self.cells.len() < MOST {
            self.cells.insert(cell.to_owned(), number);
        }
        number
    }

    fn of_number(&mut self, e164: &str) -> (i16, ZoneSource) {
        let zones = zones_of_number(e164);
        let source = if zones.is_empty() { ZoneSource::Campaign } else { ZoneSource::Number };
        (self.number(zones), source)
    }
}

fn join(text: &mut String, part: &str, with: &str) {
    if !part.is_empty() {
        if !text.is_empty() {
            text.push_str(with);
        }
        text.push_str(part);
    }
}

fn split_tags(tags: &mut Vec<String>, cell: &str) {
    for tag in cell.split([',', ';', '|', '\n']).map(str::trim).filter(|tag| !tag.is_empty()) {
        if tags.len() < MAX_TAGS && !is_longer(tag, MAX_TAG_CHARS) && !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
}

fn push_extra(data: &mut String, names: &[String], index: usize, value: &str) {
    match names.get(index) {
        Some(name) => push_member(data, name, value),
        None => push_member(data, &super::header::unnamed(index), value),
    }
}

fn push_member(data: &mut String, name: &str, value: &str) {
    if data.len() > 1 {
        data.push(',');
    }
    push_json(data, name);
    data.push(':');
    push_json(data, value);
}

fn is_longer(text: &str, chars: usize) -> bool {
    text.len() > chars && text.chars().count() > chars
}
