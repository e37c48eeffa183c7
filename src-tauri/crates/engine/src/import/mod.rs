//! Imports of call lists.
