//! The `--oidc-*` flags, which describe one issuer.

use std::collections::BTreeSet;

use super::{Issuer, Prefixed, Required};
use crate::configuration::{self, Problem, Problems};
use crate::jwt::Algorithm;

/// The `--oidc-*` flags as they were given. An empty one is as good as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OidcFlags {
    /// `--oidc-issuer-url`.
    pub issuer_url: String,
    /// `--oidc-client-id`.
    pub client_id: String,
    /// The contents of `--oidc-ca-file`.
    pub ca: String,
    /// `--oidc-username-claim`; `sub` if empty.
    pub username_claim: String,
    /// `--oidc-username-prefix`; `-` for none. If empty, the issuer's URL and `#`, or nothing for
    /// the claim `email`.
    pub username_prefix: String,
    /// `--oidc-groups-claim`.
    pub groups_claim: String,
    /// `--oidc-groups-prefix`.
    pub groups_prefix: String,
    /// `--oidc-required-claim`, each split at its first `=`.
    pub required_claims: Vec<(String, String)>,
    /// `--oidc-signing-algs`; `RS256` if there are none.
    pub signing_algs: Vec<String>,
}

impl OidcFlags {
    /// The issuer that the flags describe, or everything that is wrong with them. Not to be asked
    /// if no flag was given.
    pub fn issuer(&self) -> Result<Issuer, Vec<Problem>> {
        let problems = Problems::default();
        let server = configuration::server(
            ("--oidc-issuer-url", &self.issuer_url),
            ("--oidc-ca-file", self.ca.clone()),
            &problems,
        );
        if self.client_id.is_empty() {
            problems.report("--oidc-client-id", "is required with any --oidc flag".to_owned());
        }
        let issuer = Issuer {
            url: server.url,
            discovery_url: None,
            certificate_authority: server.certificate_authority,
            audiences: vec![self.client_id.clone()],
            algorithms: self.algorithms(&problems),
            username: self.username(),
            groups: self.groups(),
            uid: None,
            required: self.required(&problems),
        };
        problems.none_or(issuer)
    }

    fn username(&self) -> Prefixed {
        let claim = if self.username_claim.is_empty() { "sub" } else { &self.username_claim };
        let prefix = match self.username_prefix.as_str() {
            "-" => String::new(),
            "" if claim == "email" => String::new(),
            "" => format!("{}#", self.issuer_url),
            prefix => prefix.to_owned(),
        };
        Prefixed { claim: claim.to_owned(), prefix }
    }

    fn groups(&self) -> Option<Prefixed> {
        let groups =
            || Prefixed { claim: self.groups_claim.clone(), prefix: self.groups_prefix.clone() };
        (!self.groups_claim.is_empty()).then(groups)
    }

    fn required(&self, problems: &Problems) -> Vec<Required> {
        let mut seen = BTreeSet::new();
        let mut required = Vec::new();
        for (claim, value) in &self.required_claims {
            if claim.is_empty() {
                problems.report("--oidc-required-claim", "must be claim=value".to_owned());
            } else if !seen.insert(claim) {
                problems.report("--oidc-required-claim", format!("{claim:?} is given twice"));
            }
            required.push(Required { claim: claim.clone(), value: value.clone() });
        }
        required
    }

    fn algorithms(&self, problems: &Problems) -> Vec<Algorithm> {
        if self.signing_algs.is_empty() {
            return vec![Algorithm::Rs256];
        }
        let known = || Algorithm::ALL.map(Algorithm::name).join(", ");
        let named = self.signing_algs.iter().filter_map(|name| {
            let algorithm = Algorithm::named(name);
            if algorithm.is_none() {
                let problem = format!("{name:?} is not supported; known are {}", known());
                problems.report("--oidc-signing-algs", problem);
            }
            algorithm
        });
        named.collect()
    }
}
