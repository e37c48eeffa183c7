//! Every data row gets exactly one fate: it becomes a task, or it is refused for one reason. Owns the checks and the
//! counting; runs outside the async threads and hands encoded rows over through a bounded channel.

use std::collections::HashSet;

use callboard_contract::RejectKind;
use callboard_core::{
    id::{CallListId, CompanyId, uuid_v7},
    phone::parse_phone,
};
use callboard_db::call_lists::{Fate, StagedRow, StagingRows};
use chrono::{DateTime, Utc};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

use super::{
    ImportError, Limit, Stop,
    cells::{MAX_CELL_CHARS, Row, value_of},
    header::{Header, essence, unnamed},
    reason::RejectReason,
};

const MAX_NAME_CHARS: usize = 255;
const MAX_DATA_BYTES: usize = 64 * 1024;
/// What is sent at once. Large enough to keep the connection busy, small enough for two processor caches.
const PARCEL: usize = 256 * 1024;

/// What a file turned out to be.
#[derive(Debug)]
pub(super) struct Sifted {
    pub header: Header,
    /// Data rows, each of which was handed over.
    pub rows: u64,
}

/// Reads rows and hands them over.
pub(super) struct Sieve {
    region: String,
    most_rows: u64,
    ids: Ids,
    header: Option<Header>,
    rows: u64,
    /// Behind the line "Instructions" of a template, rows without a phone are prose.
    prose: bool,
    seen: HashSet<u64>,
    staging: StagingRows,
    parcels: Sender<Vec<u8>>,
    cells: String,
    data: String,
}

impl Sieve {
    pub fn new(
        (company, list): (CompanyId, CallListId),
        region: String,
        most_rows: u64,
        ids: Ids,
        parcels: Sender<Vec<u8>>,
    ) -> Self {
        Self {
            region,
            most_rows,
            ids,
            header: None,
            rows: 0,
            prose: false,
            seen: HashSet::new(),
            staging: StagingRows::new(company, list),
            parcels,
            cells: String::new(),
            data: String::new(),
        }
    }

    /// Takes the next row of the file; the first is the header.
    pub fn row(&mut self, row: &Row) -> Result<(), Stop> {
        if row.is_blank() {
            return Ok(());
        }
        let Some(header) = &self.header else {
            self.header = Some(Header::read(row.cells())?);
            return Ok(());
        };
        if self.prose && row.cell(header.phone).trim().is_empty() {
            return Ok(());
        }
        if begins_instructions(row) {
            self.prose = true;
            return Ok(());
        }
        self.rows += 1;
        if self.rows > self.most_rows {
            return Err(ImportError::TooLarge { limit: Limit::Rows, most: self.most_rows }.into());
        }
        write_cells(&mut self.cells, row);
        let fate = judge(row, header, &self.region, &mut self.data).and_then(|(phone, name)| {
            let digits = phone.strip_prefix('+').and_then(|digits| digits.parse().ok()).unwrap_or_default();
            if self.seen.insert(digits) {
                Ok((phone, name))
            } else {
                Err((RejectReason::DuplicateInFile, header.phone_column()))
            }
        });
        let fate = match &fate {
            Ok((phone, name)) => Fate::Task {
                task_id: self.ids.next(),
                contact_id: self.ids.next(),
                phone,
                contact_name: *name,
                contact_data: &self.data,
            },
            Err((reason, field)) => {
                let kind = match reason.kind() {
                    RejectKind::Duplicate => "duplicate",
                    RejectKind::Rejected => "rejected",
                };
                Fate::Refused { kind, reason: reason.as_str(), field }
            }
        };
        self.staging.push(&StagedRow { line: row.line, cells: &self.cells, fate });
        if self.staging.len() >= PARCEL {
            self.parcels.blocking_send(self.staging.take()).map_err(|_| Stop::NobodyListens)?;
        }
        Ok(())
    }

    /// Hands over what is left.
    pub fn end(self) -> Result<Sifted, Stop> {
        let header = self.header.ok_or(ImportError::Unreadable { reason: super::Unreadable::Empty })?;
        self.parcels.blocking_send(self.staging.end()).map_err(|_| Stop::NobodyListens)?;
        Ok(Sifted { header, rows: self.rows })
    }
}

type Refusal<'a> = (RejectReason, &'a str);

/// Phone and name of a row that can become a task; its further columns are written to `data`.
fn judge<'a>(
    row: &'a Row,
    header: &'a Header,
    region: &str,
    data: &mut String,
) -> Result<(String, Option<&'a str>), Refusal<'a>> {
    if row.overlong {
        return Err((RejectReason::RowTooLong, ""));
    }
    let phone = parse_phone(value_of(row.cell(header.phone)), region)
        .map_err(|refusal| (RejectReason::Phone(refusal), header.phone_column()))?;
    let name = header.name.map(|index| value_of(row.cell(index))).filter(|name| !name.is_empty());
    if name.is_some_and(|name| is_longer(name, MAX_NAME_CHARS)) {
        return Err((RejectReason::NameTooLong, header.name.map_or("", |index| header.column(index))));
    }
    write_data(data, row, header)?;
    Ok((phone.e164, name))
}

/// The further columns as a JSON object, in the order of the file, without empty ones.
fn write_data<'a>(data: &mut String, row: &Row, header: &'a Header) -> Result<(), Refusal<'a>> {
    data.clear();
    data.push('{');
    for (index, cell) in row.cells().enumerate() {
        let value = value_of(cell);
        if value.is_empty() || !header.is_extra(index) {
            continue;
        }
        if is_longer(value, MAX_CELL_CHARS) {
            return Err((RejectReason::DataTooLong, header.column(index)));
        }
        if data.len() > 1 {
            data.push(',');
        }
        match header.columns.get(index) {
            Some(column) => push_json(data, column),
            None => push_json(data, &unnamed(index)),
        }
        data.push(':');
        push_json(data, value);
        if data.len() >= MAX_DATA_BYTES {
            return Err((RejectReason::DataTooLong, header.column(index)));
        }
    }
    data.push('}');
    Ok(())
}

fn write_cells(cells: &mut String, row: &Row) {
    cells.clear();
    cells.push('[');
    for (index, cell) in row.cells().enumerate() {
        if index > 0 {
            cells.push(',');
        }
        push_json(cells, cell);
    }
    cells.push(']');
}

fn push_json(json: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        // A text always has a JSON form.
        json.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        json.push('"');
        json.push_str(text);
        json.push('"');
    }
}

fn is_longer(text: &str, chars: usize) -> bool {
    text.len() > chars && text.chars().count() > chars
}

/// Acceptance 86: templates end in prose for the person who fills them in.
fn begins_instructions(row: &Row) -> bool {
    let mut filled = row.cells().filter(|cell| !cell.trim().is_empty());
    match (filled.next(), filled.next()) {
        (Some(only), None) => {
            let only = essence(only.get(..only.floor_char_boundary(64)).unwrap_or_default());
            only.starts_with("instruction") || only.starts_with("инструкци")
        }
        _ => false,
    }
}

/// Ids of one import: the same instant, then a counter, then randomness. Rising ids keep a million inserts at the end
/// of the index.
pub(super) struct Ids {
    at: DateTime<Utc>,
    random: ChaCha8Rng,
    count: u32,
}

impl Ids {
    pub fn new(at: DateTime<Utc>, random: ChaCha8Rng) -> Self {
        Self { at, random, count: 0 }
    }

    fn next(&mut self) -> Uuid {
        let mut bytes: [u8; 10] = self.random.random();
        // Version and variant take the upper bits of bytes 0 and 2: the counter has 12 and 14 bits below them.
        let (high, low) = ((self.count >> 14) as u16 & 0x0fff, self.count as u16 & 0x3fff);
        [bytes[0], bytes[1]] = high.to_be_bytes();
        [bytes[2], bytes[3]] = low.to_be_bytes();
        self.count = self.count.wrapping_add(1);
        uuid_v7(self.at, bytes)
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::clock::{Clock, SystemClock};
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn ids_rise_and_differ() {
        let mut ids = Ids::new(SystemClock::start().now(), ChaCha8Rng::seed_from_u64(7));
        let first = ids.next();
        assert_eq!(first.get_version_num(), 7);
        let mut last = first;
        for _ in 0..200_000 {
            let next = ids.next();
            assert!(next > last, "{next} follows {last}");
            last = next;
        }
    }
}
