//! Both old forms (requirements B1, B2). They share most of their parts, so that one reader serves both; which one it was
//! shows in the parts that only one of them has. What is invalid stays invalid: the validator names it.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    super::{
        ClosingType, Condition, CrmField, Flow, FlowState, FlowType, Language, LeadCriterion, SkillbaseDocument, Tool,
        ToolKind, ToolName, TransferTarget, Transition, bounds,
    },
    FileForm, ImportNote, NoteKind, NoteReason,
    reader::{Notes, Part, text_of},
};

/// Voices of the second form that no provider has.
const INVENTED_VOICES: [&str; 4] = ["sasha_v1", "dima_v1", "sergey_v1", "tatyana_v1"];

pub(super) fn convert(value: &Value) -> (FileForm, SkillbaseDocument, Vec<ImportNote>) {
    let form = form_of(value);
    let (mut notes, mut document) = (Notes::default(), SkillbaseDocument::default());
    let mut root = Part::new("", Some(value));
    context(root.part("context"), &mut document, &mut notes);
    flow(root.part("flow"), &mut document, &mut notes);
    agent(root.part("agent"), &mut document, &mut notes);
    tools(root.items("tools"), form, &mut document, &mut notes);
    voice(root.part("voice"), &mut document, &mut notes);
    llm(root.part("llm"), &mut document, &mut notes);
    let mut knowledge = root.part("knowledge_base");
    if !knowledge.items("document_ids").is_empty() {
        notes.add(NoteKind::Dropped, "knowledge_base.document_ids", "", NoteReason::Documents, "");
    }
    knowledge.finish(&mut notes);
    root.finish(&mut notes);
    greeting(&mut document, &mut notes);
    (form, document, notes.0)
}

fn form_of(value: &Value) -> FileForm {
    let has = |path: &str| value.pointer(path).is_some();
    if has("/flow/greeting_phrases")
        || has("/flow/conversation_plan")
        || has("/knowledge_base")
        || has("/context/voice_id")
        || has("/agent/lead_transfer_fields")
    {
        FileForm::V2
    } else {
        FileForm::V1
    }
}

fn context(mut part: Part<'_>, document: &mut SkillbaseDocument, notes: &mut Notes) {
    let identity = &mut document.identity;
    identity.role = part.text("role", "identity.role", notes).unwrap_or_default();
    identity.style = part.text("style", "identity.style", notes).unwrap_or_default();
    identity.rules = part.texts("safety_rules", "identity.rules", notes);
    identity.rules.extend(part.texts("rules", "identity.rules", notes));
    identity.facts = part.texts("facts", "identity.facts", notes);
    if let Some(language) = part.word("language", "identity.language", notes) {
        identity.language = language;
    }
    let list = part.path("lead_criteria");
    for (index, item) in part.items("lead_criteria").iter().enumerate() {
        let mut criterion = Part::new(&format!("{list}.{index}"), Some(item));
        let place = format!("lead.criteria.{}", document.lead.criteria.len());
        document.lead.criteria.push(LeadCriterion {
            condition: criterion.text("condition", &format!("{place}.condition"), notes).unwrap_or_default(),
            action: criterion.text("action", &format!("{place}.action"), notes).unwrap_or_default(),
        });
        criterion.finish(notes);
    }
    if let Some(voice) = part.get("voice_id").and_then(text_of) {
        if INVENTED_VOICES.contains(&voice.as_str()) {
            notes.add(
                NoteKind::Defaulted,
                &part.path("voice_id"),
                "voice.tts.voiceId",
                NoteReason::NoSuchVoice,
                &voice,
            );
        } else {
            notes.converted(&part.path("voice_id"), "voice.tts.voiceId");
            document.voice.tts.voice_id = voice;
        }
    }
    if let Some(seconds) = part.number("max_call_duration", "voice.maxCallSeconds", notes) {
        document.voice.max_call_seconds = whole(seconds);
    }
    part.finish(notes);
}

/// A number of seconds or tokens; below 0 it is 0, which the validator refuses.
fn whole(number: f64) -> u32 {
    #[expect(clippy::cast_sign_loss, reason = "clamped to what fits")]
    let whole = number.clamp(0.0, f64::from(u32::MAX)) as u32;
    whole
}

fn greeting(document: &mut SkillbaseDocument, notes: &mut Notes) {
    if document.conversation.greetings.is_empty() {
        let words = match document.identity.language {
            Language::Ru => "Здравствуйте!",
            Language::En => "Hello!",
            Language::Es => "¡Hola!",
            Language::De => "Guten Tag!",
            Language::Fr => "Bonjour !",
            Language::It => "Buongiorno!",
            Language::Pt => "Olá!",
        };
        document.conversation.greetings.push(words.to_owned());
        notes.add(NoteKind::Defaulted, "", "conversation.greetings", NoteReason::Missing, words);
    }
}

fn flow(mut part: Part<'_>, document: &mut SkillbaseDocument, notes: &mut Notes) {
    document.conversation.greetings = part.texts("greeting_phrases", "conversation.greetings", notes);
    let mut flow = Flow::default();
    if let Some(kind) = part.word("type", "conversation.flow.type", notes) {
        flow.kind = kind;
    }
    let (plan, states) = (part.items("conversation_plan"), part.items("states"));
    let ids = if states.is_empty() {
        if !plan.is_empty() {
            notes.add(
                NoteKind::Converted,
                &part.path("conversation_plan"),
                "conversation.flow.states",
                NoteReason::Steps,
                "",
            );
        }
        read_states(&part.path("conversation_plan"), plan, &mut flow, notes)
    } else {
        notes.add(NoteKind::Converted, &part.path("states"), "conversation.flow.states", NoteReason::States, "");
        read_states(&part.path("states"), states, &mut flow, notes)
    };
    let path = part.path("transitions");
    transitions(&path, part.items("transitions"), &ids, &mut flow, notes);
    if flow.kind == FlowType::Graph {
        close_graph(&mut flow, notes);
    }
    document.conversation.flow = flow;
    part.finish(notes);
}

/// Reads states of both kinds; the answer maps what transitions call them to their ids here.
fn read_states(path: &str, items: &[Value], flow: &mut Flow, notes: &mut Notes) -> HashMap<String, String> {
    let mut ids = HashMap::new();
    let given: HashSet<&str> =
        items.iter().filter_map(|item| item.get("id").and_then(Value::as_str)).filter(|id| is_identifier(id)).collect();
    for (index, item) in items.iter().enumerate() {
        let mut number = index + 1;
        while given.contains(format!("state_{number}").as_str()) {
            number += items.len();
        }
        let made = format!("state_{number}");
        let state = if let Some(name) = text_of(item) {
            ids.entry(name.clone()).or_insert_with(|| made.clone());
            FlowState { id: made, name, ..FlowState::default() }
        } else {
            let mut part = Part::new(&format!("{path}.{index}"), Some(item));
            let old = part.get("id").and_then(text_of).unwrap_or_default();
            let name = part.get("name").and_then(text_of).unwrap_or_else(|| old.clone());
            let prompt = part.get("prompt").and_then(text_of).unwrap_or_default();
            part.finish(notes);
            let id = if is_identifier(&old) { old.clone() } else { made };
            if id != old && !old.is_empty() {
                let to = format!("conversation.flow.states.{index}.id");
                notes.add(NoteKind::Adjusted, &format!("{path}.{index}.id"), &to, NoteReason::Renamed, &id);
            }
            ids.entry(old).or_insert_with(|| id.clone());
            FlowState { id, name, prompt, ..FlowState::default() }
        };
        flow.states.push(state);
    }
    ids
}

fn is_identifier(id: &str) -> bool {
    (1..=bounds::ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
}

fn transitions(path: &str, items: &[Value], ids: &HashMap<String, String>, flow: &mut Flow, notes: &mut Notes) {
    if items.is_empty() {
        return;
    }
    if flow.kind == FlowType::Linear {
        notes.add(NoteKind::Dropped, path, "", NoteReason::LinearTransitions, &items.len().to_string());
        return;
    }
    for (index, item) in items.iter().enumerate() {
        let mut part = Part::new(&format!("{path}.{index}"), Some(item));
        // A name that no state has stays, so that the validator can say so.
        let mut end = |key| {
            let name = part.get(key).and_then(text_of).unwrap_or_default();
            ids.get(&name).cloned().unwrap_or(name)
        };
        let (from, to) = (end("from_state"), end("to_state"));
        let words = part.get("condition").and_then(text_of).filter(|text| !text.is_empty());
        let place = format!("conversation.flow.transitions.{index}");
        let condition = match words {
            None => Condition::Always,
            Some(words) if words.eq_ignore_ascii_case("always") => Condition::Always,
            Some(words) => {
                let (at, to) = (part.path("condition"), format!("{place}.condition"));
                notes.add(NoteKind::Adjusted, &at, &to, NoteReason::Intent, &words);
                let short = words.chars().count() <= bounds::SHORT;
                Condition::Intent { phrases: if short { vec![words.clone()] } else { Vec::new() }, intent: words }
            }
        };
        notes.converted(&part.path("from_state"), &place);
        part.finish(notes);
        // Ways that are taken after any answer come last, or no condition beside them would ever be looked at.
        let priority = if condition == Condition::Always { -1 } else { 0 };
        flow.transitions.push(Transition { from, to, condition, priority });
    }
}

/// The old graphs had no start and no ends: the first state is the start, every state without a way out is an end, and
/// states without any ways between them are a chain.
fn close_graph(flow: &mut Flow, notes: &mut Notes) {
    let Some(first) = flow.states.first() else { return };
    flow.start.clone_from(&first.id);
    if flow.transitions.is_empty() {
        flow.transitions = flow
            .states
            .windows(2)
            .map(|pair| Transition { from: pair[0].id.clone(), to: pair[1].id.clone(), ..Transition::default() })
            .collect();
        notes.add(NoteKind::Defaulted, "", "conversation.flow.transitions", NoteReason::Missing, "");
    }
    let leaving: HashSet<&str> = flow.transitions.iter().map(|way| way.from.as_str()).collect();
    let mut ends: Vec<usize> =
        (0..flow.states.len()).filter(|index| !leaving.contains(flow.states[*index].id.as_str())).collect();
    if ends.is_empty() {
        ends.push(flow.states.len() - 1);
    }
    for index in ends {
        flow.states[index].is_end = true;
        let to = format!("conversation.flow.states.{index}.isEnd");
        notes.add(NoteKind::Adjusted, "", &to, NoteReason::LastIsEnd, &flow.states[index].name);
    }
}

fn agent(mut part: Part<'_>, document: &mut SkillbaseDocument, notes: &mut Notes) {
    let lead = &mut document.lead;
    if let Some(criteria) = part.get("handoff_criteria").and_then(Value::as_object) {
        for (condition, action) in criteria {
            let (from, to) =
                (format!("agent.handoff_criteria.{condition}"), format!("lead.criteria.{}", lead.criteria.len()));
            let action = text_of(action).unwrap_or_else(|| action.to_string());
            notes.add(NoteKind::Adjusted, &from, &to, NoteReason::Criterion, &action);
            lead.criteria.push(LeadCriterion { condition: condition.clone(), action });
        }
    }
    if let Some(mapping) = part.get("crm_field_mapping").and_then(Value::as_object) {
        for (source, name) in mapping {
            let (from, to) =
                (format!("agent.crm_field_mapping.{source}"), format!("lead.crmFields.{}", lead.crm_fields.len()));
            notes.converted(&from, &to);
            lead.crm_fields.push(CrmField {
                name: text_of(name).unwrap_or_default(),
                instruction: source.clone(),
                field: String::new(),
            });
        }
    }
    for (index, item) in part.items("lead_transfer_fields").iter().enumerate() {
        let mut field = Part::new(&format!("agent.lead_transfer_fields.{index}"), Some(item));
        let place = format!("lead.crmFields.{}", lead.crm_fields.len());
        lead.crm_fields.push(CrmField {
            name: field.text("name", &format!("{place}.name"), notes).unwrap_or_default(),
            instruction: field.text("instruction", &format!("{place}.instruction"), notes).unwrap_or_default(),
            field: String::new(),
        });
        field.finish(notes);
    }
    let mut closing = part.part("closing_message");
    lead.closing.kind = closing.word("type", "lead.closing.type", notes).unwrap_or(ClosingType::LlmPrompt);
    lead.closing.prompt = closing.text("prompt", "lead.closing.prompt", notes).unwrap_or_default();
    lead.closing.template = closing.text("template", "lead.closing.template", notes).unwrap_or_default();
    closing.finish(notes);
    part.finish(notes);
}

fn tools(items: &[Value], form: FileForm, document: &mut SkillbaseDocument, notes: &mut Notes) {
    for (index, item) in items.iter().enumerate() {
        let mut part = Part::new(&format!("tools.{index}"), Some(item));
        let written = part.get("name").and_then(text_of).unwrap_or_default();
        let name = match written.as_str() {
            "transfer" => Ok(ToolName::TransferCall),
            name => name.parse(),
        };
        let enabled = part.get("enabled").and_then(Value::as_bool).unwrap_or(form == FileForm::V1);
        let config = part.part("config");
        let Ok(name) = name else {
            notes.add(NoteKind::Dropped, &format!("tools.{index}"), "", NoteReason::UnknownTool, &written);
            continue;
        };
        let to = format!("tools.{}", document.tools.len());
        if name.as_str() == written {
            notes.converted(&format!("tools.{index}"), &to);
        } else {
            notes.add(NoteKind::Adjusted, &format!("tools.{index}"), &to, NoteReason::Renamed, name.as_str());
        }
        let mut tool = Tool::new(name, enabled);
        configure(&mut tool, config, &format!("{to}.config"), notes);
        document.tools.push(tool);
        part.finish(notes);
    }
}

fn configure(tool: &mut Tool, mut part: Part<'_>, to: &str, notes: &mut Notes) {
    let description = part.text("description", &format!("{to}.description"), notes).unwrap_or_default();
    match &mut tool.kind {
        ToolKind::Calendar(config) => {
            config.description = description;
            config.api_url = part.text("api_url", &format!("{to}.apiUrl"), notes).unwrap_or_default();
            if part.get("api_key").is_some() {
                notes.add(NoteKind::Dropped, &part.path("api_key"), "", NoteReason::Secret, "");
            }
        }
        ToolKind::TransferCall(config) => {
            config.description = description;
            if let Some(targets) = part.get("targets").and_then(Value::as_object) {
                for (name, address) in targets {
                    notes.converted(&format!("{}.{name}", part.path("targets")), &format!("{to}.targets"));
                    config.targets.push(TransferTarget {
                        name: name.clone(),
                        phone_or_sip: text_of(address).unwrap_or_default(),
                        ..TransferTarget::default()
                    });
                }
            }
            let list = part.path("rules");
            for (index, item) in part.items("rules").iter().enumerate() {
                let mut rule = Part::new(&format!("{list}.{index}"), Some(item));
                let place = format!("{to}.targets.{}", config.targets.len());
                config.targets.push(TransferTarget {
                    name: format!("target_{}", config.targets.len() + 1),
                    condition: rule.text("condition", &format!("{place}.condition"), notes).unwrap_or_default(),
                    context_rules: rule
                        .text("context_rules", &format!("{place}.contextRules"), notes)
                        .unwrap_or_default(),
                    phone_or_sip: rule.text("phone_or_sip", &format!("{place}.phoneOrSip"), notes).unwrap_or_default(),
                });
                rule.finish(notes);
            }
        }
        ToolKind::TransferToAgent(config) => config.description = description,
        ToolKind::EndCall(config)
        | ToolKind::DtmfTone(config)
        | ToolKind::DetectLanguage(config)
        | ToolKind::SkipTurn(config) => config.description = description,
    }
    part.finish(notes);
}

fn voice(mut part: Part<'_>, document: &mut SkillbaseDocument, notes: &mut Notes) {
    let voice = &mut document.voice;
    if let Some(provider) = part.word("tts_provider", "voice.tts.provider", notes) {
        voice.tts.provider = provider;
    }
    if let Some(id) = part.text("tts_voice_id", "voice.tts.voiceId", notes) {
        voice.tts.voice_id = id;
    }
    if let Some(speed) = part.number("speed", "voice.tts.speed", notes) {
        voice.tts.speed = speed;
    }
    if let Some(provider) = part.word("stt_provider", "voice.stt.provider", notes) {
        voice.stt.provider = provider;
    }
    if let Some(language) = part.text("stt_language", "voice.stt.language", notes) {
        // The first form had no other language than that of recognition; its agent could always change to English.
        let primary = language.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        if let Ok(spoken) = primary.parse::<Language>() {
            document.identity.language = spoken;
            let other = if spoken == Language::En { Language::Ru } else { Language::En };
            document.identity.other_languages = vec![other];
            notes.converted(&part.path("stt_language"), "identity.language");
        }
        voice.stt.language = language;
    }
    part.finish(notes);
}

fn llm(mut part: Part<'_>, document: &mut SkillbaseDocument, notes: &mut Notes) {
    let llm = &mut document.voice.llm;
    if let Some(provider) = part.word("provider", "voice.llm.provider", notes) {
        llm.provider = provider;
    }
    if let Some(model) = part.text("model", "voice.llm.model", notes) {
        llm.model = model;
    }
    if let Some(temperature) = part.number("temperature", "voice.llm.temperature", notes) {
        llm.temperature = temperature;
    }
    if let Some(tokens) = part.number("max_tokens", "voice.llm.maxTokens", notes) {
        llm.max_tokens = Some(whole(tokens));
    }
    part.finish(notes);
}
