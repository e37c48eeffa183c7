//! Acceptance 34 and 35, as far as they need no network.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::skillbase::{AgentTarget, CalendarConfig, TransferCallConfig, TransferTarget, TransferToAgentConfig};

fn transfer() -> Tool {
    let target = |name: &str, to: &str| TransferTarget {
        name: name.into(),
        condition: "The person asks for it".into(),
        phone_or_sip: to.into(),
        ..TransferTarget::default()
    };
    let targets = vec![target("operator", "sip:operator@example.com"), target("sales", "+74951234567")];
    Tool { enabled: true, kind: ToolKind::TransferCall(TransferCallConfig { description: String::new(), targets }) }
}

fn calendar() -> Tool {
    Tool { enabled: true, kind: ToolKind::Calendar(CalendarConfig::default()) }
}

fn counts(parameters: &Value) -> (usize, usize) {
    let properties = parameters["properties"].as_object().map_or(0, serde_json::Map::len);
    (properties, parameters["required"].as_array().map_or(0, Vec::len))
}

/// Acceptance 34, 35.
#[test]
fn the_schemas_have_the_properties_that_agents_expect() {
    let schemas = schemas(&[calendar(), transfer()]);
    assert_eq!(schemas.len(), 2);
    assert_eq!(schemas[0].to_json()["name"], "calendar");
    assert_eq!(counts(&schemas[0].parameters), (7, 3));
    assert_eq!(schemas[0].parameters["required"], json!(["action", "date", "time"]));
    assert_eq!(counts(&schemas[1].parameters), (3, 1));
    assert_eq!(schemas[1].parameters["properties"]["target"]["enum"], json!(["operator", "sales"]));
    assert_eq!(all_schemas(&[calendar()]).len(), ToolName::ALL.len());
}

#[test]
fn a_tool_that_is_off_or_not_set_up_is_not_offered() {
    let off = Tool { enabled: false, ..calendar() };
    let empty = Tool { enabled: true, kind: ToolKind::TransferCall(TransferCallConfig::default()) };
    assert_eq!(schemas(&[off.clone(), empty]), []);
    assert_eq!(read_call(&[off], "calendar", "{}"), Err(ToolRefusal::Off(ToolName::Calendar)));
}

/// Acceptance 34.
#[test]
fn a_booking_names_what_it_lacks() {
    let call = |arguments: &Value| read_call(&[calendar()], "calendar", &arguments.to_string());
    let mut arguments = json!({ "action": "book_appointment", "date": "2026-01-20", "time": "14:00" });
    let refusal = call(&arguments).expect_err("a booking needs a person");
    assert_eq!(refusal, ToolRefusal::Missing(vec!["service", "client_name", "client_phone"]));
    assert_eq!(refusal.to_string(), "Missing: service, client_name, client_phone.");
    arguments["service"] = "стрижка".into();
    arguments["client_name"] = "Анна".into();
    arguments["client_phone"] = "+79991234567".into();
    let Ok(ToolCall::Calendar(booking)) = call(&arguments) else { panic!("a booking") };
    assert_eq!((booking.action, booking.duration_minutes), (CalendarAction::BookAppointment, 60));
    for (name, value) in [
        ("date", json!("20.01.2026")),
        ("date", json!("2026-02-30")),
        ("time", json!("25:00")),
        ("duration_minutes", json!(1)),
        ("duration_minutes", json!("long")),
        ("action", json!("cancel")),
    ] {
        let mut wrong = arguments.clone();
        wrong[name] = value.clone();
        assert!(
            matches!(call(&wrong), Err(ToolRefusal::Invalid { name: found, .. }) if found == name),
            "{name} {value}"
        );
    }
    assert_eq!(call(&json!({})), Err(ToolRefusal::Missing(vec!["action", "date", "time"])));
    assert_eq!(call(&json!([])), Err(ToolRefusal::NoObject(ToolName::Calendar)));
}

/// Acceptance 35.
#[test]
fn a_transfer_knows_its_targets_and_refuses_others() {
    let call = |text: &str| read_call(&[transfer()], "transfer_call", text);
    let Ok(ToolCall::Transfer(to)) = call(r#"{"target": "Operator"}"#) else { panic!("a transfer") };
    assert_eq!((to.target.as_str(), to.phone_or_sip.as_str()), ("operator", "sip:operator@example.com"));
    assert_eq!((to.reason.as_str(), to.priority), ("Customer request", TransferPriority::Normal));
    let refusal = call(r#"{"target": "director"}"#).expect_err("nobody of that name");
    assert!(refusal.to_string().contains("not configured"));
    assert!(matches!(call(r#"{"target": "sales", "priority": "now"}"#), Err(ToolRefusal::Invalid { .. })));
    assert_eq!(sip_uri("+74951234567"), "tel:+74951234567");
    assert_eq!(sip_uri("sales@example.com"), "sip:sales@example.com");
}

/// Acceptance 35: the replaced system dropped unknown tools with a warning in its log.
#[test]
fn an_unknown_tool_is_reported() {
    let refusal = read_call(&[calendar()], "weather", "{}").expect_err("no such tool");
    assert_eq!(refusal.to_string(), "There is no tool \"weather\".");
}

#[test]
fn the_small_tools_read_their_arguments() {
    let agents = vec![AgentTarget { condition: "упоминает оплату".into(), skillbase: "billing".into() }];
    let tools: Vec<Tool> = ToolName::ALL
        .iter()
        .map(|name| match name {
            ToolName::TransferToAgent => Tool {
                enabled: true,
                kind: ToolKind::TransferToAgent(TransferToAgentConfig {
                    description: String::new(),
                    agents: agents.clone(),
                }),
            },
            other => Tool::new(*other, true),
        })
        .collect();
    let call = |name: &str, text: &str| read_call(&tools, name, text);
    assert_eq!(call("end_call", ""), Ok(ToolCall::EndCall { reason: None }));
    assert_eq!(call("skip_turn", "{}"), Ok(ToolCall::SkipTurn));
    assert_eq!(call("dtmf_tone", r#"{"digits": "1w2#"}"#), Ok(ToolCall::Dtmf { digits: "1w2#".into() }));
    assert!(call("dtmf_tone", r#"{"digits": "+7"}"#).is_err());
    assert_eq!(
        call("detect_language", r#"{"language": "en-US"}"#),
        Ok(ToolCall::DetectLanguage { language: "en".into() })
    );
    assert_eq!(
        call("transfer_to_agent", r#"{"agent": "billing"}"#),
        Ok(ToolCall::TransferToAgent { agent: "billing".into(), reason: None })
    );
    assert_eq!(call("transfer_to_agent", r#"{"agent": "x"}"#), Err(ToolRefusal::NotConfigured("x".into())));
}

proptest! {
    #[test]
    fn no_answer_of_a_language_model_makes_the_reader_panic(name in "\\PC{0,20}", arguments in "\\PC{0,80}") {
        let tools: Vec<Tool> = ToolName::ALL.iter().map(|name| Tool::new(*name, true)).collect();
        prop_assert!(read_call(&tools, &name, &arguments).is_err() || name.parse::<ToolName>().is_ok());
        for known in ToolName::ALL {
            let _ = read_call(&tools, known.as_str(), &arguments);
        }
    }
}
