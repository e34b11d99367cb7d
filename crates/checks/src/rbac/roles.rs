//! RB-003 to RB-005, RB-018, RB-019, RB-059: how the rules of a role are written, bound or not.

use authz::{ClusterRole, ClusterRoleBinding, Role, RoleBinding, RoleRef};
use inventory::{Kind, Object};
use paths::bootstrap::{self, Likeness};
use tree::{Path, Tree};

use super::samples::{example, unbound};
use super::{RIGHT, words};
use crate::example::Expected;
use crate::{
    Check, Confidence, Fix, Judge, JudgeObject, Judged, Problem, Reference, Remedy, Seen, Severity,
    Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-003",
        name: "wildcard-verbs",
        title: "A role allows every verb",
        why: "* is more than the verbs one thinks of: escalate, bind and impersonate are verbs, and so is what later versions bring.",
        fails: "A rule of a role that Kubernetes does not make has the verb *, whether the role is bound or not. Aggregated roles pass: their rules are judged where they are written.",
        fix: WILDCARD,
        references: &[Reference::Cis("5.1.3"), Reference::Owasp("K02")],
        judge: Judge::Objects(ROLES, &VERBS),
        examples: &[
            example!(
                "on pods",
                Expected::Fail(Severity::High),
                unbound!("{apiGroups: [\"\"], resources: [pods], verbs: [\"*\"]}")
            ),
            example!(
                "verbs by name",
                Expected::Pass,
                unbound!(
                    "{apiGroups: [\"\"], resources: [pods], verbs: [get, list, watch, create, update, patch, delete]}"
                )
            ),
            example!("the built-in cluster-admin", Expected::Pass, CLUSTER_ADMIN),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-004",
        name: "wildcard-resources",
        title: "A role allows every resource",
        why: "* is every resource of the group and every subresource: secrets with pods, pods/exec with reading, nodes/proxy with nodes.",
        fails: "A rule of a role that Kubernetes does not make has the resource *. */scale and the like are no resource *: RB-018 looks at the risky ones. Aggregated roles pass.",
        fix: WILDCARD,
        references: &[Reference::Cis("5.1.3"), Reference::Owasp("K02")],
        judge: Judge::Objects(ROLES, &RESOURCES),
        examples: &[
            example!(
                "of one group",
                Expected::Fail(Severity::High),
                unbound!("{apiGroups: [apps], resources: [\"*\"], verbs: [get]}")
            ),
            example!(
                "one subresource of all",
                Expected::Pass,
                unbound!("{apiGroups: [apps], resources: [\"*/scale\"], verbs: [get]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-005",
        name: "wildcard-groups",
        title: "A role allows every API group",
        severities: &[Severity::Medium],
        why: "A resource of the same name in another group is meant as well, and groups come with every operator that is installed.",
        fails: "A rule of a role that Kubernetes does not make has the API group *. Aggregated roles pass.",
        fix: WILDCARD,
        references: &[Reference::Cis("5.1.3"), Reference::Owasp("K02")],
        judge: Judge::Objects(ROLES, &GROUPS),
        examples: &[
            example!(
                "deployments of any group",
                Expected::Fail(Severity::Medium),
                unbound!("{apiGroups: [\"*\"], resources: [deployments], verbs: [get]}")
            ),
            example!(
                "of two groups",
                Expected::Pass,
                unbound!("{apiGroups: [apps, \"\"], resources: [deployments, pods], verbs: [get]}")
            ),
        ],
        ..RIGHT
    },
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

/// A rule about how rules are written.
struct Lint {
    severity: Severity,
    /// What is wrong with a rule: what is found in it, and a sentence about it.
    finds: fn(&Tree) -> Option<(String, String)>,
}

impl JudgeObject for Lint {
    fn judge(&self, _seen: &Seen<'_>, object: &Object) -> Judged {
        let rules = object.tree().get("rules").items().iter().enumerate();
        let mut problems: Vec<Problem> = Vec::new();
        for (number, rule) in rules {
            let Some((what, sentence)) = (self.finds)(rule) else { continue };
            let problem = Problem::new(self.severity, format!("{}: {sentence}", object.describe()))
                .detail(format!("{what} in {}", content(rule)))
                .evidence(rule.to_string())
                .confidence(if what == "list" { Confidence::Low } else { Confidence::High })
                .at(Path::of(&["rules"]).then(number))
                .mended_by(Remedy::Steps(format!(
                    "{sentence}\nkubectl edit {}",
                    words::kubectl(object)
                )));
            if problems.iter().all(|before| before.detail != problem.detail) {
                problems.push(problem);
            }
        }
        // Asked last: most roles have nothing to be let off from.
        if problems.is_empty() || is_not_ours(object) {
            return Ok(Verdict::Pass);
        }
        Ok(Verdict::of(problems))
    }
}

/// Whether Kubernetes makes the role, or fills it with the rules of others.
pub(crate) fn is_not_ours(object: &Object) -> bool {
    !object.tree().get("aggregationRule").is_null() || likeness(object) == Likeness::Same
}

/// How a role or binding compares with the default of its name.
pub(crate) fn likeness(object: &Object) -> Likeness {
    if !is_name_of_default(object) {
        return Likeness::NotBootstrap;
    }
    let Ok(policy) = authz::policy::from_objects(&[object.tree().to_json()]) else {
        return Likeness::NotBootstrap;
    };
    let roles = policy.cluster_roles.iter().map(bootstrap::Object::ClusterRole);
    let all = roles
        .chain(policy.roles.iter().map(bootstrap::Object::Role))
        .chain(policy.cluster_role_bindings.iter().map(bootstrap::Object::ClusterRoleBinding))
        .chain(policy.role_bindings.iter().map(bootstrap::Object::RoleBinding));
    all.map(|object| bootstrap::is_default(object, None)).next().unwrap_or(Likeness::NotBootstrap)
}

/// Whether any default has its name: a look at the name alone spares reading the rest.
fn is_name_of_default(object: &Object) -> bool {
    let (name, namespace) = (object.name().to_owned(), object.namespace().to_owned());
    let (subjects, role) = (Vec::new(), RoleRef { kind: String::new(), name: String::new() });
    let of = |object: bootstrap::Object<'_>| bootstrap::is_default(object, None);
    let likeness = match object.kind() {
        Kind::CLUSTER_ROLE => {
            of(bootstrap::Object::ClusterRole(&ClusterRole { name, ..ClusterRole::default() }))
        }
        Kind::ROLE => of(bootstrap::Object::Role(&Role { namespace, name, rules: Vec::new() })),
        Kind::CLUSTER_ROLE_BINDING => {
            let binding = ClusterRoleBinding { name, subjects, role };
            of(bootstrap::Object::ClusterRoleBinding(&binding))
        }
        _ => {
            let binding = RoleBinding { namespace, name, subjects, role };
            of(bootstrap::Object::RoleBinding(&binding))
        }
    };
    likeness != Likeness::NotBootstrap
}

/// A rule by what it allows, in an order of its own.
fn content(rule: &Tree) -> String {
    let list = |key: &str| {
        let mut held: Vec<&str> = rule.get(key).texts().collect();
        held.sort_unstable();
        held.join(",")
    };
    let (groups, resources) = (list("apiGroups"), list("resources"));
    let (names, urls) = (list("resourceNames"), list("nonResourceURLs"));
    let parts = [list("verbs"), resources, groups, names, urls];
    let told: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    told.join(" ")
}

fn has(rule: &Tree, key: &str, wanted: &str) -> bool {
    rule.get(key).texts().any(|held| held == wanted)
}

const VERBS: Lint = Lint {
    severity: Severity::High,
    finds: |rule| {
        has(rule, "verbs", "*").then(|| {
            let used: Vec<&str> = rule.get("resources").texts().collect();
            let of = if used.is_empty() { "URLs".to_owned() } else { used.join(", ") };
            (
                "verbs *".to_owned(),
                format!("every verb is allowed on {of}; name those that are used, as get, list, watch, create, update, patch, delete."),
            )
        })
    },
};

const RESOURCES: Lint = Lint {
    severity: Severity::High,
    finds: |rule| {
        has(rule, "resources", "*").then(|| {
            let groups: Vec<&str> = rule.get("apiGroups").texts().collect();
            let groups = groups.iter().map(|group| if group.is_empty() { "core" } else { group });
            let groups: Vec<&str> = groups.collect();
            (
                "resources *".to_owned(),
                format!("every resource of {} is allowed, subresources too; name those that are used (kubectl api-resources lists them).", groups.join(", ")),
            )
        })
    },
};

const GROUPS: Lint = Lint {
    severity: Severity::Medium,
    finds: |rule| {
        has(rule, "apiGroups", "*").then(|| {
            (
                "apiGroups *".to_owned(),
                "every API group is allowed; name the groups of its resources.".to_owned(),
            )
        })
    },
};

const SUBRESOURCES: Lint = Lint {
    severity: Severity::High,
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
    severity: Severity::Info,
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
    severity: Severity::Medium,
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

pub(crate) const ROLES: &[Kind<'static>] = &[Kind::CLUSTER_ROLE, Kind::ROLE];
const WILDCARD: Fix = Fix::Steps(
    "Name what is used: `ravelin audit learn` makes the list from an audit log, `kubectl api-resources -o wide` shows all there is. Say in a comment what was dropped.",
);
const CLUSTER_ADMIN: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-admin}
rules:
- {apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}
- {nonResourceURLs: [\"*\"], verbs: [\"*\"]}
";
