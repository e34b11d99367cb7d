//! Versions of the standards. Each is a release of Kubernetes, and keeps its rules for ever.

use std::fmt;
use std::str::FromStr;

/// A version of the standards; older ones are less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyVersion {
    /// `v1.N`. One newer than is known has the rules of the newest that is.
    V1(u64),
    /// The newest that whoever judges knows.
    Latest,
}

impl PolicyVersion {
    /// The newest version known here.
    pub const NEWEST: Self = Self::V1(37);

    /// The version whose rules a cluster of that release applies: it knows none newer than itself.
    #[must_use]
    pub fn as_of(self, release: Self) -> Self {
        self.min(release)
    }
}

impl FromStr for PolicyVersion {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        if text == "latest" {
            return Ok(Self::Latest);
        }
        let digits = text.strip_prefix("v1.").ok_or(UnknownVersion)?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || (digits.starts_with('0') && digits != "0") {
            return Err(UnknownVersion);
        }
        // Upstream reads it into a signed number of 64 bits.
        let minor = digits.parse::<i64>().ok().and_then(|minor| u64::try_from(minor).ok());
        minor.map(Self::V1).ok_or(UnknownVersion)
    }
}

impl fmt::Display for PolicyVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V1(minor) => write!(out, "v1.{minor}"),
            Self::Latest => out.write_str("latest"),
        }
    }
}

/// A text that names no version, in upstream's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be \"latest\" or \"v1.x\"")]
pub struct UnknownVersion;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_upstream_reads() {
        let check = |text: &str, expected: Result<PolicyVersion, UnknownVersion>| {
            assert_eq!(text.parse(), expected, "{text}");
            if let Ok(version) = expected {
                assert_eq!(version.to_string(), text);
            }
        };
        check("latest", Ok(PolicyVersion::Latest));
        check("v1.0", Ok(PolicyVersion::V1(0)));
        check("v1.37", Ok(PolicyVersion::V1(37)));
        check("v1.9223372036854775807", Ok(PolicyVersion::V1(9_223_372_036_854_775_807)));
        for text in [
            "",
            "1.30",
            "v1",
            "v1.",
            "v1.01",
            "v1.00",
            "v1.+1",
            "v1.-1",
            "v1.1 ",
            "v1.1\n",
            "v2.0",
            "V1.0",
            "Latest",
            "v1.9223372036854775808",
            "v1.٣",
        ] {
            check(text, Err(UnknownVersion));
        }
    }

    #[test]
    fn a_cluster_knows_nothing_newer_than_itself() {
        let check = |version: PolicyVersion, release: PolicyVersion, expected: PolicyVersion| {
            assert_eq!(version.as_of(release), expected, "{version} on {release}");
        };
        check(PolicyVersion::Latest, PolicyVersion::V1(30), PolicyVersion::V1(30));
        check(PolicyVersion::V1(34), PolicyVersion::V1(30), PolicyVersion::V1(30));
        check(PolicyVersion::V1(24), PolicyVersion::V1(30), PolicyVersion::V1(24));
        check(PolicyVersion::Latest, PolicyVersion::Latest, PolicyVersion::Latest);
    }
}
