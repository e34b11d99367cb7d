//! What kube-apiserver refuses in a configuration: it does not start with any of these, and keeps
//! the old configuration if it reloads.

use std::fmt;

use tree::Path;

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field.
    pub path: Path,
    /// What is wrong with it.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path, self.fault)
    }
}

/// What is wrong. No variant carries a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A field that does not exist; decoding is strict.
    #[error("there is no such field")]
    UnknownField,
    /// A value of another type.
    #[error("{0} is wanted here")]
    WrongType(&'static str),
    /// Nothing where at least one is needed.
    #[error("at least one is needed")]
    Empty,
    /// A field that must be there.
    #[error("must be set")]
    Missing,
    /// No provider that exists.
    #[error("one of aescbc, aesgcm, secretbox, kms and identity is wanted here")]
    UnknownProvider,
    /// Several providers in one item of the list.
    #[error("more than one provider in one item")]
    SeveralProviders,
    /// A key that is not base64.
    #[error("the key is not base64")]
    NotBase64,
    /// A key of the wrong length.
    #[error("the key has {found} bytes, not one of {allowed:?}")]
    KeyLength {
        /// Its bytes.
        found: usize,
        /// What the provider takes.
        allowed: &'static [usize],
    },
    /// The same resource twice in one list.
    #[error("the same resource is listed twice")]
    DuplicateResource,
    /// A resource and a wildcard over it in one list.
    #[error("a wildcard covers another resource of this list")]
    OverlappingResources,
    /// A resource is not in lower case.
    #[error("{0:?} has capital letters")]
    CapitalLetters(String),
    /// `*`, which is no wildcard.
    #[error("`*` is no wildcard here: `*.` is the core group, `*.*` everything")]
    LoneStar,
    /// A resource that is stored but has no API.
    #[error("{0:?} cannot be encrypted")]
    NotAnApiResource(String),
    /// Events are stored in the core group.
    #[error("events are stored in the core group: write `events`")]
    EventsGroup,
    /// The group is gone.
    #[error("the group `extensions` is gone")]
    ExtensionsGroup,
    /// `resource.*`.
    #[error("one resource across all groups cannot be encrypted")]
    AcrossGroups,
    /// An earlier wildcard covers it.
    #[error("{resource:?} comes after {by:?}, which covers it")]
    Masked {
        /// The resource of this list.
        resource: String,
        /// The earlier one.
        by: String,
    },
    /// Another version than v1 and v2.
    #[error("{0:?} is no version of the protocol, v1 and v2 are")]
    KmsVersion(String),
    /// The name of a v2 plugin with a colon.
    #[error("the name of a plugin must not contain a colon")]
    KmsNameWithColon,
    /// Two plugins of one name.
    #[error("another plugin is named {0:?} too")]
    DuplicateKmsName(String),
    /// A time that is no duration of Go.
    #[error("not a duration like 3s")]
    NotADuration,
    /// Zero or less.
    #[error("must be above zero")]
    NotPositive,
    /// An address that cannot be read.
    #[error("not an address like unix:///run/kms.sock")]
    BadEndpoint,
    /// An address that is no Unix socket.
    #[error("{0:?} is not supported, only unix is")]
    EndpointScheme(String),
    /// A cache where there is none.
    #[error("v2 has no such cache")]
    CacheInV2,
    /// A cache of nothing.
    #[error("must be above zero, or below to switch it off")]
    CacheOfZero,
}
