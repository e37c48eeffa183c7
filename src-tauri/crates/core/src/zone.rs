//! The time zones of people. Owns which zones a number, or what stands in a column, may mean; refuses to choose among
//! them: where several are possible, all of them count.

use std::{borrow::Cow, fmt, str::FromStr};

use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

mod offset;
mod places;
mod prefixes;
mod russia;
mod written;

pub use written::read_zone;

/// The zones in which a person may be. Empty when nothing is known. As text the names, sorted and joined by `&`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ZoneSet(Cow<'static, [Tz]>);

text_enum! {
    /// Which rule gave a person's zones.
    pub enum ZoneSource {
        /// What stands in the zone column of the list.
        Column = "column",
        /// The prefix of the number.
        Number = "number",
        /// Nobody knows: the zone of the campaign counts.
        Campaign = "campaign",
    }
}

text_enum! {
    /// Why a cell is no zone.
    pub enum ZoneRefusal {
        /// Nothing stands there.
        Empty = "zoneEmpty",
        /// No zone, no offset, no place that is known here.
        Unknown = "zoneUnknown",
        /// An offset that no place has, or only places that change their clocks.
        NoSuchOffset = "zoneNoSuchOffset",
        /// Two statements that contradict each other.
        Ambiguous = "zoneAmbiguous",
    }
}

impl std::error::Error for ZoneRefusal {}

impl ZoneSet {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self(Cow::Borrowed(&[]));

    /// No zone at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The zones, sorted by name.
    #[must_use]
    pub fn zones(&self) -> &[Tz] {
        &self.0
    }

    /// A set that is sorted already.
    const fn of(zones: &'static [Tz]) -> Self {
        Self(Cow::Borrowed(zones))
    }

    fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|zone| other.0.contains(zone))
    }
}

impl From<Tz> for ZoneSet {
    fn from(zone: Tz) -> Self {
        Self(Cow::Owned(vec![zone]))
    }
}

impl FromIterator<Tz> for ZoneSet {
    fn from_iter<I: IntoIterator<Item = Tz>>(zones: I) -> Self {
        let mut zones: Vec<_> = zones.into_iter().collect();
        zones.sort_unstable_by_key(|zone| zone.name());
        zones.dedup();
        Self(Cow::Owned(zones))
    }
}

impl fmt::Display for ZoneSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, zone) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "&" })?;
            f.write_str(zone.name())?;
        }
        Ok(())
    }
}

impl FromStr for ZoneSet {
    type Err = ZoneRefusal;

    /// Reads what `Display` wrote, in any order; for what people write see [`read_zone`].
    fn from_str(text: &str) -> Result<Self, ZoneRefusal> {
        if text.is_empty() {
            return Ok(Self::UNKNOWN);
        }
        text.split('&').map(|name| name.parse::<Tz>().map_err(|_| ZoneRefusal::Unknown)).collect()
    }
}

impl Serialize for ZoneSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ZoneSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'_, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The zones in which the owner of a number may be: by its area code, or all of its country when the number belongs
/// to no place. Empty for what is no number of a country.
#[must_use]
pub fn zones_of_number(e164: &str) -> ZoneSet {
    let digits = e164.strip_prefix('+').unwrap_or(e164);
    match digits.strip_prefix('7') {
        Some(national) => ZoneSet::of(russia::zones_of(national)),
        None => ZoneSet::of(prefixes::zones_of(digits)),
    }
}

/// The zones of a person and which rule gave them: the column, when it can be read, else the number. An import reads
/// the column itself first, to report what it cannot read.
#[must_use]
pub fn resolve(column: Option<&str>, e164: &str) -> (ZoneSet, ZoneSource) {
    if let Some(zones) = column.and_then(|cell| read_zone(cell).ok()).filter(|zones| !zones.is_empty()) {
        return (zones, ZoneSource::Column);
    }
    let zones = zones_of_number(e164);
    let source = if zones.is_empty() { ZoneSource::Campaign } else { ZoneSource::Number };
    (zones, source)
}

#[cfg(test)]
mod tests;
