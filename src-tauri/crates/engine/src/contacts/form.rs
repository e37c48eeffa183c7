//! From what a person writes about a contact to what is stored. Owns the refusals of the form's fields.

use std::collections::{BTreeMap, BTreeSet};

use callboard_contract::ContactForm;
use callboard_core::{field::FieldErrors, phone::PhoneReader, zone};
use callboard_db::contacts::Person;

/// Most further numbers, as the table allows.
pub(super) const MOST_PHONES: usize = 9;
/// Most labels, as the table allows.
pub(super) const MOST_TAGS: usize = 50;
/// Most characters of remarks; four bytes each are what the table allows.
pub(super) const MOST_NOTES: usize = 16_000;
const MOST_TAG: usize = 100;
const MOST_FIELDS: usize = 256;
/// As many as a cell of a spreadsheet holds.
const MOST_VALUE: usize = 32_767;

/// A text without what cannot be stored; none when nothing is left.
fn text(name: &str, value: &str, max: usize, errors: &mut FieldErrors) -> Option<String> {
    errors.check_text(name, value, 0, max);
    let text = value.replace('\0', "");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Labels without repetitions, by name.
pub(super) fn tags(name: &str, tags: &[String], errors: &mut FieldErrors) -> Vec<String> {
    let mut kept = BTreeSet::new();
    for (at, tag) in tags.iter().enumerate() {
        kept.extend(text(&format!("{name}.{at}"), tag, MOST_TAG, errors));
    }
    if kept.len() > MOST_TAGS {
        errors.add_with(name, "tooMany", &[("max", MOST_TAGS.to_string())]);
    }
    kept.into_iter().collect()
}

fn data(fields: BTreeMap<String, String>, errors: &mut FieldErrors) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (name, value) in fields {
        let Some(known) = text("data", &name, 255, errors) else { continue };
        if let Some(value) = text(&format!("data.{name}"), &value, MOST_VALUE, errors) {
            kept.insert(known, value);
        }
    }
    if kept.len() > MOST_FIELDS {
        errors.add_with("data", "tooMany", &[("max", MOST_FIELDS.to_string())]);
    }
    kept
}

/// What is stored.
///
/// # Errors
/// The refused fields. Refusals of numbers and zones are the keys of `callboard_core::phone` and `zone`.
pub(super) fn read(form: ContactForm, region: &str) -> Result<Person, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut reader = PhoneReader::new(region);
    let mut number = |name: &str, written: &str, errors: &mut FieldErrors| match reader.read(written) {
        Ok(read) => Some(read.phone.e164),
        Err(refusal) => {
            errors.add(name, refusal.as_str());
            None
        }
    };
    let phone = number("phone", &form.phone, &mut errors).unwrap_or_default();
    let mut other_phones: Vec<String> = Vec::new();
    for (at, written) in form.other_phones.iter().enumerate().filter(|(_, written)| !written.trim().is_empty()) {
        if let Some(other) = number(&format!("otherPhones.{at}"), written, &mut errors)
            && other != phone
            && !other_phones.contains(&other)
        {
            other_phones.push(other);
        }
    }
    if other_phones.len() > MOST_PHONES {
        errors.add_with("otherPhones", "tooMany", &[("max", MOST_PHONES.to_string())]);
    }
    let written = form.zone.trim();
    if !written.is_empty()
        && let Err(refusal) = zone::read_zone(written)
    {
        errors.add("zone", refusal.as_str());
    }
    let (zones, zone_source) = zone::resolve((!written.is_empty()).then_some(written), &phone);
    let person = Person {
        phone,
        other_phones,
        name: text("name", &form.name, 255, &mut errors),
        email: text("email", &form.email, 255, &mut errors),
        organization: text("organization", &form.organization, 255, &mut errors),
        notes: text("notes", &form.notes, MOST_NOTES, &mut errors),
        tags: tags("tags", &form.tags, &mut errors),
        zones: zones.to_string(),
        zone_source,
        data: data(form.data, &mut errors),
    };
    errors.into_result()?;
    Ok(person)
}

#[cfg(test)]
mod tests {
    use callboard_core::zone::ZoneSource;

    use super::*;

    fn form() -> ContactForm {
        ContactForm {
            phone: "8 (999) 123-45-67".to_owned(),
            other_phones: Vec::new(),
            name: " Anna \0".to_owned(),
            email: String::new(),
            organization: String::new(),
            notes: String::new(),
            tags: Vec::new(),
            zone: String::new(),
            data: BTreeMap::new(),
        }
    }

    #[test]
    fn what_is_written_is_stored_in_one_form() {
        let mut form = form();
        form.other_phones = ["+79991234567", "8 495 123-45-67", "", "+7 495 1234567"].map(str::to_owned).to_vec();
        form.tags = ["vip", " spring ", "vip", ""].map(str::to_owned).to_vec();
        form.data = [("debt", " 500 "), ("empty", " ")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let person = read(form, "RU").expect("a valid form");
        assert_eq!(person.phone, "+79991234567");
        assert_eq!(person.other_phones, ["+74951234567"], "neither the first number nor a repetition");
        assert_eq!((person.name.as_deref(), person.email), (Some("Anna"), None));
        assert_eq!(person.tags, ["spring", "vip"]);
        assert_eq!(person.data, [("debt".to_owned(), "500".to_owned())].into());
        assert_eq!(person.zone_source, ZoneSource::Number, "without words the number says where somebody is");
    }

    #[test]
    fn every_refusal_names_its_field() {
        let form = ContactForm {
            phone: "12".to_owned(),
            other_phones: vec!["+74951234567".to_owned(), "9.19E+11".to_owned()],
            name: "x".repeat(256),
            zone: "nowhere at all".to_owned(),
            tags: vec!["y".repeat(101)],
            data: [("debt".to_owned(), "z".repeat(32_768))].into(),
            ..form()
        };
        let errors = read(form, "RU").expect_err("an invalid form");
        let refused: Vec<_> = errors.0.iter().map(|error| (error.field.as_str(), error.code.as_str())).collect();
        assert_eq!(
            refused,
            [
                ("phone", "phoneTooShort"),
                ("otherPhones.1", "phoneDamaged"),
                ("zone", "zoneUnknown"),
                ("name", "tooLong"),
                ("tags.0", "tooLong"),
                ("data.debt", "tooLong"),
            ]
        );
    }

    #[test]
    fn a_zone_in_words_is_a_statement_of_a_person() {
        let person = read(ContactForm { zone: "Omsk".to_owned(), ..form() }, "RU").expect("a valid form");
        assert_eq!((person.zones.as_str(), person.zone_source), ("Asia/Omsk", ZoneSource::Column));
        let several = ContactForm { zone: "Asia/Omsk&Europe/Moscow".to_owned(), ..form() };
        assert_eq!(read(several, "RU").expect("a valid form").zones, "Asia/Omsk&Europe/Moscow");
    }
}
