//! What every statement of an import takes, read from the events that the database driver emits anyway: nothing of the
//! import is repeated here, so nothing can differ. COPY emits none; it is the time that passes before the next statement.

use std::{
    fmt::{self, Write as _},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::Interest,
};

#[derive(Debug)]
struct Statement {
    ended: Instant,
    took: Duration,
    rows: u64,
    text: String,
}

#[derive(Debug)]
struct Recorded {
    started: Instant,
    statements: Vec<Statement>,
}

#[derive(Debug)]
struct Shared {
    on: AtomicBool,
    recorded: Mutex<Recorded>,
}

/// Records statements between start and stop.
#[derive(Debug, Clone)]
pub struct Recorder(Arc<Shared>);

/// Makes a recorder the listener of the whole process.
pub fn install() -> Recorder {
    let nothing = Mutex::new(Recorded { started: Instant::now(), statements: Vec::new() });
    let recorder = Recorder(Arc::new(Shared { on: AtomicBool::new(false), recorded: nothing }));
    tracing::subscriber::set_global_default(recorder.clone()).unwrap();
    recorder
}

impl Recorder {
    pub fn start(&self) {
        *self.0.recorded.lock().unwrap() = Recorded { started: Instant::now(), statements: Vec::new() };
        self.0.on.store(true, Ordering::Relaxed);
    }

    pub fn stop(&self) {
        self.0.on.store(false, Ordering::Relaxed);
    }

    /// When the first statement with this text began.
    pub fn until(&self, text: &str) -> Option<Instant> {
        let recorded = self.0.recorded.lock().unwrap();
        let found = recorded.statements.iter().find(|statement| statement.text.contains(text))?;
        found.ended.checked_sub(found.took)
    }

    /// Statements in their order; those of a transaction with the same text together.
    pub fn report(&self) -> String {
        struct Line<'a> {
            text: &'a str,
            transaction: usize,
            times: u32,
            took: Duration,
            waited: Duration,
            rows: u64,
        }
        let recorded = self.0.recorded.lock().unwrap();
        let mut lines: Vec<Line<'_>> = Vec::new();
        let (mut before, mut transaction) = (recorded.started, 0);
        for statement in &recorded.statements {
            let waited = (statement.ended - before).saturating_sub(statement.took);
            before = statement.ended;
            let place = lines.iter().position(|line| line.text == statement.text && line.transaction == transaction);
            let place = place.unwrap_or(lines.len());
            if place == lines.len() {
                let none = Duration::ZERO;
                lines.push(Line { text: &statement.text, transaction, times: 0, took: none, waited: none, rows: 0 });
            }
            let line = &mut lines[place];
            line.times += 1;
            line.took += statement.took;
            line.waited += waited;
            line.rows += statement.rows;
            transaction += usize::from(statement.text == "COMMIT");
        }
        let mut report =
            String::from("statements of an import; what passed before each is reading, COPY and the wire\n");
        let _ = writeln!(report, "{:>10} {:>10} {:>6} {:>9}  statement", "before ms", "took ms", "times", "rows");
        for line in lines {
            let _ = writeln!(
                report,
                "{:>10.1} {:>10.1} {:>6} {:>9}  {}",
                line.waited.as_secs_f64() * 1e3,
                line.took.as_secs_f64() * 1e3,
                line.times,
                line.rows,
                line.text.chars().take(110).collect::<String>()
            );
        }
        report
    }
}

impl Subscriber for Recorder {
    fn register_callsite(&self, _metadata: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query" && self.0.on.load(Ordering::Relaxed)
    }

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement { ended: Instant::now(), took: Duration::ZERO, rows: 0, text: String::new() };
        event.record(&mut statement);
        self.0.recorded.lock().unwrap().statements.push(statement);
    }

    fn new_span(&self, _span: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}

    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}

    fn enter(&self, _span: &span::Id) {}

    fn exit(&self, _span: &span::Id) {}
}

impl Visit for Statement {
    fn record_debug(&mut self, _field: &Field, _value: &dyn fmt::Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        // A short statement is its own summary and comes without a text.
        let is_text = match field.name() {
            "summary" => self.text.is_empty(),
            "db.statement" => !value.is_empty(),
            _ => false,
        };
        if is_text {
            self.text = value.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name().starts_with("rows_") {
            self.rows = self.rows.max(value);
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.took = Duration::from_secs_f64(value);
        }
    }
}
