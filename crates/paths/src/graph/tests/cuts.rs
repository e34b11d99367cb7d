//! What stops all paths.

use super::*;

fn cut(given: &Given, expected: &[&str], is_smallest: bool) {
    let grants = Grants::of(&given.0);
    let graph = Graph::of(&grants, version(34));
    let found = graph.minimum_cut();
    let names: Vec<&str> = found.bindings.iter().map(|binding| &*binding.name).collect();
    assert_eq!((names.as_slice(), found.is_smallest), (expected, is_smallest));
    let mut rest = given.0.clone();
    rest.cluster_role_bindings.retain(|binding| !expected.contains(&binding.name.as_str()));
    rest.role_bindings.retain(|binding| !expected.contains(&binding.name.as_str()));
    assert_eq!(paths(&Given(rest), version(34)), [""; 0]);
}

#[test]
fn the_cut_is_where_paths_meet() {
    let given = Given::default()
        .bind("a", "apps", "create serviceaccounts/token", "jane")
        .bind("b", "apps", "create serviceaccounts/token", "joe")
        .bind("c", "apps", "create serviceaccounts/token", "jim,@dev")
        .bind("neck", "", "* * *", "apps/strong");
    cut(&given, &["neck"], true);
    let given = given.bind("side", "", "get nodes/proxy", "jill");
    cut(&given, &["neck", "side"], true);
    // What Kubernetes makes itself is not offered for removal.
    let given =
        Given::cluster().bind("mint", "kube-system", "create serviceaccounts/token", "jane");
    cut(&given, &["mint"], true);
}

#[test]
fn any_half_of_a_joint_step_is_enough() {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let write = format!("create clusterrolebindings {GROUP}");
    let bind = format!("bind clusterroles {GROUP}");
    let given = Given::default()
        .bind("bind-a", "", &bind, "jane")
        .bind("bind-b", "", &bind, "joe")
        .bind("bind-c", "", &bind, "jim")
        .bind("shared", "", &write, "jane,joe,jim");
    cut(&given, &["shared"], false);
    let given = given.bind("again", "", &write, "jane,joe,jim");
    cut(&given, &["again", "shared"], false);
}

#[test]
fn what_another_binding_makes_needless_is_not_cut() {
    // Two pairs, and of each pair one binding that has to go anyway, once the first and once the
    // second.
    const GROUP: &str = "rbac.authorization.k8s.io";
    let given = Given::default()
        .bind("bind", "", &format!("bind clusterroles {GROUP}"), "jane")
        .bind("write", "", &format!("create clusterrolebindings {GROUP}; get nodes/proxy"), "jane")
        .bind("groups", "", "impersonate groups; get nodes/proxy", "jane")
        .bind("users", "", "impersonate users - joe", "jane");
    cut(&given, &["groups", "write"], false);
}
