//! What is known of one person from several contacts. Owns that nothing the contact that stays says is overwritten.

use callboard_core::{field::FieldErrors, zone::ZoneSource};
use callboard_db::contacts::Person;

use super::form::{MOST_NOTES, MOST_PHONES, MOST_TAGS};

/// The one that stays, completed by the others in their order.
///
/// # Errors
/// When together they have more numbers, labels or remarks than a contact may have: nothing is dropped silently.
pub(super) fn joined(mut keep: Person, others: impl Iterator<Item = Person>) -> Result<Person, FieldErrors> {
    for other in others {
        for number in std::iter::once(other.phone).chain(other.other_phones) {
            if number != keep.phone && !keep.other_phones.contains(&number) {
                keep.other_phones.push(number);
            }
        }
        keep.name = keep.name.or(other.name);
        keep.email = keep.email.or(other.email);
        keep.organization = keep.organization.or(other.organization);
        keep.notes = match (keep.notes, other.notes) {
            (Some(notes), Some(more)) if !notes.contains(&more) => Some(format!("{notes}\n\n{more}")),
            (notes, more) => notes.or(more),
        };
        keep.tags.extend(other.tags);
        // A person knows it better than the numbering plan, and the plan better than nobody.
        let known = |source| match source {
            ZoneSource::Campaign => 0,
            ZoneSource::Number => 1,
            ZoneSource::Column => 2,
        };
        if known(other.zone_source) > known(keep.zone_source) {
            (keep.zones, keep.zone_source) = (other.zones, other.zone_source);
        }
        for (name, value) in other.data {
            keep.data.entry(name).or_insert(value);
        }
    }
    keep.tags.sort_unstable();
    keep.tags.dedup();
    let mut errors = FieldErrors::default();
    let mut check = |field: &str, count: usize, max: usize, code: &str| {
        if count > max {
            errors.add_with(field, code, &[("max", max.to_string())]);
        }
    };
    check("otherPhones", keep.other_phones.len(), MOST_PHONES, "tooMany");
    check("tags", keep.tags.len(), MOST_TAGS, "tooMany");
    check("notes", keep.notes.as_deref().map_or(0, |notes| notes.chars().count()), MOST_NOTES, "tooLong");
    errors.into_result()?;
    Ok(keep)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn person(phone: &str) -> Person {
        Person {
            phone: phone.to_owned(),
            other_phones: Vec::new(),
            name: None,
            email: None,
            organization: None,
            notes: None,
            tags: Vec::new(),
            zones: "Europe/Moscow".to_owned(),
            zone_source: ZoneSource::Number,
            data: BTreeMap::new(),
        }
    }

    fn fields(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_others_fill_in_what_is_missing_and_overwrite_nothing() {
        let keep = Person {
            name: Some("Anna".to_owned()),
            notes: Some("first".to_owned()),
            tags: vec!["vip".to_owned()],
            data: fields(&[("debt", "5")]),
            ..person("+1")
        };
        let one = Person {
            name: Some("Ann".to_owned()),
            email: Some("a@example.com".to_owned()),
            notes: Some("second".to_owned()),
            other_phones: vec!["+1".to_owned(), "+3".to_owned()],
            tags: vec!["spring".to_owned(), "vip".to_owned()],
            data: fields(&[("debt", "6"), ("city", "Omsk")]),
            zones: "Asia/Omsk".to_owned(),
            zone_source: ZoneSource::Column,
            ..person("+2")
        };
        let two = Person { email: Some("b@example.com".to_owned()), notes: Some("first".to_owned()), ..person("+3") };
        let joined = joined(keep, [one, two].into_iter()).expect("few enough");
        assert_eq!(joined.name.as_deref(), Some("Anna"));
        assert_eq!(joined.email.as_deref(), Some("a@example.com"));
        assert_eq!(joined.notes.as_deref(), Some("first\n\nsecond"), "what stands there already is not repeated");
        assert_eq!(joined.other_phones, ["+2", "+3"]);
        assert_eq!(joined.tags, ["spring", "vip"]);
        assert_eq!(joined.data, fields(&[("city", "Omsk"), ("debt", "5")]));
        assert_eq!((joined.zones.as_str(), joined.zone_source), ("Asia/Omsk", ZoneSource::Column));
    }

    #[test]
    fn more_numbers_than_a_contact_may_have_are_refused() {
        let others = |count: u32| (0..count).map(|n| person(&format!("+2{n}")));
        assert!(joined(person("+1"), others(9)).is_ok());
        let errors = joined(person("+1"), others(10)).expect_err("ten further numbers");
        assert_eq!((errors.0[0].field.as_str(), errors.0[0].code.as_str()), ("otherPhones", "tooMany"));
    }
}
