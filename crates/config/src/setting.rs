//! One option: a flag and, under the same name, a key of the configuration file. Flag, key, help,
//! reference page and JSON schema are all made from this.

/// An option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The flag without its dashes, and the key.
    pub name: &'static str,
    /// What stands for the value in help texts.
    pub value: &'static str,
    /// How many values there may be.
    pub takes: Takes,
    /// The value when none is given, as it would be written; empty if there is none.
    pub default: &'static str,
    /// The only values there are, if they are words; empty for anything else.
    pub words: &'static [&'static str],
    /// Whether kube-apiserver has the flag.
    pub upstream: Upstream,
    /// What it does and why one would set it.
    pub help: &'static str,
}

/// How many values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// One.
    One,
    /// Any number: repeated, or separated by commas.
    List,
    /// Any number: repeated. Commas belong to the value.
    Several,
    /// `true` or `false`; as a flag without a value, `true`.
    Switch,
    /// None: kube-apiserver has it, Ravelin refuses it, and the help says why.
    Refused,
}

/// How an option compares with kube-apiserver's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upstream {
    /// The same flag with the same meaning and default.
    Same,
    /// The same flag, with this difference.
    Differs(&'static str),
    /// kube-apiserver has no such flag.
    Absent,
}

impl Setting {
    pub(crate) const fn one(name: &'static str, value: &'static str, help: &'static str) -> Self {
        let (takes, default, words) = (Takes::One, "", &[] as &[&str]);
        Self { name, value, takes, default, words, upstream: Upstream::Same, help }
    }

    pub(crate) const fn list(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Self { takes: Takes::List, ..Self::one(name, value, help) }
    }

    pub(crate) const fn several(
        name: &'static str,
        value: &'static str,
        help: &'static str,
    ) -> Self {
        Self { takes: Takes::Several, ..Self::one(name, value, help) }
    }

    pub(crate) const fn switch(name: &'static str, help: &'static str) -> Self {
        Self { takes: Takes::Switch, default: "false", ..Self::one(name, "BOOL", help) }
    }

    pub(crate) const fn refused(name: &'static str, reason: &'static str) -> Self {
        Self { takes: Takes::Refused, ..Self::one(name, "VALUE", reason) }
    }

    pub(crate) const fn or(self, default: &'static str) -> Self {
        Self { default, ..self }
    }

    pub(crate) const fn words(self, words: &'static [&'static str]) -> Self {
        Self { words, ..self }
    }

    pub(crate) const fn ours(self) -> Self {
        Self { upstream: Upstream::Absent, ..self }
    }

    pub(crate) const fn differs(self, how: &'static str) -> Self {
        Self { upstream: Upstream::Differs(how), ..self }
    }
}
