//! E-mail addresses, written and spoken. Owns "собака", "точка", "dot" and the transliteration of what a recogniser wrote in
//! Cyrillic; refuses to call an address without a domain one.

use std::ops::Range;

use super::{Found, Heard, RefusalReason};
use crate::scenario::value::FieldValue;

const AT: &[&str] = &["собака", "собачка", "собаку", "эт", "at"];
const JOINERS: &[(&str, &str)] = &[
    ("точка", "."),
    ("dot", "."),
    ("дот", "."),
    ("дефис", "-"),
    ("тире", "-"),
    ("минус", "-"),
    ("dash", "-"),
    ("hyphen", "-"),
    ("подчеркивание", "_"),
    ("подчеркивания", "_"),
    ("underscore", "_"),
    ("плюс", "+"),
    ("plus", "+"),
];
/// Domains and their ends as people say them in Russian.
const SPOKEN: &[(&str, &str)] = &[
    ("мейл", "mail"),
    ("мэйл", "mail"),
    ("майл", "mail"),
    ("меил", "mail"),
    ("джимейл", "gmail"),
    ("жмейл", "gmail"),
    ("гмейл", "gmail"),
    ("гмайл", "gmail"),
    ("яндекс", "yandex"),
    ("рамблер", "rambler"),
    ("инбокс", "inbox"),
    ("лист", "list"),
    ("бк", "bk"),
    ("аутлук", "outlook"),
    ("хотмейл", "hotmail"),
    ("айклауд", "icloud"),
    ("ру", "ru"),
    ("ком", "com"),
    ("нет", "net"),
    ("орг", "org"),
    ("рф", "рф"),
];

/// A piece between spaces, without the punctuation around it.
struct Piece {
    /// Lower case, ё as е.
    text: String,
    place: Range<usize>,
}

pub(super) fn find(heard: &Heard<'_>) -> Found {
    let pieces = pieces(heard.text);
    if let Some(piece) = pieces.iter().find(|piece| piece.text.contains('@') && piece.text.len() > 1) {
        return match address(&piece.text) {
            Some((address, _)) => Ok(Some((FieldValue::Email(address), piece.place.clone(), 95))),
            None => Err((RefusalReason::BadEmail, piece.place.clone())),
        };
    }
    let mut bad = None;
    for at in (1..pieces.len().saturating_sub(1))
        .filter(|at| pieces[*at].text == "@" || AT.contains(&pieces[*at].text.as_str()))
    {
        let (local, start) = backward(&pieces, at);
        let (domain, end) = forward(&pieces, at + 1);
        let place = pieces[start].place.start..pieces[end].place.end;
        if let Some((address, transliterated)) = address(&format!("{local}@{domain}")) {
            let confidence = if transliterated { 50 } else { 80 };
            return Ok(Some((FieldValue::Email(address), place, confidence)));
        }
        // "at" is an ordinary word of English.
        if pieces[at].text != "at" {
            bad.get_or_insert(place);
        }
    }
    bad.map_or(Ok(None), |place| if heard.asked { Err((RefusalReason::BadEmail, place)) } else { Ok(None) })
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match (character.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                let raw = text.get(from..at).unwrap_or_default();
                let trimmed = raw.trim_matches(|character: char| {
                    !(character.is_alphanumeric() || matches!(character, '@' | '_' | '+'))
                });
                if !trimmed.is_empty() {
                    let from = from + raw.find(trimmed).unwrap_or(0);
                    let text = trimmed.to_lowercase().replace('ё', "е");
                    pieces.push(Piece { text, place: from..from + trimmed.len() });
                }
                start = None;
            }
            (true, None) | (false, Some(_)) => {}
        }
    }
    pieces
}

fn joiner(piece: &Piece) -> Option<&'static str> {
    JOINERS.iter().find(|(word, _)| *word == piece.text).map(|(_, sign)| *sign)
}

fn is_letter(piece: &Piece) -> bool {
    piece.text.chars().count() == 1 && piece.text.chars().all(char::is_alphanumeric)
}

/// What stands before the sign: one piece, more only over a joiner or letter by letter.
fn backward(pieces: &[Piece], at: usize) -> (String, usize) {
    let mut start = at - 1;
    let mut local = pieces[start].text.clone();
    while start > 0 {
        let before = &pieces[start - 1];
        if let Some(sign) = joiner(before) {
            let skipped = usize::from(sign == "_" && start >= 2 && pieces[start - 2].text == "нижнее");
            if start < 2 + skipped {
                break;
            }
            start -= 2 + skipped;
            local = format!("{}{sign}{local}", pieces[start].text);
        } else if is_letter(before) && is_letter(&pieces[start]) {
            start -= 1;
            local = format!("{}{local}", before.text);
        } else {
            break;
        }
    }
    (local, start)
}

fn forward(pieces: &[Piece], from: usize) -> (String, usize) {
    let spoken = |piece: &Piece| {
        SPOKEN
            .iter()
            .find(|(word, _)| *word == piece.text)
            .map_or_else(|| piece.text.clone(), |(_, name)| (*name).to_owned())
    };
    let mut end = from;
    let mut domain = spoken(&pieces[from]);
    while end + 2 < pieces.len()
        && let Some(sign @ ("." | "-")) = joiner(&pieces[end + 1])
    {
        end += 2;
        domain = format!("{domain}{sign}{}", spoken(&pieces[end]));
    }
    (domain, end)
}

/// An address in Latin letters, and whether any was transliterated.
fn address(text: &str) -> Option<(String, bool)> {
    let text = text.to_lowercase();
    let (local, domain) = text.split_once('@')?;
    let (latin, transliterated) = transliterated(local);
    let fits = |part: &str, extra: &str| {
        !part.is_empty()
            && part.chars().all(|character| character.is_alphanumeric() || extra.contains(character))
            && !part.starts_with(['.', '-'])
            && !part.ends_with(['.', '-'])
            && !part.contains("..")
    };
    let end = domain.rsplit('.').next()?;
    let good = fits(&latin, "._-+%")
        && latin.is_ascii()
        && latin.len() <= 64
        && fits(domain, ".-")
        && domain.contains('.')
        && domain.len() <= 255
        && end.chars().count() >= 2
        && end.chars().all(char::is_alphabetic);
    let domain_latin = if end == "рф" { domain.to_owned() } else { self::transliterated(domain).0 };
    let changed = transliterated || domain_latin != domain;
    good.then(|| (format!("{latin}@{domain_latin}"), changed))
}

fn transliterated(text: &str) -> (String, bool) {
    const TABLE: &str = "а:a б:b в:v г:g д:d е:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya";
    let latin = |letter: char| {
        TABLE.split(' ').find_map(|pair| pair.strip_prefix(letter).and_then(|rest| rest.strip_prefix(':')))
    };
    let mut result = String::with_capacity(text.len());
    let mut changed = false;
    for character in text.chars() {
        match latin(character) {
            Some(letters) => {
                result.push_str(letters);
                changed = true;
            }
            None => result.push(character),
        }
    }
    (result, changed)
}
