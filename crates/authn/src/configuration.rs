//! `AuthenticationConfiguration`.

use std::fmt;

use crate::{Anonymous, Issuer};

/// A valid `AuthenticationConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The issuers of OpenID Connect.
    pub issuers: Vec<Issuer>,
    /// Who may come without credentials; `None` if the file does not say.
    pub anonymous: Option<Anonymous>,
}

/// One thing that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, for example `jwt[0].issuer.url`.
    pub path: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path, self.problem)
    }
}

/// Reads an `AuthenticationConfiguration`, or tells everything that is wrong with it.
pub fn read(_value: &serde_json::Value) -> Result<Configuration, Vec<Problem>> {
    Err(Vec::new())
}
