//! Bootstrap tokens: Secrets that a node joins with.

use std::time::{Duration, SystemTime};

use inventory::Object;
use tree::Path;

use crate::credentials::decoded;
use crate::when;

/// A bootstrap token that was seen.
#[derive(Debug)]
pub(crate) struct BootstrapToken<'s> {
    /// Its Secret.
    pub(crate) object: &'s Object,
}

/// Whether a Secret is a bootstrap token.
pub(crate) fn is_one(secret: &Object) -> bool {
    secret.tree().get("type").str() == "bootstrap.kubernetes.io/token"
        && matches!(secret.namespace(), "kube-system" | "")
}

impl BootstrapToken<'_> {
    /// A value of the Secret, and where it stands; none if it is not there or was left out.
    pub(crate) fn value(&self, key: &str) -> Option<(String, Path)> {
        let tree = self.object.tree();
        if let Some(text) = tree.at(&["stringData", key]).plain() {
            return Some((text, Path::of(&["stringData", key])));
        }
        let text = decoded(tree.at(&["data", key]).text()?)?;
        Some((text, Path::of(&["data", key])))
    }

    /// Whether anything of what it holds was seen.
    pub(crate) fn is_legible(&self) -> bool {
        self.value("token-id").is_some()
    }

    /// Whether one may authenticate with it.
    pub(crate) fn authenticates(&self) -> bool {
        self.value("usage-bootstrap-authentication").is_some_and(|(value, _)| value == "true")
    }

    /// When it ends, if ever.
    pub(crate) fn ends(&self) -> Option<SystemTime> {
        instant(&self.value("expiration")?.0)
    }

    /// When it was made, where that is known.
    pub(crate) fn made(&self) -> Option<SystemTime> {
        instant(self.object.tree().at(&["metadata", "creationTimestamp"]).text()?)
    }
}

/// An instant as RFC 3339 writes it, to the second.
pub(crate) fn instant(text: &str) -> Option<SystemTime> {
    let since = when::parse(text)?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(since.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_instants() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-06-01T00:00:00Z", Some(494_520 * 3600)),
            ("2024-02-29T12:30:15.5Z", Some(1_709_209_815)),
            ("2026-06-01T02:00:00+02:00", Some(494_520 * 3600)),
            ("2026-05-31T23:30:00-00:30", Some(494_520 * 3600)),
            ("2026-13-01T00:00:00Z", None),
            ("2026-06-01", None),
            ("soon", None),
        ] {
            let expected = expected.map(|s| SystemTime::UNIX_EPOCH + Duration::from_secs(s));
            assert_eq!(instant(text), expected, "{text}");
        }
    }
}
