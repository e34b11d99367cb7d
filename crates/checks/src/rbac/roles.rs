//! RB-003 to RB-005: roles that allow everything of a sort, bound or not.

use super::RIGHT;
use super::lint::{Lint, ROLES, has, of_groups};
use super::samples::{example, unbound};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-003",
        name: "wildcard-verbs",
        title: "A role allows every verb",
        severities: &[Severity::High, Severity::Medium],
        why: "* is more than the verbs one thinks of: escalate, bind and impersonate are verbs, and so is what later versions bring.",
        fails: "A rule of a role that Kubernetes does not make has the verb *, whether the role is bound or not. Aggregated roles pass: their rules are judged where they are written. It is medium where all groups of the rule are of custom resources, as an operator has on its own.",
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
                "an operator on its own resources",
                Expected::Fail(Severity::Medium),
                unbound!("{apiGroups: [example.com], resources: [widgets], verbs: [\"*\"]}")
            ),
            example!(
                "a group of Kubernetes beside its own",
                Expected::Fail(Severity::High),
                unbound!(
                    "{apiGroups: [example.com, rbac.authorization.k8s.io], resources: [roles], verbs: [\"*\"]}"
                )
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
        severities: &[Severity::High, Severity::Medium],
        why: "* is every resource of the group and every subresource: secrets with pods, pods/exec with reading, nodes/proxy with nodes.",
        fails: "A rule of a role that Kubernetes does not make has the resource *. */scale and the like are no resource *: RB-018 looks at the risky ones. Aggregated roles pass. It is medium where all groups of the rule are of custom resources.",
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
                "of a group of custom resources",
                Expected::Fail(Severity::Medium),
                unbound!("{apiGroups: [example.com], resources: [\"*\"], verbs: [get]}")
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
];

const VERBS: Lint = Lint {
    severity: of_groups,
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
    severity: of_groups,
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
    severity: |_| Severity::Medium,
    finds: |rule| {
        has(rule, "apiGroups", "*").then(|| {
            (
                "apiGroups *".to_owned(),
                "every API group is allowed; name the groups of its resources.".to_owned(),
            )
        })
    },
};

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
