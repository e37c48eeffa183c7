//! What the contact book and the do-not-call list need of the schema: numbers that compare by one rule everywhere, so that
//! each look is one of an index, and one rule of what is forbidden.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use callboard_core::{
    do_not_call::{DoNotCallKind, DoNotCallSource},
    id::{CampaignId, CompanyId, ContactId},
    zone::ZoneSource,
};
use callboard_db::{
    PgPool,
    contacts::{self, Person, Selection},
    do_not_call::{self, NewEntries},
};
use uuid::Uuid;

const COMPANY: CompanyId = CompanyId(Uuid::from_u128(1));
const CAMPAIGN: CampaignId = CampaignId(Uuid::from_u128(3));
const OTHER: CampaignId = CampaignId(Uuid::from_u128(4));

async fn company(db: &PgPool) {
    for sql in [
        "insert into companies (company_id, name) values ($1, 'Company')",
        "insert into skillbases (company_id, skillbase_id, name) values ($1, $1, 'Skillbase')",
        "insert into skillbase_versions (company_id, skillbase_id, version, document) values ($1, $1, 1, '{}')",
        "insert into campaigns (company_id, campaign_id, skillbase_id, skillbase_version, name)
         select $1, id, $1, 1, id::text from unnest(array['00000000-0000-0000-0000-000000000003'::uuid,
                                                          '00000000-0000-0000-0000-000000000004'::uuid]) id",
    ] {
        sqlx::query(sql).bind(COMPANY.0).execute(db).await.unwrap();
    }
}

fn person(phone: &str) -> Person {
    Person {
        phone: phone.to_owned(),
        other_phones: Vec::new(),
        name: None,
        email: None,
        organization: None,
        notes: None,
        tags: Vec::new(),
        zones: String::new(),
        zone_source: ZoneSource::Campaign,
        data: std::collections::BTreeMap::new(),
    }
}

/// Two columns that compare by different collations share no index, and every look for a number reads a whole table.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn numbers_compare_by_the_same_rule_in_every_table(db: PgPool) {
    let others: Vec<String> = sqlx::query_scalar(
        "select format('%s.%s', c.relname, a.attname)
         from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname in ('phone', 'pattern') and not a.attisdropped
         join pg_collation o on o.oid = a.attcollation
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and o.collname <> 'C'
         order by 1",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    assert_eq!(others, [""; 0], "do not compare like contacts.phone");
}

/// `is_forbidden` decides for one number at the moment of dialling, a set of statements for many: the rule is one.
#[sqlx::test(migrator = "callboard_db::MIGRATOR")]
async fn what_is_queued_and_what_may_be_dialled_is_one_rule(db: PgPool) {
    company(&db).await;
    let mut tx = db.begin().await.unwrap();
    let phones: Vec<String> = (0..60).map(|n| format!("+79{:09}", n * 17_171_717)).collect();
    for (n, phone) in (1_000..).zip(&phones) {
        contacts::insert(&mut tx, COMPANY, ContactId(Uuid::from_u128(n)), &person(phone)).await.unwrap();
    }
    for (n, campaign) in [None, Some(CAMPAIGN), Some(OTHER)].into_iter().enumerate() {
        let mut entries = NewEntries::default();
        for (at, phone) in phones.iter().enumerate().filter(|(at, _)| at % 7 == n) {
            let (kind, end) = [(DoNotCallKind::Number, 12), (DoNotCallKind::Prefix, 4 + at % 9)][at % 2];
            let id = Uuid::from_u128(u128::try_from(10_000 * (n + 1) + at).unwrap());
            entries.push(id, kind, phone[..end].to_owned());
        }
        let added = do_not_call::insert(&mut tx, COMPANY, campaign, DoNotCallSource::Person, None, &entries);
        assert!(added.await.unwrap() > 5, "{campaign:?}");
    }
    let now = callboard_db::now(&mut tx).await.unwrap();
    let tasks: Vec<Uuid> = (0..60).map(|n| Uuid::from_u128(100_000 + n)).collect();
    let chosen = Selection::Filter(contacts::Filter::default());
    let queued = contacts::call(&mut tx, COMPANY, CAMPAIGN, &chosen, (0, now), &tasks).await.unwrap();
    assert_eq!((queued.created + queued.do_not_call, queued.in_campaign), (60, 0));
    let forbidden: i64 = sqlx::query_scalar("select count(*) from contacts where is_forbidden(company_id, $1, phone)")
        .bind(CAMPAIGN.0)
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(i64::from(queued.do_not_call), forbidden);
    assert!(queued.created > 10 && queued.do_not_call > 10, "both happen: {queued:?}");
    let wrong: i64 =
        sqlx::query_scalar("select count(*) from call_tasks where is_forbidden(company_id, campaign_id, phone)")
            .fetch_one(&mut *tx)
            .await
            .unwrap();
    assert_eq!(wrong, 0, "nobody waits who may not be dialled");
    for phone in &phones {
        let entry = do_not_call::forbidding(&mut tx, COMPANY, phone).await.unwrap();
        let expected: bool =
            sqlx::query_scalar("select exists (select from campaigns where is_forbidden(company_id, campaign_id, $1))")
                .bind(phone)
                .fetch_one(&mut *tx)
                .await
                .unwrap();
        assert_eq!(entry.is_some(), expected, "{phone}: {entry:?}");
    }
}
