//! Policies with one risk each: it is found as the right, the holder and, where there is one, the
//! path; and no other right is seen in it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use std::path::Path;

use authz::Policy;
use paths::bootstrap::{Minor, with_default_roles};
use paths::{Grants, Graph, Right, Sink, StepKind, Surroundings};

const MINOR: Minor = Minor(34);

fn read(name: &str) -> Policy {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/{name}.yaml"));
    let text = std::fs::read_to_string(&file).unwrap();
    let objects: Vec<serde_json::Value> = serde_saphyr::from_multiple(&text).unwrap();
    authz::policy::from_objects(&objects).unwrap()
}

fn around() -> Surroundings<'static> {
    Surroundings { version: Some(MINOR), ..Surroundings::default() }
}

/// The rights of the service account `apps/sa`, and where it gets to by itself.
fn check(name: &str, rights: &[Right], paths: &[(StepKind, Sink)]) {
    let grants = Grants::of(&read(name));
    let held = grants.rights(around().version);
    let found: Vec<Right> = held.iter().map(|held| held.right).collect();
    assert_eq!(found, rights, "{name}");
    for held in held {
        assert_eq!(held.grant.subject.to_string(), r#"ServiceAccount "apps/sa""#, "{name}");
    }
    let graph = Graph::of(&grants, around());
    let walked: Vec<(StepKind, Sink)> =
        graph.attack_paths().iter().map(|path| (path.steps[0].kind, path.sink)).collect();
    assert_eq!(walked, paths, "{name}");
    let cut = graph.minimum_cut().bindings;
    assert_eq!(cut.len(), usize::from(!paths.is_empty()), "{name}");
}

#[test]
fn pods_and_workloads() {
    let pods = |kind| [(kind, Sink::NodeRoot), (kind, Sink::AllSecrets)];
    check("pods_create", &[Right::CreatePods], &pods(StepKind::CreatePods));
    check("deploy_create", &[Right::WriteWorkloads], &pods(StepKind::WriteWorkloads));
    // Nobody stronger runs anywhere in these, so that the way ends.
    check("exec_create", &[Right::Exec], &[]);
    check("attach", &[Right::Attach], &[]);
    check("nodesproxy_get", &[Right::UseNodesProxy], &[(StepKind::UseNodesProxy, Sink::NodeRoot)]);
    check("nodes_status", &[Right::ChangeNodes], &[]);
}

#[test]
fn secrets_and_tokens() {
    let all = [(StepKind::ReadSecrets, Sink::AllSecrets)];
    check("secrets_list", &[Right::ReadSecrets], &all);
    check("secrets_watch", &[Right::ReadSecrets], &all);
    check("secrets_create", &[Right::WriteSecrets], &[]);
    check("token_create", &[Right::CreateTokens], &[]);
}

#[test]
fn rights_that_make_rights() {
    check("bind", &[Right::BindClusterRoles], &[]);
    check("escalate", &[Right::EscalateClusterRoles], &[]);
    check("impersonate_users", &[Right::ImpersonateUsers], &[]);
    check("impersonate_sa", &[Right::ImpersonateServiceAccounts], &[]);
    check("impersonate_extra", &[Right::ImpersonateExtras], &[]);
    check("csr_sign", &[Right::SignForSigners, Right::WriteCsrStatus], &[]);
}

#[test]
fn the_cluster_itself() {
    check("vap", &[Right::DisarmAdmissionPolicies], &[]);
    check("crd", &[Right::WriteCrds], &[]);
    check("cm_kubesystem", &[Right::WriteConfigMaps], &[]);
    check("netpol_delete", &[Right::WriteNetworkPolicies], &[]);
}

/// In a whole cluster, where others are stronger, the same rights lead on.
#[test]
fn the_same_rights_in_a_whole_cluster() {
    for name in ["exec_create", "attach", "token_create", "impersonate_sa", "impersonate_users"] {
        let mut policy = paths::bootstrap::policy(MINOR);
        let own = read(name);
        policy.cluster_roles.extend(own.cluster_roles);
        policy.cluster_role_bindings.extend(own.cluster_role_bindings);
        let grants = Grants::of(&policy);
        let graph = Graph::of(&grants, around());
        let paths = graph.attack_paths();
        assert!(paths.iter().any(|path| path.sink == Sink::ClusterAdmin), "{name}: {paths:#?}");
        let own = |path: &paths::AttackPath| path.from.to_string() == r#"ServiceAccount "apps/sa""#;
        assert!(paths.iter().all(own), "{name}: {paths:#?}");
        assert_eq!(graph.minimum_cut().bindings.len(), 1, "{name}");
    }
}

#[test]
fn bindings_of_roles_that_every_cluster_has() {
    let anonymous = with_default_roles(&read("anon_view"), MINOR);
    let grants = Grants::of(&anonymous);
    assert!(grants.dangling().is_empty());
    let subjects: Vec<String> = grants.subjects().iter().map(ToString::to_string).collect();
    assert_eq!(subjects, [r#"User "system:anonymous""#]);
    assert!(grants.iter().any(|grant| grant.allows("list", "", "pods", None)));
    assert!(!grants.iter().any(|grant| grant.allows("list", "", "secrets", None)));
    assert!(!grants.iter().any(|grant| grant.is_default));
    // Without the built-in roles the binding dangles, and says so.
    let alone = Grants::of(&read("anon_view"));
    assert_eq!(alone.dangling()[0].role.name, "view");

    let masters = Grants::of(&with_default_roles(&read("masters"), MINOR));
    let grant = masters.iter().next().unwrap();
    assert_eq!(grant.subject.to_string(), r#"Group "system:masters""#);
    assert!(!grant.is_default);
    assert_eq!(Graph::of(&masters, around()).attack_paths(), []);
}

#[test]
fn a_right_slipped_into_a_built_in_role() {
    let mut policy = with_default_roles(&read("aggregate_escalate"), MINOR);
    policy.cluster_role_bindings.push(authz::ClusterRoleBinding {
        name: "viewers".to_owned(),
        subjects: vec![authz::Subject {
            kind: "User".to_owned(),
            name: "jane".to_owned(),
            ..Default::default()
        }],
        role: authz::RoleRef { kind: "ClusterRole".to_owned(), name: "view".to_owned() },
    });
    let grants = Grants::of(&policy);
    let held: Vec<_> = grants
        .rights(Some(MINOR))
        .into_iter()
        .filter(|held| held.right == Right::ReadSecrets)
        .collect();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].grant.role.to_string(), r#"ClusterRole "view""#);
}
