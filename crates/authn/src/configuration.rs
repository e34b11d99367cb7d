//! `AuthenticationConfiguration` of `apiserver.config.k8s.io`, as kube-apiserver's
//! `--authentication-config` takes it, save for expressions of the Common Expression Language, which
//! are refused: a rule that is not applied must not look as if it were.

mod anonymous;
mod authority;
mod claims;
mod issuer;
mod reader;
mod url;

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

pub(crate) use issuer::server;
pub(crate) use reader::Problems;
use reader::Reader;

use crate::{Anonymous, Issuer};

/// A valid `AuthenticationConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The issuers of OpenID Connect, each with a URL of its own.
    pub issuers: Vec<Issuer>,
    /// Who may come without credentials; `None` if the file does not say.
    pub anonymous: Option<Anonymous>,
}

impl Configuration {
    /// Every issuer that is also one of the cluster's own, `service_accounts`: who decides on its
    /// tokens would be a matter of order.
    pub fn overlaps(&self, service_accounts: &[String]) -> Vec<Problem> {
        let overlapping = self
            .issuers
            .iter()
            .enumerate()
            .filter(|(_, issuer)| service_accounts.iter().any(|own| own == issuer.url()));
        overlapping
            .map(|(place, issuer)| Problem {
                path: format!("jwt[{place}].issuer.url"),
                problem: format!(
                    "{:?} is an issuer of service account tokens; another one is needed",
                    issuer.url()
                ),
            })
            .collect()
    }
}

/// One thing that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where, for example `jwt[0].issuer.url`.
    pub path: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return out.write_str(&self.problem);
        }
        write!(out, "{}: {}", self.path, self.problem)
    }
}

/// Reads an `AuthenticationConfiguration`, or tells everything that is wrong with it.
pub fn read(value: &Value) -> Result<Configuration, Vec<Problem>> {
    let problems = Problems::default();
    let root = Reader::new(value, &problems);
    root.only(&["apiVersion", "kind", "jwt", "anonymous"]);
    check_kind(&root);
    let configuration =
        Configuration { issuers: issuers(&root.field("jwt")), anonymous: anonymous::read(&root) };
    problems.none_or(configuration)
}

fn check_kind(root: &Reader<'_>) {
    let version = root.field("apiVersion");
    if !VERSIONS.contains(&version.text().as_str()) {
        version.report(format!("must be one of {}", VERSIONS.join(", ")));
    }
    let kind = root.field("kind");
    if kind.text() != KIND {
        kind.report(format!("must be {KIND}"));
    }
}

fn issuers(list: &Reader<'_>) -> Vec<Issuer> {
    let items = list.items();
    if items.len() > MOST_ISSUERS {
        list.report(format!("has {} items; at most {MOST_ISSUERS} are taken", items.len()));
        return Vec::new();
    }
    let (mut urls, mut discovery_urls) = (BTreeSet::new(), BTreeSet::new());
    let mut issuers = Vec::new();
    for item in items {
        let issuer = issuer::read(&item);
        let place = item.field("issuer");
        if !urls.insert(issuer.url.clone()) && !issuer.url.is_empty() {
            place.field("url").report_duplicate(&issuer.url);
        }
        if let Some(url) = &issuer.discovery_url
            && !discovery_urls.insert(url.clone())
        {
            place.field("discoveryURL").report_duplicate(url);
        }
        issuers.push(issuer);
    }
    issuers
}

const VERSIONS: [&str; 3] = [
    "apiserver.config.k8s.io/v1",
    "apiserver.config.k8s.io/v1beta1",
    "apiserver.config.k8s.io/v1alpha1",
];
const KIND: &str = "AuthenticationConfiguration";
const MOST_ISSUERS: usize = 64;
