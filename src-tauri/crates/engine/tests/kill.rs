//! Workers that are killed or frozen, as processes of their own. This test binary runs itself again as a worker whose line
//! is the double of `LiveKit` in the parent: a phone that rings goes on ringing when the worker is gone. The parent holds
//! the ledger, so that no dead process can falsify it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod dialer;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use callboard_core::clock::SystemClock;
use callboard_db::PgPool;
use callboard_engine::{
    Context, Random,
    lines::Lines,
    worker::{self, Step, WorkerHandle, WorkerOptions},
};
use callboard_testkit::{
    ledger::{Ledger, max_at_once, read_files},
    livekit::{CallScript, Double, DoubleOptions},
};
use common::{PATIENCE, Stage};
use dialer::{counters_are_the_truth, execute, number, until};

const PHONE: &str = "+79991234567";
const NEXT: &str = "+79991234568";
const LATER: &str = "+79991234569";
const SUCCESS: &str = r#"{"v":1,"outcome":"success","reason":"agreed"}"#;
/// In the environment of a child: the database, the address of the double, the step at which it waits to be killed.
const DATABASE: &str = "CALLBOARD_TEST_CHILD_DATABASE";
const LIVEKIT: &str = "CALLBOARD_TEST_CHILD_LIVEKIT";
const HALT: &str = "CALLBOARD_TEST_CHILD_HALT";

/// Not a test: the worker that the tests start as a process. It says each step on a line of its own, and waits at the one
/// that it was given until it is killed or told to go on.
#[test]
fn a_worker_process() {
    let (Ok(database), Ok(livekit)) = (std::env::var(DATABASE), std::env::var(LIVEKIT)) else { return };
    let halt = std::env::var(HALT).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let db = sqlx::postgres::PgPoolOptions::new().max_connections(4).connect(&database).await.unwrap();
        let context = Context::new(db, Arc::new(SystemClock::start()), Arc::new(Random::from_system()));
        let defaults = DoubleOptions::default();
        let line = dialer::livekit::line(&livekit, &defaults.key, &defaults.secret);
        let mut options = WorkerOptions::new("worker process", "test");
        options.observer = Some(Arc::new(move |step, _| {
            say(&format!("{step:?}"));
            let stands = halt == format!("{step:?}");
            Box::pin(async move {
                if stands {
                    let told = || std::io::stdin().read_line(&mut String::new());
                    tokio::task::spawn_blocking(told).await.unwrap().unwrap();
                }
            })
        }));
        worker::run(context, Lines::fixed([line]), options, WorkerHandle::default()).await;
    });
}

/// Past the harness, which keeps what tests print to itself.
fn say(step: &str) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "step {step}").and_then(|()| out.flush());
}

/// A worker in a process of its own; it dies with the test.
struct Process {
    child: Child,
    steps: mpsc::Receiver<String>,
}

impl Process {
    fn start(db: &PgPool, double: &Double, halt: Option<Step>) -> Self {
        let options = db.connect_options();
        let database = format!(
            "postgres://{}@localhost:{}/{}?host={}",
            options.get_username(),
            options.get_port(),
            options.get_database().unwrap(),
            options.get_socket().unwrap().display().to_string().replace('/', "%2F"),
        );
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_worker_process", "--nocapture", "--test-threads=1"])
            .env(DATABASE, database)
            .env(LIVEKIT, double.url())
            .env(HALT, halt.map(|step| format!("{step:?}")).unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, steps) = mpsc::channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                match line.strip_prefix("step ") {
                    Some(step) => drop(sender.send(step.to_owned())),
                    None => eprintln!("child: {line}"),
                }
            }
        });
        Self { child, steps }
    }

    /// Waits until it says this step.
    async fn reached(self, step: Step) -> Self {
        let wanted = format!("{step:?}");
        tokio::task::spawn_blocking(move || {
            let deadline = Instant::now() + PATIENCE;
            loop {
                let left = deadline.saturating_duration_since(Instant::now());
                let said = self.steps.recv_timeout(left);
                if said.unwrap_or_else(|_| panic!("the worker process should reach {wanted}")) == wanted {
                    return self;
                }
            }
        })
        .await
        .unwrap()
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success(), "the process is there to be signalled");
    }

    /// It goes on from the step at which it waits.
    fn go_on(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    /// `kill -9`.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Scene {
    stage: Stage,
    double: Double,
    ledger: std::path::PathBuf,
    _folder: tempfile::TempDir,
    campaign: callboard_core::id::CampaignId,
}

/// A campaign of one call at once over two numbers; the ledger is in a file that is forced to the disk.
async fn scene(db: &PgPool, script: CallScript) -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    let ledger = Ledger::in_file(&path).unwrap();
    let double = Double::start_with(DoubleOptions { ledger, ..DoubleOptions::default() }).await.unwrap();
    double.on(PHONE, script.clone());
    double.on(NEXT, CallScript::answer(Duration::from_millis(50)).saying(SUCCESS));
    let stage = dialer::livekit::stage(db, &double).await;
    let edit = |form: &mut callboard_contract::CampaignForm| {
        form.calls_at_once = 1;
        form.max_attempts = 2;
    };
    let campaign = stage.running(&[PHONE, NEXT], edit).await;
    Scene { stage, double, ledger: path, _folder: folder, campaign }
}

impl Scene {
    /// The promises that hold whatever happened.
    async fn judge(&self, db: &PgPool) {
        assert_eq!(self.double.ledger().double_dials(), []);
        let entries = read_files(&[&self.ledger]).unwrap();
        assert_eq!(entries.len(), self.double.ledger().entries().len(), "the file holds all of it");
        assert!(max_at_once(&entries, |_| true) <= 1, "one slot: {entries:?}");
        assert_eq!(number(db, "select count(*) from leases").await, 0);
        counters_are_the_truth(db, self.campaign).await;
        assert!(self.double.rooms().is_empty(), "{:?}", self.double.rooms());
    }
}

/// The lease of life of everybody ends now, and the intents of their calls have run out (they are dead, so it is no lie).
const LEASES_END: &str = "update workers set alive_until = clock_timestamp();
                          update leases set dial_at = dial_at - interval '3 seconds'";

/// Acceptance 51, fault F1: killed before anything was dialled, the call goes back to the queue as if it had not been tried.
async fn killed_before_dialling(db: PgPool, at: Step) {
    let scene = scene(&db, CallScript::answer(Duration::from_millis(50)).saying(SUCCESS)).await;
    Process::start(&db, &scene.double, Some(at)).reached(at).await.kill();
    assert_eq!(number(&db, "select count(*) from leases").await, 1, "the slot is rebuilt from its row");
    execute(&db, LEASES_END).await;
    let next = scene.stage.worker();
    next.reached(Step::Finished, 2).await;
    assert_eq!(scene.stage.task(scene.campaign, PHONE, "status").await.unwrap(), "completed");
    assert_eq!(
        scene.stage.task(scene.campaign, PHONE, "attempts").await.unwrap(),
        "1",
        "what was not dialled does not count"
    );
    assert_eq!(number(&db, "select count(*) from calls where state = 'released'").await, 1);
    assert_eq!(scene.double.ledger().dials_to(PHONE), 1);
    next.stop().await;
    scene.judge(&db).await;
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn killed_with_a_slot_the_task_goes_back_to_the_queue(db: PgPool) {
    killed_before_dialling(db, Step::Admitted).await;
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn killed_with_a_prepared_room_the_task_goes_back_and_the_room_is_removed(db: PgPool) {
    killed_before_dialling(db, Step::Prepared).await;
}

/// Killed between the committed intent and the send: nobody can say that it was not sent. The call is unknown, the attempt
/// counts, and the number is tried again only after the normal delay.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn killed_between_intent_and_send_the_call_is_unknown(db: PgPool) {
    let scene = scene(&db, CallScript::talk_on()).await;
    Process::start(&db, &scene.double, Some(Step::Intended)).reached(Step::Intended).await.kill();
    execute(&db, LEASES_END).await;
    let next = scene.stage.worker();
    next.reached(Step::Finished, 2).await;
    next.stop().await;
    let task = async |column: &'static str| scene.stage.task(scene.campaign, PHONE, column).await.unwrap();
    assert_eq!(task("status").await, "retry");
    assert_eq!(task("outcome").await, "unknown");
    assert_eq!(task("attempts").await, "1", "unknown counts as an attempt");
    let soon =
        "select count(*) from call_tasks where status = 'retry' and due_at < clock_timestamp() + interval '29 minutes'";
    assert_eq!(number(&db, soon).await, 0, "not before the normal delay");
    assert_eq!(scene.double.ledger().dials_to(PHONE), 0);
    assert_eq!(scene.double.ledger().dials_to(NEXT), 1, "the slot was free after that");
    scene.judge(&db).await;
}

/// Killed while it rings or speaks: the next worker finds the call in its room, keeps its slot, and stores its end.
async fn killed_during_the_call(db: PgPool, at: Step) {
    let ring = Duration::from_millis(if at == Step::Ringing { 900 } else { 20 });
    let scene = scene(&db, CallScript::talk_on().ringing(ring).saying(SUCCESS)).await;
    Process::start(&db, &scene.double, Some(at)).reached(at).await.kill();
    assert_eq!(scene.double.ledger().live(), 1, "the phone does not care for the worker");
    execute(&db, LEASES_END).await;
    let next = scene.stage.worker();
    until(
        &db,
        "it is adopted",
        "select exists (select from leases l join workers w using (worker_id) where w.alive_until > clock_timestamp())",
    )
    .await;
    next.reached(Step::Answered, 1).await;
    assert_eq!(scene.double.ledger().dials_to(NEXT), 0, "the slot is kept while the call goes on");
    assert_eq!(number(&db, "select count(*) from leases").await, 1);
    scene.double.callee_hangs_up(PHONE);
    next.reached(Step::Finished, 2).await;
    next.stop().await;
    assert_eq!(scene.stage.task(scene.campaign, PHONE, "status").await.unwrap(), "completed");
    assert_eq!(scene.stage.task(scene.campaign, PHONE, "outcome").await.unwrap(), "success");
    assert_eq!(scene.double.ledger().dials_to(PHONE), 1);
    scene.judge(&db).await;
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn killed_while_it_rings_the_call_is_followed_by_the_next(db: PgPool) {
    killed_during_the_call(db, Step::Ringing).await;
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn killed_during_the_conversation_the_call_is_followed_by_the_next(db: PgPool) {
    killed_during_the_call(db, Step::Answered).await;
}

/// Killed after the call, before its result was stored: the call is gone, nobody can say how it ended. It is not dialled
/// again before its delay.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn killed_before_the_result_was_stored_the_call_is_unknown(db: PgPool) {
    let scene = scene(&db, CallScript::answer(Duration::from_millis(50)).saying(SUCCESS)).await;
    Process::start(&db, &scene.double, Some(Step::Ended)).reached(Step::Ended).await.kill();
    assert_eq!(scene.double.ledger().live(), 0);
    execute(&db, LEASES_END).await;
    let next = scene.stage.worker();
    next.reached(Step::Finished, 2).await;
    next.stop().await;
    assert_eq!(scene.stage.task(scene.campaign, PHONE, "status").await.unwrap(), "retry");
    assert_eq!(scene.stage.task(scene.campaign, PHONE, "outcome").await.unwrap(), "unknown");
    assert_eq!(scene.double.ledger().dials_to(PHONE), 1);
    scene.judge(&db).await;
}

/// Killed after the result was stored: nothing is left to do but the next call.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn killed_after_the_result_was_stored_nothing_is_done_twice(db: PgPool) {
    let scene = scene(&db, CallScript::answer(Duration::from_millis(50)).saying(SUCCESS)).await;
    Process::start(&db, &scene.double, Some(Step::Finished)).reached(Step::Finished).await.kill();
    execute(&db, LEASES_END).await;
    let next = scene.stage.worker();
    until(&db, "the second is called", "select count(*) = 2 from call_tasks where status = 'completed'").await;
    next.stop().await;
    assert_eq!(scene.double.ledger().dials_to(PHONE), 1);
    scene.judge(&db).await;
}

/// Acceptance 51: without any help the calls of a killed worker are taken over within its lease of 15 seconds and 2 more.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_killed_worker_is_replaced_within_its_lease_and_two_seconds(db: PgPool) {
    let scene = scene(&db, CallScript::talk_on().saying(SUCCESS)).await;
    let next = scene.stage.worker_with(|options| options.capacity = 0);
    Process::start(&db, &scene.double, Some(Step::Answered)).reached(Step::Answered).await.kill();
    let killed = Instant::now();
    until(
        &db,
        "it is adopted",
        "select not exists (select from leases l join workers w using (worker_id) where w.name = 'worker process')",
    )
    .await;
    let took = killed.elapsed();
    assert!(took <= Duration::from_secs(17), "{took:?}");
    assert!(took >= Duration::from_secs(8), "not while the lease of life holds: {took:?}");
    next.reached(Step::Answered, 1).await;
    scene.double.callee_hangs_up(PHONE);
    next.reached(Step::Finished, 1).await;
    next.stop().await;
    assert_eq!(scene.double.ledger().dials_to(PHONE), 1);
    assert_eq!(scene.stage.task(scene.campaign, PHONE, "outcome").await.unwrap(), "success");
    scene.judge(&db).await;
}

/// Fault F3: frozen for longer than its lease (a laptop that slept), then awake. What it held was settled by another worker;
/// it goes on from where it fell asleep, is fenced, does not dial, and then takes new tasks like anybody else.
async fn frozen_past_its_lease(db: PgPool, at: Step, outcome: &str, dials: usize) {
    let scene = scene(&db, CallScript::answer(Duration::from_millis(50)).saying(SUCCESS)).await;
    let mut frozen = Process::start(&db, &scene.double, Some(at)).reached(at).await;
    frozen.signal("-STOP");
    execute(&db, "update workers set alive_until = clock_timestamp()").await;
    let next = scene.stage.worker();
    next.reached(Step::Finished, 2).await;
    next.stop().await;
    frozen.signal("-CONT");
    frozen.go_on();
    // It renews its lease of life, which it may. That it has done with its old call shows in that it does the next.
    scene.stage.tasks(scene.campaign, &[LATER]).await;
    scene.double.on(LATER, CallScript::answer(Duration::from_millis(50)).saying(SUCCESS));
    let mut awake = frozen.reached(at).await;
    awake.go_on();
    let awake = awake.reached(Step::Finished).await;
    assert_eq!(scene.double.ledger().dials_to(LATER), 1);
    assert_eq!(scene.stage.task(scene.campaign, PHONE, "outcome").await.unwrap(), outcome);
    assert_eq!(scene.stage.task(scene.campaign, PHONE, "attempts").await.unwrap(), "1");
    assert_eq!(scene.double.ledger().dials_to(PHONE), dials);
    awake.kill();
    scene.judge(&db).await;
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_worker_that_was_frozen_before_dialling_does_not_dial_when_it_wakes(db: PgPool) {
    frozen_past_its_lease(db, Step::Prepared, "success", 1).await;
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_worker_that_was_frozen_after_its_intent_is_fenced(db: PgPool) {
    frozen_past_its_lease(db, Step::Intended, "unknown", 0).await;
}
