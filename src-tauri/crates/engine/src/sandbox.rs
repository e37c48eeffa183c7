//! Talking to a skillbase before anybody is called. Owns the conversation with the scenario engine alone and with a language
//! model, and the regression cases; keeps no conversation: everything is played again from its lines, so that a sentence
//! can be taken back. Nothing here dials, and no tool books anything.

use crate::{
    context::{Context, commit},
    error::{OrFault, UseCase, field, not_found},
    events,
};
use callboard_contract::{
    RegressionReport, RegressionRequest, SandboxCase, SandboxCaseRef, SandboxCases, SandboxLine, SandboxSave,
    SandboxSay, SandboxSession, SandboxStart, SandboxView,
};
use callboard_core::{
    call::TurnRole,
    field::FieldErrors,
    id::{CompanyId, SkillbaseId},
    scenario::Passage,
    skillbase::Knowledge,
    window::parse_zone,
};
use callboard_db::{knowledge, sandbox as rows};
use chrono::{DateTime, Utc};

mod cases;
mod desk;
mod lead;
mod model;
mod notes;
mod play;

pub use desk::{check_model, model_of, say_on};
pub use lead::Lead;
pub use model::{Completion, MODEL_TIMEOUT, Model, RequestedCall, not_configured};

use play::{Play, Remark};

/// Characters of one sentence.
const MAX_SENTENCE: usize = 2_000;
/// Lines of a conversation.
const MAX_LINES: usize = 400;
/// Passages that are looked up for one question.
const PASSAGES: i64 = 3;

/// Begins a conversation.
///
/// # Errors
/// Refused fields; a document with which no conversation can begin.
pub fn start(request: SandboxStart, now: DateTime<Utc>) -> UseCase<SandboxView> {
    let mut session = SandboxSession {
        company_id: request.company_id,
        skillbase_id: request.skillbase_id,
        document: request.document,
        mode: request.mode,
        started_at: now,
        time_zone: request.time_zone,
        lines: Vec::new(),
    };
    check(&session)?;
    let play = Play::of(&session)?;
    session.lines.extend(play.opening().map(|content| SandboxLine { role: TurnRole::Assistant, content }));
    Ok(play.view(session))
}

/// The next sentence, answered by the scenario engine alone; without a database nothing is looked up.
///
/// # Errors
/// Refused fields; a document with which no conversation can be held.
pub async fn say(request: SandboxSay, context: Option<&Context>) -> UseCase<SandboxView> {
    let SandboxSay { mut session, text } = request;
    check(&session)?;
    check_sentence(&text)?;
    let before = Play::of(&session)?;
    if before.is_over() {
        return Ok(before.view(session));
    }
    session.lines.push(SandboxLine { role: TurnRole::User, content: text.trim().to_owned() });
    let passages = look_up(&before, &session, &text, context).await;
    if !passages.is_empty() {
        session.lines.push(Remark { passages, ..Remark::default() }.line());
    }
    let play = Play::of(&session)?;
    session.lines.push(SandboxLine { role: TurnRole::Assistant, content: play.last_reply() });
    Ok(play.view(session))
}

/// The next sentence, answered by a language model that the scenario engine leads.
///
/// # Errors
/// Refused fields; `provider_failed` with what to do.
pub async fn say_with_model(request: SandboxSay, lead: &Lead<'_>, context: Option<&Context>) -> UseCase<SandboxView> {
    let SandboxSay { mut session, text } = request;
    check(&session)?;
    check_sentence(&text)?;
    let before = Play::of(&session)?;
    if before.is_over() {
        return Ok(before.view(session));
    }
    let sentence = text.trim().to_owned();
    let mut remark = Remark { passages: look_up(&before, &session, &text, context).await, ..Remark::default() };
    if !sentence.is_empty() {
        remark.intents = lead.judge(&before, &session, &sentence).await?;
    }
    session.lines.push(SandboxLine { role: TurnRole::User, content: sentence });
    let place = session.lines.len();
    session.lines.push(remark.line());
    let play = Play::of(&session)?;
    let reply = if play.speaks_for_itself() {
        play.last_reply()
    } else {
        let answer = lead.answer(&play, &session, &remark).await?;
        remark = answer.remark;
        session.lines[place] = remark.line();
        answer.text
    };
    session.lines.push(SandboxLine { role: TurnRole::Assistant, content: reply });
    Ok(Play::of(&session)?.view(session))
}

/// What the knowledge of the document has to say to a sentence, the best first. Without a database there is nothing.
async fn look_up(play: &Play, session: &SandboxSession, text: &str, context: Option<&Context>) -> Vec<Passage> {
    let Knowledge { document_ids, .. } = &session.document.knowledge;
    let Some(context) =
        context.filter(|_| play.wants_knowledge() && !document_ids.is_empty() && !text.trim().is_empty())
    else {
        return Vec::new();
    };
    let Ok(mut db) = context.connection().await else { return Vec::new() };
    let company = CompanyId(session.company_id);
    let hits = knowledge::search(&mut db, company, document_ids, text, PASSAGES).await.unwrap_or_default();
    let passages = hits.into_iter().map(|hit| Passage { title: hit.title, text: hit.content, score: hit.score });
    // What is sent back with every sentence stays small.
    passages.take(1).map(|passage| Passage { text: passage.text.chars().take(800).collect(), ..passage }).collect()
}

fn check(session: &SandboxSession) -> UseCase<()> {
    let mut errors = FieldErrors::default();
    if parse_zone(&session.time_zone).is_none() {
        errors.add("timeZone", "timeZone");
    }
    if session.lines.len() > MAX_LINES {
        errors.add_with("lines", "tooMany", &[("max", MAX_LINES.to_string())]);
    }
    for (index, line) in session.lines.iter().enumerate() {
        errors.check_text(&format!("lines.{index}.content"), &line.content, 0, MAX_SENTENCE);
    }
    Ok(errors.into_result()?)
}

fn check_sentence(text: &str) -> UseCase<()> {
    let mut errors = FieldErrors::default();
    errors.check_text("text", text, 0, MAX_SENTENCE);
    Ok(errors.into_result()?)
}

/// The regression cases of a skillbase, by name.
///
/// # Errors
/// When the database is away.
pub async fn list(context: &Context, company: CompanyId, skillbase: SkillbaseId) -> UseCase<SandboxCases> {
    let mut db = context.connection().await.or_fault(context)?;
    let cases = rows::list(&mut db, company, skillbase).await.or_fault(context)?;
    Ok(SandboxCases { items: cases.iter().map(cases::view).collect() })
}

/// Keeps a conversation as a regression case: what was said, and how the scenario engine alone went through it.
///
/// # Errors
/// Refused fields; `name: taken`; `not_found` without the skillbase.
pub async fn save(context: &Context, request: SandboxSave) -> UseCase<SandboxCase> {
    let mut errors = FieldErrors::default();
    errors.check_text("name", &request.name, 1, 255);
    errors.into_result()?;
    check(&request.session)?;
    let (company, skillbase) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
    let mut tx = context.begin().await.or_fault(context)?;
    let now = callboard_db::now(&mut tx).await.or_fault(context)?;
    let case = cases::case(context.new_id(), now, &request)?;
    match rows::insert(&mut tx, company, skillbase, &case).await {
        Err(error) if error.constraint() == Some("sandbox_cases_name_key") => return Err(field("name", "taken")),
        Err(error) if error.constraint() == Some("sandbox_cases_company_id_skillbase_id_fkey") => {
            return Err(not_found("skillbase"));
        }
        done => done.or_fault(context)?,
    }
    events::announce(&mut tx, Some(company), &["sandbox"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)?;
    Ok(cases::view(&case))
}

/// Forgets a regression case.
///
/// # Errors
/// `not_found`.
pub async fn delete(context: &Context, request: SandboxCaseRef) -> UseCase<()> {
    let (company, skillbase) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
    let mut tx = context.begin().await.or_fault(context)?;
    if !rows::delete(&mut tx, company, skillbase, request.case_id).await.or_fault(context)? {
        return Err(not_found("case"));
    }
    events::announce(&mut tx, Some(company), &["sandbox"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}

/// Plays every regression case of a skillbase against a document and says what changed.
///
/// # Errors
/// A document with which no conversation can be held; when the database is away.
pub async fn regression(context: &Context, request: RegressionRequest) -> UseCase<RegressionReport> {
    let mut db = context.connection().await.or_fault(context)?;
    let (company, skillbase) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
    let cases = rows::list(&mut db, company, skillbase).await.or_fault(context)?;
    cases::run(&cases, &request)
}
