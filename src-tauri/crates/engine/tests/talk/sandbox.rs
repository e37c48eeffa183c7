//! Talking to a skillbase without a phone: with the engine alone and without a database, and with a language model.

use callboard_contract::{
    ErrorCode, SandboxEvent, SandboxLine, SandboxMode, SandboxSay, SandboxSession, SandboxStart, SandboxView,
};
use callboard_core::{
    call::TurnRole,
    skillbase::{
        CollectField, Condition, FieldKind, Flow, FlowState, FlowType, Guardrail, GuardrailAction, SkillbaseDocument,
        Tool, ToolName, Transition,
    },
};
use callboard_engine::{
    http,
    sandbox::{self, Lead, MODEL_TIMEOUT, Model},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::double::Double;

/// A conversation that asks for a phone and ends.
pub fn document() -> SkillbaseDocument {
    let mut document = SkillbaseDocument::default();
    document.identity.role = "Администратор".into();
    document.identity.style = "Вежливо".into();
    document.conversation.greetings = vec!["Здравствуйте, это салон!".into()];
    document.conversation.fields = vec![CollectField {
        id: "phone".into(),
        kind: FieldKind::Phone,
        required: true,
        description: "номер телефона".into(),
        question: "Какой у вас номер?".into(),
        ..CollectField::default()
    }];
    let state = |id: &str, name: &str| FlowState { id: id.into(), name: name.into(), ..FlowState::default() };
    let way = |from: &str, to: &str, condition| Transition { from: from.into(), to: to.into(), condition, priority: 0 };
    document.conversation.flow = Flow {
        kind: FlowType::Graph,
        start: "hello".into(),
        states: vec![
            FlowState {
                examples: vec!["Хотите записаться?".into()], ..state("hello", "Приветствие")
            },
            FlowState { collect: vec!["phone".into()], ..state("ask", "Номер") },
            FlowState { is_end: true, examples: vec!["До встречи!".into()], ..state("done", "Готово") },
        ],
        transitions: vec![
            way("hello", "ask", Condition::Keyword { keywords: vec!["да".into(), "хочу".into()] }),
            way("hello", "ask", Condition::Custom { rule: "Клиент согласен прийти".into() }),
            way("ask", "done", Condition::Always),
        ],
    };
    document.guardrails = vec![Guardrail {
        name: "Политика".into(),
        phrases: vec!["выборы".into()],
        action: GuardrailAction::Respond,
        response: "Об этом я не говорю.".into(),
        ..Guardrail::default()
    }];
    document.tools = vec![Tool::new(ToolName::Calendar, true), Tool::new(ToolName::EndCall, true)];
    document
}

pub fn start(document: &SkillbaseDocument, mode: SandboxMode) -> SandboxView {
    let request = SandboxStart {
        company_id: Uuid::nil(),
        skillbase_id: None,
        document: document.clone(),
        mode,
        time_zone: "Europe/Moscow".into(),
    };
    sandbox::start(request, "2026-01-14T12:00:00Z".parse().expect("an instant")).expect("it begins")
}

pub async fn say(session: SandboxSession, text: &str) -> SandboxView {
    sandbox::say(SandboxSay { session, text: text.into() }, None).await.expect("it answers")
}

fn events(view: &SandboxView) -> Vec<SandboxEvent> {
    view.turns.iter().flat_map(|turn| &turn.notes).map(|note| note.event).collect()
}

#[tokio::test]
async fn the_engine_talks_without_a_database_and_says_why() {
    let view = start(&document(), SandboxMode::Engine);
    assert_eq!(view.turns.len(), 1);
    assert_eq!(view.turns[0].content, "Здравствуйте, это салон!");
    let view = say(view.session, "Да, хочу").await;
    assert_eq!(
        (view.state_id.as_deref(), view.path.as_slice()),
        (Some("ask"), &["hello".to_owned(), "ask".to_owned()][..])
    );
    let taken =
        view.turns[1].notes.iter().find(|note| note.event == SandboxEvent::Transition).expect("a way was taken");
    assert_eq!((taken.params["to"].as_str(), taken.params["detail"].as_str()), ("ask", "да"));
    let view = say(view.session, "8 999 123 45 67").await;
    let end = view.end.as_ref().expect("it is over");
    assert_eq!((end.reason.as_str(), end.outcome_id.as_str()), ("end_state", "lead"));
    assert_eq!(view.fields[0].value.as_deref(), Some("+79991234567"));
    let turns = view.turns.len();
    assert_eq!(say(view.session, "ещё").await.turns.len(), turns, "what is over stays over");
}

#[tokio::test]
async fn a_sentence_can_be_taken_back_and_said_again() {
    let first = say(start(&document(), SandboxMode::Engine).session, "Да").await;
    let other = say(first.session.clone(), "не знаю").await;
    let mut session = other.session;
    session.lines.truncate(first.session.lines.len());
    assert_eq!(session, first.session);
    assert_eq!(say(session, "8 999 123 45 67").await.end.map(|end| end.outcome_id), Some("lead".to_owned()));
}

#[tokio::test]
async fn silence_guardrails_and_refusals_are_shown() {
    let view = say(start(&document(), SandboxMode::Engine).session, " ").await;
    assert_eq!(events(&view), [SandboxEvent::Silence]);
    let view = say(view.session, "А как вам выборы?").await;
    assert!(events(&view).contains(&SandboxEvent::Guardrail));
    assert!(view.turns.last().is_some_and(|turn| turn.content.starts_with("Об этом я не говорю.")));
    let view = say(say(view.session, "Хочу").await.session, "8 999 123").await;
    assert!(events(&view).contains(&SandboxEvent::Refused));
    assert!(events(&view).contains(&SandboxEvent::Retry));
}

#[tokio::test]
async fn what_cannot_be_played_is_refused_with_its_place() {
    let mut broken = document();
    broken.conversation.flow.transitions[0].to = "nowhere".into();
    let request = SandboxStart {
        company_id: Uuid::nil(),
        skillbase_id: None,
        document: broken,
        mode: SandboxMode::Engine,
        time_zone: "Nowhere/Void".into(),
    };
    let now = "2026-01-14T12:00:00Z".parse().expect("an instant");
    let refused = sandbox::start(request.clone(), now).expect_err("no such zone");
    assert_eq!(refused.fields[0].field, "timeZone");
    let request = SandboxStart { time_zone: "UTC".into(), ..request };
    let refused = sandbox::start(request, now).expect_err("a way leads nowhere");
    assert_eq!(refused.fields[0].params["path"], "transitions.0.to");
    let session = start(&document(), SandboxMode::Engine).session;
    let long = SandboxSay { session, text: "а".repeat(2_001) };
    assert_eq!(sandbox::say(long, None).await.expect_err("too long").code, ErrorCode::InvalidInput);
}

fn spoken(text: &str) -> (u16, Value) {
    (200, json!({ "choices": [{ "message": { "role": "assistant", "content": text } }] }))
}

fn calls(name: &str, arguments: &str) -> (u16, Value) {
    let call = json!({ "id": "c1", "type": "function", "function": { "name": name, "arguments": arguments } });
    (200, json!({ "choices": [{ "message": { "role": "assistant", "content": null, "tool_calls": [call] } }] }))
}

async fn say_to_model(
    double: &Double,
    session: SandboxSession,
    text: &str,
) -> Result<SandboxView, callboard_contract::IpcError> {
    let client = http::client(MODEL_TIMEOUT).expect("a client");
    let new_id = || Uuid::from_u128(7);
    let lead = Lead {
        http: &client,
        model: Model {
            url: format!("{}/v1", double.url),
            name: "small".into(),
            key: Some("model-key".to_owned().into()),
            temperature: 0.3,
            max_tokens: Some(200),
        },
        prompt: "Ты администратор салона.".into(),
        calendar_key: None,
        now: "2026-01-14T12:00:00Z".parse().expect("an instant"),
        new_id: &new_id,
    };
    sandbox::say_with_model(SandboxSay { session, text: text.into() }, &lead, None).await
}

#[tokio::test]
async fn a_language_model_speaks_and_the_engine_leads() {
    let double = Double::answering([spoken("0"), spoken("Отлично! Какой у вас номер?")]).await;
    let session = start(&document(), SandboxMode::Llm).session;
    let view = say_to_model(&double, session, "Да, хочу").await.expect("it answers");
    assert_eq!(view.turns.last().map(|turn| turn.content.as_str()), Some("Отлично! Какой у вас номер?"));
    assert!(view.turns.last().is_some_and(|turn| turn.latency_ms.is_some()));
    assert_eq!(view.state_id.as_deref(), Some("ask"));
    let asked = double.asked();
    assert_eq!(asked[0].uri.path(), "/v1/chat/completions");
    assert_eq!(asked[0].header("authorization"), Some("Bearer model-key"));
    let body = &asked[1].body;
    assert_eq!((&body["model"], &body["max_tokens"]), (&json!("small"), &json!(200)));
    assert_eq!(body["messages"][0]["content"], "Ты администратор салона.");
    let names: Vec<&str> =
        body["tools"].as_array().expect("tools").iter().filter_map(|tool| tool["function"]["name"].as_str()).collect();
    assert_eq!(names, ["calendar", "end_call"]);
    let stage = body["messages"].as_array().and_then(|all| all.last()).map(Value::to_string).unwrap_or_default();
    assert!(stage.contains("Какой у вас номер?"), "the model is told what comes next: {stage}");
}

/// A condition in words holds when the model says so; the next play needs no model to know it.
#[tokio::test]
async fn a_condition_in_words_is_judged_by_the_model_and_remembered() {
    let double = Double::answering([spoken("1"), spoken("Чудесно!")]).await;
    let session = start(&document(), SandboxMode::Llm).session;
    let view = say_to_model(&double, session, "Приду в пятницу").await.expect("it answers");
    assert_eq!(view.state_id.as_deref(), Some("ask"));
    let asked = double.asked();
    assert!(
        asked[0].body["messages"][1]["content"].as_str().is_some_and(|text| text.contains("1. Клиент согласен прийти"))
    );
    let session = SandboxSession { mode: SandboxMode::Engine, ..view.session };
    assert_eq!(say(session, "8 999 123 45 67").await.path, ["hello", "ask", "done"]);
}

#[tokio::test]
async fn tools_are_rehearsed_and_a_tool_may_end_the_call() {
    let arguments = r#"{"action": "book_appointment", "date": "2026-01-20", "time": "14:00", "service": "x", "client_name": "Анна", "client_phone": "+79991234567"}"#;
    let double =
        Double::answering([spoken("0"), calls("calendar", arguments), calls("fax", "{}"), spoken("Записала вас.")])
            .await;
    let session = start(&document(), SandboxMode::Llm).session;
    let view = say_to_model(&double, session, "Хочу").await.expect("it answers");
    let last = view.turns.last().expect("a turn");
    let tools: Vec<(&str, &str)> =
        last.notes.iter().map(|note| (note.params["tool"].as_str(), note.params["status"].as_str())).collect();
    assert_eq!(tools, [("calendar", "success"), ("fax", "error")]);
    let results = double.asked();
    let messages = results[3].body["messages"].as_array().expect("messages");
    let told: Vec<&str> =
        messages.iter().filter(|told| told["role"] == "tool").filter_map(|told| told["content"].as_str()).collect();
    assert!(told[0].contains("nothing was booked") && told[1].contains("There is no tool"), "{told:?}");
    let double = Double::answering([calls("end_call", "{}"), spoken("До свидания.")]).await;
    let view = say_to_model(&double, view.session, "не знаю").await.expect("it answers");
    assert_eq!(view.end.map(|end| end.reason), Some("tool".to_owned()));
}

/// Domain 3.3: what the law asks for is not left to a language model.
#[tokio::test]
async fn opt_outs_and_guardrails_do_not_ask_the_model() {
    let double = Double::answering([spoken("0")]).await;
    let session = start(&document(), SandboxMode::Llm).session;
    let view = say_to_model(&double, session.clone(), "Больше мне не звоните").await.expect("it answers");
    assert_eq!(view.end.map(|end| end.reason), Some("opt_out".to_owned()));
    let view = say_to_model(&double, session, "Что с выборами? Выборы!").await.expect("it answers");
    assert!(view.turns.last().is_some_and(|turn| turn.content.starts_with("Об этом я не говорю.")));
    assert_eq!(double.asked().len(), 2, "only the conditions were judged");
}

#[tokio::test]
async fn what_is_wrong_with_a_model_is_said() {
    let session = start(&document(), SandboxMode::Llm).session;
    let said = |session: SandboxSession| async move {
        let mut faults = Vec::new();
        for (status, body) in [
            (401, json!({ "error": { "message": "Incorrect API key" } })),
            (404, json!({})),
            (429, json!({})),
            (500, json!({})),
            (200, json!({ "choices": [] })),
        ] {
            let double = Double::answering([(status, body)]).await;
            let error = say_to_model(&double, session.clone(), "Да").await.expect_err("it fails");
            assert_eq!(error.code, ErrorCode::ProviderFailed);
            assert!(!format!("{error:?}").contains("model-key"), "a key is in no error");
            faults.push((error.params["fault"].clone(), error.retryable));
        }
        faults
    };
    let expected =
        [("wrong_key", false), ("unknown_model", false), ("too_many", true), ("refused", true), ("unreadable", false)];
    assert_eq!(said(session.clone()).await, expected.map(|(fault, again)| (fault.to_owned(), again)));
    assert_eq!(session.lines, [SandboxLine { role: TurnRole::Assistant, content: "Здравствуйте, это салон!".into() }]);
}
