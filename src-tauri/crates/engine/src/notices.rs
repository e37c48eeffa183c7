//! Notices: what the program did by itself while nobody looked. Owns when one is told only once; refuses words, which are
//! the user interface's, and numbers and names of people.

use callboard_contract::{NoticePage, NoticeQuery, NoticeView, NoticesRead};
use callboard_core::{
    id::{CampaignId, CompanyId},
    notice::NoticeKind,
    retry::CALLBACK_TOLERANCE_MINUTES,
};
use callboard_db::{
    DbResult, PgConnection,
    notices::{self as rows, NewNotice, Notice},
};

use crate::{
    context::{Context, commit},
    cursor,
    error::{OrFault, UseCase},
    events,
};

/// Missed callbacks that one look tells of.
const MOST_MISSED: i64 = 50;

/// A notice to be told.
#[derive(Debug, Clone)]
pub(crate) struct Tell {
    kind: NoticeKind,
    campaign: Option<CampaignId>,
    params: serde_json::Map<String, serde_json::Value>,
    once: Option<String>,
}

impl Tell {
    /// Something that happened to the company.
    pub(crate) fn of(kind: NoticeKind) -> Self {
        Self { kind, campaign: None, params: serde_json::Map::new(), once: None }
    }

    /// It happened to this campaign.
    pub(crate) fn about(mut self, campaign: CampaignId) -> Self {
        self.campaign = Some(campaign);
        self
    }

    /// A figure or a name of its sentence; never of a contact.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers hand over figures and texts alike, without borrowing each"
    )]
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string().into());
        self
    }

    /// Told only once under this key, whoever finds out first.
    pub(crate) fn once(mut self, key: String) -> Self {
        self.once = Some(key);
        self
    }

    /// Tells it with the present transaction. False when it was told before.
    pub(crate) async fn tell(self, db: &mut PgConnection, context: &Context, company: CompanyId) -> DbResult<bool> {
        let notice = NewNotice {
            notice_id: context.new_id(),
            campaign: self.campaign,
            kind: self.kind,
            params: self.params.into(),
            once: self.once,
        };
        let told = rows::insert(db, company, &notice).await?;
        if told {
            events::announce(db, Some(company), &["notices"]).await?;
        }
        Ok(told)
    }
}

fn view(notice: Notice) -> NoticeView {
    let params = match notice.params {
        serde_json::Value::Object(params) => params
            .into_iter()
            .map(|(name, value)| {
                let text = if let serde_json::Value::String(text) = value { text } else { value.to_string() };
                (name, text)
            })
            .collect(),
        _ => std::collections::BTreeMap::new(),
    };
    NoticeView {
        id: notice.notice_id,
        kind: notice.kind,
        level: notice.level,
        at: notice.happened_at,
        campaign_id: notice.campaign_id,
        campaign_name: notice.campaign_name,
        params,
        read_at: notice.read_at,
    }
}

/// The inbox of a company, newest first.
///
/// # Errors
/// Refused fields.
pub async fn list(context: &Context, query: NoticeQuery) -> UseCase<NoticePage> {
    let company = CompanyId(query.company_id);
    let limit = cursor::limit(query.limit)?;
    let after = query.cursor.as_deref().map(cursor::parse_instant).transpose()?;
    let mut db = context.connection().await.or_fault(context)?;
    let mut notices = rows::page(&mut db, company, query.unread_only, after, limit + 1).await.or_fault(context)?;
    let unread = rows::unread(&mut db, company).await.or_fault(context)?;
    let next_cursor = cursor::cut(&mut notices, limit, |last| cursor::of_instant(last.happened_at, last.notice_id));
    Ok(NoticePage { items: notices.into_iter().map(view).collect(), next_cursor, unread })
}

/// Marks notices as read; without ids all of them.
///
/// # Errors
/// When the database is away.
pub async fn read(context: &Context, request: NoticesRead) -> UseCase<()> {
    let company = CompanyId(request.company_id);
    let ids = (!request.ids.is_empty()).then_some(request.ids.as_slice());
    let mut tx = context.begin().await.or_fault(context)?;
    rows::mark_read(&mut tx, company, ids).await.or_fault(context)?;
    events::announce(&mut tx, Some(company), &["notices"]).await.or_fault(context)?;
    commit(tx).await.or_fault(context)
}

/// Tells of promised callbacks that were not dialled in time and of campaigns that run and that nobody dials, and forgets
/// what is old.
pub(crate) async fn look(context: &Context) -> DbResult<()> {
    let mut db = context.connection().await?;
    let missed = rows::missed_callbacks(&mut db, CALLBACK_TOLERANCE_MINUTES, MOST_MISSED).await?;
    let undialed = rows::without_worker(&mut db).await?;
    drop(db);
    let mut tx = context.begin().await?;
    for callback in missed {
        Tell::of(NoticeKind::CallbackMissed)
            .about(callback.campaign_id)
            .with("promisedAt", callback.promised_at.to_rfc3339())
            .with("taskId", callback.task_id)
            .once(format!("callback:{}:{}", callback.task_id, callback.promised_at.timestamp()))
            .tell(&mut tx, context, callback.company_id)
            .await?;
    }
    for (company, campaign) in undialed {
        Tell::of(NoticeKind::NoWorker)
            .about(campaign)
            .once(format!("no_worker:{campaign}:{}", context.now().date_naive()))
            .tell(&mut tx, context, company)
            .await?;
    }
    rows::forget_old(&mut tx).await?;
    commit(tx).await
}
