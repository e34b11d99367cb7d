//! The policy of a namespace, as its labels say, over the defaults of the cluster.

use std::fmt;

use model::quote::Quoted;
use tree::{Path, Tree};

use crate::{Level, LevelVersion, PolicyVersion, UnknownLevel, UnknownVersion};

/// What happens in a namespace to pods that its policies deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamespacePolicy {
    /// The policy whose denials are refusals.
    pub enforce: LevelVersion,
    /// The policy whose denials are written to the audit log.
    pub audit: LevelVersion,
    /// The policy whose denials the client is warned of.
    pub warn: LevelVersion,
}

/// What a denial leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// The pod is refused.
    Enforce,
    /// The audit log tells.
    Audit,
    /// The client is told.
    Warn,
}

/// A label that does not say what it should, in upstream's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("metadata.labels[{label}]: Invalid value: {}: {wrong}", Quoted(value))]
pub struct BadLabel {
    /// Its name.
    pub label: &'static str,
    /// What it says.
    pub value: String,
    /// What is wrong with that.
    pub wrong: Wrong,
}

/// What is wrong with a level or a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// There is no such level.
    #[error(transparent)]
    Level(#[from] UnknownLevel),
    /// There is no such version.
    #[error(transparent)]
    Version(#[from] UnknownVersion),
}

impl BadLabel {
    /// Where it stands in the namespace.
    pub fn path(&self) -> Path {
        Path::of(&["metadata", "labels", self.label])
    }
}

impl NamespacePolicy {
    /// What every namespace has in a cluster that was told nothing.
    pub const PRIVILEGED: Self = Self {
        enforce: LevelVersion::PRIVILEGED,
        audit: LevelVersion::PRIVILEGED,
        warn: LevelVersion::PRIVILEGED,
    };

    /// The policy that labels make of the defaults, and the labels that are wrong. A wrong level
    /// is the strictest where it is enforced, and the loosest where it is not; a wrong version is
    /// the latest.
    pub fn of_labels(labels: &Tree, defaults: &Self) -> (Self, Vec<BadLabel>) {
        let (mut policy, mut bad) = (*defaults, Vec::new());
        for mode in Mode::ALL {
            policy.set(mode, labels, &mut bad);
        }
        policy.warn_of_what_is_enforced(labels);
        (policy, bad)
    }

    /// The policy of a mode.
    pub fn of(&self, mode: Mode) -> LevelVersion {
        match mode {
            Mode::Enforce => self.enforce,
            Mode::Audit => self.audit,
            Mode::Warn => self.warn,
        }
    }

    pub(crate) fn of_mut(&mut self, mode: Mode) -> &mut LevelVersion {
        match mode {
            Mode::Enforce => &mut self.enforce,
            Mode::Audit => &mut self.audit,
            Mode::Warn => &mut self.warn,
        }
    }

    fn set(&mut self, mode: Mode, labels: &Tree, bad: &mut Vec<BadLabel>) {
        let policy = self.of_mut(mode);
        if let Some(value) = value(labels, mode.level_label()) {
            policy.level = value.parse().unwrap_or_else(|wrong: UnknownLevel| {
                bad.push(BadLabel::new(mode.level_label(), value, wrong));
                mode.level_when_wrong()
            });
        }
        if let Some(value) = value(labels, mode.version_label()) {
            policy.version = value.parse().unwrap_or_else(|wrong: UnknownVersion| {
                bad.push(BadLabel::new(mode.version_label(), value, wrong));
                PolicyVersion::Latest
            });
        }
    }

    /// Whoever labels a namespace with what is enforced and says nothing of warnings is warned of
    /// as much.
    fn warn_of_what_is_enforced(&mut self, labels: &Tree) {
        let enforced = value(labels, Mode::Enforce.level_label());
        let is_enforced = enforced.is_some_and(|value| value.parse::<Level>().is_ok());
        let is_warned = value(labels, Mode::Warn.level_label()).is_some();
        if is_enforced && !is_warned && self.enforce.level > self.warn.level {
            self.warn.level = self.enforce.level;
            if value(labels, Mode::Warn.version_label()).is_none() {
                self.warn.version = self.enforce.version;
            }
        }
    }
}

/// The value of a label, empty if it has none; nothing if there is no such label.
fn value<'t>(labels: &'t Tree, label: &str) -> Option<&'t str> {
    let found = labels.entries().iter().find(|(name, _)| &**name == label);
    found.map(|(_, value)| value.str())
}

impl BadLabel {
    fn new(label: &'static str, value: &str, wrong: impl Into<Wrong>) -> Self {
        Self { label, value: value.to_owned(), wrong: wrong.into() }
    }
}

impl Mode {
    /// Every mode, in upstream's order.
    pub const ALL: [Self; 3] = [Self::Enforce, Self::Audit, Self::Warn];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Audit => "audit",
            Self::Warn => "warn",
        }
    }

    /// The label of a namespace that says the level.
    pub fn level_label(self) -> &'static str {
        match self {
            Self::Enforce => "pod-security.kubernetes.io/enforce",
            Self::Audit => "pod-security.kubernetes.io/audit",
            Self::Warn => "pod-security.kubernetes.io/warn",
        }
    }

    /// The label of a namespace that says the version.
    pub fn version_label(self) -> &'static str {
        match self {
            Self::Enforce => "pod-security.kubernetes.io/enforce-version",
            Self::Audit => "pod-security.kubernetes.io/audit-version",
            Self::Warn => "pod-security.kubernetes.io/warn-version",
        }
    }

    fn level_when_wrong(self) -> Level {
        match self {
            Self::Enforce => Level::Restricted,
            Self::Audit | Self::Warn => Level::Privileged,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
