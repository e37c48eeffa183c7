//! The state of a scripted line. Owns who is where and what the test asked for; refuses to wait or to be waited for.

use std::collections::{HashMap, HashSet, VecDeque};

use callboard_core::{id::CallId, line::LineKind};
use callboard_telephony::{CallEnd, LineFault, PlannedCall, TimedEvent};

use super::{Found, Script, Stage};

#[derive(Debug)]
pub(super) struct Board {
    pub(super) kind: Option<LineKind>,
    pub(super) otherwise: Script,
    pub(super) scripts: HashMap<String, VecDeque<Script>>,
    pub(super) speech: HashMap<String, Vec<TimedEvent>>,
    pub(super) check_fault: Option<LineFault>,
    pub(super) prepare_fault: Option<LineFault>,
    pub(super) found: Option<Found>,
    /// Stages at which everybody (`None`) or one number waits.
    pub(super) held: HashSet<(Stage, Option<String>)>,
    /// Calls that the test let pass a stage although it is held.
    let_pass: HashSet<(CallId, Stage)>,
    /// Calls under way, each with the stage at which it stands, in order of arrival.
    under_way: Vec<(PlannedCall, Option<Stage>)>,
    /// Placed and not ended. A call stays here when the task that placed it dies.
    pub(super) live: HashMap<CallId, Script>,
    /// Placed, and not yet told to the test.
    pub(super) news: VecDeque<PlannedCall>,
    pub(super) ended: Vec<(PlannedCall, CallEnd)>,
    pub(super) prepared: Vec<CallId>,
    pub(super) given_back: Vec<CallId>,
    pub(super) checks: usize,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            kind: None,
            otherwise: Script::Success,
            scripts: HashMap::new(),
            speech: HashMap::new(),
            check_fault: None,
            prepare_fault: None,
            found: None,
            held: HashSet::new(),
            let_pass: HashSet::new(),
            under_way: Vec::new(),
            live: HashMap::new(),
            news: VecDeque::new(),
            ended: Vec::new(),
            prepared: Vec::new(),
            given_back: Vec::new(),
            checks: 0,
        }
    }
}

impl Board {
    pub(super) fn script_for(&mut self, phone: &str) -> Script {
        match self.scripts.get_mut(phone) {
            Some(scripts) if scripts.len() > 1 => scripts.pop_front(),
            Some(scripts) => scripts.front().cloned(),
            None => None,
        }
        .unwrap_or_else(|| self.otherwise.clone())
    }

    pub(super) fn arrive(&mut self, stage: Stage, call: &PlannedCall) {
        self.under_way.retain(|(other, _)| other.call_id != call.call_id);
        self.under_way.push((call.clone(), Some(stage)));
    }

    pub(super) fn leave(&mut self, call: &PlannedCall) {
        for (other, stage) in &mut self.under_way {
            if other.call_id == call.call_id {
                *stage = None;
            }
        }
    }

    pub(super) fn is_held(&self, stage: Stage, call: &PlannedCall) -> bool {
        let asked = self.held.contains(&(stage, None)) || self.held.contains(&(stage, Some(call.phone.clone())));
        asked && !self.let_pass.contains(&(call.call_id, stage))
    }

    /// The calls that stand at this stage because the test holds them there.
    pub(super) fn waiting(&self, stage: Stage) -> impl Iterator<Item = &PlannedCall> {
        self.under_way
            .iter()
            .filter(move |(call, at)| *at == Some(stage) && self.is_held(stage, call))
            .map(|(call, _)| call)
    }

    pub(super) fn stage_of(&self, phone: &str) -> Option<Stage> {
        self.under_way.iter().find(|(call, _)| call.phone == phone).and_then(|(_, stage)| *stage)
    }

    pub(super) fn release(&mut self, phone: &str, stages: &[Stage]) -> bool {
        let calls: Vec<CallId> =
            self.under_way.iter().filter(|(call, _)| call.phone == phone).map(|(call, _)| call.call_id).collect();
        for call in &calls {
            self.let_pass.extend(stages.iter().map(|stage| (*call, *stage)));
        }
        !calls.is_empty()
    }

    pub(super) fn place(&mut self, call: &PlannedCall, script: &Script) {
        self.live.insert(call.call_id, script.clone());
        self.news.push_back(call.clone());
    }

    pub(super) fn end(&mut self, call: &PlannedCall, end: CallEnd) {
        self.live.remove(&call.call_id);
        self.under_way.retain(|(other, _)| other.call_id != call.call_id);
        self.ended.push((call.clone(), end));
    }

    pub(super) fn summary(&self) -> String {
        let under_way: Vec<_> = self.under_way.iter().map(|(call, stage)| (&call.phone, stage)).collect();
        format!(
            "{} prepared, {} given back, {} live, {} ended, under way {under_way:?}",
            self.prepared.len(),
            self.given_back.len(),
            self.live.len(),
            self.ended.len()
        )
    }
}
