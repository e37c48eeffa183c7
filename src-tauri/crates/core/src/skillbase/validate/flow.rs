//! Plan and graph: ids, ends of transitions, ways from the start and to the end.

use std::collections::HashMap;

use super::{
    super::{
        Condition, Flow, FlowState, FlowType, SkillbaseDocument,
        bounds::{self, range},
        problem::{ProblemCode as Code, Severity},
    },
    Check,
};

const STATES: &str = "conversation.flow.states";
const TRANSITIONS: &str = "conversation.flow.transitions";

impl Check {
    pub(super) fn flow(&mut self, document: &SkillbaseDocument) {
        let flow = &document.conversation.flow;
        if flow.states.is_empty() {
            self.error(STATES, Code::Required, &[]);
        }
        self.many(STATES, flow.states.len(), bounds::STATES);
        self.unique(Severity::Error, STATES, ".id", flow.states.iter().map(|state| state.id.as_str().into()));
        for (index, state) in flow.states.iter().enumerate() {
            self.state(document, index, state);
        }
        match flow.kind {
            FlowType::Linear if !flow.transitions.is_empty() => {
                self.warning(TRANSITIONS, Code::TransitionsIgnored, &[]);
            }
            FlowType::Linear => {}
            FlowType::Graph if flow.states.is_empty() => {}
            FlowType::Graph => {
                self.transitions(document);
                self.ways(flow);
            }
        }
    }

    fn state(&mut self, document: &SkillbaseDocument, index: usize, state: &FlowState) {
        let path = format!("{STATES}.{index}");
        self.identifier(format_args!("{path}.id"), &state.id);
        self.required(format_args!("{path}.name"), &state.name, bounds::STATE_NAME);
        self.short(format_args!("{path}.goal"), &state.goal, bounds::TEXT);
        self.short(format_args!("{path}.prompt"), &state.prompt, bounds::STATE_PROMPT);
        if !state.examples.is_empty() {
            self.sentences(&format!("{path}.examples"), &state.examples, bounds::SHORT_ITEMS, bounds::TEXT);
        }
        if !state.collect.is_empty() {
            let list = format!("{path}.collect");
            self.unique(Severity::Error, &list, "", state.collect.iter().map(|field| field.as_str().into()));
            for (place, field) in state.collect.iter().enumerate() {
                self.known_field(document, format_args!("{list}.{place}"), field, false);
            }
        }
        if let Some(turns) = state.max_turns {
            self.whole(format_args!("{path}.maxTurns"), turns, range::STATE_TURNS);
        }
    }

    fn transitions(&mut self, document: &SkillbaseDocument) {
        let flow = &document.conversation.flow;
        self.many(TRANSITIONS, flow.transitions.len(), bounds::TRANSITIONS);
        let ids: HashMap<&str, usize> =
            flow.states.iter().enumerate().map(|(index, state)| (state.id.as_str(), index)).collect();
        // Of each state: the first way that is always taken, as (priority, place).
        let mut always: HashMap<&str, (i32, usize)> = HashMap::new();
        for (index, way) in flow.transitions.iter().enumerate() {
            if way.condition == Condition::Always {
                let first = always.entry(&way.from).or_insert((way.priority, index));
                if way.priority > first.0 {
                    *first = (way.priority, index);
                }
            }
        }
        for (index, way) in flow.transitions.iter().enumerate() {
            let path = format!("{TRANSITIONS}.{index}");
            for (name, id) in [("from", &way.from), ("to", &way.to)] {
                if id.is_empty() {
                    self.error(format_args!("{path}.{name}"), Code::Required, &[]);
                } else if !ids.contains_key(id.as_str()) {
                    self.error(format_args!("{path}.{name}"), Code::UnknownState, &[("state", id.clone())]);
                }
            }
            self.whole(format_args!("{path}.priority"), way.priority, range::PRIORITY);
            self.condition(document, &path, &way.condition);
            let hidden = always.get(way.from.as_str()).is_some_and(|(priority, place)| {
                *place != index && (*priority > way.priority || (*priority == way.priority && *place < index))
            });
            if hidden {
                self.warning(&path, Code::NeverTaken, &[]);
            }
            if ids.get(way.from.as_str()).is_some_and(|place| flow.states[*place].is_end) {
                self.warning(&path, Code::LeavesEnd, &[]);
            }
        }
    }

    fn condition(&mut self, document: &SkillbaseDocument, path: &str, condition: &Condition) {
        let path = format!("{path}.condition");
        match condition {
            Condition::Always => {}
            Condition::Field { test } => self.test(document, &format!("{path}.test"), test),
            Condition::Keyword { keywords } => {
                if keywords.is_empty() {
                    self.error(format_args!("{path}.keywords"), Code::Required, &[]);
                }
                self.sentences(&format!("{path}.keywords"), keywords, bounds::SHORT_ITEMS, bounds::SHORT);
            }
            Condition::Intent { intent, phrases } => {
                self.required(format_args!("{path}.intent"), intent, bounds::TEXT);
                self.sentences(&format!("{path}.phrases"), phrases, bounds::SHORT_ITEMS, bounds::SHORT);
            }
            Condition::Custom { rule } => self.required(format_args!("{path}.rule"), rule, bounds::TEXT),
        }
    }

    /// Start, ends, and whether every state lies on a way between them.
    fn ways(&mut self, flow: &Flow) {
        let count = flow.states.len();
        let mut ids: HashMap<&str, usize> = HashMap::with_capacity(count);
        for (index, state) in flow.states.iter().enumerate() {
            ids.entry(&state.id).or_insert(index);
        }
        let (mut onward, mut back) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for way in &flow.transitions {
            if let (Some(from), Some(to)) = (ids.get(way.from.as_str()), ids.get(way.to.as_str())) {
                onward[*from].push(*to);
                back[*to].push(*from);
            }
        }
        let start = ids.get(flow.start.as_str()).copied();
        if flow.start.is_empty() {
            self.error("conversation.flow.start", Code::MissingStart, &[]);
        } else if start.is_none() {
            self.error("conversation.flow.start", Code::UnknownState, &[("state", flow.start.clone())]);
        }
        let ends: Vec<usize> = (0..count).filter(|index| flow.states[*index].is_end).collect();
        if ends.is_empty() {
            self.error(STATES, Code::MissingEnd, &[]);
        }
        let reached = start.map(|start| flood(&onward, vec![start]));
        let ending = flood(&back, ends.clone());
        for (index, state) in flow.states.iter().enumerate() {
            if reached.as_ref().is_some_and(|reached| !reached[index]) {
                self.warning(format_args!("{STATES}.{index}"), Code::Unreachable, &[]);
            }
            if state.is_end {
                continue;
            }
            if onward[index].iter().all(|to| *to == index) {
                self.error(format_args!("{STATES}.{index}"), Code::DeadEnd, &[]);
            } else if !ends.is_empty() && !ending[index] {
                self.warning(format_args!("{STATES}.{index}"), Code::NoWayToEnd, &[]);
            }
        }
    }
}

/// Everything that can be reached from the given places.
fn flood(ways: &[Vec<usize>], mut open: Vec<usize>) -> Vec<bool> {
    let mut seen = vec![false; ways.len()];
    for place in &open {
        seen[*place] = true;
    }
    while let Some(place) = open.pop() {
        for next in &ways[place] {
            if !seen[*next] {
                seen[*next] = true;
                open.push(*next);
            }
        }
    }
    seen
}
