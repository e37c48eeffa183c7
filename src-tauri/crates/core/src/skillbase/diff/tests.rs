use serde_json::json;

use super::{super::tests::full, *};
use crate::skillbase::{Condition, FlowState, Guardrail, Tool, ToolName};

fn changes(change: impl FnOnce(&mut SkillbaseDocument)) -> Vec<(String, ChangeKind)> {
    let before = full();
    let mut after = before.clone();
    change(&mut after);
    diff(&before, &after).into_iter().map(|change| (change.path, change.kind)).collect()
}

fn one(path: &str, kind: ChangeKind) -> Vec<(String, ChangeKind)> {
    vec![(path.to_owned(), kind)]
}

#[test]
fn fields_are_named_by_their_path_and_items_by_their_key() {
    assert_eq!(changes(|_| {}), []);
    assert_eq!(changes(|d| d.voice.llm.temperature = 1.0), one("voice.llm.temperature", ChangeKind::Changed));
    assert_eq!(
        changes(|d| d.conversation.flow.states[1].prompt.push('!')),
        one("conversation.flow.states.booking.prompt", ChangeKind::Changed)
    );
    assert_eq!(
        changes(|d| d.conversation.flow.transitions[0].condition = Condition::Always),
        one("conversation.flow.transitions.hello→booking.condition", ChangeKind::Changed)
    );
    assert_eq!(
        changes(|d| d.conversation.flow.transitions[4].priority = 1),
        one("conversation.flow.transitions.hello→bye#2.priority", ChangeKind::Changed)
    );
    assert_eq!(changes(|d| d.tools[3].enabled = true), one("tools.dtmf_tone.enabled", ChangeKind::Changed));
    assert_eq!(
        changes(|d| {
            d.tools.remove(3);
        }),
        one("tools.dtmf_tone", ChangeKind::Removed)
    );
    assert_eq!(
        changes(|d| d.tools.push(Tool::new(ToolName::SkipTurn, true))),
        one("tools.skip_turn", ChangeKind::Added)
    );
    assert_eq!(changes(|d| d.guardrails.swap(0, 1)), one("guardrails", ChangeKind::Moved));
}

#[test]
fn an_inserted_rule_is_one_change() {
    assert_eq!(changes(|d| d.identity.rules.insert(0, "Новое".to_owned())), one("identity.rules.0", ChangeKind::Added));
    assert_eq!(
        changes(|d| {
            d.identity.rules.remove(0);
        }),
        one("identity.rules.0", ChangeKind::Removed)
    );
    assert_eq!(changes(|d| d.identity.rules[1].push('!')), one("identity.rules.1", ChangeKind::Changed));
}

#[test]
fn changes_come_in_the_order_of_the_tabs() {
    let paths: Vec<String> = changes(|d| {
        d.guardrails.clear();
        d.voice.max_call_seconds = 61;
        d.conversation.limits.max_turns = 5;
        d.identity.role.push('!');
    })
    .into_iter()
    .map(|(path, _)| path.split('.').next().unwrap_or_default().to_owned())
    .collect();
    assert_eq!(paths, ["identity", "conversation", "voice", "guardrails", "guardrails"]);
}

fn merged(
    mine: impl FnOnce(&mut SkillbaseDocument),
    theirs: impl FnOnce(&mut SkillbaseDocument),
) -> (SkillbaseDocument, Vec<FieldConflict>) {
    let base = full();
    let (mut my, mut their) = (base.clone(), base.clone());
    mine(&mut my);
    theirs(&mut their);
    let Merge { merged, conflicts } = merge(&base, &my, &their);
    (merged, conflicts)
}

#[test]
fn changes_of_different_fields_are_both_kept() {
    let (document, conflicts) = merged(
        |d| {
            d.identity.role = "Моя роль".to_owned();
            d.conversation.flow.states[0].prompt = "Моё".to_owned();
            d.identity.rules.insert(1, "Моё правило".to_owned());
        },
        |d| {
            d.voice.tts.speed = 1.5;
            d.conversation.flow.states[0].goal = "Их".to_owned();
            d.identity.rules.push("Их правило".to_owned());
            d.tools[3].enabled = true;
        },
    );
    assert_eq!(conflicts, []);
    assert_eq!((document.identity.role.as_str(), document.voice.tts.speed), ("Моя роль", 1.5));
    let state = document.state("hello").expect("the state is still there");
    assert_eq!((state.prompt.as_str(), state.goal.as_str()), ("Моё", "Их"));
    assert_eq!(
        document.identity.rules,
        ["Не обещать скидку", "Моё правило", "Не говорить о других клиентах", "Их правило"]
    );
    assert!(document.tools[3].enabled);
}

/// Acceptance 26.
#[test]
fn changes_of_the_same_field_are_a_conflict_and_mine_is_kept() {
    let (document, conflicts) = merged(|d| d.identity.style = "Моё".to_owned(), |d| d.identity.style = "Их".to_owned());
    assert_eq!(document.identity.style, "Моё");
    assert_eq!(
        conflicts,
        [FieldConflict {
            path: "identity.style".to_owned(),
            base: Some(json!("Дружелюбно и коротко")),
            mine: Some(json!("Моё")),
            theirs: Some(json!("Их")),
        }]
    );
    let (_, same) = merged(|d| d.identity.style = "Одно".to_owned(), |d| d.identity.style = "Одно".to_owned());
    assert_eq!(same, [], "the same change twice is none");
}

#[test]
fn what_one_side_removed_and_the_other_changed_is_a_conflict() {
    let (document, conflicts) = merged(
        |d| {
            d.guardrails.remove(0);
        },
        |d| d.guardrails[0].response = "Иначе".to_owned(),
    );
    assert_eq!(conflicts.len(), 1);
    assert_eq!((conflicts[0].path.as_str(), &conflicts[0].mine), ("guardrails.Политика", &None));
    assert_eq!(document.guardrails.len(), 1, "mine stands until a person chooses");
    let (document, conflicts) = merged(
        |d| {
            d.guardrails.remove(0);
        },
        |d| d.identity.role.push('!'),
    );
    assert_eq!((document.guardrails.len(), conflicts.len()), (1, 0));
}

#[test]
fn states_that_both_add_are_both_there() {
    let state = |id: &str| FlowState { id: id.to_owned(), name: id.to_owned(), ..FlowState::default() };
    let (document, conflicts) = merged(
        |d| d.conversation.flow.states.insert(1, state("mine")),
        |d| d.conversation.flow.states.push(state("theirs")),
    );
    assert_eq!(conflicts, []);
    let ids: Vec<_> = document.conversation.flow.states.iter().map(|state| state.id.as_str()).collect();
    assert_eq!(ids, ["hello", "mine", "booking", "bye", "theirs"]);
}

#[test]
fn both_editing_one_rule_is_a_conflict_of_the_list() {
    let (document, conflicts) =
        merged(|d| d.identity.rules[0] = "Моё".to_owned(), |d| d.identity.rules[0] = "Их".to_owned());
    assert_eq!(conflicts.iter().map(|conflict| conflict.path.as_str()).collect::<Vec<_>>(), ["identity.rules"]);
    assert_eq!(document.identity.rules[0], "Моё");
}

#[test]
fn kinds_of_conditions_are_never_mixed() {
    let (document, conflicts) = merged(
        |d| d.conversation.flow.transitions[0].condition = Condition::Custom { rule: "моё".to_owned() },
        |d| {
            d.conversation.flow.transitions[0].condition =
                Condition::Keyword { keywords: vec!["ладно".to_owned()] };
        },
    );
    assert_eq!(conflicts.len(), 1);
    assert_eq!(document.conversation.flow.transitions[0].condition, Condition::Custom { rule: "моё".to_owned() });
}

#[test]
fn where_a_state_is_drawn_is_no_conflict() {
    let place = |x| Some(crate::skillbase::Position { x, y: 0 });
    let (document, conflicts) = merged(
        |d| d.conversation.flow.states[0].position = place(1),
        |d| d.conversation.flow.states[0].position = place(2),
    );
    assert_eq!((document.conversation.flow.states[0].position, conflicts.len()), (place(1), 0));
}

#[test]
fn a_merge_with_nothing_new_is_the_document_itself() {
    let (mine, conflicts) = merged(
        |d| {
            d.guardrails.push(Guardrail { name: "Новое".to_owned(), ..Guardrail::default() });
            d.guardrails.swap(0, 1);
        },
        |_| {},
    );
    assert_eq!(conflicts, []);
    assert_eq!(mine.guardrails.len(), 3);
    assert_eq!(mine.guardrails[0].name, "Угрозы");
}
