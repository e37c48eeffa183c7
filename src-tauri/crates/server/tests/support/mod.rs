//! A desk without a database. Owns a handler for every command: a few answer, one panics, the rest refuse.

use std::{
    future::pending,
    sync::{Arc, Mutex},
};

use callboard_contract::*;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Answers a few commands and remembers who was asked what.
#[derive(Clone, Default)]
pub struct FakeDesk {
    /// Names of the commands that reached a handler.
    pub asked: Arc<Mutex<Vec<&'static str>>>,
}

impl FakeDesk {
    fn note(&self, name: &'static str) {
        self.asked.lock().expect("no test panics while it holds this").push(name);
    }
}

/// The instant of everything that the fake answers.
pub fn noon() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().expect("an instant")
}

fn not_faked(name: &str) -> IpcError {
    IpcError::refusal(ErrorCode::DatabaseAway, format!("{name} has no fake"))
}

macro_rules! refuse {
    ($($name:ident($request:ty) -> $response:ty;)+) => {$(
        async fn $name(&self, _request: $request) -> Result<$response, IpcError> {
            self.note(stringify!($name));
            Err(not_faked(stringify!($name)))
        }
    )+};
}

impl Handlers for FakeDesk {
    async fn app_info(&self, _request: Empty) -> Result<AppInfo, IpcError> {
        self.note("app_info");
        Ok(AppInfo {
            version: "0.0.0".to_owned(),
            host: HostKind::Server,
            native_files: false,
            windows: false,
            keyring: false,
            database: DatabaseStatus {
                state: DatabaseState::Ready,
                kind: DatabaseKind::Embedded,
                place: "nowhere".to_owned(),
                since: noon(),
                error: None,
            },
            setup_needed: false,
            worker: false,
        })
    }

    async fn company_list(&self, _request: Empty) -> Result<CompanyList, IpcError> {
        self.note("company_list");
        Ok(CompanyList { items: Vec::new() })
    }

    /// The fault of a program.
    async fn company_create(&self, _request: CompanyForm) -> Result<CompanyView, IpcError> {
        panic!("a fault of the program")
    }

    /// Never answers.
    async fn campaign_pause_all(&self, _request: CompanyRef) -> Result<PausedAll, IpcError> {
        pending().await
    }

    async fn import_run(&self, request: ImportRequest) -> Result<ImportReport, IpcError> {
        self.note("import_run");
        Ok(ImportReport {
            call_list_id: Some(Uuid::nil()),
            campaign_id: request.campaign_id,
            campaign_name: "A campaign".to_owned(),
            file_name: "list.csv".to_owned(),
            counts: ImportCounts::default(),
            created: 0,
            reused_contacts: 0,
            damaged_text: false,
            rejects: Vec::new(),
            extra_columns: Vec::new(),
            created_at: noon(),
        })
    }

    refuse! {
        setup_finish(SetupRequest) -> SetupDone;
        database_test(DatabaseForm) -> DatabaseTest;
        database_connect(DatabaseForm) -> AppInfo;
        database_use_embedded(Empty) -> AppInfo;
        company_update(CompanyUpdate) -> CompanyView;
        skillbase_list(SkillbaseQuery) -> SkillbaseList;
        skillbase_get(SkillbaseRef) -> SkillbaseView;
        skillbase_create(SkillbaseForm) -> SkillbaseView;
        skillbase_update(SkillbaseUpdate) -> SkillbaseView;
        skillbase_draft_save(SkillbaseDraftSave) -> SkillbaseDraftSaved;
        skillbase_draft_discard(SkillbaseRef) -> SkillbaseView;
        skillbase_publish(SkillbasePublish) -> SkillbasePublished;
        skillbase_compare(SkillbaseCompare) -> SkillbaseComparison;
        skillbase_versions(SkillbaseRef) -> SkillbaseVersions;
        skillbase_version_get(SkillbaseVersionRef) -> SkillbaseVersionDetail;
        skillbase_diff(SkillbaseDiffRequest) -> SkillbaseDiff;
        skillbase_restore(SkillbaseRestore) -> SkillbasePublished;
        skillbase_validate(SkillbaseCheck) -> SkillbaseProblems;
        skillbase_prompt_preview(PromptPreviewRequest) -> PromptPreview;
        skillbase_import_file(SkillbaseFileRequest) -> SkillbaseImported;
        skillbase_export(SkillbaseExport) -> SavedFile;
        skillbase_schema(Empty) -> SkillbaseSchema;
        skillbase_tools(SkillbaseCheck) -> ToolSchemas;
        skillbase_secrets(SkillbaseRef) -> ToolSecrets;
        skillbase_secret_set(ToolSecretSet) -> ToolSecrets;
        skillbase_archive(SkillbaseRef) -> Empty;
        skillbase_unarchive(SkillbaseRef) -> SkillbaseView;
        skillbase_delete(SkillbaseRef) -> Empty;
        test_call(TestCallRequest) -> TestCallPlaced;
        base_prompt_get(Empty) -> BasePromptView;
        base_prompt_update(BasePromptUpdate) -> BasePromptView;
        sandbox_start(SandboxStart) -> SandboxView;
        sandbox_say(SandboxSay) -> SandboxView;
        sandbox_list(SkillbaseRef) -> SandboxCases;
        sandbox_save(SandboxSave) -> SandboxCase;
        sandbox_delete(SandboxCaseRef) -> Empty;
        regression_run(RegressionRequest) -> RegressionReport;
        knowledge_list(CompanyRef) -> KnowledgeList;
        knowledge_add(KnowledgeAdd) -> KnowledgeDocument;
        knowledge_delete(KnowledgeRef) -> Empty;
        knowledge_search(KnowledgeQuery) -> KnowledgeHits;
        providers_get(CompanyRef) -> ProvidersView;
        providers_update(ProvidersUpdate) -> ProvidersView;
        llm_check(CompanyRef) -> LlmCheck;
        tts_preview(TtsPreviewRequest) -> TtsPreview;
        campaign_list(CampaignQuery) -> CampaignPage;
        campaign_get(CampaignRef) -> CampaignView;
        campaign_overview(CampaignRef) -> CampaignOverview;
        campaign_create(CampaignCreate) -> CampaignView;
        campaign_update(CampaignUpdate) -> CampaignView;
        campaign_pin_version(CampaignPin) -> CampaignView;
        campaign_experiment_set(ExperimentUpdate) -> CampaignView;
        campaign_experiment(CampaignRef) -> ExperimentView;
        campaign_start(CampaignRef) -> CampaignView;
        campaign_schedule(CampaignRef) -> CampaignView;
        campaign_pause(CampaignRef) -> CampaignView;
        campaign_resume(CampaignRef) -> CampaignView;
        campaign_stop(CampaignRef) -> CampaignView;
        campaign_cancel(CampaignRef) -> CampaignView;
        campaign_delete_preview(CampaignRef) -> CampaignDeletePreview;
        campaign_delete(CampaignRef) -> Empty;
        task_list(TaskQuery) -> TaskPage;
        task_export(TaskExport) -> SavedFile;
        import_preview(ImportPreviewRequest) -> ImportPreview;
        import_check(ImportCheckRequest) -> ImportView;
        import_rows(ImportRowsQuery) -> ImportRowsPage;
        import_commit(ImportRef) -> ImportView;
        import_cancel(ImportRef) -> Empty;
        import_undo(ImportUndo) -> ImportUndone;
        import_list(ImportQuery) -> ImportList;
        import_get(ImportRef) -> ImportView;
        import_rejects_save(ImportRejects) -> SavedFile;
        template_save(TemplateRequest) -> SavedFile;
        contact_list(ContactQuery) -> ContactPage;
        contact_get(ContactRef) -> ContactDetail;
        contact_create(ContactCreate) -> ContactView;
        contact_update(ContactUpdate) -> ContactView;
        contact_delete_preview(ContactsRequest) -> ContactsDeleted;
        contact_delete(ContactsRequest) -> ContactsDeleted;
        contact_merge(ContactMerge) -> ContactView;
        contact_tag(ContactTagging) -> ContactsChanged;
        contact_call(ContactCall) -> ContactsQueued;
        contact_export(ContactExport) -> SavedFile;
        contact_tags(CompanyRef) -> TagList;
        do_not_call_list(DoNotCallQuery) -> DoNotCallPage;
        do_not_call_add(DoNotCallAdd) -> DoNotCallAdded;
        do_not_call_import(DoNotCallImport) -> DoNotCallAdded;
        do_not_call_remove(DoNotCallRemove) -> Empty;
        do_not_call_export(DoNotCallExport) -> SavedFile;
        live_calls(LiveQuery) -> LiveCalls;
        call_list(CallQuery) -> CallPage;
        call_get(CallRef) -> CallDetail;
        campaign_analytics(CampaignRef) -> CampaignAnalytics;
        settings_get(CompanyRef) -> SettingsView;
        line_update(LineUpdate) -> SettingsView;
        line_check(LineCheckRequest) -> LineCheck;
        prices_update(PricesUpdate) -> SettingsView;
        system_limits_update(SystemLimits) -> SystemLimits;
        file_pick(FilePick) -> PickedFile;
        window_open(CampaignRef) -> Empty;
        log_fault(UiFault) -> Empty;
    }
}
