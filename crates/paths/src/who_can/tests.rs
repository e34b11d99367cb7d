//! Who is listed, and how.

use authz::{ClusterRole, ClusterRoleBinding, Policy, PolicyRule, RoleBinding, RoleRef};
use model::attributes::Resource;

use super::*;

fn policy() -> Policy {
    let own = |text: &str| text.to_owned();
    let who = |kind: &str, name: &str, namespace: &str| authz::Subject {
        kind: own(kind),
        name: own(name),
        namespace: own(namespace),
    };
    let rule = PolicyRule {
        verbs: vec![own("get")],
        api_groups: vec![own("")],
        resources: vec![own("secrets")],
        non_resource_urls: vec![own("/metrics")],
        ..PolicyRule::default()
    };
    let held = RoleRef { kind: own("ClusterRole"), name: own("reader") };
    Policy {
        cluster_roles: vec![ClusterRole {
            name: own("reader"),
            rules: vec![rule],
            ..ClusterRole::default()
        }],
        cluster_role_bindings: vec![ClusterRoleBinding {
            name: own("all"),
            subjects: vec![
                who("Group", "system:authenticated", ""),
                who("User", "system:serviceaccount:apps:sa", ""),
            ],
            role: held.clone(),
        }],
        role_bindings: vec![RoleBinding {
            namespace: own("apps"),
            name: own("some"),
            subjects: vec![who("User", "jane", ""), who("Group", "system:serviceaccounts:x", "")],
            role: held,
        }],
        ..Policy::default()
    }
}

fn check(target: Target<'_>, reach: Reach, expected: &[&str]) {
    let policy = policy();
    let grants = Grants::of(&policy);
    let holders = grants.who_can("get", &target, reach);
    let told: Vec<String> = holders.iter().map(ToString::to_string).collect();
    assert_eq!(told, expected, "{target:?} {reach:?}");
}

const MASTERS_LINE: &str = r#"Group "system:masters" (bypasses authorization)"#;
const ALL: &str = r#"Group "system:authenticated" (every user that is not anonymous) everywhere by ClusterRoleBinding "all" of ClusterRole "reader""#;
const ACCOUNT: &str =
    r#"ServiceAccount "apps/sa" everywhere by ClusterRoleBinding "all" of ClusterRole "reader""#;
const JANE: &str =
    r#"User "jane" in namespace "apps" by RoleBinding "apps/some" of ClusterRole "reader""#;
const OTHERS: &str = r#"Group "system:serviceaccounts:x" (every service account of one namespace) in namespace "apps" by RoleBinding "apps/some" of ClusterRole "reader""#;

#[test]
fn lists_who_may_where_it_is_asked() {
    let secrets = |namespace| {
        Target::Resource(Resource { resource: "secrets", namespace, ..Resource::default() })
    };
    check(secrets("apps"), Reach::Asked, &[MASTERS_LINE, ALL, ACCOUNT, JANE, OTHERS]);
    check(secrets("other"), Reach::Asked, &[MASTERS_LINE, ALL, ACCOUNT]);
    check(secrets(""), Reach::Asked, &[MASTERS_LINE, ALL, ACCOUNT]);
    check(secrets(""), Reach::Anywhere, &[MASTERS_LINE, ALL, ACCOUNT, JANE, OTHERS]);
    check(Target::Path("/metrics"), Reach::Anywhere, &[MASTERS_LINE, ALL, ACCOUNT]);
    check(Target::Path("/other"), Reach::Asked, &[MASTERS_LINE]);
}
