//! The zones of number prefixes of all countries but +7. Owns the generated table; refuses to know what a number is
//! for: the table has been made so that numbers without a place have all zones of their country.

use std::sync::LazyLock;

use chrono_tz::Tz;

/// No prefix is longer.
const LONGEST: u32 = 9;

/// The longest prefix that counts, as a list without nesting: from each number on, in the order of the digits, the
/// zones are these until the next one. One search finds them instead of one for every length.
struct Table {
    starts: Vec<(u32, u16)>,
    sets: Vec<Vec<Tz>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("prefixes.txt")));

/// The zones of a number with its country, without the plus. What a short number lacks counts as zeros.
pub(super) fn zones_of(digits: &str) -> &'static [Tz] {
    let mut key = 0;
    let mut places = 0;
    for digit in digits.bytes().take(LONGEST as usize) {
        if !digit.is_ascii_digit() {
            return &[];
        }
        key = key * 10 + u32::from(digit - b'0');
        places += 1;
    }
    TABLE.zones_from(key * 10_u32.pow(LONGEST - places))
}

impl Table {
    fn zones_from(&self, key: u32) -> &[Tz] {
        let after = self.starts.partition_point(|(start, _)| *start <= key);
        let set = after.checked_sub(1).and_then(|at| self.starts.get(at)).map_or(0, |(_, set)| *set);
        self.sets.get(usize::from(set)).map_or(&[], Vec::as_slice)
    }

    /// Set 0 is empty and stands between the prefixes.
    fn read(text: &str) -> Self {
        let mut sets = vec![vec![]];
        let mut spans = Vec::new();
        for (zones, prefixes) in text.lines().filter(|line| !line.starts_with('#')).filter_map(|l| l.split_once(':')) {
            let set = sets.len() as u16;
            sets.push(zones.split('&').filter_map(|name| name.parse().ok()).collect());
            spans.extend(prefixes.split_whitespace().filter_map(|prefix| span(prefix, set)));
        }
        // A span begins before those inside of it.
        spans.sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        let mut starts = vec![(0, 0)];
        let mut open: Vec<Span> = Vec::new();
        for span in spans {
            close(&mut starts, &mut open, span.start);
            starts.push((span.start, span.set));
            open.push(span);
        }
        close(&mut starts, &mut open, u32::MAX);
        // Of several that begin alike the last, innermost one counts; `partition_point` takes exactly that.
        Self { starts, sets }
    }
}

#[derive(Clone, Copy)]
struct Span {
    start: u32,
    /// Exclusive.
    end: u32,
    set: u16,
}

fn span(prefix: &str, set: u16) -> Option<Span> {
    let width = 10_u32.checked_pow(LONGEST.checked_sub(prefix.len() as u32)?)?;
    let start = prefix.parse::<u32>().ok()? * width;
    Some(Span { start, end: start + width, set })
}

/// Ends the spans that do not reach beyond `at`; what surrounds them goes on there.
fn close(starts: &mut Vec<(u32, u16)>, open: &mut Vec<Span>, at: u32) {
    while let Some(inner) = open.pop_if(|span| span.end <= at) {
        starts.push((inner.end, open.last().map_or(0, |outer| outer.set)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_and_every_prefix_of_the_table_is_read() {
        for line in include_str!("prefixes.txt").lines().filter(|line| !line.starts_with('#')) {
            let (zones, prefixes) = line.split_once(':').expect("zones, a colon, prefixes");
            let names: Vec<_> = zones.split('&').collect();
            assert!(names.is_sorted(), "{line}");
            for name in names {
                assert!(name.parse::<Tz>().is_ok(), "{name} is a zone");
            }
            for prefix in prefixes.split_whitespace() {
                assert!(span(prefix, 0).is_some() && !prefix.starts_with(['0', '7']), "{prefix}");
            }
        }
    }

    /// The search in the flat list is the rule of the longest prefix.
    #[test]
    fn the_longest_prefix_counts() {
        let text = include_str!("prefixes.txt");
        let rows: std::collections::HashMap<&str, &str> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(':'))
            .flat_map(|(zones, prefixes)| prefixes.split_whitespace().map(move |prefix| (prefix, zones)))
            .collect();
        let beside = rows.keys().filter_map(|prefix| Some(format!("{}", prefix.parse::<u64>().ok()?.checked_sub(1)?)));
        for prefix in rows.keys().map(|prefix| (*prefix).to_owned()).chain(beside) {
            for tail in ["00000000", "55555555", "99999999"] {
                let number = format!("{prefix}{tail}");
                let longest = (1..=number.len().min(9)).rev().find_map(|n| rows.get(&number[..n]));
                let found: Vec<_> = zones_of(&number).iter().map(|zone| zone.name()).collect();
                assert_eq!(found.join("&"), longest.copied().unwrap_or_default(), "{number}");
            }
        }
    }
}
