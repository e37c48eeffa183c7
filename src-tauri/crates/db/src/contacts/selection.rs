//! Which contacts: by id or by what is known of them. Owns the one condition that lists, deletions, labels, calls and
//! exports share, so that a deletion takes exactly what the list has shown.

use callboard_core::id::CallListId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{DbResult, campaigns::like_pattern};

/// What a search looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// Numbers that begin so, in E.164.
    Beginning(String),
    /// A text anywhere in name, e-mail or company.
    Text(String),
    /// Digits anywhere in a number, and what was written anywhere in name, e-mail or company.
    Digits {
        /// As written.
        text: String,
        /// Only the digits.
        digits: String,
        /// What they mean when they are the beginning of a number, in E.164.
        beginning: Option<String>,
    },
}

/// Which contacts; all of these must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// What is looked for.
    pub search: Option<Search>,
    /// With all of these labels.
    pub tags: Vec<String>,
    /// Made by this import.
    pub call_list: Option<CallListId>,
    /// Called before, or never.
    pub called: Option<bool>,
}

/// Several contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These, as far as the company has them.
    Ids(Vec<Uuid>),
    /// All that match.
    Filter(Filter),
}

impl Filter {
    /// Whether no index finds the contacts.
    #[must_use]
    pub fn reads_the_book(&self) -> bool {
        self.called.is_some() || matches!(self.search, Some(Search::Text(_) | Search::Digits { .. }))
    }
}

/// A selection as the arguments of [`of_chosen`].
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) ids: Option<Vec<Uuid>>,
    pub(super) from: Option<String>,
    pub(super) below: Option<String>,
    pub(super) text: Option<String>,
    pub(super) digits: Option<String>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) call_list: Option<Uuid>,
    pub(super) called: Option<bool>,
}

impl Arguments {
    /// The colon follows the digits, so that the index finds the range without a pattern.
    fn range(&mut self, beginning: Option<&str>) {
        self.from = beginning.map(str::to_owned);
        self.below = beginning.map(|number| format!("{number}:"));
    }
}

impl From<&Filter> for Arguments {
    fn from(filter: &Filter) -> Self {
        let mut arguments = Self {
            tags: (!filter.tags.is_empty()).then(|| filter.tags.clone()),
            call_list: filter.call_list.map(Uuid::from),
            called: filter.called,
            ..Self::default()
        };
        match &filter.search {
            Some(Search::Beginning(number)) => arguments.range(Some(number.as_str())),
            Some(Search::Text(text)) => arguments.text = Some(like_pattern(text)),
            Some(Search::Digits { text, digits, beginning }) => {
                arguments.text = Some(like_pattern(text));
                arguments.digits = Some(like_pattern(digits));
                arguments.range(beginning.as_deref());
            }
            None => {}
        }
        arguments
    }
}

impl From<&Selection> for Arguments {
    fn from(selection: &Selection) -> Self {
        match selection {
            Selection::Ids(ids) => Self { ids: Some(ids.clone()), ..Self::default() },
            Selection::Filter(filter) => filter.into(),
        }
    }
}

/// A checked statement about `chosen`, the contacts of a selection. Its own arguments begin with `$10`.
macro_rules! of_chosen {
    (@ $query:ident!($($row:ident,)?), $company:expr, $chosen:expr, $sql:literal $(, $argument:expr)*) => {
        sqlx::$query!(
            $($row,)?
            "with chosen as (
                 select c.* from contacts c
                 where c.company_id = $1
                   and ($2::uuid[] is null or c.contact_id = any($2))
                   and ($3::text is null or $5::text is not null or (c.phone >= $3 and c.phone < $4))
                   and ($5::text is null or c.phone like $6 or (c.phone >= $3 and c.phone < $4)
                        or array_to_string(c.other_phones, ' ') like $6
                        or concat_ws(E'\\n', c.name, c.email, c.organization) ilike $5)
                   and ($7::text[] is null or c.tags @> $7)
                   and ($8::uuid is null or c.call_list_id = $8)
                   and ($9::boolean is null or $9 = (
                        exists (select from calls k
                                where k.company_id = c.company_id and k.phone = c.phone and k.dial_intent_at is not null)
                        or (c.other_phones is not null and exists (
                                select from calls k
                                where k.company_id = c.company_id and k.phone = any(c.other_phones)
                                  and k.dial_intent_at is not null))))
             )" + $sql,
            $company.0,
            $chosen.ids.as_deref(),
            $chosen.from,
            $chosen.below,
            $chosen.text,
            $chosen.digits,
            $chosen.tags.as_deref(),
            $chosen.call_list,
            $chosen.called
            $(, $argument)*
        )
    };
    (_, $company:expr, $chosen:expr, $sql:literal $(, $argument:expr)* $(,)?) => {
        of_chosen!(@ query!(), $company, $chosen, $sql $(, $argument)*)
    };
    ($row:ident, $company:expr, $chosen:expr, $sql:literal $(, $argument:expr)* $(,)?) => {
        of_chosen!(@ query_as!($row,), $company, $chosen, $sql $(, $argument)*)
    };
}
pub(super) use of_chosen;

/// Plans each statement of the transaction for its arguments: a plan for all selections at once would read the whole
/// book for each of them. With room for the numbers of all calls in memory, whether somebody was called is asked of a
/// table in memory and not of an index, a million times.
pub(super) async fn plan_for_arguments(db: &mut PgConnection) -> DbResult<()> {
    sqlx::query!(
        "select set_config('plan_cache_mode', 'force_custom_plan', true) as plans, set_config('work_mem', '64MB', true) as memory"
    )
    .fetch_one(db)
    .await?;
    Ok(())
}
