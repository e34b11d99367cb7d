//! How a kube-apiserver authenticates: what its flags, the file they name and the defaults of its
//! version come to.

use std::collections::BTreeSet;

use inventory::{Component, ComponentKind, Kind, Object, Unknown};
use tree::Path;

use super::issuer::Issuer;
use crate::{About, Judged, Seen, Tally, Verdict, host_path};

/// How one kube-apiserver authenticates; or what a configuration says that none of those seen
/// names.
#[derive(Debug)]
pub(crate) struct Effective<'s> {
    component: Option<&'s Component>,
    config: Config<'s>,
}

#[derive(Debug)]
enum Config<'s> {
    NotNamed,
    Seen(&'s Object),
    Unseen(String),
}

/// Whether requests without credentials are let in.
#[derive(Debug, PartialEq)]
pub(crate) enum Anonymous<'s> {
    /// No.
    Off,
    /// Yes, at any path.
    Everywhere,
    /// At these paths only.
    Paths(Vec<&'s str>),
}

/// A way to say who one is that is not always there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Authenticator {
    /// Client certificates.
    ClientCertificates,
    /// Bootstrap tokens.
    BootstrapTokens,
    /// A file of tokens.
    TokenFile,
    /// A file of passwords.
    PasswordFile,
    /// OpenID Connect, of an issuer.
    Issuer(String),
    /// A webhook that is asked about tokens.
    Webhook,
}

impl<'s> Effective<'s> {
    /// How a process authenticates.
    pub(crate) fn of(seen: &'s Seen<'_>, component: &'s Component) -> Self {
        let inventory = seen.inventory();
        let named = component.flags.value("authentication-config").filter(|one| !one.is_empty());
        let config = named.map_or(Config::NotNamed, |path| {
            let file = host_path::file(inventory, component, path);
            let object = file.and_then(|file| {
                inventory
                    .objects_of(file)
                    .find(|object| object.kind() == Kind::AUTHENTICATION_CONFIGURATION)
            });
            object.map_or_else(|| Config::Unseen(path.to_owned()), Config::Seen)
        });
        Self { component: Some(component), config }
    }

    /// Those of all processes that were seen, and of configurations that none of them names.
    pub(crate) fn all(seen: &'s Seen<'_>) -> Result<Vec<Self>, Unknown> {
        let inventory = seen.inventory();
        let mut all: Vec<Self> = inventory
            .components(ComponentKind::ApiServer)
            .map(|component| Self::of(seen, component))
            .collect();
        let configs = inventory.of(Kind::AUTHENTICATION_CONFIGURATION).iter();
        let loose: Vec<&Object> =
            configs.filter(|config| !all.iter().any(|one| one.uses(config))).collect();
        all.extend(
            loose.into_iter().map(|config| Self { component: None, config: Config::Seen(config) }),
        );
        if all.is_empty() {
            return Err(Unknown::new(
                "the flags of kube-apiserver were not seen",
                "give /etc/kubernetes/manifests of a control plane node and the file that --authentication-config names",
            ));
        }
        Ok(all)
    }

    fn uses(&self, object: &Object) -> bool {
        match self.config {
            Config::Seen(config) => std::ptr::eq(config, object),
            Config::NotNamed | Config::Unseen(_) => false,
        }
    }

    /// Judges each; what two of them say of one file is said once.
    pub(crate) fn judge_each(
        seen: &Seen<'_>,
        judge: fn(&Seen<'_>, &Effective<'_>) -> Judged,
    ) -> Result<Tally, Unknown> {
        let mut tally = Tally::new();
        for one in Effective::all(seen)? {
            tally.add(one.about(seen), judge(seen, &one));
        }
        let mut told: Vec<(About, crate::Problem)> = Vec::new();
        for problem in tally.problems {
            if !told.contains(&problem) {
                told.push(problem);
            }
        }
        tally.problems = told;
        Ok(tally)
    }

    /// Judges each issuer of each; where none is trusted the question does not arise.
    pub(crate) fn judge_issuers(&self, mut judge: impl FnMut(&Issuer<'_>) -> Judged) -> Judged {
        let issuers = self.issuers()?;
        if issuers.is_empty() {
            return Ok(Verdict::NotApplicable("no OpenID Connect issuer is trusted".to_owned()));
        }
        let mut problems = Vec::new();
        let mut missing = None;
        let mut exempt = None;
        for issuer in &issuers {
            match judge(issuer) {
                Ok(Verdict::Fail(found)) => problems.extend(found),
                Ok(Verdict::Exempt(why)) => exempt = Some(why),
                Ok(Verdict::Pass | Verdict::NotApplicable(_)) => {}
                Err(unknown) => missing = missing.or(Some(unknown)),
            }
        }
        match (problems.is_empty(), missing, exempt) {
            (true, Some(unknown), _) => Err(unknown),
            (true, None, Some(why)) => Ok(Verdict::Exempt(why)),
            (..) => Ok(Verdict::of(problems)),
        }
    }

    /// What a verdict is about.
    pub(crate) fn about(&self, seen: &Seen<'_>) -> About {
        match (self.component, &self.config) {
            (Some(component), _) => About::component(component, seen.inventory()),
            (None, Config::Seen(object)) => About::object(object),
            (None, Config::NotNamed | Config::Unseen(_)) => About::cluster(),
        }
    }

    /// The process.
    pub(crate) fn component(&self) -> Option<&'s Component> {
        self.component
    }

    /// The configuration that counts, if any is named.
    pub(crate) fn config(&self) -> Result<Option<&'s Object>, Unknown> {
        match &self.config {
            Config::NotNamed => Ok(None),
            Config::Seen(object) => Ok(Some(object)),
            Config::Unseen(path) => Err(unseen(path)),
        }
    }

    /// Whether requests without credentials are let in.
    pub(crate) fn anonymous(&self) -> Result<Anonymous<'s>, Unknown> {
        if let Some(config) = self.config()? {
            let anonymous = config.tree().get("anonymous");
            if anonymous.is_map() {
                return Ok(of_field(anonymous));
            }
        }
        let Some(component) = self.component else {
            return Err(Unknown::new(
                "the flags of kube-apiserver were not seen",
                "give /etc/kubernetes/manifests of a control plane node",
            ));
        };
        let is_on = component.flags.bool("anonymous-auth").unwrap_or(true);
        Ok(if is_on && !allows_always(component) { Anonymous::Everywhere } else { Anonymous::Off })
    }

    /// The issuers whose tokens are taken.
    pub(crate) fn issuers(&self) -> Result<Vec<Issuer<'s>>, Unknown> {
        let mut issuers: Vec<_> = self.component.and_then(Issuer::of_flags).into_iter().collect();
        if let Some(config) = self.config()? {
            issuers.extend(Issuer::of_config(config));
        }
        Ok(issuers)
    }

    /// Ways in, besides service accounts and the front proxy, which are always there.
    pub(crate) fn authenticators(&self) -> Result<BTreeSet<Authenticator>, Unknown> {
        let issuers = self.issuers()?;
        let mut found: BTreeSet<_> =
            issuers.iter().map(|issuer| Authenticator::Issuer(issuer.url.to_owned())).collect();
        let Some(component) = self.component else { return Ok(found) };
        let is_given =
            |flag: &str| component.flags.value(flag).is_some_and(|value| !value.is_empty());
        let by_flag = [
            ("client-ca-file", Authenticator::ClientCertificates),
            ("token-auth-file", Authenticator::TokenFile),
            ("basic-auth-file", Authenticator::PasswordFile),
            ("authentication-token-webhook-config-file", Authenticator::Webhook),
        ];
        found.extend(by_flag.into_iter().filter(|(flag, _)| is_given(flag)).map(|(_, one)| one));
        if component.flags.bool("enable-bootstrap-token-auth") == Some(true) {
            found.insert(Authenticator::BootstrapTokens);
        }
        Ok(found)
    }

    /// Whether the front proxy may name users.
    pub(crate) fn trusts_a_proxy(&self) -> bool {
        let value = self.component.and_then(|one| one.flags.value("requestheader-allowed-names"));
        let has_authority = self
            .component
            .is_some_and(|one| one.flags.get("requestheader-client-ca-file").is_some());
        has_authority && value.is_none_or(|names| names.split(',').any(|name| name != FRONT_PROXY))
    }
}

/// The name in the certificate that kubeadm gives the aggregator; no people come that way.
const FRONT_PROXY: &str = "front-proxy-client";

fn unseen(path: &str) -> Unknown {
    Unknown::new(
        format!("{path} was not seen"),
        format!("give {path} of a control plane node as well"),
    )
}

fn of_field(anonymous: &tree::Tree) -> Anonymous<'_> {
    if !anonymous.get("enabled").is_true() {
        return Anonymous::Off;
    }
    let conditions = anonymous.get("conditions").items();
    if conditions.is_empty() {
        return Anonymous::Everywhere;
    }
    Anonymous::Paths(conditions.iter().map(|one| one.get("path").str()).collect())
}

/// With `AlwaysAllow` the server turns anonymous access off by itself.
fn allows_always(component: &Component) -> bool {
    if component.flags.get("authorization-config").is_some() {
        return false;
    }
    let mut modes = component.flags.values("authorization-mode").peekable();
    modes.peek().is_none() || modes.any(|mode| mode == "AlwaysAllow")
}

/// Where the conditions for anonymous requests stand in a configuration.
pub(crate) fn conditions() -> Path {
    Path::of(&["anonymous", "conditions"])
}
