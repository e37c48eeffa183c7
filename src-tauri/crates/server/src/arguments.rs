//! The command line. Owns its words and limits; refuses secrets, which every user of the machine could read there.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use callboard_core::campaign::CampaignState;
use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

use crate::failure::EXIT_CODES;

const CONFIGURATION: &str = "Configuration file (TOML, mode 0600):\n  database_url = \"postgres://...\"      a shared database; or\n  data_dir = \"/var/lib/callboard\"      a folder with an embedded one\n  [livekit.\"<id of a company>\"]        its keys: api_key, api_secret\n\nEnvironment: DATABASE_URL, CALLBOARD_PG (folder of PostgreSQL's programs), CALLBOARD_TOKEN (serve), CALLBOARD_LOG (levels)";

/// Callboard without a screen: outbound AI-voice call campaigns.
#[derive(Debug, Parser)]
#[command(name = "callboard-server", version, after_help = EXIT_CODES, after_long_help = format!("{CONFIGURATION}\n\n{EXIT_CODES}"))]
pub struct Arguments {
    /// Data folder of an embedded database; the same as the desktop's, which may be open.
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Configuration file with secrets; `--help` describes it.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Answer with the contract's JSON instead of tables; errors too, on standard error.
    #[arg(long, global = true)]
    pub json: bool,
    /// Log JSON lines instead of text, on standard error.
    #[arg(long, global = true)]
    pub log_json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the database's schema up to date.
    Migrate,
    /// Serve the user interface and the command list over HTTP, and dial.
    Serve(Serve),
    /// Dial, without HTTP.
    Worker(Worker),
    /// Import a call list into a campaign.
    Import(Import),
    /// Campaigns: list, create, start, pause, resume, stop, figures.
    #[command(subcommand)]
    Campaign(Campaign),
    /// Skillbases: check a file, write one, read one.
    #[command(subcommand)]
    Skillbase(Skillbase),
    /// Fill the database with a demonstration of a given size, for the practice line.
    Seed(Seed),
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Port; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Address. Other machines can come in only when `--allow-host` names the server for them.
    #[arg(long, default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Name under which browsers of other machines reach the server; put TLS in front of it. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Origin of pages that may send requests, for example a development server. May be repeated.
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,
    /// Folder of the built user interface.
    #[arg(long, value_name = "FOLDER")]
    pub ui: Option<PathBuf>,
    /// Do not dial in this process.
    #[arg(long)]
    pub no_worker: bool,
    /// Drain of the worker.
    #[command(flatten)]
    pub drain: Drain,
}

/// Options of `worker`.
#[derive(Debug, Args)]
pub struct Worker {
    /// Its name for people; machine and process by default.
    #[arg(long)]
    pub name: Option<String>,
    /// Drain of the worker.
    #[command(flatten)]
    pub drain: Drain,
}

/// How a stop treats calls in progress.
#[derive(Debug, Clone, Copy, Args)]
pub struct Drain {
    /// Seconds that calls in progress may go on after SIGTERM; then, or at a second signal, they are hung up.
    #[arg(long = "drain", value_name = "SECONDS", default_value_t = 600)]
    seconds: u64,
}

impl Drain {
    /// As a duration.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// Options of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The file: CSV, XLSX, XLS, ODS.
    pub file: PathBuf,
    /// Id of the campaign.
    #[arg(long, value_name = "ID")]
    pub campaign: Uuid,
    /// Only check, write nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What to do with campaigns.
#[derive(Debug, Subcommand)]
pub enum Campaign {
    /// Campaigns of a company, newest first.
    List {
        /// Name or id; not needed when there is one company.
        #[arg(long)]
        company: Option<String>,
        /// Only this state; may be repeated.
        #[arg(long)]
        state: Vec<CampaignState>,
        /// Part of the name.
        #[arg(long)]
        search: Option<String>,
    },
    /// Create a campaign in draft.
    Create(Box<Create>),
    /// Start dialling.
    Start(One),
    /// Dial nothing new.
    Pause(One),
    /// Go on after a pause.
    Resume(One),
    /// End for good; open tasks are cancelled.
    Stop(One),
    /// Progress, calls, latencies and cost.
    Stats(One),
}

/// One campaign.
#[derive(Debug, Clone, Copy, Args)]
pub struct One {
    /// Id of the campaign.
    pub campaign: Uuid,
}

/// Options of `campaign create`.
#[derive(Debug, Args)]
pub struct Create {
    /// Name of the campaign.
    #[arg(long)]
    pub name: String,
    /// What it is for.
    #[arg(long, default_value = "")]
    pub description: String,
    /// Name or id of the company; not needed when there is one.
    #[arg(long)]
    pub company: Option<String>,
    /// Name or id of the skillbase; not needed when the company has one.
    #[arg(long)]
    pub skillbase: Option<String>,
    /// Most calls at once, 1..=100.
    #[arg(long, default_value_t = 5)]
    pub calls_at_once: i32,
    /// Most calls started in a minute, 1..=100.
    #[arg(long, default_value_t = 10)]
    pub calls_per_minute: i32,
    /// Attempts per contact, 0..=10.
    #[arg(long, default_value_t = 3)]
    pub max_attempts: i32,
    /// Minutes between two attempts, 1..=1440.
    #[arg(long, default_value_t = 60)]
    pub retry_delay: i32,
    /// Calling hours, `HH:MM-HH:MM`.
    #[arg(long, default_value = "09:00-21:00")]
    pub hours: String,
    /// Weekdays, 1 is Monday: `1,2,3,4,5`.
    #[arg(long, value_delimiter = ',', default_values_t = [1_u8, 2, 3, 4, 5])]
    pub weekdays: Vec<u8>,
    /// Zone of the calling hours; the company's by default.
    #[arg(long)]
    pub time_zone: Option<String>,
}

/// What to do with skillbases.
#[derive(Debug, Subcommand)]
pub enum Skillbase {
    /// Check a skillbase file, of this program or of a replaced one; needs no database.
    Validate {
        /// The file: JSON.
        file: PathBuf,
    },
    /// Write a skillbase into a file.
    Export {
        /// Name or id of the skillbase; not needed when the company has one.
        #[arg(long)]
        skillbase: Option<String>,
        /// Name or id of the company; not needed when there is one.
        #[arg(long)]
        company: Option<String>,
        /// One of its versions; the newest by default.
        #[arg(long, value_name = "NUMBER")]
        revision: Option<i32>,
        /// Where to; standard output by default.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Make a skillbase of a file, as a draft.
    Import {
        /// The file: JSON.
        file: PathBuf,
        /// Name of the skillbase; the one in the file by default.
        #[arg(long)]
        name: Option<String>,
        /// Name or id of the company; not needed when there is one.
        #[arg(long)]
        company: Option<String>,
        /// Publish it as version 1; refused when it has errors.
        #[arg(long)]
        publish: bool,
    },
}

/// Options of `seed`.
#[derive(Debug, Clone, Args)]
pub struct Seed {
    /// Contacts in each campaign.
    #[arg(long, default_value_t = 1000)]
    pub contacts: u32,
    /// Campaigns.
    #[arg(long, default_value_t = 1)]
    pub campaigns: u32,
    /// Name of the company; it is created when it does not exist.
    #[arg(long, default_value = "Demo")]
    pub company: String,
    /// Start the campaigns.
    #[arg(long)]
    pub start: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn states_are_named_as_everywhere_else() {
        let parsed =
            Arguments::try_parse_from(["callboard-server", "campaign", "list", "--state", "running", "--json"])
                .expect("valid");
        assert!(parsed.json);
        assert!(
            matches!(parsed.command, Command::Campaign(Campaign::List { state, .. }) if state == [CampaignState::Running])
        );
    }

    #[test]
    fn no_option_takes_a_secret() {
        let command = Arguments::command();
        let all = std::iter::once(&command).chain(command.get_subcommands()).flat_map(clap::Command::get_arguments);
        for argument in all {
            let id = argument.get_id().as_str();
            for secret in ["token", "password", "secret", "url", "key"] {
                assert!(!id.contains(secret), "{id} could be read by every user of the machine");
            }
        }
    }
}
