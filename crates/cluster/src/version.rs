//! What the cluster is and says of itself: its version, and the issuer of its service accounts.

use std::time::Duration;

use kube::Client;
use serde::Deserialize;

use crate::ClusterError;
use crate::call::{self, Bounds};
use crate::error::CallFailure;

/// The version of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The major version.
    pub major: u32,
    /// The minor version, without what some vendors append to it.
    pub minor: u32,
    /// All of it, for example `v1.36.3`.
    pub text: String,
}

impl Version {
    /// Whether it is this version or a later one.
    pub fn is_at_least(&self, major: u32, minor: u32) -> bool {
        (self.major, self.minor) >= (major, minor)
    }
}

/// Asks the cluster for its version.
pub async fn version(client: &Client) -> Result<Version, ClusterError> {
    let what = "ask the cluster for its version";
    let info: Info = call::get(client, "/version", BOUNDS, "a version")
        .await
        .map_err(|source| ClusterError::Call { what, source })?;
    info.version().ok_or(ClusterError::Call { what, source: CallFailure::Garbage("a version") })
}

/// Asks the cluster for the issuer of its service-account tokens. The gateway's own user needs the
/// rights of `system:service-account-issuer-discovery`.
pub async fn service_account_issuer(client: &Client) -> Result<String, ClusterError> {
    let path = "/.well-known/openid-configuration";
    let document: Discovery = call::get(client, path, BOUNDS, "an OpenID discovery document")
        .await
        .map_err(|source| ClusterError::Call {
            what: "ask the cluster for its service-account issuer",
            source,
        })?;
    Ok(document.issuer)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    major: String,
    minor: String,
    git_version: String,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
}

impl Info {
    fn version(self) -> Option<Version> {
        Some(Version {
            major: digits(&self.major)?,
            minor: digits(&self.minor)?,
            text: call::shortened(&self.git_version),
        })
    }
}

/// The number a text begins with: some vendors say `36+`.
fn digits(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

const BOUNDS: Bounds = Bounds { longest: 64 << 10, within: Duration::from_secs(10) };

#[cfg(test)]
mod tests {
    use super::*;

    fn check(major: &str, minor: &str, expected: Option<(u32, u32)>) {
        let [major, minor, git_version] = [major, minor, "v1.36.3"].map(str::to_owned);
        let version = Info { major, minor, git_version }.version();
        assert_eq!(version.map(|version| (version.major, version.minor)), expected);
    }

    #[test]
    fn reads_versions() {
        check("1", "36", Some((1, 36)));
        check("1", "36+", Some((1, 36)));
        check("1", "", None);
        check("one", "36", None);
        check("1", "99999999999", None);
    }

    #[test]
    fn compares_versions() {
        let version = |major, minor| Version { major, minor, text: String::new() };
        assert!(version(1, 36).is_at_least(1, 36));
        assert!(version(1, 37).is_at_least(1, 36));
        assert!(version(2, 0).is_at_least(1, 36));
        assert!(!version(1, 9).is_at_least(1, 36));
    }
}
