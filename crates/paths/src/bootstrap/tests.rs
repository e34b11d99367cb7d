//! The defaults are themselves in every version, and nothing that adds to one is.

use authz::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};

use super::*;

fn objects(policy: &Policy) -> Vec<Object<'_>> {
    let roles = policy.cluster_roles.iter().map(Object::ClusterRole);
    let bindings = policy.cluster_role_bindings.iter().map(Object::ClusterRoleBinding);
    let inside = policy.roles.iter().map(Object::Role);
    let bound_inside = policy.role_bindings.iter().map(Object::RoleBinding);
    roles.chain(bindings).chain(inside).chain(bound_inside).collect()
}

/// The defaults of a version, each as often as its patches differ.
fn every_content(minor: Minor) -> Policy {
    let mut policy = Policy::default();
    let entries = Table::get().all().filter(|entry| !entry.gates && entry.is_in(minor.0));
    entries.for_each(|entry| entry.content.add_to(&mut policy));
    policy
}

#[test]
fn one_content_stands_for_the_patches_of_a_version() {
    for minor in Minor::all() {
        let names = |policy: Policy| -> Vec<String> {
            policy.cluster_roles.into_iter().map(|role| role.name).collect()
        };
        let mut once = names(every_content(minor));
        once.dedup();
        assert_eq!(names(policy(minor)), once);
    }
}

#[test]
fn the_table_is_read_whole() {
    assert_eq!(Table::get().unread, [""; 0]);
    assert!(Table::get().all().count() > 250);
}

#[test]
fn a_line_that_means_nothing_is_not_passed_over() {
    for bad in ["Pod - p 1.20-1.37", "ClusterRole - r", "ClusterRole - r 1.20", " rule a b", "x"] {
        assert_eq!(Table::read(bad).unread, [bad.to_owned()]);
    }
    let mixed = "ClusterRole - r 1.20-1.37\n role ClusterRole x\nRole a b 1.20-1.20\n picks a b";
    assert_eq!(Table::read(mixed).unread, [" role ClusterRole x", " picks a b"]);
}

#[test]
fn every_default_of_every_version_is_one() {
    for minor in Minor::all() {
        let policy = every_content(minor);
        let objects = objects(&policy);
        assert!(objects.len() > 120, "{minor}: {}", objects.len());
        for object in objects {
            assert_eq!(is_default(object, Some(minor)), Likeness::Same, "{minor} {object:?}");
            assert_eq!(is_default(object, None), Likeness::Same, "{minor} {object:?}");
        }
    }
}

#[test]
fn a_right_more_in_any_default_is_a_difference() {
    let more = PolicyRule {
        verbs: vec!["crown".into()],
        api_groups: vec!["example.com".into()],
        resources: vec!["crowns".into()],
        ..PolicyRule::default()
    };
    let nobody = Subject { kind: "User".into(), name: "jane".into(), namespace: String::new() };
    for minor in Minor::all() {
        let mut policy = every_content(minor);
        // Everything is in cluster-admin already, and rules of aggregated roles are not theirs.
        let adds =
            |role: &&mut ClusterRole| role.name != "cluster-admin" && role.aggregation.is_none();
        policy.cluster_roles.retain_mut(|role| adds(&role));
        policy.cluster_roles.iter_mut().for_each(|role| role.rules.push(more.clone()));
        policy.roles.iter_mut().for_each(|role| role.rules.push(more.clone()));
        let cluster = policy.cluster_role_bindings.iter_mut().map(|one| &mut one.subjects);
        let inside = policy.role_bindings.iter_mut().map(|one| &mut one.subjects);
        cluster.chain(inside).for_each(|subjects| subjects.push(nobody.clone()));
        for object in objects(&policy) {
            assert_eq!(is_default(object, Some(minor)), Likeness::Differs, "{minor} {object:?}");
        }
    }
}

fn check(object: Object<'_>, version: Option<u16>, expected: Likeness) {
    assert_eq!(is_default(object, version.map(Minor)), expected, "{object:?} in {version:?}");
}

#[test]
fn versions_tell_apart_what_changed_between_them() {
    let of = |minor, name: &str| -> ClusterRole {
        let mut roles = policy(Minor(minor)).cluster_roles.into_iter();
        roles.find(|role| role.name == name).unwrap()
    };
    let old = of(20, "system:coredns");
    check(Object::ClusterRole(&old), Some(20), Likeness::Same);
    check(Object::ClusterRole(&old), Some(36), Likeness::Differs);
    check(Object::ClusterRole(&old), None, Likeness::Same);
    // A version beyond the table is the nearest.
    check(Object::ClusterRole(&of(37, "system:node")), Some(99), Likeness::Same);
}

#[test]
fn only_the_name_makes_a_default_and_only_content_keeps_it() {
    let bootstrapping = [("kubernetes.io/bootstrapping".to_owned(), "rbac-defaults".to_owned())];
    let own =
        ClusterRole { name: "mine".into(), labels: bootstrapping.into(), ..ClusterRole::default() };
    check(Object::ClusterRole(&own), None, Likeness::NotBootstrap);
    let named = ClusterRole { name: "system:node-proxier".into(), ..own };
    check(Object::ClusterRole(&named), None, Likeness::Differs);
    let view = policy(Minor(34)).cluster_roles.into_iter().find(|role| role.name == "view");
    let plain = ClusterRole { aggregation: None, ..view.clone().unwrap() };
    check(Object::ClusterRole(&plain), None, Likeness::Differs);
    let offered = ClusterRole {
        labels: [("rbac.authorization.k8s.io/aggregate-to-view".into(), "true".into())].into(),
        ..view.unwrap()
    };
    check(Object::ClusterRole(&offered), None, Likeness::Differs);
    let elsewhere = Role { namespace: "apps".into(), name: "kube-proxy".into(), ..Role::default() };
    check(Object::Role(&elsewhere), None, Likeness::NotBootstrap);
    let masters =
        Subject { kind: "Group".into(), name: "system:masters".into(), namespace: String::new() };
    let admin = ClusterRoleBinding {
        name: "cluster-admin".into(),
        subjects: vec![masters.clone()],
        role: RoleRef { kind: "ClusterRole".into(), name: "cluster-admin".into() },
    };
    check(Object::ClusterRoleBinding(&admin), None, Likeness::Same);
    let renamed = ClusterRoleBinding { name: "masters".into(), ..admin.clone() };
    check(Object::ClusterRoleBinding(&renamed), None, Likeness::NotBootstrap);
    let other = RoleBinding {
        namespace: "kube-system".into(),
        name: "kube-proxy".into(),
        subjects: vec![masters],
        role: admin.role,
    };
    check(Object::RoleBinding(&other), None, Likeness::Differs);
}

#[test]
fn features_are_defaults_one_by_one() {
    let gated = Table::get().all().filter(|entry| entry.gates);
    let mut seen = 0;
    for entry in gated {
        let table::Content::ClusterRole(role) = &entry.content else { panic!("{entry:?}") };
        check(Object::ClusterRole(role), None, Likeness::Same);
        seen += 1;
    }
    assert!(seen > 10);
}

#[test]
fn roles_that_manifests_do_not_bring_are_added() {
    let mine = ClusterRole { name: "view".into(), ..ClusterRole::default() };
    let given = Policy { cluster_roles: vec![mine.clone()], ..Policy::default() };
    let all = with_default_roles(&given, Minor(34));
    let named = |name: &str| all.cluster_roles.iter().filter(|role| role.name == name).count();
    assert_eq!((named("view"), named("edit")), (1, 1));
    assert!(all.cluster_roles.contains(&mine) && all.cluster_role_bindings.is_empty());
}
