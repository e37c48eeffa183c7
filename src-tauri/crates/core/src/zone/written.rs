//! What stands in a zone column. Owns how names, offsets and addresses are told apart; refuses a cell whose statements
//! contradict each other.

use chrono::{DateTime, Offset as _, TimeZone as _, Utc};

use super::{ZoneRefusal, ZoneSet, offset, places};

/// Longer cells name no place; also bounds the work that a hostile cell can cause.
const MAX_BYTES: usize = 512;
/// Winter and summer of a year, to hold an offset against a place: 15 January and 15 July 2026.
const SEASONS: [i64; 2] = [1_768_435_200, 1_784_073_600];

/// Reads a cell: names of the IANA database in any case, offsets, subjects of the Russian Federation and cities, also
/// several of them as in an address or in `(UTC+05:00) Екатеринбург`.
///
/// # Errors
/// Why the cell cannot be read.
pub fn read_zone(cell: &str) -> Result<ZoneSet, ZoneRefusal> {
    let cell = cell.trim();
    if cell.len() > MAX_BYTES {
        return Err(ZoneRefusal::Unknown);
    }
    if !cell.contains(char::is_alphanumeric) {
        return Err(ZoneRefusal::Empty);
    }
    if let Some(found) = single(cell) {
        return found;
    }
    if cell.contains('&') {
        return cell
            .split('&')
            .map(|part| single(part.trim()).unwrap_or(Err(ZoneRefusal::Unknown)))
            .try_fold(ZoneSet::UNKNOWN, |all, part| Ok(all.zones().iter().chain(part?.zones()).copied().collect()));
    }
    address(cell)
}

fn single(text: &str) -> Option<Result<ZoneSet, ZoneRefusal>> {
    offset::read(text).map(|zone| zone.map(ZoneSet::from)).or_else(|| places::find(text).map(Ok))
}

/// `Свердловская обл., г. Екатеринбург`: every part that is known must agree with the others, and the narrower counts.
/// Parts that are not known (streets, countries) say nothing.
fn address(cell: &str) -> Result<ZoneSet, ZoneRefusal> {
    let mut place: Option<ZoneSet> = None;
    let mut by_offset: Option<ZoneSet> = None;
    for part in cell.split([',', ';', '(', ')', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let (known, zones) = match (offset::read(part), places::find(part)) {
            (Some(zone), _) => (&mut by_offset, ZoneSet::from(zone?)),
            (None, Some(zones)) => (&mut place, zones),
            (None, None) => continue,
        };
        *known = Some(match known.take() {
            Some(other) => narrower(zones, other)?,
            None => zones,
        });
    }
    match (place, by_offset) {
        // The offset of a name as Windows shows it is that of winter, so that the place says more.
        (Some(place), Some(offset)) if !agree(&place, &offset) => Err(ZoneRefusal::Ambiguous),
        (Some(zones), _) | (None, Some(zones)) => Ok(zones),
        (None, None) => Err(ZoneRefusal::Unknown),
    }
}

/// Places with the same clocks do not contradict each other: Moscow and Simferopol.
fn narrower(one: ZoneSet, other: ZoneSet) -> Result<ZoneSet, ZoneRefusal> {
    if one.is_within(&other) {
        Ok(one)
    } else if other.is_within(&one) || agree(&one, &other) {
        Ok(other)
    } else {
        Err(ZoneRefusal::Ambiguous)
    }
}

fn agree(one: &ZoneSet, other: &ZoneSet) -> bool {
    SEASONS.iter().any(|season| {
        let mut offsets = one.zones().iter().chain(other.zones()).filter_map(|zone| {
            let at: DateTime<Utc> = DateTime::from_timestamp(*season, 0)?;
            Some(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
        });
        let first = offsets.next();
        offsets.all(|offset| Some(offset) == first)
    })
}
