//! Enums whose variants have one key each, the same on the wire and in stored mappings. Owns the macro alone: the one of
//! `callboard_core` also writes TypeScript, which this crate does not.

macro_rules! keyed_enum {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $key)] $variant),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The key.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::callboard_core::UnknownText;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($key => Ok(Self::$variant),)+
                    _ => Err(::callboard_core::UnknownText { kind: stringify!($name), text: text.to_owned() }),
                }
            }
        }
    };
}

pub(super) use keyed_enum;
