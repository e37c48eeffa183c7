//! Extensions: what is dialled once the line is answered. Owns how they are written behind a number; refuses what may
//! as well be a second number (`(495) 123-45-67, 68`).

use super::SHORTEST;

/// No switchboard has longer ones; more digits are a number of their own.
const MAX_DIGITS: usize = 8;
/// A comma also separates numbers. So many digits are too few even for a local one.
const MAX_DIGITS_AFTER_COMMA: usize = 4;
/// Lower case, longest first where one ends like another.
const LABELS: [&str; 13] =
    ["добавочный", "внутренний", "добав", "внутр", "доб", "вн", "extension", "extn", "ext", "x", "х", "#", "№"];

/// The number and the digits of its extension.
pub(super) fn split(raw: &str) -> (&str, Option<&str>) {
    found(raw).map_or((raw, None), |(number, extension)| (number, Some(extension)))
}

/// Whether `rest` begins with the word for an extension, so that what stands before it is no end of a number.
pub(super) fn begins(rest: &str) -> bool {
    let rest = rest.trim_start().to_lowercase();
    LABELS.iter().any(|label| {
        rest.strip_prefix(label)
            .is_some_and(|rest| rest.trim_start_matches(is_filler).starts_with(|c: char| c.is_ascii_digit()))
    })
}

fn found(raw: &str) -> Option<(&str, &str)> {
    let text = raw.trim_end_matches([')', ']', '"', '\'']).trim_end();
    let head = text.trim_end_matches(|char: char| char.is_ascii_digit());
    let digits = text.get(head.len()..)?;
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return None;
    }
    let number = after_comma(head, digits).or_else(|| labelled(head))?;
    let number = number.trim_end_matches([' ', '\u{a0}', ',', ';', '.', '(', '[', '-', '/']);
    // What stands before an extension is a whole number, or the label is part of something else.
    let complete = number.bytes().filter(u8::is_ascii_digit).count() >= SHORTEST;
    complete.then_some((number, digits))
}

/// `,12` and `,,12` are pauses of a dialler. Zeros are the fraction of a column of numbers, and a space makes a list.
fn after_comma<'a>(head: &'a str, digits: &str) -> Option<&'a str> {
    let number = head.strip_suffix(',')?.trim_end_matches(',');
    let is_extension = digits.len() <= MAX_DIGITS_AFTER_COMMA && digits.bytes().any(|digit| digit != b'0');
    (is_extension && !number.contains(',')).then_some(number)
}

fn labelled(head: &str) -> Option<&str> {
    let head = head.trim_end_matches(is_filler);
    let length = LABELS.iter().find_map(|label| {
        let from = head.char_indices().rev().nth(label.chars().count() - 1)?.0;
        (head.get(from..)?.to_lowercase() == *label).then_some(from)
    })?;
    let number = head.get(..length)?;
    // `max 12` does not end with the label x.
    (!number.ends_with(char::is_alphabetic)).then_some(number)
}

fn is_filler(char: char) -> bool {
    char.is_whitespace() || matches!(char, '.' | ':' | '=')
}
