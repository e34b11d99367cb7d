//! How bad an advisory is, and how sure a match.

use std::fmt;

/// How bad it is, by the bands of CVSS 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Below 4.0.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 and above.
    Critical,
}

/// How sure it is that a match concerns what runs, as bad as it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Nobody has scored it, its fix is unknown, or a bound cannot be compared well.
    Low,
    /// A vendor built it, and may have carried the fix back.
    Medium,
    /// Version, bounds and score are certain.
    High,
}

impl Severity {
    /// The severity of a base score of CVSS 3; none for 0.0.
    pub fn of_score(score: f64) -> Option<Self> {
        match score {
            score if score >= 9.0 => Some(Self::Critical),
            score if score >= 7.0 => Some(Self::High),
            score if score >= 4.0 => Some(Self::Medium),
            score if score > 0.0 => Some(Self::Low),
            _ => None,
        }
    }

    /// The severity of a word, `moderate` included, in any case.
    pub fn named(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "low" => Some(Self::Low),
            "medium" | "moderate" => Some(Self::Medium),
            "high" => Some(Self::High),
            "critical" => Some(Self::Critical),
            _ => None,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_fall_into_bands() {
        let check = |score: f64, expected: Option<Severity>| {
            assert_eq!(Severity::of_score(score), expected, "{score}");
        };
        check(0.0, None);
        check(f64::NAN, None);
        check(0.1, Some(Severity::Low));
        check(3.9, Some(Severity::Low));
        check(4.0, Some(Severity::Medium));
        check(6.9, Some(Severity::Medium));
        check(7.0, Some(Severity::High));
        check(9.0, Some(Severity::Critical));
        check(10.0, Some(Severity::Critical));
    }

    #[test]
    fn words_are_read_in_any_case() {
        assert_eq!(Severity::named("MODERATE"), Some(Severity::Medium));
        assert_eq!(Severity::named("none"), None);
        for severity in [Severity::Low, Severity::Medium, Severity::High, Severity::Critical] {
            assert_eq!(Severity::named(&severity.to_string()), Some(severity));
        }
    }
}
