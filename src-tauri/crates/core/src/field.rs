//! Messages that belong to one field of a form. Owns the codes; refuses to hold words for people, which live in
//! the user interface's catalogues.

use serde::{Deserialize, Serialize};

/// Why one field was refused. `code` is a key of the message catalogues, `params` fill its placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FieldError {
    /// The field's name on the wire, in camelCase; nested fields are joined by dots (`rules.2`).
    pub field: String,
    /// A key of the catalogue `errors.field.*`, for example `required`, `range`, `timeZone`.
    pub code: String,
    /// What the message names, for example `min` and `max`.
    pub params: std::collections::BTreeMap<String, String>,
}

/// All refusals of one input. An input is valid when this is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// Adds a refusal without parameters.
    pub fn add(&mut self, field: &str, code: &str) {
        self.add_with(field, code, &[]);
    }

    /// Adds a refusal with the values its message names.
    pub fn add_with(&mut self, field: &str, code: &str, params: &[(&str, String)]) {
        self.0.push(FieldError {
            field: field.to_owned(),
            code: code.to_owned(),
            params: params.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
        });
    }

    /// Refuses a value outside `min..=max` with the code `range`.
    pub fn check_range(&mut self, field: &str, value: i64, min: i64, max: i64) {
        if !(min..=max).contains(&value) {
            self.add_with(field, "range", &[("min", min.to_string()), ("max", max.to_string())]);
        }
    }

    /// Refuses a blank text (`required`, when `min` is above 0) and one longer than `max` characters (`tooLong`).
    pub fn check_text(&mut self, field: &str, value: &str, min: usize, max: usize) {
        let length = value.trim().chars().count();
        if length < min {
            self.add(field, "required");
        } else if length > max {
            self.add_with(field, "tooLong", &[("max", max.to_string())]);
        }
    }

    /// `Ok` when nothing was refused.
    ///
    /// # Errors
    /// The collected refusals.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl std::fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut separator = "";
        for error in &self.0 {
            write!(f, "{separator}{}: {}", error.field, error.code)?;
            separator = ", ";
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}
