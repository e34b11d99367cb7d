//! An admission webhook as its configuration states it, and which of them guard security.

use inventory::{Kind, Object};
use tree::{Path, Tree};

use crate::{Judged, Problem, Seen, Verdict, selector};

/// Both kinds of webhook configurations.
pub(super) const KINDS: &[Kind<'static>] = &[Kind::VALIDATING_WEBHOOK, Kind::MUTATING_WEBHOOK];

/// One webhook of a configuration.
#[derive(Debug, Clone)]
pub(super) struct Webhook<'a> {
    pub(super) object: &'a Object,
    pub(super) tree: &'a Tree,
    pub(super) path: Path,
}

/// The service that a webhook is asked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ServiceName<'a> {
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) port: i64,
}

impl<'a> Webhook<'a> {
    /// The webhooks of a configuration.
    pub(super) fn of(object: &'a Object) -> impl Iterator<Item = Self> {
        let items = object.tree().get("webhooks").items().iter().enumerate();
        items.map(move |(index, tree)| Self {
            object,
            tree,
            path: Path::of(&["webhooks"]).then(index),
        })
    }

    pub(super) fn name(&self) -> &'a str {
        self.tree.get("name").str()
    }

    /// Whether what it is asked about is refused while it does not answer.
    pub(super) fn fails_closed(&self) -> bool {
        let policy = self.tree.get("failurePolicy").text();
        // The first version of the API let everything through where nothing is said.
        policy.map_or(self.object.version() != "v1beta1", |policy| policy == "Fail")
    }

    /// Whether it is asked about anything at all.
    pub(super) fn has_rules(&self) -> bool {
        !self.tree.get("rules").items().is_empty()
    }

    /// The service it is asked at, if it is one.
    pub(super) fn service(&self) -> Option<ServiceName<'a>> {
        let service = self.tree.at(&["clientConfig", "service"]);
        let port = service.get("port").int().unwrap_or(443);
        let name = service.get("name").text()?;
        Some(ServiceName { namespace: service.get("namespace").str(), name, port })
    }

    /// Whether it is asked about an operation on a resource of a group.
    pub(super) fn covers(&self, operation: &str, group: &str, resource: &str) -> bool {
        let any = |list: &Tree, is_wanted: &dyn Fn(&str) -> bool| list.texts().any(is_wanted);
        self.tree.get("rules").items().iter().any(|rule| {
            any(rule.get("operations"), &|one| one == "*" || one == operation)
                && any(rule.get("apiGroups"), &|one| one == "*" || one == group)
                && any(rule.get("resources"), &|one| is_resource(one, resource))
        })
    }

    /// Whether it is part of a program that enforces security policies, by its names.
    pub(super) fn guards_security(&self) -> bool {
        let service = self.service();
        let names = [self.object.name(), self.name()];
        let of_service = service.map(|service| [service.name, service.namespace]);
        names
            .into_iter()
            .chain(of_service.into_iter().flatten())
            .flat_map(|name| name.split(|letter: char| !letter.is_ascii_alphanumeric()))
            .any(|word| GUARDS.contains(&word))
    }

    /// Whether its namespace selector takes a namespace in, by labels.
    pub(super) fn takes_namespace(&self, seen: &Seen<'_>, namespace: &str) -> bool {
        let by_name = format!("{{\"kubernetes.io/metadata.name\": {namespace:?}}}");
        let by_name = tree::read(&by_name, &mut tree::Keys::default()).unwrap_or_default();
        let labels = seen.namespace_labels(namespace).ok().filter(|labels| labels.is_map());
        let labels = labels
            .filter(|labels| labels.get("kubernetes.io/metadata.name").text().is_some())
            .unwrap_or(&by_name);
        selector::selects(self.tree.get("namespaceSelector"), labels).unwrap_or(false)
    }
}

/// Whether a resource of a rule is a resource, `pods` or `pods/exec`. Unlike in RBAC `*` does not
/// hold subresources, and `pods/*` does.
fn is_resource(rule: &str, resource: &str) -> bool {
    if rule == resource || rule == "*/*" {
        return true;
    }
    match (rule.split_once('/'), resource.split_once('/')) {
        (None, None) => rule == "*",
        (Some((main, "*")), Some((wanted, _))) => main == wanted,
        // `pods/*` holds pods as well.
        (Some((main, "*")), None) => main == resource,
        (Some(("*", sub)), Some((_, wanted))) => sub == wanted,
        _ => false,
    }
}

/// Judges each webhook of all configurations.
pub(super) fn each(
    object: &Object,
    judge: impl Fn(&Webhook<'_>) -> Result<Option<Problem>, inventory::Unknown>,
) -> Judged {
    let mut problems = Vec::new();
    for webhook in Webhook::of(object) {
        if let Some(problem) = judge(&webhook)? {
            let problem =
                if problem.detail.is_empty() { problem.detail(webhook.name()) } else { problem };
            problems.push(match problem.path {
                Some(_) => problem,
                None => problem.at(webhook.path.clone()),
            });
        }
    }
    Ok(Verdict::of(problems))
}

/// Words in the names of programs that enforce security policies.
const GUARDS: [&str; 14] = [
    "connaisseur",
    "cosign",
    "datree",
    "gatekeeper",
    "jspolicy",
    "kubescape",
    "kubewarden",
    "kyverno",
    "neuvector",
    "opa",
    "polaris",
    "portieris",
    "ratify",
    "sigstore",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_of_rules_match_as_webhooks_do() {
        let check = |rule: &str, resource: &str, expected: bool| {
            assert_eq!(is_resource(rule, resource), expected, "{rule} {resource}");
        };
        check("pods", "pods", true);
        check("pods", "pods/exec", false);
        check("*", "pods", true);
        check("*", "pods/ephemeralcontainers", false);
        check("*/*", "pods/ephemeralcontainers", true);
        check("*/*", "pods", true);
        check("pods/*", "pods/ephemeralcontainers", true);
        check("pods/*", "pods", true);
        check("*/exec", "pods/exec", true);
        check("*/exec", "pods/attach", false);
        check("services", "pods", false);
    }
}
