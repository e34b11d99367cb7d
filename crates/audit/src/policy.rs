//! The audit policy: which requests are recorded, and how much of them. Decision-equal to
//! kube-apiserver's, and read from the same files.

mod problem;
mod read;
mod rule;
mod tree;

use model::{Call, UserInfo};

pub use problem::Problem;
use rule::Rule;

use crate::{Level, Stage, Stages};

/// An `audit.k8s.io/v1` Policy that is known to be valid: at least one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    rules: Vec<Rule>,
    omit_stages: Stages,
    omit_managed_fields: bool,
    warnings: Vec<Problem>,
}

/// What a policy says of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// How much is recorded.
    pub level: Level,
    /// The stages that are not.
    pub omit_stages: Stages,
    /// Whether bodies are recorded without their `managedFields`.
    pub omit_managed_fields: bool,
}

impl Verdict {
    /// Whether an event is made of `stage`.
    pub fn records(self, stage: Stage) -> bool {
        self.level > Level::None && !self.omit_stages.contains(stage)
    }
}

impl Policy {
    /// Reads a policy; the problems are all there are, each with its path. What kube-apiserver only
    /// warns of, an unknown or repeated field, is left out and found in [`Policy::warnings`].
    pub fn read(value: &serde_json::Value) -> Result<Self, Vec<Problem>> {
        read::policy(value)
    }

    /// The policy of a gateway that was given none: every request but health probes, no bodies of
    /// Secrets, `ConfigMaps` and tokens. Its text is [`BUILT_IN`].
    pub fn built_in() -> Self {
        let value = serde_saphyr::from_str(BUILT_IN).unwrap_or_default();
        Self::read(&value).unwrap_or_else(|_| Self::everything())
    }

    /// What was left out of the policy because it means nothing.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// What the policy says of `call` by `user`: the caller before any impersonation, or nobody if
    /// the login failed. The first rule that matches decides; none is [`Level::None`].
    pub fn judge(&self, user: Option<&UserInfo>, call: &Call) -> Verdict {
        let rule = self.rules.iter().find(|rule| rule.matches(user, call));
        Verdict {
            level: rule.map_or(Level::None, |rule| rule.level),
            omit_stages: rule
                .map_or(self.omit_stages, |rule| self.omit_stages.union(rule.omit_stages)),
            omit_managed_fields: rule
                .and_then(|rule| rule.omit_managed_fields)
                .unwrap_or(self.omit_managed_fields),
        }
    }

    /// Metadata of everything, which no mistake in a text can turn into less.
    fn everything() -> Self {
        Self {
            rules: vec![Rule::any(Level::Metadata)],
            omit_stages: Stages::default(),
            omit_managed_fields: false,
            warnings: Vec::new(),
        }
    }
}

/// The text of [`Policy::built_in`], to start a policy of one's own from.
pub const BUILT_IN: &str = include_str!("policy/built-in.yaml");

#[cfg(test)]
mod tests;
