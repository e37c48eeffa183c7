//! One turn of a conversation. Owns the order of requirements B4:
//!
//! count the turn → language → opt-out → length and turns → guardrails → knowledge → fields → transitions → end with its
//! outcome, or else a correction, a confirmation, a question, the next words of the state.
//!
//! What departs from the replaced system, and why:
//! - A transition without a condition leaves a state once it was opened and everything it requires is there, so linear
//!   plans advance (requirements I-41) and no stage is skipped by the "hello" that answers a greeting.
//! - It waits while the person is refused a topic, asks something, did not hear or wants somebody else. Transitions with a
//!   condition do not wait: a state with knowledge can be left (I-44).
//! - The reply is composed after the transition, from the new state (I-44).

use std::collections::BTreeSet;

use super::{
    check::{Scenario, Way, WayCondition},
    config::{FieldConfig, FieldType, GuardrailAction, StateConfig},
    extract::{Moment, RefusalReason, extract},
    intent, language,
    outcome::{self, classify},
    sentences,
    session::{Collected, Passage, Said, Session},
    trace::{
        Ending, FieldChange, GuardrailHit, KnowledgeAnswer, OutcomeReached, Reply, ReplyKind, Step, TransitionTried,
        Verdict,
    },
};

/// A value that is less sure than this, in hundredths, is confirmed.
const CONFIRM_BELOW: u32 = 70;

pub(super) struct Turn<'a> {
    scenario: &'a Scenario,
    pub(super) session: Session,
    pub(super) step: Step,
}

impl<'a> Turn<'a> {
    pub(super) fn new(scenario: &'a Scenario, session: Session) -> Self {
        let id = scenario.state_id(&session).to_owned();
        let step = Step {
            turn: session.turns,
            state_before: id.clone(),
            state_after: id,
            intents: Vec::new(),
            language: None,
            guardrail: None,
            knowledge: None,
            fields: Vec::new(),
            retries: session.retries,
            transitions: Vec::new(),
            reply: Vec::new(),
            ended: None,
            outcome: None,
        };
        Self { scenario, session, step }
    }

    pub(super) fn close(mut self) -> (Session, Step) {
        self.scenario.state_id(&self.session).clone_into(&mut self.step.state_after);
        self.step.turn = self.session.turns;
        self.session.last_reply.clone_from(&self.step.reply);
        (self.session, self.step)
    }

    pub(super) fn state(&self) -> &'a StateConfig {
        &self.scenario.config.states[self.session.state]
    }

    pub(super) fn say(&mut self, kind: ReplyKind, text: impl Into<String>) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.step.reply.push(Reply { kind, text });
        }
    }

    pub(super) fn silence(&mut self) {
        self.session.silences += 1;
        if self.session.silences > self.scenario.config.limits.max_turn_retries {
            self.finish(Ending::Silence);
        } else {
            self.say(ReplyKind::Silence, sentences::silence(self.session.language));
        }
    }

    pub(super) fn said(&mut self, said: &Said<'_>, passages: &[Passage], too_long: bool, moment: &Moment) {
        let config = &self.scenario.config;
        self.session.turns += 1;
        self.session.turns_in_state += 1;
        self.session.silences = 0;
        let decision = language::decide(&config.language, self.session.language, said.text);
        self.session.language = decision.after;
        self.step.language = Some(decision);
        self.find_intents(said);
        if self.meant(intent::OPT_OUT) {
            return self.finish(Ending::OptOut);
        }
        if too_long {
            return self.finish(Ending::MaxDuration);
        }
        if self.session.turns >= config.limits.max_turns {
            return self.finish(Ending::Timeout);
        }
        if let Some(ending) = self.guard(said) {
            return self.finish(ending);
        }
        let answered = self.consult(said, passages);
        let asked = self.session.asked.clone().or_else(|| self.session.confirming.clone());
        let (rest, refused) = self.collect(said, moment);
        let interrupted = self.step.guardrail.is_some()
            || answered
            || [intent::REPEAT, intent::OPERATOR, intent::GOODBYE].into_iter().any(|intent| self.meant(intent));
        self.count_retries(asked.as_deref(), interrupted);
        let entered = self.go(said, interrupted);
        if entered {
            self.look_ahead(&rest, moment);
        }
        let stuck = !entered && self.state().max_turns.is_some_and(|max| self.session.turns_in_state >= max.max(1));
        if self.state().is_end {
            self.finish(Ending::EndState);
        } else if !entered && self.meant(intent::GOODBYE) {
            self.finish(Ending::Goodbye);
        } else if !entered && self.meant(intent::OPERATOR) {
            self.finish(Ending::Escalation);
        } else if stuck {
            self.finish(Ending::Timeout);
        } else if !entered
            && self.meant(intent::REPEAT)
            && self.step.fields.is_empty()
            && !self.session.last_reply.is_empty()
        {
            self.step.reply.clone_from(&self.session.last_reply);
        } else {
            let next = self.missing().into_iter().next();
            // A remark about yesterday while the phone is asked for needs no correction.
            if let Some((reason, field)) = refused.filter(|(_, field)| !entered && next.as_ref() == Some(&field.id)) {
                self.say(ReplyKind::Correction, sentences::correction(reason, field, self.session.language));
            }
            self.speak(entered);
        }
    }

    fn find_intents(&mut self, said: &Said<'_>) {
        let mut intents: Vec<String> =
            intent::built_in(&said.words, said.yes_or_no, said.is_question).into_iter().map(str::to_owned).collect();
        let own = self
            .scenario
            .intents
            .iter()
            .filter(|(_, phrases)| phrases.iter().any(|phrase| phrase.find_affirmed(&said.words).is_some()));
        intents.extend(own.map(|(id, _)| id.clone()).chain(said.from_outside.iter().cloned()));
        let mut seen = BTreeSet::new();
        intents.retain(|intent| seen.insert(intent.clone()));
        self.step.intents = intents;
        self.session.callback_requested |= self.meant(intent::CALLBACK);
        let refuses =
            [intent::REFUSE, intent::WRONG_PERSON, intent::OPT_OUT].into_iter().any(|intent| self.meant(intent));
        if refuses && self.session.not_target_reason.is_none() {
            self.session.not_target_reason = Some(said.text.trim().to_owned());
        }
    }

    fn meant(&self, intent: &str) -> bool {
        self.step.intents.iter().any(|meant| meant == intent)
    }

    /// The first guardrail that hits; it may end the conversation.
    fn guard(&mut self, said: &Said<'_>) -> Option<Ending> {
        let mut hits = self.scenario.guardrails.iter().zip(&self.scenario.config.guardrails).enumerate();
        let (index, config, words) = hits
            .find_map(|(index, (guardrail, config))| Some((index, config, guardrail.hit(said.text, &said.words)?)))?;
        self.step.guardrail = Some(GuardrailHit {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            kind: config.kind.clone(),
            pattern: config.pattern.clone(),
            words,
            action: config.action,
        });
        let hint = config.response_hint.get(self.session.language);
        match config.action {
            GuardrailAction::Respond if hint.trim().is_empty() => {
                self.say(ReplyKind::Guardrail, sentences::refuse_topic(self.session.language));
            }
            GuardrailAction::Respond | GuardrailAction::Escalate | GuardrailAction::EndCall => {
                self.say(ReplyKind::Guardrail, hint);
            }
        }
        match config.action {
            GuardrailAction::Respond => None,
            GuardrailAction::Escalate => Some(Ending::Escalation),
            GuardrailAction::EndCall => Some(Ending::Guardrail),
        }
    }

    /// Answers from the knowledge base, or offers a person. Whether the person asked something here.
    fn consult(&mut self, said: &Said<'_>, passages: &[Passage]) -> bool {
        let needed = self.scenario.config.rag_min_score;
        if !self.state().use_knowledge_base {
            return false;
        }
        let best =
            passages.iter().filter(|passage| passage.score.is_finite()).max_by(|a, b| a.score.total_cmp(&b.score));
        let answer = best.filter(|passage| passage.score >= needed);
        if answer.is_none() && !said.is_question {
            return false;
        }
        self.step.knowledge = Some(KnowledgeAnswer {
            score: best.map(|passage| passage.score),
            title: best.map(|passage| passage.title.clone()),
            needed,
            answered: answer.is_some(),
        });
        if let Some(passage) = answer {
            self.session.questions_answered += 1;
            self.say(ReplyKind::Knowledge, passage.text.clone());
        } else {
            self.say(ReplyKind::OfferOperator, sentences::offer_operator(self.session.language));
        }
        said.is_question
    }

    /// Confirms what waits for it and looks for what is missing. What is left of the utterance, and the last refusal with
    /// its field.
    fn collect(&mut self, said: &Said<'_>, moment: &Moment) -> (String, Option<(RefusalReason, &'a FieldConfig)>) {
        let mut rest = said.text.to_owned();
        let mut refused = None;
        let confirming = self.session.confirming.take();
        let state = self.state();
        let mut missing: Vec<&FieldConfig> = state
            .collect_fields
            .iter()
            .filter(|field| !self.session.fields.contains_key(&field.id) || confirming.as_ref() == Some(&field.id))
            .filter(|field| !self.session.given_up.contains(&field.id) || confirming.as_ref() == Some(&field.id))
            .collect();
        // What was asked for first, but whatever words are left for a text.
        missing.sort_by_key(|field| (field.kind == FieldType::Text, self.session.asked.as_ref() != Some(&field.id)));
        let not_heard = self.meant(intent::REPEAT) || self.step.guardrail.is_some();
        for field in missing {
            let waits = confirming.as_ref() == Some(&field.id);
            let asked = self.session.asked.as_ref() == Some(&field.id) || waits;
            let yes_or_no = said.yes_or_no.filter(|_| waits);
            let takes_any_words = matches!(field.kind, FieldType::Text | FieldType::Boolean);
            if (not_heard && field.kind == FieldType::Text) || (waits && takes_any_words) {
                self.confirm(&field.id, yes_or_no);
                continue;
            }
            match extract(field, &rest, asked, self.session.language, &self.scenario.config.region, moment) {
                Ok(Some(extracted)) => {
                    blank(&mut rest, &extracted.place);
                    // Said again, or said otherwise: now it is sure.
                    let confidence_percent = if waits { 100 } else { extracted.confidence_percent };
                    self.step.fields.push(FieldChange::Collected {
                        field: field.id.clone(),
                        value: extracted.value.to_string(),
                        words: extracted.words,
                        confidence_percent,
                    });
                    self.session
                        .fields
                        .insert(field.id.clone(), Collected { value: extracted.value, confidence_percent });
                }
                Ok(None) if waits => self.confirm(&field.id, yes_or_no),
                Ok(None) => {}
                Err(refusal) => {
                    if waits {
                        self.confirm(&field.id, yes_or_no);
                    }
                    refused = Some((refusal.reason, field));
                    self.step.fields.push(FieldChange::Refused {
                        field: field.id.clone(),
                        reason: refusal.reason,
                        words: refusal.words,
                    });
                }
            }
        }
        self.session.asked = None;
        (rest, refused)
    }

    /// A yes keeps a value that waits, a no drops it; anything else leaves it waiting.
    fn confirm(&mut self, field: &str, yes_or_no: Option<bool>) {
        match yes_or_no {
            Some(true) => {
                if let Some(collected) = self.session.fields.get_mut(field) {
                    collected.confidence_percent = 100;
                }
                self.step.fields.push(FieldChange::Confirmed { field: field.to_owned() });
            }
            Some(false) => {
                self.session.fields.remove(field);
                self.step.fields.push(FieldChange::Rejected { field: field.to_owned() });
            }
            None => {}
        }
    }

    /// The words that led here may already hold what this state wants to know.
    fn look_ahead(&mut self, rest: &str, moment: &Moment) {
        let mut rest = rest.to_owned();
        let state = self.state();
        for field in &state.collect_fields {
            if self.session.fields.contains_key(&field.id) || field.kind == FieldType::Number {
                continue;
            }
            let found = extract(field, &rest, false, self.session.language, &self.scenario.config.region, moment);
            if let Ok(Some(extracted)) = found {
                blank(&mut rest, &extracted.place);
                self.step.fields.push(FieldChange::Collected {
                    field: field.id.clone(),
                    value: extracted.value.to_string(),
                    words: extracted.words,
                    confidence_percent: extracted.confidence_percent,
                });
                let collected = Collected { value: extracted.value, confidence_percent: extracted.confidence_percent };
                self.session.fields.insert(field.id.clone(), collected);
            }
        }
    }

    fn count_retries(&mut self, asked: Option<&str>, interrupted: bool) {
        let open = asked.is_some_and(|field| {
            self.session.fields.get(field).is_none_or(|collected| collected.confidence_percent < CONFIRM_BELOW)
        });
        if !open {
            self.session.retries = 0;
        } else if !interrupted {
            self.session.retries += 1;
        }
        self.step.retries = self.session.retries;
        let asked_enough = self.session.retries >= self.scenario.config.limits.max_turn_retries;
        let stayed_enough = self.state().max_turns.is_some_and(|max| self.session.turns_in_state >= max.max(1));
        let mut left = if stayed_enough { self.missing() } else { Vec::new() };
        if (asked_enough || stayed_enough)
            && let Some(field) = asked.filter(|_| open)
        {
            left.push(field.to_owned());
        }
        left.dedup();
        for field in left {
            // A value that nobody confirmed is none.
            self.session.fields.remove(&field);
            self.step.fields.push(FieldChange::GivenUp { field: field.clone() });
            self.session.given_up.insert(field);
            self.session.retries = 0;
        }
    }

    /// Required fields of the state without a value.
    fn missing(&self) -> Vec<String> {
        self.state()
            .collect_fields
            .iter()
            .filter(|field| field.required && !self.session.fields.contains_key(&field.id))
            .filter(|field| !self.session.given_up.contains(&field.id))
            .map(|field| field.id.clone())
            .collect()
    }

    /// A field of the state whose value is not sure.
    fn unconfirmed(&self) -> Option<&'a FieldConfig> {
        self.state().collect_fields.iter().find(|field| {
            self.session.fields.get(&field.id).is_some_and(|collected| collected.confidence_percent < CONFIRM_BELOW)
        })
    }

    /// Tries the transitions in their order and takes the first that may be taken.
    fn go(&mut self, said: &Said<'_>, interrupted: bool) -> bool {
        let scenario = self.scenario;
        let mut target = None;
        if self.state().is_end {
            return false;
        }
        for way in &scenario.ways[self.session.state] {
            let verdict = if target.is_some() { Verdict::Later } else { self.judge(way, said, interrupted) };
            if matches!(verdict, Verdict::Taken { .. }) {
                target = Some(way.to);
            }
            let to = scenario.config.states[way.to].id.clone();
            self.step.transitions.push(TransitionTried { to, priority: way.priority, verdict });
        }
        let Some(target) = target else { return false };
        self.session.state = target;
        self.session.path.push(target);
        self.session.opened = false;
        self.session.turns_in_state = 0;
        self.session.retries = 0;
        self.session.asked = None;
        self.session.confirming = None;
        true
    }

    fn judge(&self, way: &Way, said: &Said<'_>, interrupted: bool) -> Verdict {
        let when = |holds: bool, what: String| {
            if holds { Verdict::Taken { because: what } } else { Verdict::NotMet { missing: what } }
        };
        match &way.condition {
            WayCondition::Field(field) => when(self.session.fields.contains_key(field), field.clone()),
            WayCondition::Intent(intent) => when(self.meant(intent), intent.clone()),
            WayCondition::Keyword(phrases) => {
                match phrases.iter().find(|(_, phrase)| phrase.find_affirmed(&said.words).is_some()) {
                    Some((text, _)) => when(true, text.clone()),
                    None => when(false, phrases.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(", ")),
                }
            }
            WayCondition::Rule(rule) => {
                when(outcome::holds(rule, self.look_up(&rule.field, None).as_deref()), outcome::written(rule))
            }
            WayCondition::Judged(rule) if self.meant(rule) => when(true, rule.clone()),
            WayCondition::Judged(rule) => Verdict::OnlyModel { rule: rule.clone() },
            WayCondition::Always if !self.session.opened => Verdict::NotOpened,
            WayCondition::Always if interrupted => Verdict::Interrupted,
            WayCondition::Always => match (self.unconfirmed(), self.missing()) {
                (Some(field), _) => Verdict::Unconfirmed { field: field.id.clone() },
                (None, fields) if !fields.is_empty() => Verdict::FieldsMissing { fields },
                (None, _) => when(true, "always".to_owned()),
            },
        }
    }

    /// The words of the present state: its opening when it is new, then what is to be confirmed or asked.
    pub(super) fn speak(&mut self, entered: bool) {
        let (state, language) = (self.state(), self.session.language);
        if entered || !self.session.opened {
            self.open();
        }
        self.session.opened = true;
        if let Some(field) = self.unconfirmed()
            && let Some(collected) = self.session.fields.get(&field.id)
        {
            let text = sentences::confirm(&collected.value, language);
            self.session.confirming = Some(field.id.clone());
            self.say(ReplyKind::Confirm, text);
            return;
        }
        let missing = self.missing();
        if let Some(field) = state.collect_fields.iter().find(|field| missing.first() == Some(&field.id)) {
            self.session.asked = Some(field.id.clone());
            self.say(ReplyKind::Question, sentences::question(field, language));
        } else if self.step.reply.is_empty() {
            let at = (self.session.turns_in_state as usize).min(state.examples.len().saturating_sub(1));
            let own = state.examples.get(at).filter(|_| at > 0).map(|text| text.get(language).to_owned());
            self.say(ReplyKind::Continue, own.unwrap_or_else(|| sentences::go_on(language).to_owned()));
        }
    }

    fn open(&mut self) {
        let state = self.state();
        match state.examples.first() {
            Some(words) => self.say(ReplyKind::Opening, words.get(self.session.language)),
            None => self.say(ReplyKind::Goal, state.goal.clone()),
        }
    }

    pub(super) fn finish(&mut self, ending: Ending) {
        self.session.ended = Some(ending);
        self.session.asked = None;
        self.session.confirming = None;
        self.step.ended = Some(ending);
        self.step.outcome = self.outcome();
        let language = self.session.language;
        let closing = self.scenario.config.closing.get(language).to_owned();
        let goodbye = if closing.trim().is_empty() { sentences::goodbye(language).to_owned() } else { closing };
        match ending {
            Ending::EndState => {
                let has_words = !self.state().examples.is_empty();
                self.open();
                if !has_words {
                    self.say(ReplyKind::Goodbye, goodbye);
                }
            }
            Ending::OptOut => self.say(ReplyKind::OptOut, sentences::opted_out(language)),
            Ending::Escalation => self.say(ReplyKind::HandOver, sentences::hand_over(language)),
            Ending::Guardrail if !self.step.reply.is_empty() => {}
            Ending::Goodbye | Ending::Guardrail | Ending::Timeout | Ending::MaxDuration | Ending::Silence => {
                self.say(ReplyKind::Goodbye, goodbye);
            }
        }
    }

    pub(super) fn outcome(&self) -> Option<OutcomeReached> {
        classify(&self.scenario.config.outcomes, |name| self.look_up(name, self.session.ended))
    }

    /// What a field or one of [`super::SPECIAL_NAMES`] holds.
    fn look_up(&self, name: &str, ended: Option<Ending>) -> Option<String> {
        let session = &self.session;
        match name {
            "callback_requested" => session.callback_requested.then(|| "true".to_owned()),
            "not_target_reason" => session.not_target_reason.clone(),
            "questions_answered" => (session.questions_answered > 0).then(|| session.questions_answered.to_string()),
            "all_required" => {
                let all = |visited_only: bool| {
                    let mut required = self
                        .scenario
                        .config
                        .states
                        .iter()
                        .enumerate()
                        .filter(|(state, _)| !visited_only || session.path.contains(state))
                        .flat_map(|(_, state)| &state.collect_fields)
                        .filter(|field| field.required)
                        .peekable();
                    required.peek().is_some() && required.all(|field| session.fields.contains_key(&field.id))
                };
                (all(false) || (ended == Some(Ending::EndState) && all(true))).then(|| "true".to_owned())
            }
            field => session.fields.get(field).map(|collected| collected.value.to_string()),
        }
    }
}

/// Takes a place out of an utterance; no sentence reaches over it.
fn blank(text: &mut String, place: &std::ops::Range<usize>) {
    if text.is_char_boundary(place.start) && text.is_char_boundary(place.end) && place.start <= place.end {
        text.replace_range(place.clone(), &"\n".repeat(place.len()));
    }
}
