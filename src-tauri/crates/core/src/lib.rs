//! The domain of Callboard: companies, contacts, call lists, campaigns, tasks, calls, windows, retries and cost.
//!
//! Owns every rule that can be stated without a database, a network or a clock of its own. Refuses I/O, async,
//! SQL, Tauri and the wall clock: time, ids and randomness arrive as arguments.

/// An enum whose every variant has one text, the same in SQL, on the wire and in the code of the user interface.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(::serde::Serialize, ::serde::Deserialize)]
        #[cfg_attr(feature = "ts", derive(::ts_rs::TS))]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text in SQL and on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownText;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownText { kind: stringify!($name), text: text.to_owned() }),
                }
            }
        }
    };
}

/// A text that names no variant of an enum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {kind}")]
pub struct UnknownText {
    /// The enum's name.
    pub kind: &'static str,
    /// What was read.
    pub text: String,
}

pub mod call;
pub mod campaign;
pub mod clock;
pub mod company;
pub mod cost;
pub mod do_not_call;
pub mod field;
pub mod id;
pub mod interval;
pub mod line;
pub mod money;
pub mod passage;
pub mod phone;
pub mod priority;
pub mod quality;
pub mod retry;
pub mod scenario;
pub mod skillbase;
pub mod task;
pub mod telemetry;
pub mod tool;
pub mod window;
pub mod zone;
