//! Versions, ordered by the precedence of semver 2.0.0 (§11): pre-releases before their release,
//! build metadata ignored. Bounds of advisories are read as semver; what a cluster reports is read
//! leniently, since distributions append suffixes that semver would take for pre-releases.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A version. Whether a vendor rebuilt it plays no part in comparisons.
#[derive(Debug, Clone)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    pre: Box<[Identifier]>,
    vendor: bool,
}

/// A line of releases: `1.30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor {
    /// Its first number.
    pub major: u64,
    /// Its second number.
    pub minor: u64,
}

/// A text that is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no version")]
pub struct BadVersion(pub String);

/// A part of a pre-release. semver sorts numbers before texts: so does the order of the variants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Identifier {
    Number(u64),
    Text(Box<str>),
}

impl Version {
    /// Reads a bound of an advisory as semver. A leading `v`, and missing minor and patch numbers
    /// are taken: feeds have them.
    pub fn parse(text: &str) -> Result<Self, BadVersion> {
        Self::strict(text.trim()).ok_or_else(|| BadVersion(text.to_owned()))
    }

    /// Reads what a cluster reports: a node, an image's tag. Needs all three numbers, because
    /// `v3.1` as a tag moves from release to release. What follows them is a pre-release only if
    /// it begins with a word for one (`alpha`, `beta`, `rc`, …) or is a Go pseudo-version; any
    /// other suffix (`-eks-abc123`, `-gke.100`, `-0`, `-distroless`, `+k3s1`) is a vendor's
    /// rebuild of that release, and compares as the release.
    pub fn reported(text: &str) -> Result<Self, BadVersion> {
        Self::lenient(text.trim()).ok_or_else(|| BadVersion(text.to_owned()))
    }

    /// Its line of releases.
    pub fn minor(&self) -> Minor {
        Minor { major: self.major, minor: self.minor }
    }

    /// Its first number.
    pub fn major(&self) -> u64 {
        self.major
    }

    /// Whether it comes before a release.
    pub fn is_prerelease(&self) -> bool {
        !self.pre.is_empty()
    }

    /// Whether a vendor appended a suffix: fixes may have been carried back into such a build.
    pub fn is_vendor_build(&self) -> bool {
        self.vendor
    }

    /// Whether it is a Go pseudo-version, which names a commit and cannot be compared with
    /// releases of the product.
    pub fn is_pseudo(&self) -> bool {
        self.pre.iter().any(Identifier::is_timestamp)
    }

    /// Whether its pre-release has an undotted number, as `rc10`: semver sorts it before `rc8`.
    pub(crate) fn sorts_oddly(&self) -> bool {
        self.pre.iter().any(|part| match part {
            Identifier::Number(_) => false,
            Identifier::Text(text) => text.ends_with(|letter: char| letter.is_ascii_digit()),
        })
    }

    /// Whether both stand before or at the same release.
    pub(crate) fn shares_release(&self, other: &Self) -> bool {
        self.release() == other.release()
    }

    /// The same with other first two numbers.
    pub(crate) fn moved_to(self, line: Minor) -> Self {
        Self { major: line.major, minor: line.minor, ..self }
    }

    fn release(&self) -> (u64, u64, u64) {
        (self.major, self.minor, self.patch)
    }

    fn strict(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let (numbers, pre) = match text.split_once('-') {
            Some((numbers, pre)) => (numbers, identifiers(pre)?),
            None => (text, Box::default()),
        };
        let numbers: Vec<u64> = numbers.split('.').map(number).collect::<Option<_>>()?;
        let (major, minor, patch) = match numbers.as_slice() {
            [major] => (*major, 0, 0),
            [major, minor] => (*major, *minor, 0),
            [major, minor, patch] => (*major, *minor, *patch),
            _ => return None,
        };
        Some(Self { major, minor, patch, pre, vendor: false })
    }

    fn lenient(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let (numbers, suffix) = text.split_at_checked(end.unwrap_or(text.len()))?;
        let mut numbers = numbers.trim_end_matches('.').split('.').map(number);
        let (major, minor, patch) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let suffix = suffix.split_once('+').map_or(suffix, |(suffix, _)| suffix);
        let more = suffix.trim_start_matches(['-', '~', '.']);
        let pre = if begins_a_prerelease(more) { identifiers(more) } else { None };
        let vendor = pre.is_none() && (!more.is_empty() || numbers.next().is_some());
        Some(Self { major, minor, patch, pre: pre.unwrap_or_default(), vendor })
    }
}

impl Identifier {
    fn is_timestamp(&self) -> bool {
        match self {
            Self::Number(number) => (10_000_000_000_000..100_000_000_000_000).contains(number),
            Self::Text(text) => {
                let digits = text.split('-').next().unwrap_or_default();
                digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit())
            }
        }
    }
}

fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn identifiers(text: &str) -> Option<Box<[Identifier]>> {
    text.split('.').map(identifier).collect()
}

fn identifier(text: &str) -> Option<Identifier> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if text.is_empty() || !text.bytes().all(is_allowed) {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Identifier::Number);
    }
    Some(Identifier::Text(text.into()))
}

fn begins_a_prerelease(suffix: &str) -> bool {
    let first = suffix.split(['.', '-']).next().unwrap_or_default();
    let word = first.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let is_word = PRE_RELEASES.iter().any(|known| word.eq_ignore_ascii_case(known));
    is_word || suffix.split('.').filter_map(identifier).any(|part| part.is_timestamp())
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_pre = match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => self.pre.cmp(&other.pre),
        };
        self.release().cmp(&other.release()).then(by_pre)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.release(), &self.pre).hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.patch)?;
        for (index, part) in self.pre.iter().enumerate() {
            out.write_str(if index == 0 { "-" } else { "." })?;
            match part {
                Identifier::Number(number) => write!(out, "{number}")?,
                Identifier::Text(text) => out.write_str(text)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)
    }
}

const PRE_RELEASES: [&str; 12] = [
    "alpha", "beta", "rc", "ea", "pre", "preview", "dev", "snapshot", "nightly", "canary", "next",
    "m",
];

#[cfg(test)]
mod tests;
