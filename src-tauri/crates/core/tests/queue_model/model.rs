//! The queue as a model: tasks, leases, workers, and a carrier that knows what really rang.
//!
//! Owns the steps of admit, intent, dial, finish and reap, and what may go wrong between any two of them. Refuses to know
//! SQL: a step of the model is a transaction or a request of the real thing (`docs/queue-model.md`).

use stateright::{Model, Property};

/// One way to build it wrongly. Each has been built by somebody (`docs/queue-model.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Slots are counted before the lock is held.
    CountBeforeLock,
    /// The intent is committed whatever has become of the lease.
    NoFence,
    /// A permit is used however old it is.
    NoPermit,
    /// The intent is committed after the call was placed.
    IntentAfterDial,
    /// The calls of a dead worker go back to the queue without asking the line.
    NoReconcile,
    /// The line is asked before the permit of the dead worker has run out.
    HastyReaper,
    /// A dialling request whose reply is lost is sent again.
    RepeatedRequest,
    /// A worker does not look for leases in its own name that it has lost track of.
    NoSweep,
}

/// The queue, with at most one flaw.
#[derive(Debug, Clone)]
pub struct Queue {
    /// What is built wrongly.
    pub flaw: Option<Flaw>,
    /// Workers, each with one call at a time.
    pub workers: usize,
    /// Tasks, each with its own number.
    pub tasks: usize,
    /// Calls at once.
    pub limit: usize,
    /// Attempts per task.
    pub attempts: u8,
    /// How many things go wrong at most.
    pub faults: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Pending,
    InProgress,
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    owner: usize,
    /// A restarted process is another worker.
    incarnation: u8,
    token: u8,
    call: usize,
    intent: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Task {
    status: Status,
    attempts: u8,
    lease: Option<Lease>,
}

/// A call as the carrier knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Call {
    task: usize,
    dials: u8,
    rings: bool,
    /// Two seconds have passed since its intent.
    is_old: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Process {
    Up,
    /// SIGSTOP: a laptop that sleeps.
    Stopped,
    Down,
}

/// What a worker believes to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hold {
    task: usize,
    call: usize,
    token: u8,
}

/// Where a worker is in its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    Idle,
    /// Only of [`Flaw::CountBeforeLock`]: it has seen a free slot.
    Counted,
    Locked,
    Admitted(Hold),
    /// The reply to the intent was lost.
    Unsure(Hold),
    Permitted(Hold),
    /// Only of [`Flaw::IntentAfterDial`].
    DialledFirst(Hold),
    Following(Hold),
}

impl Phase {
    fn hold(mut self) -> Option<Hold> {
        self.hold_mut().copied()
    }

    fn hold_mut(&mut self) -> Option<&mut Hold> {
        match self {
            Self::Idle | Self::Counted | Self::Locked => None,
            Self::Admitted(hold)
            | Self::Unsure(hold)
            | Self::Permitted(hold)
            | Self::DialledFirst(hold)
            | Self::Following(hold) => Some(hold),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Worker {
    process: Process,
    incarnation: u8,
    /// Its row says that it lives.
    is_alive: bool,
    phase: Phase,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    tasks: Vec<Task>,
    workers: Vec<Worker>,
    calls: Vec<Call>,
    lock: Option<usize>,
    next_token: u8,
    faults: u8,
    adopted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Count(usize),
    Lock(usize),
    Unlock(usize),
    Admit(usize, usize),
    Intend(usize),
    LoseIntentReply(usize),
    Dial(usize),
    LoseDialReply(usize),
    Abandon(usize),
    Finish(usize, bool),
    Reap(usize, usize),
    PhoneIsPutDown(usize),
    TwoSecondsPass(usize),
    Crash(usize),
    Restart(usize),
    Stop(usize),
    Continue(usize),
    Expire(usize),
    Renew(usize),
}

impl State {
    fn leases(&self) -> usize {
        self.tasks.iter().filter(|task| task.lease.is_some()).count()
    }

    fn is_pending(&self, task: usize) -> bool {
        self.tasks[task].status == Status::Pending
    }

    fn is_dead(&self, lease: &Lease) -> bool {
        let owner = &self.workers[lease.owner];
        owner.incarnation != lease.incarnation || !owner.is_alive
    }

    /// A lease in the name of a worker that runs and does not work on it: its intent was refused while it was taken for
    /// dead, for example.
    fn is_forgotten(&self, at: usize, lease: &Lease) -> bool {
        let worker = &self.workers[at];
        let is_his = lease.owner == at && lease.incarnation == worker.incarnation;
        is_his && worker.phase.hold().is_none_or(|hold| hold.token != lease.token)
    }

    fn holds(&self, hold: Hold) -> bool {
        self.tasks[hold.task].lease.is_some_and(|lease| lease.token == hold.token)
    }

    fn give_back(&mut self, task: usize) {
        self.tasks[task] = Task { status: Status::Pending, lease: None, ..self.tasks[task] };
    }

    /// The same state without what nobody can tell any more: calls that are over and that nobody holds, and the absolute
    /// values of tokens, which are only ever compared.
    fn normalised(mut self) -> Self {
        let leases = self.tasks.iter_mut().filter_map(|task| task.lease.as_mut());
        let holds = self.workers.iter_mut().filter_map(|worker| worker.phase.hold_mut());
        let mut names: Vec<_> = leases
            .map(|lease| (&mut lease.call, &mut lease.token))
            .chain(holds.map(|hold| (&mut hold.call, &mut hold.token)))
            .collect();
        let mut tokens: Vec<_> = names.iter().map(|(_, token)| **token).collect();
        tokens.sort_unstable();
        tokens.dedup();
        let is_known = |at: usize, call: &Call| call.rings || call.dials > 1 || names.iter().any(|(id, _)| **id == at);
        let known: Vec<_> =
            self.calls.iter().enumerate().filter(|(at, call)| is_known(*at, call)).map(|(at, _)| at).collect();
        for (call, token) in &mut names {
            **call = known.iter().position(|at| *at == **call).expect("a call that is named is known");
            let rank = tokens.iter().position(|other| *other == **token).expect("a token that is named is known");
            **token = u8::try_from(rank).expect("few tokens");
        }
        self.next_token = u8::try_from(tokens.len()).expect("few tokens");
        self.calls = known.into_iter().map(|at| self.calls[at]).collect();
        self
    }

    /// The phones that ring or talk.
    fn ringing(&self) -> usize {
        self.calls.iter().filter(|call| call.rings).count()
    }
}

impl Queue {
    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    fn admits(&self, state: &State) -> bool {
        self.is(Flaw::CountBeforeLock) || state.leases() < self.limit
    }

    /// What a worker whose process runs may do next.
    fn steps_of(&self, state: &State, at: usize, actions: &mut Vec<Action>) {
        let worker = &state.workers[at];
        let anybody_waits = (0..self.tasks).any(|task| state.is_pending(task));
        match worker.phase {
            Phase::Idle => {
                if anybody_waits && worker.is_alive && state.leases() < self.limit {
                    if self.is(Flaw::CountBeforeLock) {
                        actions.push(Action::Count(at));
                    } else if state.lock.is_none() {
                        actions.push(Action::Lock(at));
                    }
                }
            }
            Phase::Counted => {
                if state.lock.is_none() {
                    actions.push(Action::Lock(at));
                }
            }
            Phase::Locked => {
                let waiting = (0..self.tasks).filter(|task| state.is_pending(*task));
                if worker.is_alive && self.admits(state) && anybody_waits {
                    actions.extend(waiting.map(|task| Action::Admit(at, task)));
                } else {
                    actions.push(Action::Unlock(at));
                }
            }
            Phase::Admitted(_) => {
                if self.is(Flaw::IntentAfterDial) {
                    actions.push(Action::Dial(at));
                } else {
                    actions.push(Action::Intend(at));
                    if state.faults > 0 {
                        actions.push(Action::LoseIntentReply(at));
                    }
                }
            }
            Phase::DialledFirst(_) => actions.push(Action::Intend(at)),
            Phase::Unsure(_) => actions.push(Action::Abandon(at)),
            Phase::Permitted(hold) => {
                if !state.calls[hold.call].is_old || self.is(Flaw::NoPermit) {
                    actions.push(Action::Dial(at));
                    if self.is(Flaw::RepeatedRequest) && state.faults > 0 {
                        actions.push(Action::LoseDialReply(at));
                    }
                } else {
                    actions.push(Action::Abandon(at));
                }
            }
            Phase::Following(hold) => {
                if !state.calls[hold.call].rings {
                    actions.extend([Action::Finish(at, true), Action::Finish(at, false)]);
                }
            }
        }
        if worker.is_alive {
            actions.extend(
                (0..self.tasks).filter(|task| self.may_reap(state, at, *task)).map(|task| Action::Reap(at, task)),
            );
        }
    }

    /// A living worker takes care of what a dead one held, and of what it has lost track of itself: back to the queue when it was certainly not dialled, else it
    /// follows the call, but not before the dead one's permit has run out.
    fn may_reap(&self, state: &State, at: usize, task: usize) -> bool {
        let Some(lease) = state.tasks[task].lease else { return false };
        let is_forgotten = state.is_forgotten(at, &lease) && !self.is(Flaw::NoSweep);
        if !state.is_dead(&lease) && !is_forgotten {
            return false;
        }
        let waits_long_enough = state.calls[lease.call].is_old || self.is(Flaw::HastyReaper);
        let may_follow = state.workers[at].phase == Phase::Idle && waits_long_enough;
        !lease.intent || may_follow || self.is(Flaw::NoReconcile)
    }

    fn admit(state: &mut State, at: usize, task: usize) {
        let (call, token) = (state.calls.len(), state.next_token);
        state.next_token += 1;
        state.calls.push(Call { task, dials: 0, rings: false, is_old: false });
        let incarnation = state.workers[at].incarnation;
        let lease = Lease { owner: at, incarnation, token, call, intent: false };
        state.tasks[task] = Task { status: Status::InProgress, lease: Some(lease), ..state.tasks[task] };
        state.workers[at].phase = Phase::Admitted(Hold { task, call, token });
        state.lock = None;
    }

    /// The intent: committed when the lease is still held by a living worker and was not used before.
    fn intend(&self, state: &mut State, hold: Hold, at: usize) -> bool {
        let is_ours = state.holds(hold) && state.workers[at].is_alive;
        if let Some(lease) = state.tasks[hold.task].lease.as_mut().filter(|_| is_ours) {
            if lease.intent {
                return false;
            }
            lease.intent = true;
            return true;
        }
        self.is(Flaw::NoFence)
    }

    fn finish(&self, state: &mut State, hold: Hold, is_reached: bool) {
        if !state.holds(hold) {
            return;
        }
        let attempts = state.tasks[hold.task].attempts + 1;
        let status = if is_reached || attempts >= self.attempts { Status::Done } else { Status::Pending };
        state.tasks[hold.task] = Task { status, attempts, lease: None };
    }

    fn reap(&self, state: &mut State, at: usize, task: usize) {
        let Some(lease) = state.tasks[task].lease else { return };
        if !lease.intent || self.is(Flaw::NoReconcile) {
            state.give_back(task);
            return;
        }
        let token = state.next_token;
        state.next_token += 1;
        state.adopted = true;
        let incarnation = state.workers[at].incarnation;
        state.tasks[task].lease = Some(Lease { owner: at, incarnation, token, ..lease });
        state.workers[at].phase = Phase::Following(Hold { task, call: lease.call, token });
    }

    fn dial(state: &mut State, at: usize) {
        let (hold, next) = match state.workers[at].phase {
            Phase::Admitted(hold) => (hold, Phase::DialledFirst(hold)),
            Phase::Permitted(hold) => (hold, Phase::Following(hold)),
            _ => return,
        };
        let call = &mut state.calls[hold.call];
        (call.dials, call.rings) = (call.dials + 1, true);
        state.workers[at].phase = next;
    }
}

impl Model for Queue {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let task = Task { status: Status::Pending, attempts: 0, lease: None };
        let worker = Worker { process: Process::Up, incarnation: 0, is_alive: true, phase: Phase::Idle };
        vec![State {
            tasks: vec![task; self.tasks],
            workers: vec![worker; self.workers],
            calls: vec![],
            lock: None,
            next_token: 0,
            faults: self.faults,
            adopted: false,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for (at, worker) in state.workers.iter().enumerate() {
            match worker.process {
                Process::Up => {
                    self.steps_of(state, at, actions);
                    if state.faults > 0 {
                        actions.extend([Action::Crash(at), Action::Stop(at)]);
                    }
                    if !worker.is_alive {
                        actions.push(Action::Renew(at));
                    }
                }
                Process::Stopped => actions.push(Action::Continue(at)),
                Process::Down => actions.push(Action::Restart(at)),
            }
            // A worker that sleeps, is gone, or cannot reach the database is not renewed.
            if worker.is_alive && (worker.process != Process::Up || state.faults > 0) {
                actions.push(Action::Expire(at));
            }
        }
        for (at, call) in state.calls.iter().enumerate() {
            if call.rings {
                actions.push(Action::PhoneIsPutDown(at));
            }
            let is_intended = state.tasks[call.task].lease.is_some_and(|lease| lease.call == at && lease.intent);
            let is_awaited = state.workers.iter().any(
                |worker| matches!(worker.phase, Phase::Permitted(hold) if hold.call == at && worker.process == Process::Up),
            );
            // Time that runs out under a running worker's hands is a fault; that a dead one's permit runs out is not.
            if is_intended && !call.is_old && (!is_awaited || state.faults > 0) {
                actions.push(Action::TwoSecondsPass(at));
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        let phase = |at: usize| last.workers[at].phase;
        match action {
            Action::Count(at) => state.workers[at].phase = Phase::Counted,
            Action::Lock(at) => {
                state.lock = Some(at);
                state.workers[at].phase = Phase::Locked;
            }
            Action::Unlock(at) => {
                state.lock = None;
                state.workers[at].phase = Phase::Idle;
            }
            Action::Admit(at, task) => Self::admit(&mut state, at, task),
            Action::Intend(at) => match phase(at) {
                Phase::Admitted(hold) => {
                    let permitted = self.intend(&mut state, hold, at);
                    state.workers[at].phase = if permitted { Phase::Permitted(hold) } else { Phase::Idle };
                }
                Phase::DialledFirst(hold) => {
                    self.intend(&mut state, hold, at);
                    state.workers[at].phase = Phase::Following(hold);
                }
                _ => return None,
            },
            Action::LoseIntentReply(at) => {
                let Phase::Admitted(hold) = phase(at) else { return None };
                self.intend(&mut state, hold, at);
                state.workers[at].phase = Phase::Unsure(hold);
                state.faults -= 1;
            }
            Action::Dial(at) => Self::dial(&mut state, at),
            Action::LoseDialReply(at) => {
                Self::dial(&mut state, at);
                state.workers[at].phase = phase(at);
                state.faults -= 1;
            }
            Action::Abandon(at) => {
                let (Phase::Permitted(hold) | Phase::Unsure(hold)) = phase(at) else { return None };
                if state.holds(hold) {
                    state.give_back(hold.task);
                }
                state.workers[at].phase = Phase::Idle;
            }
            Action::Finish(at, is_reached) => {
                let Phase::Following(hold) = phase(at) else { return None };
                self.finish(&mut state, hold, is_reached);
                state.workers[at].phase = Phase::Idle;
            }
            Action::Reap(at, task) => self.reap(&mut state, at, task),
            Action::PhoneIsPutDown(call) => state.calls[call].rings = false,
            Action::TwoSecondsPass(call) => {
                let is_awaited = state.workers.iter().any(
                    |worker| matches!(worker.phase, Phase::Permitted(hold) if hold.call == call && worker.process == Process::Up),
                );
                state.faults -= u8::from(is_awaited);
                state.calls[call].is_old = true;
            }
            Action::Crash(at) => {
                let worker = &mut state.workers[at];
                (worker.process, worker.phase) = (Process::Down, Phase::Idle);
                state.lock = state.lock.filter(|holder| *holder != at);
                state.faults -= 1;
            }
            Action::Restart(at) => {
                let worker = &mut state.workers[at];
                (worker.process, worker.is_alive) = (Process::Up, true);
                worker.incarnation += 1;
            }
            Action::Stop(at) => {
                state.workers[at].process = Process::Stopped;
                state.faults -= 1;
            }
            Action::Continue(at) => state.workers[at].process = Process::Up,
            Action::Expire(at) => {
                state.workers[at].is_alive = false;
                state.faults -= u8::from(last.workers[at].process == Process::Up);
            }
            Action::Renew(at) => state.workers[at].is_alive = true,
        }
        Some(state.normalised())
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ONE_DIAL, |_, state: &State| state.calls.iter().all(|call| call.dials <= 1)),
            Property::always(WITHIN_LIMIT, |model: &Self, state: &State| state.ringing() <= model.limit),
            Property::always(ONE_CALL_PER_NUMBER, |model: &Self, state: &State| {
                let ringing = |task| state.calls.iter().filter(|call| call.rings && call.task == task).count();
                (0..model.tasks).all(|task| ringing(task) <= 1)
            }),
            Property::always(NOTHING_LOST, |_, state: &State| {
                state.tasks.iter().all(|task| (task.status == Status::InProgress) == task.lease.is_some())
            }),
            Property::eventually(EVERYTHING_ENDS, |_, state: &State| {
                state.tasks.iter().all(|task| task.status == Status::Done)
            }),
            Property::sometimes("a call of a dead worker is followed by another", |_, state: &State| state.adopted),
            Property::sometimes("a second attempt is made", |_, state: &State| {
                state.tasks.iter().any(|task| task.attempts == 2)
            }),
            Property::sometimes("a permit runs out in a worker's hands", |_, state: &State| {
                let is_old = |hold: Hold| state.calls[hold.call].is_old;
                state.workers.iter().any(|worker| matches!(worker.phase, Phase::Permitted(hold) if is_old(hold)))
            }),
        ]
    }
}

/// No call id is dialled twice.
pub const ONE_DIAL: &str = "a call is dialled at most once";
/// What rings is counted, not what the tables say.
pub const WITHIN_LIMIT: &str = "never more phones than the limit";
/// Across attempts.
pub const ONE_CALL_PER_NUMBER: &str = "a number has at most one call";
/// A task that is in progress has somebody who is responsible for it.
pub const NOTHING_LOST: &str = "no task is lost";
/// Once the faults are over.
pub const EVERYTHING_ENDS: &str = "every task ends";
