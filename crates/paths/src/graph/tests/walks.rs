//! Whole paths: how they are told, where they start, how long they are.

use super::*;

#[test]
fn halves_meet_across_bindings_and_groups() {
    let given = Given::default()
        .bind("bind", "", "bind clusterroles rbac.authorization.k8s.io", "apps/sa")
        .bind(
            "write",
            "",
            "create clusterrolebindings rbac.authorization.k8s.io",
            "@system:serviceaccounts:apps",
        );
    assert_eq!(
        paths(&given, Surroundings::default()),
        [
            r#"ServiceAccount "apps/sa" binds roles it does not hold → cluster-admin (by ClusterRoleBinding "bind" of ClusterRole "role-of-bind" and ClusterRoleBinding "write" of ClusterRole "role-of-write")"#
        ]
    );
}

#[test]
fn paths_are_told_hop_by_hop() {
    let given = Given::cluster().bind("exec", "apps", "create pods/exec", "jane").bind(
        "tokens",
        "kube-system",
        "create serviceaccounts/token - token-cleaner",
        "apps/run",
    );
    let cleaner = "kube-system/system:controller:token-cleaner";
    let second = format!(
        r#"creates tokens → ServiceAccount "kube-system/token-cleaner" (by RoleBinding "kube-system/tokens" of ClusterRole "role-of-tokens"), which reads secrets → the secrets of kube-system (by RoleBinding "{cleaner}" of Role "{cleaner}")"#
    );
    let first = r#"User "jane" runs commands in pods → ServiceAccount "apps/run" (by RoleBinding "apps/exec" of ClusterRole "role-of-exec")"#;
    let none: [TokenSecret; 0] = [];
    assert_eq!(
        paths(&given, Surroundings { token_secrets: Some(&none), ..version(34) }),
        [format!("{first}, which {second}"), format!(r#"ServiceAccount "apps/run" {second}"#),]
    );
    let given = Given::default()
        .bind("all", "", "get secrets", "@system:authenticated")
        .bind("own", "apps", "get pods", "jane");
    let by = r#"→ all secrets (by ClusterRoleBinding "all" of ClusterRole "role-of-all")"#;
    let group = r#"Group "system:authenticated""#;
    assert_eq!(
        paths(&given, version(34)),
        [
            format!(r#"User "jane" reads secrets as a member of {group} {by}"#),
            format!("{group} reads secrets {by}"),
        ]
    );
}

#[test]
fn pods_start_where_their_accounts_do() {
    let given = Given::default().bind("admin", "", "* * *", "apps/strong");
    let pods = [Pod {
        namespace: "apps".to_owned(),
        name: "web".to_owned(),
        service_account: "strong".to_owned(),
        is_privileged: false,
    }];
    let around = Surroundings { pods: Some(&pods), ..Surroundings::default() };
    let by = r#"(by ClusterRoleBinding "admin" of ClusterRole "role-of-admin")"#;
    assert_eq!(
        paths(&given, around),
        [
            format!(r#"ServiceAccount "apps/strong" may do everything → cluster-admin {by}"#),
            format!(
                r#"Pod "apps/web" runs as → ServiceAccount "apps/strong", which may do everything → cluster-admin {by}"#
            ),
        ]
    );
}

#[test]
fn who_is_admin_by_default_starts_nothing() {
    let given = Given::cluster().bind_to(
        "again",
        "",
        "cluster-admin",
        "@kubeadm:cluster-admins,@system:masters",
    );
    assert_eq!(paths(&given, version(34)), [""; 0]);
    let given = Given::cluster().bind_to("mine", "", "cluster-admin", "jane");
    assert_eq!(paths(&given, version(34)).len(), 1);
    // A default role that holds more than the default starts something.
    let mut given = Given::cluster();
    let roles = given.0.cluster_roles.iter_mut();
    roles.filter(|role| role.name == "system:basic-user").for_each(|role| {
        role.rules.push(rule("get secrets"));
    });
    assert!(!paths(&given, version(34)).is_empty());
}

#[test]
fn no_path_is_longer_than_six_hops() {
    let chain = |length: usize, ends: &[&str]| {
        let mut given = Given::default();
        for (number, end) in ends.iter().enumerate() {
            given = given.bind(&format!("end-{number}"), "", end, &format!("n{length}/sa"));
        }
        for number in 0..length {
            let (name, next) = (format!("b{number}"), format!("n{}", number + 1));
            let holder = format!("n{number}/sa");
            given = given.bind(&name, &next, "create serviceaccounts/token", &holder);
        }
        let start = Place::Subject(Subject::service_account("n0", "sa"));
        let grants = Grants::of(&given.0);
        let paths = Graph::of(&grants, Surroundings::default()).attack_paths();
        paths.into_iter().find(|path| path.from == start).map(|path| path.steps.len())
    };
    let alone = ["* * *"];
    assert_eq!(chain(5, &alone), Some(6));
    assert_eq!(chain(6, &alone), None);
    // What several bindings give together is a hop as well.
    let together = ["impersonate users - joe", "impersonate groups - system:masters"];
    assert_eq!(chain(5, &together), Some(6));
    assert_eq!(chain(6, &together), None);
}

#[test]
fn a_binding_for_the_cluster_needs_bind_in_the_cluster() {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let bind = format!("bind clusterroles {GROUP}");
    let write = format!("create clusterrolebindings {GROUP}");
    let given =
        Given::default().bind("bind", "apps", &bind, "jane").bind("write", "", &write, "jane");
    assert_eq!(paths(&given, version(34)), [""; 0]);
}

#[test]
fn no_certificate_makes_a_member_of_masters() {
    const GROUP: &str = "certificates.k8s.io";
    let rules = format!(
        "create certificatesigningrequests {GROUP}; \
         update certificatesigningrequests/approval {GROUP}; approve signers {GROUP}"
    );
    let given = |group: &str| {
        let given = Given::default().bind("signer", "", &rules, "jane");
        paths(&given.bind("strong", "", "* * *", group), version(34))
    };
    let jane = |told: &[String]| told.iter().filter(|path| path.starts_with("User")).count();
    assert_eq!(jane(&given("@admins")), 1);
    assert_eq!(jane(&given("@system:masters")), 0);
}
