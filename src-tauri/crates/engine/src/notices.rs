//! Notices: what the program did by itself while nobody looked. Owns when one is told only once; refuses words, which are
//! the user interface's, and numbers and names of people.

use callboard_core::{
    id::{CampaignId, CompanyId},
    notice::NoticeKind,
};
use callboard_db::{
    DbResult, PgConnection,
    notices::{self as rows, NewNotice},
};

use crate::{context::Context, events};

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
