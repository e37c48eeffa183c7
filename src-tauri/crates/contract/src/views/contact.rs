//! The contact book and the do-not-call list.

use std::collections::BTreeMap;

use callboard_core::{call::Outcome, task::TaskStatus, text_enum, zone::ZoneSource};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::{CallView, FileFormat, ImportSource};

/// Which contacts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactFilter {
    /// Part of a number, of the name, the e-mail or the company.
    pub search: Option<String>,
    /// With all of these labels.
    pub tags: Vec<String>,
    /// Made by this import.
    pub call_list_id: Option<Uuid>,
    /// Called before, or never.
    pub called: Option<bool>,
}

/// Which contacts, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactQuery {
    /// The company.
    pub company_id: Uuid,
    /// Which.
    pub filter: ContactFilter,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of the page, 1..=200.
    pub limit: u32,
}

/// What a person may set of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactForm {
    /// Number, in any notation.
    pub phone: String,
    /// Further numbers.
    pub other_phones: Vec<String>,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Whom the contact works for.
    pub organization: String,
    /// Remarks.
    pub notes: String,
    /// Labels.
    pub tags: Vec<String>,
    /// Time zone, region or city in words; empty: from the number.
    pub zone: String,
    /// Further data for the conversation.
    pub data: BTreeMap<String, String>,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactView {
    /// Id.
    pub id: Uuid,
    /// E.164 number.
    pub phone: String,
    /// Further numbers.
    pub other_phones: Vec<String>,
    /// Name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Whom the contact works for.
    pub organization: Option<String>,
    /// Remarks.
    pub notes: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// IANA zones in which the contact may be; empty: the campaign's holds.
    pub zones: Vec<String>,
    /// Which rule says so.
    pub zone_source: ZoneSource,
    /// Further data.
    pub data: BTreeMap<String, String>,
    /// Counts changes; an update names the one that it saw.
    pub revision: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the latest call was dialled.
    pub last_call_at: Option<DateTime<Utc>>,
    /// What came of the latest call.
    pub last_outcome: Option<Outcome>,
    /// Calls so far, over all campaigns.
    pub calls: i32,
}

/// A page of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactPage {
    /// Newest first.
    pub items: Vec<ContactView>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
    /// All that match.
    pub total: i32,
}

/// Names a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactRef {
    /// The company.
    pub company_id: Uuid,
    /// The contact.
    pub contact_id: Uuid,
}

/// A new contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactCreate {
    /// The company.
    pub company_id: Uuid,
    /// What it says.
    pub form: ContactForm,
}

/// A changed contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactUpdate {
    /// The company.
    pub company_id: Uuid,
    /// The contact.
    pub contact_id: Uuid,
    /// The revision that was changed.
    pub revision: i32,
    /// What it says now.
    pub form: ContactForm,
}

text_enum! {
    /// What adds to or takes from the priority of a contact's tasks.
    pub enum PriorityRule {
        /// Has a name: +100.
        Name = "name",
        /// Has an e-mail address: +10.
        Email = "email",
        /// Has a company: +10.
        Organization = "organization",
        /// Successful earlier calls: +5 each, at most +20.
        Successes = "successes",
        /// Attempts that reached nobody: -10 each.
        NotConnected = "not_connected",
    }
}

/// A part of the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PriorityPart {
    /// The rule.
    pub rule: PriorityRule,
    /// How often it applies.
    pub count: i32,
    /// What it adds.
    pub points: i32,
}

/// Why a contact's tasks stand where they stand. Never below 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PriorityView {
    /// The sum, not below 0.
    pub total: i32,
    /// Its parts; rules that do not apply are left out.
    pub parts: Vec<PriorityPart>,
}

/// A contact in a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactTask {
    /// The campaign.
    pub campaign_id: Uuid,
    /// Its name.
    pub campaign_name: String,
    /// Status of the task.
    pub status: TaskStatus,
    /// Attempts so far.
    pub attempts: i32,
    /// When it will be tried again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What came of the latest attempt.
    pub outcome: Option<Outcome>,
}

/// Everything about a contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactDetail {
    /// The contact.
    pub contact: ContactView,
    /// What a new task of it would get.
    pub priority: PriorityView,
    /// Its calls over all campaigns, newest first, at most 100.
    pub calls: Vec<CallView>,
    /// Its tasks, newest first.
    pub tasks: Vec<ContactTask>,
    /// The do-not-call entry that forbids it.
    pub do_not_call: Option<DoNotCallEntry>,
}

/// Several contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ContactSelection {
    /// These.
    Ids {
        /// At most 10,000.
        ids: Vec<Uuid>,
    },
    /// All that match.
    Filter {
        /// Which.
        filter: ContactFilter,
    },
}

/// Does something to several contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactsRequest {
    /// The company.
    pub company_id: Uuid,
    /// Which contacts.
    pub selection: ContactSelection,
}

/// What a deletion removed, or would remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactsDeleted {
    /// Contacts.
    pub contacts: i32,
    /// Their waiting tasks, which are skipped.
    pub skipped_tasks: i32,
    /// Calls in progress, which go on.
    pub live_calls: i32,
}

/// Sets and removes labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactTagging {
    /// The company.
    pub company_id: Uuid,
    /// Which contacts.
    pub selection: ContactSelection,
    /// Labels to add.
    pub add: Vec<String>,
    /// Labels to remove.
    pub remove: Vec<String>,
}

/// How many contacts changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactsChanged {
    /// Contacts.
    pub changed: i32,
}

/// Makes one contact of several that are the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactMerge {
    /// The company.
    pub company_id: Uuid,
    /// The one that stays; where it says nothing, the others fill in. Their numbers become its further numbers.
    pub keep: Uuid,
    /// The others, which are gone afterwards; their waiting tasks are skipped where the one that stays has one too.
    pub others: Vec<Uuid>,
}

/// "Call these": puts contacts into a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactCall {
    /// The company.
    pub company_id: Uuid,
    /// Which contacts.
    pub selection: ContactSelection,
    /// The campaign.
    pub campaign_id: Uuid,
}

/// What "Call these" did. The three add up to the contacts that were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactsQueued {
    /// New tasks.
    pub created: i32,
    /// In the campaign already.
    pub in_campaign: i32,
    /// Forbidden.
    pub do_not_call: i32,
}

/// A request for contacts as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactExport {
    /// The company.
    pub company_id: Uuid,
    /// Which contacts.
    pub selection: ContactSelection,
    /// In which form.
    pub format: FileFormat,
    /// `ru` or `en`.
    pub language: String,
}

/// The labels that a company uses, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagList {
    /// Labels.
    pub items: Vec<String>,
}

text_enum! {
    /// What a do-not-call entry forbids.
    pub enum DoNotCallKind {
        /// One number.
        Number = "number",
        /// Every number that begins so.
        Prefix = "prefix",
    }
}

text_enum! {
    /// Where a do-not-call entry comes from.
    pub enum DoNotCallSource {
        /// Entered by hand.
        Person = "person",
        /// Imported.
        File = "file",
        /// The called person asked for it.
        Call = "call",
    }
}

/// A do-not-call entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoNotCallEntry {
    /// Id.
    pub id: Uuid,
    /// Only this campaign; none: the whole company.
    pub campaign_id: Option<Uuid>,
    /// Name of that campaign.
    pub campaign_name: Option<String>,
    /// Number or prefix.
    pub kind: DoNotCallKind,
    /// E.164 number or its beginning.
    pub pattern: String,
    /// Where it comes from.
    pub source: DoNotCallSource,
    /// Why.
    pub note: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Which do-not-call entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DoNotCallQuery {
    /// The company.
    pub company_id: Uuid,
    /// Only those of this campaign; none: all.
    pub campaign_id: Option<Uuid>,
    /// Part of the number or of the note.
    pub search: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows of the page, 1..=200.
    pub limit: u32,
}

/// A page of do-not-call entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoNotCallPage {
    /// Newest first.
    pub items: Vec<DoNotCallEntry>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
    /// All that match.
    pub total: i32,
}

/// Forbids numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DoNotCallAdd {
    /// The company.
    pub company_id: Uuid,
    /// Only for this campaign; none: for the whole company.
    pub campaign_id: Option<Uuid>,
    /// Numbers in any notation; one that ends in `*` is a prefix. At most 10,000.
    pub entries: Vec<String>,
    /// Why.
    pub note: String,
}

/// Forbids the numbers of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DoNotCallImport {
    /// The company.
    pub company_id: Uuid,
    /// Only for this campaign; none: for the whole company.
    pub campaign_id: Option<Uuid>,
    /// The file, read like a call list.
    pub source: ImportSource,
}

/// An entry that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RefusedEntry {
    /// What stood there.
    pub entry: String,
    /// Key of the catalogue `rejects.*`.
    pub reason: String,
}

/// What became of new do-not-call entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoNotCallAdded {
    /// Added.
    pub added: i32,
    /// There already, also as a repetition.
    pub known: i32,
    /// Not understood.
    pub refused: i32,
    /// The first 100 of them.
    pub refusals: Vec<RefusedEntry>,
    /// Waiting tasks that were skipped because of them.
    pub skipped_tasks: i32,
}

/// Allows numbers again. Tasks that were skipped stay skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DoNotCallRemove {
    /// The company.
    pub company_id: Uuid,
    /// The entries.
    pub ids: Vec<Uuid>,
}

/// A request for the do-not-call list as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DoNotCallExport {
    /// The company.
    pub company_id: Uuid,
    /// In which form.
    pub format: FileFormat,
    /// `ru` or `en`.
    pub language: String,
}
