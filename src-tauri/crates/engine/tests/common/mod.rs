//! The stage of the engine's tests: a company with a skillbase, campaigns, tasks and workers on a scripted line, over a
//! database of its own. Owns set-up and waiting; refuses to sleep: tests wait for steps and for the line.
#![expect(dead_code, reason = "each test file uses its own part of the stage")]

pub mod test_host;

use std::{collections::HashMap, sync::Arc, time::Duration};

use callboard_contract::{
    CampaignForm, CampaignOverview, CampaignUpdate, CampaignView, CompanyForm, ErrorCode, IpcError, SkillbaseForm,
    SpanForm, TaskCounts,
};
use callboard_core::{
    clock::SystemClock,
    id::{CallId, CampaignId, CompanyId, WorkerId},
    skillbase::{Language, SkillbaseDocument},
    spread::SpreadMode,
};
use callboard_db::{
    PgPool,
    admission::{self, Admitted, Reach},
    lanes, leases, workers,
};
use callboard_engine::{
    Context, Random, UseCase, campaigns, companies,
    lines::Lines,
    skillbases,
    worker::{self, Step, WorkerHandle, WorkerOptions},
};
use callboard_telephony::Line;
use callboard_testkit::scripted::ScriptedLine;
use tokio::{
    sync::{Mutex, mpsc},
    task::JoinHandle,
};
use uuid::Uuid;

/// How long a test waits for something that must happen before it fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A company with a skillbase on a scripted line.
pub struct Stage {
    pub context: Context,
    pub company: CompanyId,
    pub skillbase: Uuid,
    pub line: ScriptedLine,
    pub lines: Lines,
}

impl Stage {
    pub async fn new(db: PgPool) -> Self {
        Self::with_line(db, ScriptedLine::new()).await
    }

    pub async fn with_line(db: PgPool, line: ScriptedLine) -> Self {
        let context = Context::new(db, Arc::new(SystemClock::start()), Arc::new(Random::from_system()));
        let company = companies::create(&context, company_form("Test company")).await.expect("a valid company");
        let company = CompanyId(company.id);
        let skillbase =
            skillbases::create(&context, skillbase_form(company, "Test skillbase")).await.expect("a valid skillbase");
        let lines = Lines::fixed([Arc::new(line.clone()) as Arc<dyn Line>]);
        Self { context, company, skillbase: skillbase.summary.id, line, lines }
    }

    /// A draft that may dial at any hour: 5 at once, 100 a minute, 3 attempts, 30 minutes.
    pub fn form(&self) -> CampaignForm {
        CampaignForm {
            name: "Test Campaign 1".to_owned(),
            description: String::new(),
            skillbase_id: self.skillbase,
            calls_at_once: 5,
            calls_per_minute: 100,
            max_attempts: 3,
            retry_delay_minutes: 30,
            retries: Vec::new(),
            weight: 10,
            spread: SpreadMode::Fast,
            daily_budget: None,
            ramp_up_from: None,
            hours: vec![SpanForm {
                weekdays: (1..=7).collect(),
                opens: "00:00".to_owned(),
                closes: "24:00".to_owned(),
            }],
            closed_days: Vec::new(),
            time_zone: "Europe/Moscow".to_owned(),
            local_time: false,
            starts_at: None,
            ends_at: None,
        }
    }

    pub async fn campaign(&self, edit: impl FnOnce(&mut CampaignForm)) -> CampaignId {
        let mut form = self.form();
        edit(&mut form);
        let view = campaigns::create(&self.context, self.company, &form).await.expect("a valid campaign");
        CampaignId(view.id)
    }

    /// Adds tasks in the given order, as an import does.
    pub async fn tasks(&self, campaign: CampaignId, phones: &[&str]) {
        let ids: Vec<Uuid> = phones.iter().map(|_| self.context.new_id()).collect();
        let phones: Vec<String> = phones.iter().map(|phone| (*phone).to_owned()).collect();
        sqlx::query(
            "with people as (
                 insert into contacts (company_id, contact_id, phone)
                 select $1, md5(phone)::uuid, phone from unnest($4::text[]) phone on conflict do nothing
             ), added as (
                 insert into call_tasks (company_id, task_id, contact_id, campaign_id, position, phone, due_at)
                 select $1, id, md5(phone)::uuid, $2, n + (select count(*) from call_tasks where campaign_id = $2), phone, clock_timestamp()
                 from unnest($3::uuid[], $4::text[]) with ordinality t(id, phone, n)
                 returning 1)
             insert into campaign_deltas (company_id, campaign_id, pending) select $1, $2, count(*) from added",
        )
        .bind(self.company.0)
        .bind(campaign.0)
        .bind(ids)
        .bind(phones)
        .execute(&self.context.db)
        .await
        .expect("tasks are inserted");
    }

    /// A running campaign with tasks.
    pub async fn running(&self, phones: &[&str], edit: impl FnOnce(&mut CampaignForm)) -> CampaignId {
        let id = self.campaign(edit).await;
        self.tasks(id, phones).await;
        campaigns::start(&self.context, &self.lines, self.company, id).await.expect("it can be started");
        id
    }

    pub async fn start(&self, campaign: CampaignId) -> UseCase<CampaignView> {
        campaigns::start(&self.context, &self.lines, self.company, campaign).await
    }

    /// Changes a campaign from its present revision.
    pub async fn update(&self, campaign: CampaignId, edit: impl FnOnce(&mut CampaignForm)) -> UseCase<CampaignView> {
        let present = self.view(campaign).await;
        let mut form = present.form;
        edit(&mut form);
        let (company_id, base_revision) = (self.company.0, present.revision);
        let update = CampaignUpdate { company_id, campaign_id: campaign.0, base_revision, form };
        campaigns::update(&self.context, update).await
    }

    pub async fn overview(&self, campaign: CampaignId) -> CampaignOverview {
        campaigns::overview(&self.context, self.company, campaign).await.expect("it exists")
    }

    pub async fn view(&self, campaign: CampaignId) -> CampaignView {
        campaigns::get(&self.context, self.company, campaign).await.expect("it exists")
    }

    pub async fn counts(&self, campaign: CampaignId) -> TaskCounts {
        self.view(campaign).await.counts
    }

    /// Whether a statement on this database waits for a lock at this moment.
    pub async fn somebody_waits(&self) -> bool {
        let sql = "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
        sqlx::query_scalar(sql).fetch_one(&self.context.db).await.expect("an answer")
    }

    /// One column of one task as text.
    pub async fn task(&self, campaign: CampaignId, phone: &str, column: &str) -> Option<String> {
        let sql = format!("select {column}::text from call_tasks where campaign_id = $1 and phone = $2");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(campaign.0)
            .bind(phone)
            .fetch_one(&self.context.db)
            .await
            .expect("the task exists")
    }

    /// A number from SQL, for what no use-case shows.
    pub async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.context.db).await.expect("a number")
    }

    /// A statement about one campaign (`$1`), for what only the clock or a rare accident does.
    pub async fn sql(&self, campaign: CampaignId, sql: &'static str) {
        let mut tx = self.context.db.begin().await.expect("a transaction");
        let done = sqlx::query(sql).bind(campaign.0).execute(&mut *tx).await.expect("a valid statement");
        tx.commit().await.expect("a commit");
        assert!(done.rows_affected() > 0, "the statement should find something to change: {sql}");
    }

    /// Computes the openings of a campaign whose hours or lanes a test has changed behind the back of the use-cases.
    pub async fn hours_are_computed(&self, campaign: CampaignId) {
        let mut tx = self.context.db.begin().await.expect("a transaction");
        lanes::open_campaign(&mut tx, self.company, campaign).await.expect("hours that can be read");
        tx.commit().await.expect("a commit");
    }

    /// A worker that asks for tasks and dials none.
    pub fn asker(&self) -> Asker {
        Asker { db: self.context.db.clone(), worker: WorkerId(self.context.new_id()), context: self.context.clone() }
    }

    pub fn worker(&self) -> RunningWorker {
        self.worker_with(|_| {})
    }

    pub fn worker_with(&self, edit: impl FnOnce(&mut WorkerOptions)) -> RunningWorker {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut options = WorkerOptions::new("test worker", "test");
        options.drain = Duration::from_secs(5);
        options.observer = Some(Arc::new(move |step, call| {
            let _ = sender.send((step, call));
            Box::pin(std::future::ready(()))
        }));
        edit(&mut options);
        let handle = WorkerHandle::default();
        let running = tokio::spawn(worker::run(self.context.clone(), self.lines.clone(), options, handle.clone()));
        RunningWorker { handle, running, steps: Mutex::new(Steps { receiver, seen: HashMap::new() }) }
    }
}

pub fn company_form(name: &str) -> CompanyForm {
    CompanyForm {
        name: name.to_owned(),
        time_zone: "Europe/Moscow".to_owned(),
        default_region: "RU".to_owned(),
        currency: "USD".to_owned(),
        calls_at_once: 100,
    }
}

pub fn skillbase_form(company: CompanyId, name: &str) -> SkillbaseForm {
    SkillbaseForm {
        company_id: company.0,
        name: name.to_owned(),
        description: String::new(),
        document: skillbase_document(),
        publish: true,
    }
}

/// A document without a problem.
pub fn skillbase_document() -> SkillbaseDocument {
    let steps = ["Greet", "Offer a time", "Say goodbye"];
    let mut document =
        SkillbaseDocument::of_plan(Language::En, "salon administrator", "friendly", "Good afternoon!", &steps);
    document.identity.rules = vec!["Never promise a discount".to_owned()];
    document.identity.facts = vec!["Open every day".to_owned()];
    "I am a digital assistant.".clone_into(&mut document.identity.disclosure);
    document
}

/// The refused fields with their codes, in order.
pub fn refused(error: &IpcError) -> Vec<(&str, &str)> {
    assert_eq!(error.code, ErrorCode::InvalidInput, "{error:?}");
    error.fields.iter().map(|field| (field.field.as_str(), field.code.as_str())).collect()
}

/// A worker that does one step at a time. It writes in explicit transactions: a worker that was stopped can leave a
/// connection in the pool on which a BEGIN is open (sqlx queues no rollback for one that is cut off), and a single
/// statement on it would never be committed. It asks, intends and gives back when the test says so.
pub struct Asker {
    db: PgPool,
    pub worker: WorkerId,
    context: Context,
}

impl Asker {
    /// Registers or shows a sign of life.
    pub async fn live(&self) {
        let mut tx = self.db.begin().await.expect("a transaction");
        workers::renew(&mut tx, self.worker, "asker", "test").await.expect("it is registered");
        tx.commit().await.expect("a commit");
    }

    /// What admission hands out now, at most so many; the tasks are in progress from here on.
    pub async fn ask(&self, want: usize) -> Vec<Admitted> {
        self.live().await;
        let ids: Vec<Uuid> = (0..want).map(|_| self.context.new_id()).collect();
        let reach = Reach { practice: true, livekit: Vec::new() };
        let mut tx = self.db.begin().await.expect("a transaction");
        admission::lock(&mut tx).await.expect("the lock");
        let admitted = admission::admit(&mut tx, self.worker, &reach, &ids).await.expect("an answer");
        tx.commit().await.expect("a commit");
        admitted
    }

    /// Commits the intent to dial; false when it is not allowed now.
    pub async fn intend(&self, call: &Admitted) -> bool {
        let mut tx = self.db.begin().await.expect("a transaction");
        let allowed = leases::intend_to_dial(&mut tx, call.into()).await.expect("an answer");
        tx.commit().await.expect("a commit");
        allowed
    }

    /// Gives a task back that was not dialled.
    pub async fn give_back(&self, call: &Admitted) {
        let mut tx = self.db.begin().await.expect("a transaction");
        assert!(leases::release(&mut tx, call.into()).await.expect("an answer"), "the lease is still ours");
        tx.commit().await.expect("a commit");
    }
}

/// A worker in this process.
pub struct RunningWorker {
    pub handle: WorkerHandle,
    running: JoinHandle<()>,
    steps: Mutex<Steps>,
}

struct Steps {
    receiver: mpsc::UnboundedReceiver<(Step, CallId)>,
    seen: HashMap<Step, usize>,
}

impl RunningWorker {
    /// Waits until this many calls in all have reached a step.
    pub async fn reached(&self, step: Step, calls: usize) {
        let mut steps = self.steps.lock().await;
        let waiting = async {
            while steps.seen.get(&step).copied().unwrap_or(0) < calls {
                let (reached, _) = steps.receiver.recv().await.expect("the worker runs");
                *steps.seen.entry(reached).or_default() += 1;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{calls} calls should reach {step:?}"));
    }

    /// Stops it and waits until it has drained.
    pub async fn stop(self) {
        self.handle.stop.cancel();
        tokio::time::timeout(PATIENCE, self.running).await.expect("it stops").expect("it does not panic");
    }

    /// Ends it as a crash does: nothing is told to anybody.
    pub fn kill(self) {
        self.running.abort();
    }
}
