//! How strict a policy is, and of which version.

use std::fmt;
use std::str::FromStr;

use crate::PolicyVersion;

/// A level of the Pod Security Standards, from the loosest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Everything is allowed.
    Privileged,
    /// Known ways to the node are forbidden.
    Baseline,
    /// What hardening asks for is demanded as well.
    Restricted,
}

impl Level {
    /// Every level, the loosest first.
    pub const ALL: [Self; 3] = [Self::Privileged, Self::Baseline, Self::Restricted];

    /// The word of labels and configurations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        Self::ALL.into_iter().find(|level| level.as_str() == text).ok_or(UnknownLevel)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A text that names no level, in upstream's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of privileged, baseline, restricted")]
pub struct UnknownLevel;

/// A level at a version: all that a pod is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LevelVersion {
    /// How strict.
    pub level: Level,
    /// Whose rules.
    pub version: PolicyVersion,
}

impl LevelVersion {
    /// What a cluster has that was told nothing.
    pub const PRIVILEGED: Self = Self { level: Level::Privileged, version: PolicyVersion::Latest };

    /// Whether no pod could tell the two apart by what is asked for: the version of a policy that
    /// allows everything does not matter.
    pub fn is_equivalent(self, other: Self) -> bool {
        self == other || (self.level == Level::Privileged && other.level == Level::Privileged)
    }

    /// The policy as a cluster of that release applies it.
    #[must_use]
    pub fn as_of(self, release: PolicyVersion) -> Self {
        Self { level: self.level, version: self.version.as_of(release) }
    }
}

/// `restricted:v1.30`, as in upstream's messages.
impl fmt::Display for LevelVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.level, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_exactly_three_words() {
        let check = |text: &str, expected: Result<Level, UnknownLevel>| {
            assert_eq!(text.parse(), expected, "{text}");
        };
        check("privileged", Ok(Level::Privileged));
        check("baseline", Ok(Level::Baseline));
        check("restricted", Ok(Level::Restricted));
        for text in ["", "Baseline", "restricted ", "default"] {
            check(text, Err(UnknownLevel));
        }
    }

    #[test]
    fn versions_of_the_privileged_level_are_all_one() {
        let check = |one: (Level, u64), other: (Level, u64), expected: bool| {
            let policy =
                |of: (Level, u64)| LevelVersion { level: of.0, version: PolicyVersion::V1(of.1) };
            assert_eq!(policy(one).is_equivalent(policy(other)), expected, "{one:?} {other:?}");
        };
        check((Level::Privileged, 1), (Level::Privileged, 2), true);
        check((Level::Baseline, 1), (Level::Baseline, 1), true);
        check((Level::Baseline, 1), (Level::Baseline, 2), false);
        check((Level::Baseline, 1), (Level::Restricted, 1), false);
        check((Level::Privileged, 1), (Level::Restricted, 1), false);
    }

    #[test]
    fn reads_as_upstream_prints_it() {
        assert_eq!(LevelVersion::PRIVILEGED.to_string(), "privileged:latest");
        let policy = LevelVersion { level: Level::Restricted, version: PolicyVersion::V1(7) };
        assert_eq!(policy.to_string(), "restricted:v1.7");
    }
}
