//! Regression cases on a real database.

use callboard_contract::{CompanyForm, RegressionRequest, SandboxCaseRef, SandboxMode, SandboxSave, SkillbaseForm};
use callboard_core::id::{CompanyId, SkillbaseId};
use callboard_db::PgPool;
use callboard_engine::{Context, Random, companies, sandbox, skillbases};
use std::sync::Arc;

use crate::sandbox::{document, say, start};

struct World {
    context: Context,
    company: CompanyId,
    skillbase: SkillbaseId,
}

async fn world(db: PgPool) -> World {
    let clock = Arc::new(callboard_core::clock::SystemClock::start());
    let context = Context::new(db, clock, Arc::new(Random::seeded(7)));
    let form = CompanyForm {
        name: "Salon".into(),
        time_zone: "Europe/Moscow".into(),
        default_region: "RU".into(),
        currency: "RUB".into(),
        calls_at_once: 5,
    };
    let company = CompanyId(companies::create(&context, form).await.expect("a company").id);
    let form = SkillbaseForm {
        company_id: company.0,
        name: "Запись".into(),
        description: String::new(),
        document: document(),
        publish: false,
    };
    let skillbase = SkillbaseId(skillbases::create(&context, form).await.expect("a skillbase").summary.id);
    World { context, company, skillbase }
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_kept_conversation_shows_what_a_new_version_changes(db: PgPool) {
    let World { context, company, skillbase } = world(db).await;
    let view = say(start(&document(), SandboxMode::Engine).session, "Да").await;
    let view = say(view.session, "8 999 123 45 67").await;
    let save = SandboxSave {
        company_id: company.0,
        skillbase_id: skillbase.0,
        name: "Записывается сразу".into(),
        session: view.session,
    };
    let case = sandbox::save(&context, save.clone()).await.expect("it is kept");
    assert_eq!((case.sentences, case.outcome_id.as_deref()), (2, Some("lead")));
    let taken = sandbox::save(&context, save.clone()).await.expect_err("the name is taken");
    assert_eq!((taken.fields[0].field.as_str(), taken.fields[0].code.as_str()), ("name", "taken"));
    assert_eq!(sandbox::list(&context, company, skillbase).await.expect("they are listed").items, [case.clone()]);

    let run = |document| {
        sandbox::regression(&context, RegressionRequest { company_id: company.0, skillbase_id: skillbase.0, document })
    };
    let report = run(document()).await.expect("it runs");
    assert_eq!((report.same, report.items[0].same), (1, true), "{report:?}");

    let mut changed = document();
    changed.conversation.fields[0].required = false;
    changed.conversation.flow.states[2].examples = vec!["Ждём вас!".into()];
    let report = run(changed).await.expect("it runs");
    let paths: Vec<&str> = report.items[0].changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!((report.same, report.items[0].same), (0, false));
    assert!(paths.contains(&"outcome") && paths.contains(&"turns.2"), "{paths:?}");
    assert!(!paths.contains(&"path"), "the same states: {paths:?}");

    let gone = SandboxCaseRef { company_id: company.0, skillbase_id: skillbase.0, case_id: case.id };
    sandbox::delete(&context, gone).await.expect("it is forgotten");
    assert!(sandbox::delete(&context, gone).await.is_err(), "it is gone");
    let stranger = SandboxSave { skillbase_id: uuid::Uuid::nil(), ..save };
    assert!(sandbox::save(&context, stranger).await.is_err(), "no such skillbase");
}
