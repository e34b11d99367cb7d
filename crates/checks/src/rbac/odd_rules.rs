//! RB-018, RB-019 and RB-059: rules that allow more, or less, than they seem to.

use super::RIGHT;
use super::lint::{Lint, ROLES, has};
use super::samples::{example, unbound};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-018",
        name: "wildcard-subresources",
        title: "A role allows a risky subresource of everything",
        why: "*/exec is pods/exec, */token is serviceaccounts/token, */proxy is nodes/proxy: a search for the names finds none of them.",
        fails: "A rule of a role that Kubernetes does not make names */exec, */attach, */portforward, */token, */approval, */proxy or */ephemeralcontainers. */scale and */status pass.",
        fix: Fix::Steps("Name the resources: each finding says which subresources that is."),
        references: &[Reference::Cis("5.1.3"), Reference::Owasp("K02")],
        judge: Judge::Objects(ROLES, &SUBRESOURCES),
        examples: &[
            example!(
                "*/exec",
                Expected::Fail(Severity::High),
                unbound!("{apiGroups: [\"\"], resources: [\"*/exec\"], verbs: [create]}")
            ),
            example!(
                "*/scale",
                Expected::Pass,
                unbound!("{apiGroups: [apps], resources: [\"*/scale\"], verbs: [patch]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-019",
        name: "no-such-wildcard",
        title: "A rule names subresources in a way that matches nothing",
        severities: &[Severity::Info],
        why: "pods/* is not read as every subresource of pods: it allows nothing, and who wrote it believes otherwise.",
        fails: "A rule of a role names a resource that ends in /*. In an audit policy that is right; in RBAC it is not.",
        fix: Fix::Steps(
            "Name the subresources that are needed, as pods/log and pods/status, or drop the entry: it allows nothing.",
        ),
        references: &[Reference::Kubernetes("reference/access-authn-authz/rbac/")],
        judge: Judge::Objects(ROLES, &NOTHING),
        examples: &[
            example!(
                "pods/*",
                Expected::Fail(Severity::Info),
                unbound!("{apiGroups: [\"\"], resources: [pods, \"pods/*\"], verbs: [get]}")
            ),
            example!(
                "*/log",
                Expected::Pass,
                unbound!("{apiGroups: [\"\"], resources: [\"*/log\"], verbs: [get]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-059",
        name: "useless-names",
        title: "A rule limits by name what cannot be limited by name",
        severities: &[Severity::Medium],
        why: "A creation or a deletion of a whole collection has no name: with resourceNames the rule never allows it, and the next person drops the names to make it work. A list is allowed only with the field selector metadata.name.",
        fails: "A rule has resourceNames together with create on a resource (not on a subresource such as pods/exec, whose call has the name; nor with patch, since an apply that creates has it too), with deletecollection, or with list. list is told with low confidence: clients can send the selector.",
        fix: Fix::Steps(
            "Put create, deletecollection and list into a rule of their own without names, if they are needed, or drop them.",
        ),
        references: &[Reference::Kubernetes("reference/access-authn-authz/rbac/")],
        judge: Judge::Objects(ROLES, &NAMES),
        examples: &[
            example!(
                "create",
                Expected::Fail(Severity::Medium),
                unbound!(
                    "{apiGroups: [\"\"], resources: [configmaps], resourceNames: [lock], verbs: [get, create]}"
                )
            ),
            example!(
                "list",
                Expected::Fail(Severity::Medium),
                unbound!(
                    "{apiGroups: [\"\"], resources: [secrets], resourceNames: [tls], verbs: [list]}"
                )
            ),
            example!(
                "create of a subresource",
                Expected::Pass,
                unbound!(
                    "{apiGroups: [\"\"], resources: [serviceaccounts/token], resourceNames: [builder], verbs: [create]}"
                )
            ),
            example!(
                "by server-side apply",
                Expected::Pass,
                unbound!(
                    "{apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: [create, patch]}"
                )
            ),
        ],
        ..RIGHT
    },
];

const SUBRESOURCES: Lint = Lint {
    severity: |_| Severity::High,
    finds: |rule| {
        let mut named: Vec<&str> =
            rule.get("resources").texts().filter(|held| meant(held).is_some()).collect();
        named.sort_unstable();
        let meant: Vec<&str> = named.iter().filter_map(|held| meant(held)).collect();
        (!named.is_empty()).then(|| {
            let named = named.join(", ");
            (
                named.clone(),
                format!("{named} is allowed, which is {}; name what is needed.", meant.join(", ")),
            )
        })
    },
};

const NOTHING: Lint = Lint {
    severity: |_| Severity::Info,
    finds: |rule| {
        let mut named: Vec<&str> =
            rule.get("resources").texts().filter(|held| held.ends_with("/*")).collect();
        named.sort_unstable();
        let named = named.join(", ");
        (!named.is_empty()).then(|| {
            (named.clone(), format!("{named} matches nothing; name the subresources, or drop it."))
        })
    },
};

const NAMES: Lint = Lint {
    severity: |_| Severity::Medium,
    finds: |rule| {
        let named = rule.get("resourceNames").texts().next()?;
        let is_whole = rule.get("resources").texts().any(|held| !held.contains('/'));
        let creates = has(rule, "verbs", "create") && is_whole && !has(rule, "verbs", "patch");
        let verb = if creates {
            "create"
        } else if has(rule, "verbs", "deletecollection") {
            "deletecollection"
        } else if has(rule, "verbs", "list") {
            "list"
        } else {
            return None;
        };
        let effect = if verb == "list" {
            format!("is allowed only with the field selector metadata.name={named}")
        } else {
            "is never allowed by a rule with resourceNames, since its call has no name".to_owned()
        };
        Some((verb.to_owned(), format!("{verb} {effect}.")))
    },
};

/// What a risky subresource of everything stands for.
fn meant(resource: &str) -> Option<&'static str> {
    Some(match resource {
        "*/exec" => "pods/exec",
        "*/attach" => "pods/attach",
        "*/portforward" => "pods/portforward",
        "*/ephemeralcontainers" => "pods/ephemeralcontainers",
        "*/token" => "serviceaccounts/token",
        "*/approval" => "certificatesigningrequests/approval",
        "*/proxy" => "nodes/proxy, pods/proxy and services/proxy",
        _ => return None,
    })
}
