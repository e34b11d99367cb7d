//! Which rights are a step, and which are not.

use super::*;

#[test]
fn a_default_cluster_has_no_path() {
    for minor in Minor::all() {
        let grants = Grants::of(&bootstrap::policy(minor));
        let around = Surroundings { version: Some(minor), ..Surroundings::default() };
        let graph = Graph::of(&grants, around);
        let told: Vec<String> = graph.attack_paths().iter().map(ToString::to_string).collect();
        assert_eq!(told, [""; 0], "{minor}");
        assert_eq!(graph.minimum_cut(), Cut { bindings: vec![], is_smallest: true });
        assert!(grants.bindings.iter().all(|bound| bound.is_default), "{minor}");
    }
}

#[test]
fn pods_run_as_any_account_of_their_namespace() {
    let admin = |kind| [(kind, Sink::ClusterAdmin), (kind, Sink::NodeRoot)];
    check("apps", "create pods", &admin(StepKind::CreatePods));
    check("apps", "patch deployments apps", &admin(StepKind::WriteWorkloads));
    check("apps", "create deployments extensions", &[]);
    check("empty", "create cronjobs batch", &[(StepKind::WriteWorkloads, Sink::NodeRoot)]);
    check("apps", "create pods - web", &[]);
    let closed = |_: &str| Some(false);
    let around = Surroundings { admits_privileged: &closed, ..version(36) };
    assert_eq!(
        reaches("apps", "create pods", around),
        [(StepKind::CreatePods, Sink::ClusterAdmin)]
    );
    assert_eq!(reaches("empty", "create pods", around), []);
    // With the label in hand the level is no obstacle.
    assert_eq!(
        reaches("empty", "create pods; patch namespaces", around),
        [(StepKind::RelaxNamespaces, Sink::NodeRoot)]
    );
    assert_eq!(reaches("empty", "create pods; patch namespaces - other", around), []);
}

#[test]
fn kube_system_is_an_end_by_itself() {
    check("kube-system", "list secrets", &[(StepKind::ReadSecrets, Sink::KubeSystemSecrets)]);
    check("kube-system", "get secrets - one", &[]);
    check(
        "kube-system",
        "create pods",
        &[(StepKind::CreatePods, Sink::NodeRoot), (StepKind::CreatePods, Sink::KubeSystemSecrets)],
    );
    check("other", "get secrets", &[(StepKind::ReadSecrets, Sink::ClusterAdmin)]);
    check(
        "",
        "watch secrets",
        &[(StepKind::ReadSecrets, Sink::ClusterAdmin), (StepKind::ReadSecrets, Sink::AllSecrets)],
    );
}

#[test]
fn running_pods_lend_their_accounts() {
    let admin = |kind| [(kind, Sink::ClusterAdmin)];
    check("apps", "create pods/exec", &admin(StepKind::Exec));
    check("apps", "create pods/attach", &admin(StepKind::Attach));
    check("apps", "patch pods/ephemeralcontainers", &admin(StepKind::AddEphemeralContainers));
    check("apps", "update pods", &admin(StepKind::ChangePods));
    check("apps", "create pods/portforward", &[]);
    check("apps", "get pods/exec", &[]);
    let old = reaches("apps", "get pods/exec", version(34));
    assert_eq!(old, admin(StepKind::Exec));
    let pod = |name: &str, service_account: &str, is_privileged| Pod {
        namespace: "apps".to_owned(),
        name: name.to_owned(),
        service_account: service_account.to_owned(),
        is_privileged,
    };
    let pods = [pod("web", "weak", false), pod("agent", "weak", true)];
    let around = Surroundings { pods: Some(&pods), ..version(36) };
    assert_eq!(reaches("apps", "create pods/exec", around), [(StepKind::Exec, Sink::NodeRoot)]);
    assert_eq!(reaches("apps", "create pods/exec - web", around), []);
    assert_eq!(reaches("other", "create pods/exec", around), []);
    let strong = [pod("web", "strong", false)];
    let around = Surroundings { pods: Some(&strong), ..version(36) };
    assert_eq!(reaches("apps", "create pods/exec - web", around), admin(StepKind::Exec));
}

#[test]
fn tokens_are_made_and_found() {
    let admin = |kind| [(kind, Sink::ClusterAdmin)];
    check("apps", "create serviceaccounts/token", &admin(StepKind::CreateTokens));
    check("", "create serviceaccounts/token - strong", &admin(StepKind::CreateTokens));
    check("apps", "create serviceaccounts/token - weak", &[]);
    check("", "create */token", &admin(StepKind::CreateTokens));
    let none: [TokenSecret; 0] = [];
    let around = Surroundings { token_secrets: Some(&none), ..version(36) };
    assert_eq!(reaches("apps", "get secrets", around), []);
    assert_eq!(reaches("apps", "create secrets", around), []);
    assert_eq!(reaches("apps", "get,create secrets", around), admin(StepKind::MintLegacyTokens));
    let one = [TokenSecret {
        namespace: "apps".to_owned(),
        name: "token".to_owned(),
        service_account: "strong".to_owned(),
    }];
    let around = Surroundings { token_secrets: Some(&one), ..version(36) };
    assert_eq!(reaches("apps", "get secrets - token", around), admin(StepKind::ReadSecrets));
    assert_eq!(reaches("apps", "get secrets - other", around), []);
}

#[test]
fn impersonation_needs_all_its_parts() {
    let admin = |kind| [(kind, Sink::ClusterAdmin)];
    check("", "impersonate users", &admin(StepKind::ImpersonateUsers));
    check("", "impersonate users - admin", &admin(StepKind::ImpersonateUsers));
    check("", "impersonate users - joe,system:serviceaccount:apps:strong", &[]);
    check("apps", "impersonate users", &[]);
    check("apps", "impersonate serviceaccounts", &admin(StepKind::ImpersonateAccounts));
    check("", "impersonate groups", &[]);
    check(
        "",
        "impersonate groups; impersonate users - joe",
        &[
            (StepKind::ImpersonateGroups, Sink::ClusterAdmin),
            (StepKind::ImpersonateGroups, Sink::SystemMasters),
        ],
    );
    check(
        "",
        "impersonate groups - system:masters; impersonate users - joe",
        &[(StepKind::ImpersonateGroups, Sink::SystemMasters)],
    );
    check("", "impersonate groups - dev; impersonate users - joe", &[]);
    let new = "impersonate:user-info users,groups authentication.k8s.io";
    check("", new, &[]);
    let both = format!("{new}; impersonate-on:user-info:create clusterrolebindings *");
    check("", &both, &admin(StepKind::ImpersonateInPart));
    assert_eq!(reaches("", &both, version(34)), []);
    let account = "impersonate:serviceaccount serviceaccounts authentication.k8s.io; \
                   impersonate-on:serviceaccount:get secrets";
    check("apps", account, &admin(StepKind::ImpersonateInPart));
}

#[test]
fn escalate_and_bind_need_a_write_as_well() {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let admin = |kind| [(kind, Sink::ClusterAdmin)];
    let bind = |roles: &str, bindings: &str, names: &str| {
        format!("bind {roles} {GROUP} {names}; create {bindings} {GROUP}")
    };
    check("", &format!("bind clusterroles {GROUP}"), &[]);
    check("", &format!("create,patch clusterrolebindings {GROUP}"), &[]);
    check("", &format!("update clusterroles {GROUP}"), &[]);
    check("", &bind("clusterroles", "clusterrolebindings", ""), &admin(StepKind::BindRoles));
    let named = bind("clusterroles", "clusterrolebindings", "role-of-strong");
    check("", &named, &admin(StepKind::BindRoles));
    check("", &bind("clusterroles", "clusterrolebindings", "role-of-jane"), &[]);
    let inside = [(StepKind::BindRoles, Sink::ClusterAdmin), (StepKind::BindRoles, Sink::NodeRoot)];
    check("apps", &bind("clusterroles", "rolebindings", ""), &inside);
    check("apps", &bind("clusterroles", "clusterrolebindings", ""), &[]);
    check("apps", &bind("roles", "rolebindings", ""), &[]);
    check("", &format!("escalate,update clusterroles {GROUP}"), &admin(StepKind::Escalate));
    check("", &format!("escalate,create clusterroles {GROUP}"), &[]);
    check("", &format!("escalate clusterroles {GROUP} a; patch clusterroles {GROUP} b"), &[]);
    let inside = [(StepKind::Escalate, Sink::ClusterAdmin), (StepKind::Escalate, Sink::NodeRoot)];
    check("apps", &format!("escalate,patch roles {GROUP}"), &inside);
}

#[test]
fn the_cluster_itself_can_be_turned() {
    let admin = |kind| [(kind, Sink::ClusterAdmin)];
    let hooks = "admissionregistration.k8s.io";
    let change = StepKind::ChangeObjects;
    check("", &format!("patch mutatingwebhookconfigurations {hooks}"), &admin(change));
    check("", &format!("delete mutatingwebhookconfigurations {hooks}"), &[]);
    let read = [(StepKind::ReadObjects, Sink::AllSecrets)];
    check("", &format!("create validatingwebhookconfigurations {hooks}"), &read);
    check("", &format!("create mutatingadmissionpolicies {hooks}"), &[]);
    let policies = "mutatingadmissionpolicies,mutatingadmissionpolicybindings";
    check("", &format!("create {policies} {hooks}"), &admin(change));
    check("", &format!("delete validatingadmissionpolicies {hooks}"), &[]);
    let serve = [(StepKind::ServeApis, Sink::AllSecrets)];
    check("", "create apiservices apiregistration.k8s.io", &serve);
    check(
        "",
        "get nodes/proxy",
        &[(StepKind::UseNodesProxy, Sink::ClusterAdmin), (StepKind::UseNodesProxy, Sink::NodeRoot)],
    );
    check("apps", "get nodes/proxy", &[]);
    check("", "get nodes/metrics", &[]);
    check("", "create persistentvolumes", &[]);
    let steal = "patch nodes/status; create pods/eviction";
    check("", steal, &admin(StepKind::StealPods));
    check("", "patch nodes/status", &[]);
    let closed = |_: &str| Some(false);
    let around = Surroundings { admits_privileged: &closed, ..version(36) };
    let claims = "create persistentvolumes; create jobs batch";
    assert!(reaches("", claims, around).contains(&(StepKind::MountHostPaths, Sink::NodeRoot)));
}

#[test]
fn a_certificate_is_asked_for_and_approved() {
    const GROUP: &str = "certificates.k8s.io";
    let halves = format!(
        "create certificatesigningrequests {GROUP}; \
         update certificatesigningrequests/approval {GROUP}"
    );
    let whole = |signer: &str| format!("{halves}; approve signers {GROUP} {signer}");
    let admin = [(StepKind::ApproveCertificates, Sink::ClusterAdmin)];
    check("", &halves, &[]);
    check("", &whole(""), &admin);
    check("", &whole("kubernetes.io/*"), &admin);
    check("", &whole("kubernetes.io/kube-apiserver-client"), &admin);
    check("", &whole("kubernetes.io/kube-apiserver-client-kubelet"), &admin);
    check("", &whole("example.com/mine"), &[]);
    // Any name but that of the group that bypasses everything.
    let kinds = reaches("", &whole(""), version(36));
    assert!(!kinds.iter().any(|(_, sink)| *sink == Sink::SystemMasters));
}
