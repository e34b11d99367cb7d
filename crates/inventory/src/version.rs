//! Minor versions of Kubernetes, which is what defaults and removals hang on.

use std::fmt;
use std::str::FromStr;

/// A minor version `1.N` that checks know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor(u8);

impl Minor {
    /// The oldest that checks know.
    pub const OLDEST: Self = Self(20);
    /// The newest that checks know.
    pub const NEWEST: Self = Self(37);

    /// `1.N`, whether checks know it or not.
    pub const fn of(number: u8) -> Self {
        Self(number)
    }

    /// The number behind `1.`.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Every version that checks know, the newest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (Self::OLDEST.0..=Self::NEWEST.0).rev().map(Self)
    }

    /// The nearest that checks know.
    #[must_use]
    pub fn known(self) -> Self {
        self.clamp(Self::OLDEST, Self::NEWEST)
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "1.{}", self.0)
    }
}

/// From `1.30`, `v1.30.2`, `v1.29.1-eks-abc`, `1.31.0+k3s1`.
impl FromStr for Minor {
    type Err = BadVersion;

    fn from_str(text: &str) -> Result<Self, BadVersion> {
        let bad = || BadVersion(text.to_owned());
        let rest = text.trim().trim_start_matches('v').strip_prefix("1.").ok_or_else(bad)?;
        let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next();
        digits.unwrap_or_default().parse().map(Self).map_err(|_not_a_number| bad())
    }
}

/// A text that is no version of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no version of Kubernetes; one reads 1.36 or v1.36.2")]
pub struct BadVersion(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_vendors_write() {
        let check = |text: &str, expected: Option<u8>| {
            assert_eq!(text.parse::<Minor>().ok().map(Minor::number), expected, "{text}");
        };
        check("1.36", Some(36));
        check("v1.30.2", Some(30));
        check("v1.29.1-eks-abc123", Some(29));
        check("1.31.0+k3s1", Some(31));
        check("1.28+", Some(28));
        check("latest", None);
        check("2.0", None);
        check("", None);
    }
}
