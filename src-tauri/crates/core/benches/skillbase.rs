//! `cargo bench -p callboard-core --bench skillbase`: what a key press in the editor costs.
//!
//! Owns the largest document that is allowed: 200 states, 1,000 transitions, every list full, as long as the whole may be.
//! Prints the best of five; refuses to be a test: it never fails for being slow.
#![expect(clippy::print_stdout, reason = "a measurement prints its result")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use callboard_core::skillbase::{
    CollectField, Condition, FieldKind, FieldOperator, FieldTest, FieldValidation, FlowState, FlowType, Guardrail,
    SkillbaseDocument, Transition, bounds, diff, import, prompt,
};

const ROUNDS: u32 = 50;

fn main() {
    let document = largest();
    let errors = document.problems();
    let json = document.canonical_json();
    println!("largest document: {} bytes, {} states, {} problems", json.len(), bounds::STATES, errors.len());
    report("validate", || document.problems().len());
    report("prompt", || prompt::build(&document, "Company", "").sections.len());
    report("hash", || document.hash().len());
    report("read", || serde_json::from_str::<SkillbaseDocument>(&json).map_or(0, |read| read.tools.len()));
    let mut other = document.clone();
    other.conversation.flow.states[100].prompt.push('!');
    report("diff", || diff::diff(&document, &other).len());
    report("merge", || diff::merge(&document, &other, &document).conflicts.len());
    let file = import::write("name", "", &document);
    report("file", || import::read(&file).map_or(0, |read| read.problems.len()));
}

fn report(name: &str, mut work: impl FnMut() -> usize) {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let started = Instant::now();
        for _ in 0..ROUNDS {
            black_box(work());
        }
        best = best.min(started.elapsed() / ROUNDS);
    }
    println!("{name:10} {:8.3} ms", best.as_secs_f64() * 1_000.0);
}

fn largest() -> SkillbaseDocument {
    let mut document = SkillbaseDocument::default();
    document.identity.role = "я".repeat(bounds::TEXT);
    document.identity.style = "я".repeat(bounds::TEXT);
    "Я цифровой помощник.".clone_into(&mut document.identity.disclosure);
    document.identity.rules = (0..bounds::ITEMS).map(|at| format!("Не делать {at}")).collect();
    document.identity.facts = (0..bounds::ITEMS).map(|at| format!("Факт {at}")).collect();
    document.conversation.greetings = vec!["Здравствуйте!".to_owned()];
    document.conversation.fields = (0..50)
        .map(|at| CollectField {
            id: format!("f{at}"),
            kind: FieldKind::Text,
            description: format!("поле {at}"),
            validation: FieldValidation {
                pattern: format!(r"(?:[а-яё]+\s*){{1,9}}\d{{{at}}}"),
                ..FieldValidation::default()
            },
            ..CollectField::default()
        })
        .collect();
    document.guardrails = (0..bounds::GUARDRAILS)
        .map(|at| Guardrail {
            name: format!("g{at}"),
            phrases: vec![format!("слово {at}")],
            pattern: format!(r"\b(?:суд|иск)\w*\s+{at}\b"),
            response: "Об этом не говорю.".to_owned(),
            ..Guardrail::default()
        })
        .collect();
    let flow = &mut document.conversation.flow;
    flow.kind = FlowType::Graph;
    "s0".clone_into(&mut flow.start);
    flow.states = (0..bounds::STATES)
        .map(|at| FlowState {
            id: format!("s{at}"),
            name: format!("Шаг {at}"),
            collect: vec![format!("f{}", at % 50)],
            is_end: at + 1 == bounds::STATES,
            ..FlowState::default()
        })
        .collect();
    // Half of the transitions that a document may have leave no room for texts: fill up with what is left.
    flow.transitions = (0..bounds::STATES - 1)
        .flat_map(|at| {
            let to = |step: usize| format!("s{}", (at + step).min(bounds::STATES - 1));
            let way = |to: String, condition| Transition { from: format!("s{at}"), to, condition, priority: 0 };
            [
                way(
                    to(1),
                    Condition::Field {
                        test: FieldTest {
                            field: format!("f{}", at % 50),
                            operator: FieldOperator::IsSet,
                            value: String::new(),
                        },
                    },
                ),
                way(to(2), Condition::Keyword { keywords: vec![format!("слово {at}")] }),
            ]
        })
        .collect();
    let left = bounds::DOCUMENT_BYTES.saturating_sub(document.canonical_json().len() + 1_000);
    let each = left / bounds::STATES / 2;
    for state in &mut document.conversation.flow.states {
        state.prompt = "я".repeat(each.min(bounds::STATE_PROMPT));
    }
    document
}
