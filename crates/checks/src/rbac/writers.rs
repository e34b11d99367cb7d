//! RB-020 to RB-023: who gives rights, to others or to itself.

use authz::PolicyRule;
use inventory::Minor;
use paths::{RoleKey, Subject, bootstrap, matching};

use super::RIGHT;
use super::need::{Found, Need};
use super::row::{Case, Row, Weight};
use super::samples::{everywhere, example, inside};
use crate::example::Expected;
use crate::{Check, Judge, Reference, Seen, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-020",
        name: "escalate",
        title: "Roles can be given rules that their writer does not hold",
        severities: &[Severity::Critical],
        why: "With escalate the writer of a role is not held to its own rights: it writes everything into a role it has.",
        fails: "A binding gives escalate on clusterroles everywhere, or on roles. The server asks for it there; on bindings it means nothing and passes.",
        references: &[Reference::Cis("5.1.8"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| ESCALATE_ROW.judge(seen)),
        examples: &[
            example!(
                "on cluster roles",
                Expected::Fail(Severity::Critical),
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate]}"
                )
            ),
            example!(
                "on roles of a namespace, as *",
                Expected::Fail(Severity::Critical),
                inside!(
                    "apps",
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [\"*\"]}"
                )
            ),
            example!(
                "on bindings it means nothing",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [escalate]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-021",
        name: "bind",
        title: "Roles can be bound that the binder does not hold",
        severities: &[Severity::Critical, Severity::Medium],
        why: "With bind whoever writes bindings may give away any role, cluster-admin included.",
        fails: "A binding gives bind on clusterroles or roles. It is medium where resourceNames lists only roles that were seen and only read what is no secret. On bindings the verb means nothing and passes.",
        references: &[Reference::Cis("5.1.8"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| BIND_ROW.judge(seen)),
        examples: &[
            example!(
                "any role",
                Expected::Fail(Severity::Critical),
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}"
                )
            ),
            example!(
                "the role view alone",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view], verbs: [bind]}"
                )
            ),
            example!(
                "view and admin",
                Expected::Fail(Severity::Critical),
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view, admin], verbs: [bind]}"
                )
            ),
            example!(
                "on bindings it means nothing",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [bind]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-022",
        name: "write-bindings",
        title: "Bindings can be written",
        severities: &[Severity::Critical, Severity::Medium],
        why: "Whoever writes bindings gives its own rights to anybody, and keeps them after it was shut out; with bind it gives every right.",
        fails: "A binding gives create, update or patch on rolebindings, or everywhere on clusterrolebindings. It is critical where somebody who holds it also holds bind on roles of any name; without, the server lets nobody give more than they have.",
        references: &[Reference::Cis("5.1.8"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| BINDINGS.judge(seen)),
        examples: &[
            example!(
                "alone",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create]}"
                )
            ),
            example!(
                "together with bind",
                Expected::Fail(Severity::Critical),
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create]}",
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}"
                )
            ),
            example!(
                "cluster role bindings from a namespace",
                Expected::Pass,
                inside!(
                    "apps",
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create]}"
                )
            ),
            example!(
                "reading them",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [get, list]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-023",
        name: "write-roles",
        title: "Roles can be written",
        severities: &[Severity::Medium],
        why: "Whoever writes roles adds rights it holds to roles that others have, or takes rights out of them.",
        fails: "A binding gives create, update or patch on roles, or everywhere on clusterroles, and escalate is not held with it (RB-020 tells of that).",
        references: &[Reference::Cis("5.1.8"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| ROLES.judge(seen)),
        examples: &[
            example!(
                "roles of a namespace",
                Expected::Fail(Severity::Medium),
                inside!(
                    "apps",
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [update]}"
                )
            ),
            example!(
                "with escalate",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [update, escalate]}"
                )
            ),
            example!(
                "cluster roles from a namespace",
                Expected::Pass,
                inside!(
                    "apps",
                    "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [update]}"
                )
            ),
        ],
        ..RIGHT
    },
];

const ESCALATE_ROW: Row = Row {
    needs: ESCALATE,
    can: "give roles rules that it does not hold",
    weigh: |case| {
        let half = "Using it takes update or patch on the role as well, which none of them holds.";
        let note = if case.who_also(ROLE_WRITES).is_empty() { half } else { "" };
        Some(Weight::of(Severity::Critical).noting(note))
    },
};

const BIND_ROW: Row = Row {
    needs: BIND,
    can: "bind roles that it does not hold",
    weigh: |case| {
        let half = "Using it takes the right to write bindings as well, which none of them holds.";
        let note = if case.who_also(BINDING_WRITES).is_empty() { half } else { "" };
        let severity = if is_harmless(case) { Severity::Medium } else { Severity::Critical };
        Some(Weight::of(severity).noting(note))
    },
};

const BINDINGS: Row = Row {
    needs: BINDING_WRITES,
    can: "write bindings",
    weigh: |case| {
        let both = case.who_also(BIND);
        let is_free = both.iter().any(|subject| binds_any(case, subject));
        Some(if is_free {
            Weight::of(Severity::Critical).noting("With bind, held as well, that gives any right.")
        } else {
            Weight::of(Severity::Medium)
        })
    },
};

const ROLES: Row = Row {
    needs: ROLE_WRITES,
    can: "write roles",
    weigh: |case| {
        let scope = &case.bound.scope;
        let lacks = |one: &Subject| !case.holdings.holds(one, ESCALATE, scope);
        case.bound.subjects.iter().any(lacks).then(|| Weight::of(Severity::Medium))
    },
};

/// Whether a subject is given bind on roles that are worth more than reading.
fn binds_any(case: &Case<'_, '_>, subject: &Subject) -> bool {
    case.holdings.bindings_of(subject).into_iter().any(|number| {
        let Some(bound) = case.holdings.bindings.get(number) else { return false };
        let Some(role) = case.holdings.role_of(bound) else { return false };
        let found = super::need::found(&role.rules, BIND, &bound.scope);
        let (seen, holdings) = (case.seen, case.holdings);
        let other = Case { seen, holdings, bound, role, found };
        !other.found.is_empty() && !is_harmless(&other)
    })
}

/// Whether the roles that may be bound are named, and only read what is no secret.
fn is_harmless(case: &Case<'_, '_>) -> bool {
    case.is_named()
        && case
            .found
            .iter()
            .all(|one| one.names.iter().all(|name| is_harmless_role(case, one, name)))
}

fn is_harmless_role(case: &Case<'_, '_>, one: &Found<'_>, name: &str) -> bool {
    let namespace = case.bound.namespace().filter(|_| one.resource == "roles");
    let key = RoleKey { namespace: namespace.map(Into::into), name: name.into() };
    rules_of(case.seen, &key).is_some_and(|rules| rules.iter().all(only_reads))
}

/// The rules of a role that was seen or that every cluster has.
fn rules_of(seen: &Seen<'_>, key: &RoleKey) -> Option<Vec<PolicyRule>> {
    let own = &seen.rbac().seen;
    if let Some(namespace) = key.namespace.as_deref() {
        let mut roles = own.roles.iter();
        let is_it = |role: &&authz::Role| role.namespace == namespace && role.name == *key.name;
        return roles.find(is_it).map(|role| role.rules.clone());
    }
    let newest = seen.inventory().minor().unwrap_or(Minor::NEWEST).number();
    let defaults = bootstrap::policy(bootstrap::Minor(u16::from(newest)));
    let all = own.cluster_roles.iter().cloned().chain(defaults.cluster_roles);
    let policy = authz::Policy { cluster_roles: all.collect(), ..authz::Policy::default() };
    let mut filled = authz::aggregate(policy).ok()?.cluster_roles.into_iter();
    filled.find(|role| role.name == *key.name).map(|role| role.rules)
}

fn only_reads(rule: &PolicyRule) -> bool {
    let reads = rule.verbs.iter().all(|verb| matches!(verb.as_str(), "get" | "list" | "watch"));
    let gives = |group, resource| {
        matching::has_group(rule, group) && matching::has_resource(rule, resource)
    };
    let is_secret = RISKY_TO_READ.iter().any(|resource| gives("", resource));
    reads && !is_secret
}

const RISKY_TO_READ: &[&str] =
    &["secrets", "nodes/proxy", "pods/exec", "pods/attach", "pods/portforward"];
const RBAC: &str = "rbac.authorization.k8s.io";
const WRITE: &[&str] = &["create", "update", "patch"];
pub(crate) const ESCALATE: &[Need] = &[
    Need::cluster(&["escalate"], RBAC, &["clusterroles"]),
    Need::inside(&["escalate"], RBAC, &["roles"]),
];
/// A `RoleBinding` gives bind on cluster roles too: for bindings in its namespace.
pub(crate) const BIND: &[Need] = &[Need::inside(&["bind"], RBAC, &["clusterroles", "roles"])];
pub(crate) const BINDING_WRITES: &[Need] = &[
    Need::cluster(WRITE, RBAC, &["clusterrolebindings"]),
    Need::inside(WRITE, RBAC, &["rolebindings"]),
];
pub(crate) const ROLE_WRITES: &[Need] =
    &[Need::cluster(WRITE, RBAC, &["clusterroles"]), Need::inside(WRITE, RBAC, &["roles"])];
