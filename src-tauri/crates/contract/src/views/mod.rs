//! Requests and views, one module per part of the desk. Owns shapes only.

mod call;
mod campaign;
mod company;
mod contact;
mod experiment;
mod host;
mod import;
mod knowledge;
mod limits;
mod notice;
mod plan;
mod providers;
mod queue;
mod retry;
mod sandbox;
mod settings;
mod skillbase;
mod task;

pub use call::*;
pub use campaign::*;
pub use company::*;
pub use contact::*;
pub use experiment::*;
pub use host::*;
pub use import::*;
pub use knowledge::*;
pub use limits::*;
pub use notice::*;
pub use plan::*;
pub use providers::*;
pub use queue::*;
pub use retry::*;
pub use sandbox::*;
pub use settings::*;
pub use skillbase::*;
pub use task::*;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// An amount with its currency; the amount is a decimal text so that no digit is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MoneyView {
    /// Decimal number, point as separator.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}
