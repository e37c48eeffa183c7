//! Knowledge documents: added once, cut, found, kept while they are used.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use callboard_contract::{ErrorCode, KnowledgeAdd, KnowledgeInput, KnowledgeQuery};
use callboard_db::PgPool;
use callboard_engine::{knowledge, skillbases};
use common::{Stage, refused, skillbase_form, test_host::TestHost};
use uuid::Uuid;

const SALON: &str = "Салон «Лето» работает ежедневно с девяти до двадцати одного. Стрижка стоит тысячу пятьсот рублей. \
Парковка во дворе бесплатная для всех клиентов. We speak English too, and haircuts for children are cheaper.";

async fn add(stage: &Stage, title: &str, text: &str) -> callboard_engine::UseCase<Uuid> {
    let request = KnowledgeAdd {
        company_id: stage.company.0,
        title: title.to_owned(),
        input: KnowledgeInput::Text { text: text.to_owned() },
    };
    Ok(knowledge::add(&stage.context, &TestHost::default(), request).await?.id)
}

async fn find(stage: &Stage, documents: &[Uuid], question: &str) -> Vec<(String, f64)> {
    let query = KnowledgeQuery {
        company_id: stage.company.0,
        document_ids: documents.to_vec(),
        query: question.to_owned(),
        limit: 5,
    };
    let hits = knowledge::search(&stage.context, query).await.unwrap();
    hits.items.into_iter().map(|hit| (hit.title, hit.score)).collect()
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn passages_are_found_by_any_form_of_their_words(db: PgPool) {
    let stage = Stage::new(db).await;
    let salon = add(&stage, "Салон", SALON).await.unwrap();
    add(&stage, "Доставка", "Доставка занимает два дня. Курьер звонит за час.").await.unwrap();
    assert_eq!(find(&stage, &[], "Сколько стоят стрижки?").await[0].0, "Салон");
    assert_eq!(find(&stage, &[], "парковке").await, [("Салон".to_owned(), 1.0)], "every word of the question: 1");
    assert_eq!(find(&stage, &[], "haircut").await[0], ("Салон".to_owned(), 1.0));
    assert_eq!(find(&stage, &[salon], "когда приедет курьер").await, [], "only in the documents that are named");
    let half = find(&stage, &[], "парковка вертолёта").await;
    assert!(half.len() == 1 && half[0].1 < 0.9 && half[0].1 > 0.1, "a part of the words is a part of 1: {half:?}");
    assert_eq!(find(&stage, &[], "?!").await, [], "a question without words finds nothing");
    assert_eq!(find(&stage, &[], "a' | b & !c:*").await, [], "a question is never read as a query");
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_document_is_added_once_and_not_without_text(db: PgPool) {
    let stage = Stage::new(db).await;
    add(&stage, "Салон", SALON).await.unwrap();
    assert_eq!(refused(&add(&stage, "Ещё раз", SALON).await.unwrap_err()), [("input", "taken")]);
    assert_eq!(refused(&add(&stage, "Пусто", " \n ").await.unwrap_err()), [("input", "required")]);
    assert_eq!(refused(&add(&stage, "", "текст").await.unwrap_err()), [("title", "required")]);
    let long = "Предложение. ".repeat(200);
    add(&stage, "Длинный", &long).await.unwrap();
    let listed = knowledge::list(&stage.context, stage.company).await.unwrap();
    assert_eq!((listed[0].title.as_str(), listed[0].chunks > 4), ("Длинный", true));
    assert!(stage.number("select max(char_length(content))::bigint from knowledge_chunks").await <= 500);
}

#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn a_document_that_a_skillbase_uses_is_kept(db: PgPool) {
    let stage = Stage::new(db).await;
    let document = add(&stage, "Салон", SALON).await.unwrap();
    let mut form = skillbase_form(stage.company, "With knowledge");
    form.document.knowledge.document_ids = vec![document];
    form.document.conversation.flow.states[0].uses_knowledge = true;
    skillbases::create(&stage.context, form).await.unwrap();
    let error = knowledge::delete(&stage.context, stage.company, document).await.unwrap_err();
    assert_eq!((error.code, error.params["count"].as_str()), (ErrorCode::InUse, "1"));
    let free = add(&stage, "Другое", "Другой текст.").await.unwrap();
    knowledge::delete(&stage.context, stage.company, free).await.unwrap();
    assert_eq!(stage.number("select count(*) from knowledge_chunks where content like 'Другой%'").await, 0);
}
