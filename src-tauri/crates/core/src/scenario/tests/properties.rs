//! Whatever is said, and whatever scenario it is said to: no panic, an end, and the same again.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const KINDS: [&str; 8] = ["text", "phone", "email", "date", "time", "number", "choice", "boolean"];

/// A scenario of some states with any transitions between them.
fn any_scenario() -> impl Strategy<Value = Scenario> {
    let way = (0_usize..6, 0_usize..6, 0_u8..6, -2_i32..3, "[а-яa-z* ]{0,8}");
    let fields = proptest::collection::vec(0_usize..8, 0..3);
    (2_usize..6, proptest::collection::vec(way, 0..10), proptest::collection::vec(fields, 6), any::<bool>()).prop_map(
        |(count, ways, fields, greets)| {
            let states: Vec<_> = (0..count)
                .map(|index| {
                    let mut kinds = fields[index].clone();
                    kinds.sort_unstable();
                    kinds.dedup();
                    let collect: Vec<_> = kinds
                        .into_iter()
                        .map(|kind| {
                            let mut field = field(KINDS[kind], KINDS[kind], index % 2 == 0);
                            field["validation"] = json!({ "choices": ["да", "нет", "может"] });
                            field
                        })
                        .collect();
                    json!({
                        "id": format!("s{index}"), "is_start": index == 0, "is_end": index + 1 == count,
                        "collect_fields": collect, "use_knowledge_base": index == 1,
                        "max_turns": if index == 2 { Some(3) } else { None },
                    })
                })
                .collect();
            let transitions: Vec<_> = ways
                .into_iter()
                .map(|(from, to, kind, priority, keyword)| {
                    let condition = match kind {
                        0 => json!({ "type": "keyword", "keywords": [keyword, "да"] }),
                        1 => json!({ "type": "intent_detected", "intent": "yes" }),
                        2 => json!({ "type": "custom", "custom_rule": "all_required" }),
                        3 => json!({ "type": "custom", "custom_rule": keyword }),
                        _ => json!({ "type": "always" }),
                    };
                    let state = |index: usize| format!("s{}", index % count);
                    json!({ "from": state(from), "to": state(to), "condition": condition, "priority": priority })
                })
                .collect();
            scenario(&json!({
                "greeting": if greets { "Здравствуйте" } else { "" },
                "states": states, "transitions": transitions, "outcomes": outcomes(),
                "guardrails": [{ "type": "x", "pattern": "лес.?", "action": "respond" }],
            }))
        },
    )
}

fn utterance() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "\\PC{0,40}",
        "(да|нет|не|завтра|в 3|послезавтра|перезвоните|8 999 123 45 67|сколько\\?|лес|алло| |ivan@mail.ru|без|через|пять|at|the|i){0,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_conversation_ends_and_the_same_words_give_the_same_steps(
        scenario in any_scenario(),
        said in proptest::collection::vec(prop_oneof![4 => utterance().prop_map(Some), 1 => Just(None)], 1..12),
    ) {
        // Whatever the person says, over and over again.
        let script: Vec<Input> = said
            .iter()
            .cycle()
            .take(140)
            .map(|text| text.as_ref().map_or(Input::Silence, |text| Input::said(text)))
            .collect();
        let play = || {
            let (mut session, first) = scenario.begin();
            let mut steps = vec![first];
            for input in &script {
                let (next, step) = scenario.step(&session, input, &moment());
                session = next;
                steps.push(step);
            }
            (session, steps)
        };
        let (session, steps) = play();
        prop_assert!(session.ended().is_some(), "30 turns, or 4 silences in a row, end every conversation");
        prop_assert_eq!(&play(), &(session, steps.clone()));
        let end = steps.iter().position(|step| step.ended.is_some()).expect("it ended");
        for step in &steps[end..] {
            prop_assert_eq!(step.ended, steps[end].ended, "an end is final");
            prop_assert_eq!(&step.outcome, &steps[end].outcome);
            prop_assert_eq!(&step.state_after, &steps[end].state_after);
        }
        for step in &steps[end + 1..] {
            prop_assert!(step.reply.is_empty(), "nothing is said after the end");
        }
        for step in &steps[..=end] {
            prop_assert!(!step.reply.is_empty() || step.turn == 0, "the bot never falls silent: {:?}", step);
        }
    }

    #[test]
    fn no_text_is_a_scenario_that_makes_the_loader_panic(text in ".{0,200}") {
        let _ = Scenario::read(&text);
        let json = json!({
            "states": [{ "id": text.clone(), "is_start": true, "is_end": true }],
            "outcomes": [{ "id": "x", "is_default": true }],
            "guardrails": [{ "type": "x", "pattern": text.clone(), "action": "end_call" }],
            "intents": [{ "id": text.clone(), "phrases": [text] }],
        });
        if let Ok(scenario) = Scenario::read(&json.to_string()) {
            let (session, _) = scenario.begin();
            let _ = scenario.step(&session, &Input::said("Алло"), &moment());
        }
    }
}
