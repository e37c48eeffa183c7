//! The command list, declared once. Owns names, types, cache tags and which windows may use what.

use std::future::Future;

use serde_json::Value;

use crate::error::{ErrorCode, IpcError};
use crate::views::{
    AppInfo, BasePromptUpdate, BasePromptView, BreakerList, BreakerRef, BreakerView, CacheTag, CallDetail, CallPage,
    CallQuery, CallRef, CampaignAnalytics, CampaignCreate, CampaignDefaults, CampaignDeletePreview, CampaignOverview,
    CampaignPage, CampaignPin, CampaignQuery, CampaignRef, CampaignUpdate, CampaignView, CompanyForm,
    CompanyLimitsUpdate, CompanyList, CompanyRef, CompanyUpdate, CompanyView, ContactCall, ContactCallNow,
    ContactCreate, ContactDetail, ContactExplanation, ContactExport, ContactMerge, ContactPage, ContactQuery,
    ContactRef, ContactTagging, ContactUpdate, ContactView, ContactsChanged, ContactsDeleted, ContactsQueued,
    ContactsRequest, DatabaseForm, DatabaseTest, DirectCallStarted, DirectCalls, DoNotCallAdd, DoNotCallAdded,
    DoNotCallExport, DoNotCallImport, DoNotCallPage, DoNotCallQuery, DoNotCallRemove, Empty, ExperimentUpdate,
    ExperimentView, ExplanationView, FiguresSave, FilePick, ImportCheckRequest, ImportList, ImportPreview,
    ImportPreviewRequest, ImportQuery, ImportRef, ImportRejects, ImportReport, ImportRequest, ImportRowsPage,
    ImportRowsQuery, ImportUndo, ImportUndone, ImportView, KnowledgeAdd, KnowledgeDocument, KnowledgeHits,
    KnowledgeList, KnowledgeQuery, KnowledgeRef, LimitsQuery, LimitsView, LineCheck, LineCheckRequest, LineUpdate,
    LiveCalls, LiveQuery, LlmCheck, NoticePage, NoticeQuery, NoticesRead, PausedAll, PickedFile, Preflight,
    PreflightRequest, PricesUpdate, PromptPreview, PromptPreviewRequest, ProvidersUpdate, ProvidersView,
    RegressionReport, RegressionRequest, SandboxCase, SandboxCaseRef, SandboxCases, SandboxSave, SandboxSay,
    SandboxStart, SandboxView, SavedFile, SettingsView, SetupDone, SetupRequest, SkillbaseCheck, SkillbaseCompare,
    SkillbaseComparison, SkillbaseDiff, SkillbaseDiffRequest, SkillbaseDraftSave, SkillbaseDraftSaved, SkillbaseExport,
    SkillbaseFileRequest, SkillbaseForm, SkillbaseImported, SkillbaseList, SkillbaseProblems, SkillbasePublish,
    SkillbasePublished, SkillbaseQuery, SkillbaseRef, SkillbaseRestore, SkillbaseSchema, SkillbaseUpdate,
    SkillbaseVersionDetail, SkillbaseVersionRef, SkillbaseVersions, SkillbaseView, SystemLimits, TagList, TaskCallback,
    TaskExplanation, TaskExport, TaskPage, TaskQuery, TaskRef, TaskView, TemplateRequest, TestCallPlaced,
    TestCallRequest, ToolSchemas, ToolSecretSet, ToolSecrets, TrunkLimitsUpdate, TtsPreview, TtsPreviewRequest,
    UiFault,
};

/// Which kind of window asks. A torn-off campaign window reads and steers its campaign; it changes no settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowRole {
    /// The main window, the browser, a script.
    Main,
    /// A window of one campaign.
    Campaign,
}

/// One entry of the command list.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// Its name on the wire.
    pub name: &'static str,
    /// What a cached answer depends on.
    pub provides: &'static [CacheTag],
    /// What it changes when it succeeds.
    pub invalidates: &'static [CacheTag],
    /// Campaign windows may use it too.
    pub any_window: bool,
}

macro_rules! commands {
    ($(
        $(#[$doc:meta])*
        $name:ident($request:ty) -> $response:ty
            { provides: [$($provides:ident),*], invalidates: [$($invalidates:ident),*], windows: $windows:ident }
    )+) => {
        /// The whole list.
        pub const COMMANDS: &[CommandInfo] = &[$(CommandInfo {
            name: stringify!($name),
            provides: &[$(CacheTag::$provides),*],
            invalidates: &[$(CacheTag::$invalidates),*],
            any_window: commands!(@any $windows),
        }),+];

        /// What a host must be able to do; one method per command.
        pub trait Handlers: Send + Sync {
            $(
                $(#[$doc])*
                fn $name(&self, request: $request) -> impl Future<Output = Result<$response, IpcError>> + Send;
            )+
        }

        /// Carries out one command that arrived as JSON.
        ///
        /// # Errors
        /// What the handler refuses; `not_found` for an unknown command, `not_allowed` for a window that may not use
        /// it, `invalid_input` for a request of another shape.
        pub async fn dispatch<H: Handlers>(
            handlers: &H,
            role: WindowRole,
            name: &str,
            request: Value,
        ) -> Result<Value, IpcError> {
            let Some(info) = COMMANDS.iter().find(|info| info.name == name) else {
                return Err(IpcError::refusal(ErrorCode::NotFound, format!("There is no command {name:?}.")));
            };
            if role == WindowRole::Campaign && !info.any_window {
                return Err(IpcError::refusal(
                    ErrorCode::NotAllowed,
                    format!("The command {name:?} belongs to the main window."),
                ));
            }
            match name {
                $(stringify!($name) => {
                    let request: $request = parse(request)?;
                    encode(&handlers.$name(request).await?)
                })+
                _ => Err(IpcError::refusal(ErrorCode::NotFound, format!("There is no command {name:?}."))),
            }
        }

        #[cfg(test)]
        pub(crate) fn export(config: &ts_rs::Config) -> Result<Vec<(&'static str, String, String)>, ts_rs::ExportError> {
            use ts_rs::TS;
            $(
                <$request as TS>::export_all(config)?;
                <$response as TS>::export_all(config)?;
            )+
            Ok(vec![$((stringify!($name), <$request as TS>::name(config), <$response as TS>::name(config))),+])
        }
    };
    (@any any) => { true };
    (@any main) => { false };
}

fn parse<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, IpcError> {
    serde_json::from_value(request).map_err(|error| {
        IpcError::refusal(ErrorCode::InvalidInput, format!("The request has another shape than expected: {error}."))
    })
}

fn encode<T: serde::Serialize>(response: &T) -> Result<Value, IpcError> {
    serde_json::to_value(response).map_err(|error| {
        IpcError::refusal(ErrorCode::Internal, format!("The answer could not be written as JSON: {error}."))
    })
}

commands! {
    /// What this host is, can do, and how its database is.
    app_info(Empty) -> AppInfo { provides: [App], invalidates: [], windows: any }
    /// First run: the company, with or without the sample.
    setup_finish(SetupRequest) -> SetupDone { provides: [], invalidates: [App, Companies, Skillbases, Campaigns, Tasks], windows: main }

    /// Tries a shared database without using it.
    database_test(DatabaseForm) -> DatabaseTest { provides: [], invalidates: [], windows: main }
    /// Uses a shared database from now on.
    database_connect(DatabaseForm) -> AppInfo { provides: [], invalidates: [App, Companies, Skillbases, Campaigns, Tasks, Calls, CallLists, Settings, Live], windows: main }
    /// Goes back to the embedded database.
    database_use_embedded(Empty) -> AppInfo { provides: [], invalidates: [App, Companies, Skillbases, Campaigns, Tasks, Calls, CallLists, Settings, Live], windows: main }

    /// All companies, by name.
    company_list(Empty) -> CompanyList { provides: [Companies], invalidates: [], windows: any }
    /// Creates a company.
    company_create(CompanyForm) -> CompanyView { provides: [], invalidates: [Companies], windows: main }
    /// Changes a company.
    company_update(CompanyUpdate) -> CompanyView { provides: [], invalidates: [Companies, Settings, Live], windows: main }

    /// The skillbases of a company, newest first.
    skillbase_list(SkillbaseQuery) -> SkillbaseList { provides: [Skillbases, Campaigns], invalidates: [], windows: any }
    /// One skillbase with its newest version and its draft.
    skillbase_get(SkillbaseRef) -> SkillbaseView { provides: [Skillbases, Campaigns], invalidates: [], windows: any }
    /// Creates a skillbase, as version 1 or as a draft.
    skillbase_create(SkillbaseForm) -> SkillbaseView { provides: [], invalidates: [Skillbases], windows: main }
    /// Changes name and description; the version stays.
    skillbase_update(SkillbaseUpdate) -> SkillbaseView { provides: [], invalidates: [Skillbases, Campaigns], windows: main }
    /// Keeps a draft in the database.
    skillbase_draft_save(SkillbaseDraftSave) -> SkillbaseDraftSaved { provides: [], invalidates: [Skillbases], windows: main }
    /// Forgets the draft.
    skillbase_draft_discard(SkillbaseRef) -> SkillbaseView { provides: [], invalidates: [Skillbases], windows: main }
    /// Publishes a document as the next version; never over what somebody else published meanwhile.
    skillbase_publish(SkillbasePublish) -> SkillbasePublished { provides: [], invalidates: [Skillbases, Campaigns], windows: main }
    /// What publishing would meet: my changes, theirs, conflicts.
    skillbase_compare(SkillbaseCompare) -> SkillbaseComparison { provides: [Skillbases], invalidates: [], windows: main }
    /// All published versions.
    skillbase_versions(SkillbaseRef) -> SkillbaseVersions { provides: [Skillbases, Campaigns, Calls], invalidates: [], windows: any }
    /// One version with its document.
    skillbase_version_get(SkillbaseVersionRef) -> SkillbaseVersionDetail { provides: [Skillbases], invalidates: [], windows: any }
    /// What changed between two documents, field by field.
    skillbase_diff(SkillbaseDiffRequest) -> SkillbaseDiff { provides: [Skillbases], invalidates: [], windows: main }
    /// Publishes an earlier version again, as the newest.
    skillbase_restore(SkillbaseRestore) -> SkillbasePublished { provides: [], invalidates: [Skillbases, Campaigns], windows: main }
    /// What is wrong with a document; works without a database.
    skillbase_validate(SkillbaseCheck) -> SkillbaseProblems { provides: [], invalidates: [], windows: main }
    /// The prompt as the agent gets it; works without a database.
    skillbase_prompt_preview(PromptPreviewRequest) -> PromptPreview { provides: [Settings], invalidates: [], windows: main }
    /// Reads a skillbase file of this program or of a replaced one; stores nothing.
    skillbase_import_file(SkillbaseFileRequest) -> SkillbaseImported { provides: [], invalidates: [], windows: main }
    /// Writes a skillbase file.
    skillbase_export(SkillbaseExport) -> SavedFile { provides: [], invalidates: [], windows: main }
    /// The JSON Schema of the document.
    skillbase_schema(Empty) -> SkillbaseSchema { provides: [], invalidates: [], windows: main }
    /// Every tool as the language model sees it.
    skillbase_tools(SkillbaseCheck) -> ToolSchemas { provides: [], invalidates: [], windows: main }
    /// Which tools have keys on this machine.
    skillbase_secrets(SkillbaseRef) -> ToolSecrets { provides: [Settings], invalidates: [], windows: main }
    /// Stores or removes the key of a tool.
    skillbase_secret_set(ToolSecretSet) -> ToolSecrets { provides: [], invalidates: [Settings], windows: main }
    /// Puts a skillbase away; refused while an open campaign uses it.
    skillbase_archive(SkillbaseRef) -> Empty { provides: [], invalidates: [Skillbases], windows: main }
    /// Brings a skillbase back.
    skillbase_unarchive(SkillbaseRef) -> SkillbaseView { provides: [], invalidates: [Skillbases], windows: main }
    /// Deletes a skillbase that no campaign and no call has ever used.
    skillbase_delete(SkillbaseRef) -> Empty { provides: [], invalidates: [Skillbases], windows: main }
    /// Calls one number with a skillbase, once, over the company's line.
    test_call(TestCallRequest) -> TestCallPlaced { provides: [], invalidates: [Campaigns, Tasks, Calls, Live], windows: main }

    /// The base instructions of every bot.
    base_prompt_get(Empty) -> BasePromptView { provides: [Settings], invalidates: [], windows: main }
    /// Changes the base instructions of every bot.
    base_prompt_update(BasePromptUpdate) -> BasePromptView { provides: [], invalidates: [Settings], windows: main }

    /// Begins a sandbox conversation.
    sandbox_start(SandboxStart) -> SandboxView { provides: [], invalidates: [], windows: main }
    /// The next sentence of a sandbox conversation.
    sandbox_say(SandboxSay) -> SandboxView { provides: [], invalidates: [], windows: main }
    /// The regression cases of a skillbase.
    sandbox_list(SkillbaseRef) -> SandboxCases { provides: [Sandbox], invalidates: [], windows: main }
    /// Keeps a sandbox conversation as a regression case.
    sandbox_save(SandboxSave) -> SandboxCase { provides: [], invalidates: [Sandbox], windows: main }
    /// Forgets a regression case.
    sandbox_delete(SandboxCaseRef) -> Empty { provides: [], invalidates: [Sandbox], windows: main }
    /// Runs all regression cases against a document.
    regression_run(RegressionRequest) -> RegressionReport { provides: [Sandbox], invalidates: [], windows: main }

    /// The knowledge documents of a company.
    knowledge_list(CompanyRef) -> KnowledgeList { provides: [Knowledge, Skillbases], invalidates: [], windows: main }
    /// Adds a knowledge document.
    knowledge_add(KnowledgeAdd) -> KnowledgeDocument { provides: [], invalidates: [Knowledge], windows: main }
    /// Deletes a knowledge document that no skillbase uses.
    knowledge_delete(KnowledgeRef) -> Empty { provides: [], invalidates: [Knowledge], windows: main }
    /// Searches knowledge documents.
    knowledge_search(KnowledgeQuery) -> KnowledgeHits { provides: [Knowledge], invalidates: [], windows: main }

    /// Where language model and speech are.
    providers_get(CompanyRef) -> ProvidersView { provides: [Settings], invalidates: [], windows: main }
    /// Changes that, and the keys.
    providers_update(ProvidersUpdate) -> ProvidersView { provides: [], invalidates: [Settings], windows: main }
    /// Asks the language model for one word.
    llm_check(CompanyRef) -> LlmCheck { provides: [], invalidates: [], windows: main }
    /// Speaks a short text with the provider's voice.
    tts_preview(TtsPreviewRequest) -> TtsPreview { provides: [], invalidates: [], windows: main }

    /// Campaigns of a company, newest first, filtered, a page at a time.
    campaign_list(CampaignQuery) -> CampaignPage { provides: [Campaigns], invalidates: [], windows: any }
    /// One campaign.
    campaign_get(CampaignRef) -> CampaignView { provides: [Campaigns], invalidates: [], windows: any }
    /// Everything the overview of a campaign shows.
    campaign_overview(CampaignRef) -> CampaignOverview { provides: [Campaigns, Tasks, Calls, Live], invalidates: [], windows: any }
    /// Creates a campaign in draft.
    campaign_create(CampaignCreate) -> CampaignView { provides: [], invalidates: [Campaigns, Skillbases], windows: main }
    /// What a new campaign starts with.
    campaign_defaults(CompanyRef) -> CampaignDefaults { provides: [Settings, Skillbases], invalidates: [], windows: any }
    /// Changes a campaign; once it was started, everything but its skillbase and its start.
    campaign_update(CampaignUpdate) -> CampaignView { provides: [], invalidates: [Campaigns], windows: main }
    /// Pins another version of the skillbase; calls in progress keep theirs.
    campaign_pin_version(CampaignPin) -> CampaignView { provides: [], invalidates: [Campaigns, Skillbases], windows: main }
    /// Begins, changes or ends the comparison of two versions.
    campaign_experiment_set(ExperimentUpdate) -> CampaignView { provides: [], invalidates: [Campaigns, Skillbases], windows: main }
    /// What both versions have reached.
    campaign_experiment(CampaignRef) -> ExperimentView { provides: [Campaigns, Calls, Tasks], invalidates: [], windows: any }
    /// Starts dialling now.
    campaign_start(CampaignRef) -> CampaignView { provides: [], invalidates: [Campaigns, Tasks, Live], windows: any }
    /// Starts by itself at its start time.
    campaign_schedule(CampaignRef) -> CampaignView { provides: [], invalidates: [Campaigns], windows: main }
    /// Dials nothing new.
    campaign_pause(CampaignRef) -> CampaignView { provides: [], invalidates: [Campaigns, Live], windows: any }
    /// Goes on after a pause.
    campaign_resume(CampaignRef) -> CampaignView { provides: [], invalidates: [Campaigns, Live], windows: any }
    /// Ends for good as completed; open tasks are cancelled, calls in progress end by themselves.
    campaign_stop(CampaignRef) -> CampaignView { provides: [], invalidates: [Campaigns, Tasks, Live], windows: any }
    /// Gives up; open tasks are cancelled.
    campaign_cancel(CampaignRef) -> CampaignView { provides: [], invalidates: [Campaigns, Tasks, Live], windows: main }
    /// What a deletion would remove.
    campaign_delete_preview(CampaignRef) -> CampaignDeletePreview { provides: [Campaigns, Tasks, Calls], invalidates: [], windows: main }
    /// Deletes a campaign without live calls with its tasks and calls.
    campaign_delete(CampaignRef) -> Empty { provides: [], invalidates: [Campaigns, Tasks, Calls, CallLists], windows: main }
    /// Why the campaign is, or is not, dialled at this moment, and when next.
    campaign_explain(CampaignRef) -> ExplanationView { provides: [Campaigns, Tasks, Live, Limits], invalidates: [], windows: any }
    /// What the campaign will do: how many are dialled or skipped and why, when it ends, what it costs.
    campaign_preflight(PreflightRequest) -> Preflight { provides: [Campaigns, Tasks, Limits], invalidates: [], windows: any }
    /// Pauses every running campaign of the company.
    campaign_pause_all(CompanyRef) -> PausedAll { provides: [], invalidates: [Campaigns, Live], windows: any }

    /// The queue of a campaign in list order, filtered, a page at a time.
    task_list(TaskQuery) -> TaskPage { provides: [Tasks], invalidates: [], windows: any }

    /// Why a contact is, or is not, called in its campaign at this moment, and when next.
    task_explain(TaskRef) -> TaskExplanation { provides: [Tasks, Live, Limits], invalidates: [], windows: any }
    /// Promises a contact a call at a time, or takes the promise back.
    task_callback(TaskCallback) -> TaskView { provides: [], invalidates: [Tasks], windows: any }
    /// The list of a campaign as a file, safe to open in a spreadsheet.
    task_export(TaskExport) -> SavedFile { provides: [], invalidates: [], windows: main }
    /// The figures behind a chart as a workbook.
    figures_save(FiguresSave) -> SavedFile { provides: [], invalidates: [], windows: main }

    /// What a file holds and how it would be read.
    import_preview(ImportPreviewRequest) -> ImportPreview { provides: [], invalidates: [], windows: main }
    /// Begins to read a file to its end; `import_get` tells how far it is.
    import_check(ImportCheckRequest) -> ImportView { provides: [], invalidates: [CallLists], windows: main }
    /// Rows of a checked or committed import by fate.
    import_rows(ImportRowsQuery) -> ImportRowsPage { provides: [CallLists], invalidates: [], windows: main }
    /// Begins to make tasks of a checked import, all or none; `import_get` tells how far it is.
    import_commit(ImportRef) -> ImportView { provides: [], invalidates: [CallLists, Tasks, Campaigns, Contacts], windows: main }
    /// Gives an import up that is being read, waits, or is being committed; nothing of it remains.
    import_cancel(ImportRef) -> Empty { provides: [], invalidates: [CallLists], windows: main }
    /// Takes a committed import back, or those of its tasks that were never dialled.
    import_undo(ImportUndo) -> ImportUndone { provides: [], invalidates: [CallLists, Tasks, Campaigns, Contacts], windows: main }
    /// Imports a file in one go.
    import_run(ImportRequest) -> ImportReport { provides: [], invalidates: [CallLists, Tasks, Campaigns, Contacts], windows: main }
    /// The imports of a company or of one campaign, newest first.
    import_list(ImportQuery) -> ImportList { provides: [CallLists], invalidates: [], windows: any }
    /// One import, and how far it is.
    import_get(ImportRef) -> ImportView { provides: [CallLists], invalidates: [], windows: any }
    /// Hands back the rows that became no task, with their reasons, as a workbook to correct and drop again.
    import_rejects_save(ImportRejects) -> SavedFile { provides: [], invalidates: [], windows: main }
    /// A template to fill in.
    template_save(TemplateRequest) -> SavedFile { provides: [], invalidates: [], windows: main }

    /// The contact book, newest first, filtered, a page at a time.
    contact_list(ContactQuery) -> ContactPage { provides: [Contacts], invalidates: [], windows: any }
    /// Everything about one contact.
    contact_get(ContactRef) -> ContactDetail { provides: [Contacts, Tasks, Calls, DoNotCall], invalidates: [], windows: any }
    /// Creates a contact.
    contact_create(ContactCreate) -> ContactView { provides: [], invalidates: [Contacts], windows: main }
    /// Changes a contact and its waiting tasks.
    contact_update(ContactUpdate) -> ContactView { provides: [], invalidates: [Contacts, Tasks], windows: main }
    /// What a deletion would remove.
    contact_delete_preview(ContactsRequest) -> ContactsDeleted { provides: [Contacts, Tasks], invalidates: [], windows: main }
    /// Deletes contacts; their waiting tasks are skipped, their calls stay.
    contact_delete(ContactsRequest) -> ContactsDeleted { provides: [], invalidates: [Contacts, Tasks, Campaigns], windows: main }
    /// Makes one contact of several.
    contact_merge(ContactMerge) -> ContactView { provides: [], invalidates: [Contacts, Tasks, Campaigns], windows: main }
    /// Sets and removes labels.
    contact_tag(ContactTagging) -> ContactsChanged { provides: [], invalidates: [Contacts], windows: main }
    /// Puts contacts into a campaign.
    contact_call(ContactCall) -> ContactsQueued { provides: [], invalidates: [Tasks, Campaigns, Contacts], windows: main }
    /// Calls a contact now, before any campaign's row, or as soon as a slot is free.
    contact_call_now(ContactCallNow) -> DirectCallStarted { provides: [], invalidates: [Tasks, Live, Contacts], windows: main }
    /// Why a contact is, or is not, called in each campaign that has it.
    contact_explain(ContactRef) -> ContactExplanation { provides: [Contacts, Tasks, Live, Limits], invalidates: [], windows: any }
    /// Direct calls that wait or are in progress.
    direct_calls(CompanyRef) -> DirectCalls { provides: [Tasks, Live], invalidates: [], windows: any }
    /// Takes a direct call back that has no slot yet.
    direct_call_cancel(TaskRef) -> Empty { provides: [], invalidates: [Tasks, Live], windows: main }
    /// Contacts as a file, safe to open in a spreadsheet.
    contact_export(ContactExport) -> SavedFile { provides: [], invalidates: [], windows: main }
    /// The labels in use.
    contact_tags(CompanyRef) -> TagList { provides: [Contacts], invalidates: [], windows: any }

    /// The do-not-call list, newest first, a page at a time.
    do_not_call_list(DoNotCallQuery) -> DoNotCallPage { provides: [DoNotCall], invalidates: [], windows: any }
    /// Forbids numbers and prefixes from this moment on.
    do_not_call_add(DoNotCallAdd) -> DoNotCallAdded { provides: [], invalidates: [DoNotCall, Tasks, Campaigns], windows: main }
    /// Forbids the numbers of a file.
    do_not_call_import(DoNotCallImport) -> DoNotCallAdded { provides: [], invalidates: [DoNotCall, Tasks, Campaigns], windows: main }
    /// Allows numbers again.
    do_not_call_remove(DoNotCallRemove) -> Empty { provides: [], invalidates: [DoNotCall], windows: main }
    /// The do-not-call list as a file.
    do_not_call_export(DoNotCallExport) -> SavedFile { provides: [], invalidates: [], windows: main }

    /// Calls in progress, newest first.
    live_calls(LiveQuery) -> LiveCalls { provides: [Live], invalidates: [], windows: any }
    /// Calls, newest first, filtered, a page at a time.
    call_list(CallQuery) -> CallPage { provides: [Calls], invalidates: [], windows: any }
    /// One call with its turns, measures and cost.
    call_get(CallRef) -> CallDetail { provides: [Calls], invalidates: [], windows: any }
    /// Latencies, cost, outcomes and calls per minute of a campaign.
    campaign_analytics(CampaignRef) -> CampaignAnalytics { provides: [Calls], invalidates: [], windows: any }

    /// All settings of a company.
    settings_get(CompanyRef) -> SettingsView { provides: [Settings], invalidates: [], windows: any }
    /// Chooses and configures the line.
    line_update(LineUpdate) -> SettingsView { provides: [], invalidates: [Settings, Live], windows: main }
    /// Tries the line that is given, or the stored one.
    line_check(LineCheckRequest) -> LineCheck { provides: [], invalidates: [], windows: main }
    /// Sets the unit prices of the cost calculator; calls that have ended keep their cost.
    prices_update(PricesUpdate) -> SettingsView { provides: [], invalidates: [Settings], windows: main }
    /// Sets the limit over all companies.
    system_limits_update(SystemLimits) -> SystemLimits { provides: [], invalidates: [Settings, Live, Limits], windows: main }

    /// All limits of a company with what of them is used.
    limits_get(LimitsQuery) -> LimitsView { provides: [Limits, Live, Settings], invalidates: [], windows: any }
    /// Sets the limits and holidays of a company.
    company_limits_update(CompanyLimitsUpdate) -> LimitsView { provides: [], invalidates: [Limits, Settings, Companies, Campaigns, Live], windows: main }
    /// Sets the calls per second of a trunk.
    trunk_limits_update(TrunkLimitsUpdate) -> LimitsView { provides: [], invalidates: [Limits, Settings], windows: main }
    /// Breakers that ever opened, with the calls that tripped them.
    breaker_list(CompanyRef) -> BreakerList { provides: [Limits], invalidates: [], windows: any }
    /// Closes a breaker by hand.
    breaker_reset(BreakerRef) -> BreakerView { provides: [], invalidates: [Limits, Campaigns, Notices], windows: any }

    /// The inbox, newest first, a page at a time.
    notice_list(NoticeQuery) -> NoticePage { provides: [Notices], invalidates: [], windows: any }
    /// Marks notices as read.
    notice_read(NoticesRead) -> Empty { provides: [], invalidates: [Notices], windows: any }

    /// Asks for a file with the native dialog; nothing chosen is an empty answer.
    file_pick(FilePick) -> PickedFile { provides: [], invalidates: [], windows: main }
    /// Opens a campaign in a window of its own.
    window_open(CampaignRef) -> Empty { provides: [], invalidates: [], windows: main }
    /// Writes a fault of the user interface into the log.
    log_fault(UiFault) -> Empty { provides: [], invalidates: [], windows: any }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

    use super::*;
    use crate::views::LiveMessage;

    /// Writes `ui/src/bindings`; continuous integration fails when that changes the tree.
    #[test]
    fn the_typescript_declarations_are_written() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/bindings");
        fs::remove_dir_all(&folder).ok();
        let config = ts_rs::Config::default().with_out_dir(&folder);
        let mut commands = export(&config).expect("every type has a declaration");
        for extra in [
            <LiveMessage as ts_rs::TS>::export_all(&config),
            <IpcError as ts_rs::TS>::export_all(&config),
            <CacheTag as ts_rs::TS>::export_all(&config),
        ] {
            extra.expect("every type has a declaration");
        }
        commands.sort_unstable();
        let mut imports = BTreeSet::new();
        for (_, request, response) in &commands {
            imports.insert(request.clone());
            imports.insert(response.clone());
        }
        let mut text = String::from(
            "// Generated by callboard-contract. Do not edit.\nimport type { CacheTag } from \"./CacheTag\";\n",
        );
        for name in &imports {
            writeln!(text, "import type {{ {name} }} from \"./{name}\";").expect("a string takes everything");
        }
        text.push_str("\nexport interface Commands {\n");
        for (name, request, response) in &commands {
            writeln!(text, "  {name}: {{ request: {request}; response: {response} }};").expect("a string");
        }
        text.push_str("}\n\nexport const commandTags: { [K in keyof Commands]: { provides: readonly CacheTag[]; invalidates: readonly CacheTag[] } } = {\n");
        let mut infos: Vec<_> = COMMANDS.iter().collect();
        infos.sort_unstable_by_key(|info| info.name);
        let list = |tags: &[CacheTag]| tags.iter().map(|tag| format!("\"{tag}\"")).collect::<Vec<_>>().join(", ");
        for info in infos {
            writeln!(
                text,
                "  {}: {{ provides: [{}], invalidates: [{}] }},",
                info.name,
                list(info.provides),
                list(info.invalidates)
            )
            .expect("a string");
        }
        text.push_str("};\n");
        fs::write(folder.join("commands.ts"), text).expect("the folder was just written");
    }

    /// JSON numbers are doubles in TypeScript; a 64-bit integer would be a lie.
    #[test]
    fn no_declaration_holds_a_64_bit_integer() {
        let config = ts_rs::Config::default()
            .with_out_dir(std::env::temp_dir().join(format!("callboard-contract-{}", std::process::id())));
        export(&config).expect("every type has a declaration");
        for entry in fs::read_dir(config.out_dir()).expect("the folder was just written") {
            let path = entry.expect("a readable entry").path();
            if path.is_file() {
                let text = fs::read_to_string(&path).expect("a declaration is text");
                assert!(!text.contains("bigint"), "{} holds a 64-bit integer", path.display());
            }
        }
        fs::remove_dir_all(config.out_dir()).ok();
    }

    #[test]
    fn names_are_unique_and_reads_declare_what_they_depend_on() {
        let mut names: Vec<_> = COMMANDS.iter().map(|info| info.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
        assert!(
            COMMANDS.iter().all(|info| info.provides.is_empty() || info.invalidates.is_empty()),
            "a command reads or writes, not both"
        );
    }
}
