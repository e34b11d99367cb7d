//! An `EncryptionConfiguration` as checks ask about it: how Secrets are stored.

use encryption::{Provider, Reading, Reload, Resolution};
use inventory::{Kind, Object, Unknown};
use tree::Path;

use crate::configured::Configured;
use crate::{Judged, Seen, Tally};

/// The file that `--encryption-provider-config` names.
pub(super) const CONFIGURATION: Configured = Configured {
    flag: "encryption-provider-config",
    kinds: &[Kind::ENCRYPTION_CONFIGURATION, OLD],
    what: "an EncryptionConfiguration",
};

/// What it was called before 1.13, and still is where nobody changed it.
const OLD: Kind<'static> = Kind { group: "", kind: "EncryptionConfig" };

/// Judges every configuration.
pub(super) fn judge_each(seen: &Seen<'_>, judge: fn(&Reading) -> Judged) -> Result<Tally, Unknown> {
    CONFIGURATION.judge(seen, &|object| judge(&read(object)?))
}

/// Reads a configuration.
pub(super) fn read(object: &Object) -> Result<Reading, Unknown> {
    encryption::read(object.tree(), Reload::AtStart)
        .map_err(|error| Unknown::new(error.to_string(), "use apiserver.config.k8s.io/v1"))
}

/// How Secrets are stored, if an entry says so.
pub(super) fn of_secrets(reading: &Reading) -> Option<Resolution<'_>> {
    reading.configuration.resolve("", "secrets")
}

/// A later entry for Secrets that would encrypt them, were it asked.
pub(super) fn hidden(reading: &Reading, found: &Resolution<'_>) -> Option<usize> {
    let entries = &reading.configuration.entries;
    let encrypts = |index: &&usize| {
        let first = entries.get(**index).and_then(|entry| entry.providers.first());
        first.is_some_and(Provider::encrypts)
    };
    found.shadowed.iter().find(encrypts).copied()
}

/// Where the providers of an entry stand.
pub(super) fn providers(entry: usize) -> Path {
    Path::of(&["resources"]).then(entry).then("providers")
}

/// What has to be done for stored objects once they are to be stored otherwise.
pub(super) const REWRITE: &str =
    "kubectl get secrets --all-namespaces --output json | kubectl replace --filename -";
