//! Regular expressions: whether one can be read, and whether it stays small. It is parsed, not compiled, because a form
//! asks with every key press.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Weight above which an expression is refused; compiled it would take megabytes.
const HEAVIEST: u64 = 20_000;

/// Why an expression cannot be used.
pub(super) enum Fault {
    /// It cannot be read.
    Syntax(String),
    /// Repetitions of repetitions.
    TooLarge,
}

/// Reads an expression as the engine does: without regard to letter case.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    let parsed = regex_syntax::ParserBuilder::new().nest_limit(50).build().parse(text).map_err(|error| {
        Fault::Syntax(match error {
            regex_syntax::Error::Parse(error) => error.kind().to_string(),
            regex_syntax::Error::Translate(error) => error.kind().to_string(),
            _ => error.to_string(),
        })
    })?;
    if weight(&parsed) > HEAVIEST { Err(Fault::TooLarge) } else { Ok(()) }
}

/// About how many states its automaton has.
fn weight(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(Class::Unicode(class)) => class.ranges().len() as u64 / 4 + 1,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() as u64 / 4 + 1,
        HirKind::Repetition(repetition) => {
            let times = u64::from(repetition.max.unwrap_or(repetition.min).max(1));
            weight(&repetition.sub).saturating_mul(times)
        }
        HirKind::Capture(capture) => weight(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(0, |sum, part| sum.saturating_add(weight(part)))
        }
    }
}
