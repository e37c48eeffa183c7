//! The handlers of the command list: request, use-case, view. Owns nothing but the wiring; every rule is in a use-case,
//! everything that only a host can do is asked of the host.

use callboard_contract::{
    AppInfo, BasePromptUpdate, BasePromptView, BreakerList, BreakerRef, BreakerView, CallDetail, CallPage, CallQuery,
    CallRef, CampaignAnalytics, CampaignCreate, CampaignDefaults, CampaignDeletePreview, CampaignOverview,
    CampaignPage, CampaignPin, CampaignQuery, CampaignRef, CampaignUpdate, CampaignView, CompanyForm,
    CompanyLimitsUpdate, CompanyList, CompanyRef, CompanyUpdate, CompanyView, ContactCall, ContactCallNow,
    ContactCreate, ContactDetail, ContactExplanation, ContactExport, ContactMerge, ContactPage, ContactQuery,
    ContactRef, ContactTagging, ContactUpdate, ContactView, ContactsChanged, ContactsDeleted, ContactsQueued,
    ContactsRequest, DatabaseForm, DatabaseState, DatabaseTest, DirectCallStarted, DirectCalls, DoNotCallAdd,
    DoNotCallAdded, DoNotCallExport, DoNotCallImport, DoNotCallPage, DoNotCallQuery, DoNotCallRemove, Empty, ErrorCode,
    ExperimentUpdate, ExperimentView, ExplanationView, FiguresSave, FilePick, FilePurpose, Handlers,
    ImportCheckRequest, ImportList, ImportPreview, ImportPreviewRequest, ImportQuery, ImportRef, ImportRejects,
    ImportReport, ImportRequest, ImportRowsPage, ImportRowsQuery, ImportUndo, ImportUndone, ImportView, IpcError,
    KnowledgeAdd, KnowledgeDocument, KnowledgeHits, KnowledgeList, KnowledgeQuery, KnowledgeRef, LimitsQuery,
    LimitsView, LineCheck, LineCheckRequest, LineUpdate, LiveCalls, LiveQuery, LlmCheck, NoticePage, NoticeQuery,
    NoticesRead, PausedAll, PickedFile, Preflight, PreflightRequest, PricesUpdate, PromptPreview, PromptPreviewRequest,
    ProvidersUpdate, ProvidersView, RegressionReport, RegressionRequest, SandboxCase, SandboxCaseRef, SandboxCases,
    SandboxSave, SandboxSay, SandboxStart, SandboxView, SavedFile, SettingsView, SetupDone, SetupRequest,
    SkillbaseCheck, SkillbaseCompare, SkillbaseComparison, SkillbaseDiff, SkillbaseDiffRequest, SkillbaseDraftSave,
    SkillbaseDraftSaved, SkillbaseExport, SkillbaseFileRequest, SkillbaseForm, SkillbaseImported, SkillbaseList,
    SkillbaseProblems, SkillbasePublish, SkillbasePublished, SkillbaseQuery, SkillbaseRef, SkillbaseRestore,
    SkillbaseSchema, SkillbaseUpdate, SkillbaseVersionDetail, SkillbaseVersionRef, SkillbaseVersions, SkillbaseView,
    SystemLimits, TagList, TaskCallback, TaskExplanation, TaskExport, TaskPage, TaskQuery, TaskRef, TaskView,
    TemplateRequest, TestCallPlaced, TestCallRequest, ToolSchemas, ToolSecretSet, ToolSecrets, TrunkLimitsUpdate,
    TtsPreview, TtsPreviewRequest, UiFault,
};
use callboard_core::id::{CallId, CallListId, CampaignId, CompanyId, SkillbaseId};
use callboard_db::connect::{self, Target};

use crate::{
    calls, campaigns, companies, contacts,
    context::Context,
    dialing, direct, do_not_call,
    error::{self, UseCase},
    figures, forecast,
    host::{DatabaseChoice, SecretName, SharedDatabase},
    imports, knowledge, limits, lines, notices, providers,
    runtime::{Runtime, target_of},
    sample, sandbox, settings, skillbases, speech, tasks, test_calls,
};

/// Carries out commands for one process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk(Runtime);

impl Desk {
    pub(crate) fn new(runtime: Runtime) -> Self {
        Self(runtime)
    }

    /// The context of the connected database, or why there is none.
    fn context(&self) -> UseCase<Context> {
        let status = self.0.0.status.borrow().clone();
        let connected = self.0.0.context.borrow().clone();
        match (connected, status.error) {
            (Some(context), _) => Ok(context),
            (None, Some(error)) => Err(error),
            (None, None) => Err(IpcError {
                retryable: true,
                ..IpcError::refusal(ErrorCode::DatabaseAway, "The database is being started. Try again in a moment.")
            }),
        }
    }
}

fn ids(request: CampaignRef) -> (CompanyId, CampaignId) {
    (CompanyId(request.company_id), CampaignId(request.campaign_id))
}

fn skillbase(request: SkillbaseRef) -> (CompanyId, SkillbaseId) {
    (CompanyId(request.company_id), SkillbaseId(request.skillbase_id))
}

fn list(request: ImportRef) -> (CompanyId, CallListId) {
    (CompanyId(request.company_id), CallListId(request.call_list_id))
}

fn shared(form: DatabaseForm) -> SharedDatabase {
    SharedDatabase {
        host: form.host.trim().to_owned(),
        port: form.port,
        database: form.database.trim().to_owned(),
        user: form.user.trim().to_owned(),
        password: form.password.into(),
        require_tls: form.require_tls,
        ca_file: form.ca_file.filter(|path| !path.trim().is_empty()).map(Into::into),
    }
}

fn check_database(form: &DatabaseForm) -> UseCase<()> {
    let mut errors = callboard_core::field::FieldErrors::default();
    for (field, text) in [("host", &form.host), ("database", &form.database), ("user", &form.user)] {
        errors.check_text(field, text, 1, 255);
    }
    if form.port == 0 {
        errors.add_with("port", "range", &[("min", "1".into()), ("max", "65535".into())]);
    }
    Ok(errors.into_result()?)
}

/// Tries a shared database without using it.
async fn probe(target: &Target) -> DatabaseTest {
    match connect::probe(target).await {
        Ok(probe) => DatabaseTest {
            ok: true,
            server_version: Some(probe.server_version),
            has_schema: probe.has_schema,
            error: None,
        },
        Err(error) => {
            DatabaseTest { ok: false, server_version: None, has_schema: false, error: Some(error::refused(&error)) }
        }
    }
}

impl Handlers for Desk {
    async fn app_info(&self, _: Empty) -> UseCase<AppInfo> {
        let shared = &self.0.0;
        let abilities = shared.host.abilities();
        let database = shared.status.borrow().clone();
        let setup_needed = match self.context() {
            Ok(context) if database.state == DatabaseState::Ready => companies::list(&context).await?.is_empty(),
            Ok(_) | Err(_) => false,
        };
        Ok(AppInfo {
            version: shared.options.version.to_owned(),
            host: abilities.kind,
            native_files: abilities.native_files,
            windows: abilities.windows,
            keyring: abilities.keyring,
            database,
            setup_needed,
            worker: shared.options.worker,
        })
    }

    async fn setup_finish(&self, request: SetupRequest) -> UseCase<SetupDone> {
        sample::set_up(&self.context()?, request).await
    }

    async fn database_test(&self, request: DatabaseForm) -> UseCase<DatabaseTest> {
        check_database(&request)?;
        Ok(probe(&target_of(shared(request))).await)
    }

    async fn database_connect(&self, request: DatabaseForm) -> UseCase<AppInfo> {
        check_database(&request)?;
        let shared = shared(request);
        let test = probe(&target_of(shared.clone())).await;
        if let Some(error) = test.error {
            return Err(error);
        }
        self.0.0.host.remember_database(DatabaseChoice::Shared(shared)).await?;
        self.0.switch().await?;
        self.app_info(Empty {}).await
    }

    async fn database_use_embedded(&self, _: Empty) -> UseCase<AppInfo> {
        self.0.0.host.remember_database(DatabaseChoice::Embedded).await?;
        self.0.switch().await?;
        self.app_info(Empty {}).await
    }

    async fn company_list(&self, _: Empty) -> UseCase<CompanyList> {
        Ok(CompanyList { items: companies::list(&self.context()?).await? })
    }

    async fn company_create(&self, request: CompanyForm) -> UseCase<CompanyView> {
        companies::create(&self.context()?, request).await
    }

    async fn company_update(&self, request: CompanyUpdate) -> UseCase<CompanyView> {
        companies::update(&self.context()?, CompanyId(request.company_id), request.form).await
    }

    async fn skillbase_list(&self, request: SkillbaseQuery) -> UseCase<SkillbaseList> {
        let items = skillbases::list(&self.context()?, CompanyId(request.company_id), request.archived).await?;
        Ok(SkillbaseList { items })
    }

    async fn skillbase_get(&self, request: SkillbaseRef) -> UseCase<SkillbaseView> {
        let (company, id) = skillbase(request);
        skillbases::get(&self.context()?, company, id).await
    }

    async fn skillbase_create(&self, request: SkillbaseForm) -> UseCase<SkillbaseView> {
        skillbases::create(&self.context()?, request).await
    }

    async fn skillbase_update(&self, request: SkillbaseUpdate) -> UseCase<SkillbaseView> {
        skillbases::rename(&self.context()?, request).await
    }

    async fn skillbase_draft_save(&self, request: SkillbaseDraftSave) -> UseCase<SkillbaseDraftSaved> {
        skillbases::save_draft(&self.context()?, request).await
    }

    async fn skillbase_draft_discard(&self, request: SkillbaseRef) -> UseCase<SkillbaseView> {
        let (company, id) = skillbase(request);
        skillbases::discard_draft(&self.context()?, company, id).await
    }

    async fn skillbase_publish(&self, request: SkillbasePublish) -> UseCase<SkillbasePublished> {
        skillbases::publish(&self.context()?, request).await
    }

    async fn skillbase_compare(&self, request: SkillbaseCompare) -> UseCase<SkillbaseComparison> {
        skillbases::compare(&self.context()?, request).await
    }

    async fn skillbase_versions(&self, request: SkillbaseRef) -> UseCase<SkillbaseVersions> {
        let (company, id) = skillbase(request);
        Ok(SkillbaseVersions { items: skillbases::versions(&self.context()?, company, id).await? })
    }

    async fn skillbase_version_get(&self, request: SkillbaseVersionRef) -> UseCase<SkillbaseVersionDetail> {
        let (company, id) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
        skillbases::version(&self.context()?, company, id, request.version).await
    }

    async fn skillbase_diff(&self, request: SkillbaseDiffRequest) -> UseCase<SkillbaseDiff> {
        skillbases::diff(self.context(), request).await
    }

    async fn skillbase_restore(&self, request: SkillbaseRestore) -> UseCase<SkillbasePublished> {
        skillbases::restore(&self.context()?, request).await
    }

    async fn skillbase_validate(&self, request: SkillbaseCheck) -> UseCase<SkillbaseProblems> {
        Ok(skillbases::problems(&request.document))
    }

    async fn skillbase_prompt_preview(&self, request: PromptPreviewRequest) -> UseCase<PromptPreview> {
        skillbases::preview(self.context(), request).await
    }

    async fn skillbase_import_file(&self, request: SkillbaseFileRequest) -> UseCase<SkillbaseImported> {
        match request {
            SkillbaseFileRequest::Text { text } => skillbases::import_text(&text),
            SkillbaseFileRequest::File { source } => {
                let (path, _) = imports::file_of(&*self.0.0.host, source).await?;
                skillbases::import_file(&path).await
            }
        }
    }

    async fn skillbase_export(&self, request: SkillbaseExport) -> UseCase<SavedFile> {
        let (name, content) = skillbases::export(&request);
        self.0.0.host.save_file(&name, content).await
    }

    async fn skillbase_schema(&self, _: Empty) -> UseCase<SkillbaseSchema> {
        Ok(SkillbaseSchema { text: skillbases::schema().to_owned() })
    }

    async fn skillbase_tools(&self, request: SkillbaseCheck) -> UseCase<ToolSchemas> {
        Ok(skillbases::tools(&request.document))
    }

    async fn skillbase_secrets(&self, request: SkillbaseRef) -> UseCase<ToolSecrets> {
        providers::tool_secrets(&*self.0.0.host, SkillbaseId(request.skillbase_id)).await
    }

    async fn skillbase_secret_set(&self, request: ToolSecretSet) -> UseCase<ToolSecrets> {
        let (company, id) = (CompanyId(request.company_id), SkillbaseId(request.skillbase_id));
        // A key of a skillbase that does not exist could never be removed again.
        skillbases::get(&self.context()?, company, id).await?;
        providers::set_tool_secret(&*self.0.0.host, id, request.tool, request.value).await
    }

    async fn skillbase_archive(&self, request: SkillbaseRef) -> UseCase<Empty> {
        let (company, id) = skillbase(request);
        skillbases::archive(&self.context()?, company, id).await?;
        Ok(Empty {})
    }

    async fn skillbase_unarchive(&self, request: SkillbaseRef) -> UseCase<SkillbaseView> {
        let (company, id) = skillbase(request);
        skillbases::unarchive(&self.context()?, company, id).await
    }

    async fn skillbase_delete(&self, request: SkillbaseRef) -> UseCase<Empty> {
        let (company, id) = skillbase(request);
        skillbases::delete(&self.context()?, company, id).await?;
        providers::forget_tool_secrets(&*self.0.0.host, id).await?;
        Ok(Empty {})
    }

    async fn test_call(&self, request: TestCallRequest) -> UseCase<TestCallPlaced> {
        test_calls::place(&self.context()?, &self.0.0.lines, request).await
    }

    async fn base_prompt_get(&self, _: Empty) -> UseCase<BasePromptView> {
        skillbases::base_prompt(&self.context()?).await
    }

    async fn base_prompt_update(&self, request: BasePromptUpdate) -> UseCase<BasePromptView> {
        skillbases::set_base_prompt(&self.context()?, request).await
    }

    async fn sandbox_start(&self, request: SandboxStart) -> UseCase<SandboxView> {
        sandbox::start(request, self.0.0.clock.now())
    }

    async fn sandbox_say(&self, request: SandboxSay) -> UseCase<SandboxView> {
        sandbox::say_on(&*self.0.0.host, self.context(), request, self.0.0.clock.now()).await
    }

    async fn sandbox_list(&self, request: SkillbaseRef) -> UseCase<SandboxCases> {
        let (company, id) = skillbase(request);
        sandbox::list(&self.context()?, company, id).await
    }

    async fn sandbox_save(&self, request: SandboxSave) -> UseCase<SandboxCase> {
        sandbox::save(&self.context()?, request).await
    }

    async fn sandbox_delete(&self, request: SandboxCaseRef) -> UseCase<Empty> {
        sandbox::delete(&self.context()?, request).await?;
        Ok(Empty {})
    }

    async fn regression_run(&self, request: RegressionRequest) -> UseCase<RegressionReport> {
        sandbox::regression(&self.context()?, request).await
    }

    async fn knowledge_list(&self, request: CompanyRef) -> UseCase<KnowledgeList> {
        Ok(KnowledgeList { items: knowledge::list(&self.context()?, CompanyId(request.company_id)).await? })
    }

    async fn knowledge_add(&self, request: KnowledgeAdd) -> UseCase<KnowledgeDocument> {
        knowledge::add(&self.context()?, &*self.0.0.host, request).await
    }

    async fn knowledge_delete(&self, request: KnowledgeRef) -> UseCase<Empty> {
        knowledge::delete(&self.context()?, CompanyId(request.company_id), request.document_id).await?;
        Ok(Empty {})
    }

    async fn knowledge_search(&self, request: KnowledgeQuery) -> UseCase<KnowledgeHits> {
        knowledge::search(&self.context()?, request).await
    }

    async fn providers_get(&self, request: CompanyRef) -> UseCase<ProvidersView> {
        providers::view(&self.context()?, &*self.0.0.host, CompanyId(request.company_id)).await
    }

    async fn providers_update(&self, request: ProvidersUpdate) -> UseCase<ProvidersView> {
        providers::update(&self.context()?, &*self.0.0.host, request).await
    }

    async fn llm_check(&self, request: CompanyRef) -> UseCase<LlmCheck> {
        sandbox::check_model(&self.context()?, &*self.0.0.host, CompanyId(request.company_id)).await
    }

    async fn tts_preview(&self, request: TtsPreviewRequest) -> UseCase<TtsPreview> {
        speech::preview(&self.context()?, &*self.0.0.host, &self.0.0.samples, request).await
    }

    async fn campaign_list(&self, request: CampaignQuery) -> UseCase<CampaignPage> {
        campaigns::list(&self.context()?, request).await
    }

    async fn campaign_get(&self, request: CampaignRef) -> UseCase<CampaignView> {
        let (company, id) = ids(request);
        campaigns::get(&self.context()?, company, id).await
    }

    async fn campaign_overview(&self, request: CampaignRef) -> UseCase<CampaignOverview> {
        let (company, id) = ids(request);
        campaigns::overview(&self.context()?, company, id).await
    }

    async fn campaign_create(&self, request: CampaignCreate) -> UseCase<CampaignView> {
        campaigns::create(&self.context()?, CompanyId(request.company_id), &request.form).await
    }

    async fn campaign_defaults(&self, request: CompanyRef) -> UseCase<CampaignDefaults> {
        campaigns::defaults(&self.context()?, CompanyId(request.company_id)).await
    }

    async fn campaign_update(&self, request: CampaignUpdate) -> UseCase<CampaignView> {
        campaigns::update(&self.context()?, request).await
    }

    async fn campaign_pin_version(&self, request: CampaignPin) -> UseCase<CampaignView> {
        skillbases::pin_version(&self.context()?, request).await
    }

    async fn campaign_experiment_set(&self, request: ExperimentUpdate) -> UseCase<CampaignView> {
        skillbases::set_experiment(&self.context()?, request).await
    }

    async fn campaign_experiment(&self, request: CampaignRef) -> UseCase<ExperimentView> {
        let (company, id) = ids(request);
        skillbases::experiment(&self.context()?, company, id).await
    }

    async fn campaign_start(&self, request: CampaignRef) -> UseCase<CampaignView> {
        let (company, id) = ids(request);
        campaigns::start(&self.context()?, &self.0.0.lines, company, id).await
    }

    async fn campaign_schedule(&self, request: CampaignRef) -> UseCase<CampaignView> {
        let (company, id) = ids(request);
        campaigns::schedule(&self.context()?, &self.0.0.lines, company, id).await
    }

    async fn campaign_pause(&self, request: CampaignRef) -> UseCase<CampaignView> {
        let (company, id) = ids(request);
        campaigns::pause(&self.context()?, company, id).await
    }

    async fn campaign_resume(&self, request: CampaignRef) -> UseCase<CampaignView> {
        let (company, id) = ids(request);
        campaigns::resume(&self.context()?, &self.0.0.lines, company, id).await
    }

    async fn campaign_stop(&self, request: CampaignRef) -> UseCase<CampaignView> {
        let (company, id) = ids(request);
        campaigns::stop(&self.context()?, company, id).await
    }

    async fn campaign_cancel(&self, request: CampaignRef) -> UseCase<CampaignView> {
        let (company, id) = ids(request);
        campaigns::cancel(&self.context()?, company, id).await
    }

    async fn campaign_delete_preview(&self, request: CampaignRef) -> UseCase<CampaignDeletePreview> {
        let (company, id) = ids(request);
        campaigns::delete_preview(&self.context()?, company, id).await
    }

    async fn campaign_delete(&self, request: CampaignRef) -> UseCase<Empty> {
        let (company, id) = ids(request);
        campaigns::delete(&self.context()?, company, id).await?;
        Ok(Empty {})
    }

    async fn campaign_explain(&self, request: CampaignRef) -> UseCase<ExplanationView> {
        let (company, id) = ids(request);
        dialing::explain_campaign(&self.context()?, company, id).await
    }

    async fn campaign_preflight(&self, request: PreflightRequest) -> UseCase<Preflight> {
        forecast::preflight(&self.context()?, request).await
    }

    async fn campaign_pause_all(&self, request: CompanyRef) -> UseCase<PausedAll> {
        let paused = campaigns::pause_all(&self.context()?, CompanyId(request.company_id)).await?;
        Ok(PausedAll { campaign_ids: paused.into_iter().map(|id| id.0).collect() })
    }

    async fn task_list(&self, request: TaskQuery) -> UseCase<TaskPage> {
        tasks::list(&self.context()?, request).await
    }

    async fn task_explain(&self, request: TaskRef) -> UseCase<TaskExplanation> {
        dialing::explain_task(&self.context()?, request).await
    }

    async fn task_callback(&self, request: TaskCallback) -> UseCase<TaskView> {
        tasks::callback(&self.context()?, request).await
    }

    async fn task_export(&self, request: TaskExport) -> UseCase<SavedFile> {
        let (name, content) = tasks::export(&self.context()?, request).await?;
        self.0.0.host.save_file(&name, content).await
    }

    async fn figures_save(&self, request: FiguresSave) -> UseCase<SavedFile> {
        let (name, content) = figures::workbook(&self.context()?, request).await?;
        self.0.0.host.save_file(&name, content).await
    }

    async fn import_preview(&self, request: ImportPreviewRequest) -> UseCase<ImportPreview> {
        imports::preview(&self.context()?, &*self.0.0.host, request).await
    }

    async fn import_check(&self, request: ImportCheckRequest) -> UseCase<ImportView> {
        imports::check(&self.context()?, &*self.0.0.host, request).await
    }

    async fn import_rows(&self, request: ImportRowsQuery) -> UseCase<ImportRowsPage> {
        imports::rows(&self.context()?, request).await
    }

    async fn import_commit(&self, request: ImportRef) -> UseCase<ImportView> {
        let (company, id) = list(request);
        imports::commit_begin(&self.context()?, company, id).await
    }

    async fn import_cancel(&self, request: ImportRef) -> UseCase<Empty> {
        let (company, id) = list(request);
        imports::cancel(&self.context()?, company, id).await?;
        Ok(Empty {})
    }

    async fn import_undo(&self, request: ImportUndo) -> UseCase<ImportUndone> {
        imports::undo(&self.context()?, request).await
    }

    async fn import_run(&self, request: ImportRequest) -> UseCase<ImportReport> {
        imports::run(&self.context()?, &*self.0.0.host, request).await
    }

    async fn import_list(&self, request: ImportQuery) -> UseCase<ImportList> {
        let campaign = request.campaign_id.map(CampaignId);
        Ok(ImportList { items: imports::list(&self.context()?, CompanyId(request.company_id), campaign).await? })
    }

    async fn import_get(&self, request: ImportRef) -> UseCase<ImportView> {
        let (company, id) = list(request);
        imports::get(&self.context()?, company, id).await
    }

    async fn import_rejects_save(&self, request: ImportRejects) -> UseCase<SavedFile> {
        let (company, id) = (CompanyId(request.company_id), CallListId(request.call_list_id));
        let (name, content) = imports::rejects(&self.context()?, company, id, &request.language).await?;
        self.0.0.host.save_file(&name, content).await
    }

    async fn template_save(&self, request: TemplateRequest) -> UseCase<SavedFile> {
        let (name, content) = imports::template(&request)?;
        self.0.0.host.save_file(&name, content).await
    }

    async fn contact_list(&self, request: ContactQuery) -> UseCase<ContactPage> {
        contacts::list(&self.context()?, request).await
    }

    async fn contact_get(&self, request: ContactRef) -> UseCase<ContactDetail> {
        contacts::get(&self.context()?, request).await
    }

    async fn contact_create(&self, request: ContactCreate) -> UseCase<ContactView> {
        contacts::create(&self.context()?, request).await
    }

    async fn contact_update(&self, request: ContactUpdate) -> UseCase<ContactView> {
        contacts::update(&self.context()?, request).await
    }

    async fn contact_delete_preview(&self, request: ContactsRequest) -> UseCase<ContactsDeleted> {
        contacts::delete_preview(&self.context()?, request).await
    }

    async fn contact_delete(&self, request: ContactsRequest) -> UseCase<ContactsDeleted> {
        contacts::delete(&self.context()?, request).await
    }

    async fn contact_merge(&self, request: ContactMerge) -> UseCase<ContactView> {
        contacts::merge(&self.context()?, request).await
    }

    async fn contact_tag(&self, request: ContactTagging) -> UseCase<ContactsChanged> {
        contacts::tag(&self.context()?, request).await
    }

    async fn contact_call(&self, request: ContactCall) -> UseCase<ContactsQueued> {
        contacts::call(&self.context()?, request).await
    }

    async fn contact_call_now(&self, request: ContactCallNow) -> UseCase<DirectCallStarted> {
        direct::call_now(&self.context()?, &self.0.0.lines, request).await
    }

    async fn contact_explain(&self, request: ContactRef) -> UseCase<ContactExplanation> {
        dialing::explain_contact(&self.context()?, request).await
    }

    async fn direct_calls(&self, request: CompanyRef) -> UseCase<DirectCalls> {
        direct::list(&self.context()?, CompanyId(request.company_id)).await
    }

    async fn direct_call_cancel(&self, request: TaskRef) -> UseCase<Empty> {
        direct::cancel(&self.context()?, request).await?;
        Ok(Empty {})
    }

    async fn contact_export(&self, request: ContactExport) -> UseCase<SavedFile> {
        let (name, content) = contacts::export(&self.context()?, request).await?;
        self.0.0.host.save_file(&name, content).await
    }

    async fn contact_tags(&self, request: CompanyRef) -> UseCase<TagList> {
        contacts::tags(&self.context()?, request).await
    }

    async fn do_not_call_list(&self, request: DoNotCallQuery) -> UseCase<DoNotCallPage> {
        do_not_call::list(&self.context()?, request).await
    }

    async fn do_not_call_add(&self, request: DoNotCallAdd) -> UseCase<DoNotCallAdded> {
        do_not_call::add(&self.context()?, request).await
    }

    async fn do_not_call_remove(&self, request: DoNotCallRemove) -> UseCase<Empty> {
        do_not_call::remove(&self.context()?, request).await
    }

    async fn do_not_call_export(&self, request: DoNotCallExport) -> UseCase<SavedFile> {
        let (name, content) = do_not_call::export(&self.context()?, request).await?;
        self.0.0.host.save_file(&name, content).await
    }

    async fn do_not_call_import(&self, request: DoNotCallImport) -> UseCase<DoNotCallAdded> {
        imports::do_not_call(&self.context()?, &*self.0.0.host, request).await
    }

    async fn live_calls(&self, request: LiveQuery) -> UseCase<LiveCalls> {
        calls::live(&self.context()?, CompanyId(request.company_id), request.campaign_id.map(CampaignId)).await
    }

    async fn call_list(&self, request: CallQuery) -> UseCase<CallPage> {
        calls::list(&self.context()?, request).await
    }

    async fn call_get(&self, request: CallRef) -> UseCase<CallDetail> {
        calls::get(&self.context()?, CompanyId(request.company_id), CallId(request.call_id)).await
    }

    async fn campaign_analytics(&self, request: CampaignRef) -> UseCase<CampaignAnalytics> {
        let (company, id) = ids(request);
        calls::analytics(&self.context()?, company, id).await
    }

    async fn settings_get(&self, request: CompanyRef) -> UseCase<SettingsView> {
        settings::view(&self.context()?, &*self.0.0.host, CompanyId(request.company_id)).await
    }

    async fn line_update(&self, request: LineUpdate) -> UseCase<SettingsView> {
        let (context, host) = (self.context()?, &self.0.0.host);
        let company = CompanyId(request.company_id);
        settings::check_line(&request.line)?;
        if let Some(secrets) = request.secrets {
            let mut errors = callboard_core::field::FieldErrors::default();
            errors.check_text("secrets.apiKey", &secrets.api_key, 1, 255);
            errors.check_text("secrets.apiSecret", &secrets.api_secret, 1, 255);
            errors.into_result()?;
            host.store_secret(SecretName::LivekitKey(company), secrets.api_key.into()).await?;
            host.store_secret(SecretName::LivekitSecret(company), secrets.api_secret.into()).await?;
        }
        self.0.0.lines.forget(company);
        settings::set_line(&context, company, &request.line).await?;
        self.0.refresh_reach();
        settings::view(&context, &**host, company).await
    }

    async fn line_check(&self, request: LineCheckRequest) -> UseCase<LineCheck> {
        settings::check_line(&request.line)?;
        let company = CompanyId(request.company_id);
        let host = &*self.0.0.host;
        let made = lines::make(host, company, request.line.kind, &request.line, request.secrets.as_ref()).await;
        let checked = match made {
            Ok(line) => line.check().await,
            Err(fault) => Err(fault),
        };
        let fault = checked.err();
        Ok(LineCheck {
            ok: fault.is_none(),
            fault: fault.as_ref().map(|fault| fault.code.as_str().to_owned()),
            detail: fault.map(|fault| fault.detail),
            checked_at: self.0.0.clock.now(),
        })
    }

    async fn prices_update(&self, request: PricesUpdate) -> UseCase<SettingsView> {
        let (context, company) = (self.context()?, CompanyId(request.company_id));
        settings::set_prices(&context, company, &request.prices).await?;
        settings::view(&context, &*self.0.0.host, company).await
    }

    async fn system_limits_update(&self, request: SystemLimits) -> UseCase<SystemLimits> {
        settings::set_system_limits(&self.context()?, request).await
    }

    async fn limits_get(&self, request: LimitsQuery) -> UseCase<LimitsView> {
        limits::get(&self.context()?, request).await
    }

    async fn company_limits_update(&self, request: CompanyLimitsUpdate) -> UseCase<LimitsView> {
        limits::update(&self.context()?, request).await
    }

    async fn trunk_limits_update(&self, request: TrunkLimitsUpdate) -> UseCase<LimitsView> {
        limits::update_trunk(&self.context()?, request).await
    }

    async fn breaker_list(&self, request: CompanyRef) -> UseCase<BreakerList> {
        limits::breaker_list(&self.context()?, CompanyId(request.company_id)).await
    }

    async fn breaker_reset(&self, request: BreakerRef) -> UseCase<BreakerView> {
        limits::breaker_reset(&self.context()?, request).await
    }

    async fn notice_list(&self, request: NoticeQuery) -> UseCase<NoticePage> {
        notices::list(&self.context()?, request).await
    }

    async fn notice_read(&self, request: NoticesRead) -> UseCase<Empty> {
        notices::read(&self.context()?, request).await?;
        Ok(Empty {})
    }

    async fn file_pick(&self, request: FilePick) -> UseCase<PickedFile> {
        let path = self.0.0.host.pick_file(request.purpose.unwrap_or(FilePurpose::CallList)).await?;
        Ok(PickedFile { path: path.map(|path| path.to_string_lossy().into_owned()) })
    }

    async fn window_open(&self, request: CampaignRef) -> UseCase<Empty> {
        self.0.0.host.open_campaign_window(request.company_id, request.campaign_id).await?;
        Ok(Empty {})
    }

    async fn log_fault(&self, request: UiFault) -> UseCase<Empty> {
        let cut = |text: &str, max: usize| text.chars().take(max).collect::<String>();
        tracing::error!(
            ui.message = %cut(&request.message, 2_000),
            ui.stack = %cut(request.stack.as_deref().unwrap_or_default(), 8_000),
            "The user interface reported a fault"
        );
        Ok(Empty {})
    }
}
