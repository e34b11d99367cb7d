//! Who gets how far, by which steps, and what would stop them.

use authz::{ClusterRole, ClusterRoleBinding, Policy, PolicyRule, RoleBinding, RoleRef};

use super::*;
use crate::bootstrap::{self, Minor};

/// A policy from lines: `binding [namespace] role subject`, where a role is named by its rules.
#[derive(Default)]
struct Given(Policy);

impl Given {
    /// The built-in roles and bindings of 1.34.
    fn cluster() -> Self {
        Self(bootstrap::policy(Minor(34)))
    }

    /// Binds `rules` (see [`rule`], `;` between them) to `subject` in a namespace, or everywhere.
    fn bind(mut self, name: &str, namespace: &str, rules: &str, subject: &str) -> Self {
        self.0.cluster_roles.push(ClusterRole {
            name: format!("role-of-{name}"),
            rules: rules.split(';').map(rule).collect(),
            ..ClusterRole::default()
        });
        let role = format!("role-of-{name}");
        self.bind_to(name, namespace, &role, subject)
    }

    fn bind_to(mut self, name: &str, namespace: &str, role: &str, subject: &str) -> Self {
        let role = RoleRef { kind: "ClusterRole".to_owned(), name: role.to_owned() };
        let (name, subjects) = (name.to_owned(), subject.split(',').map(who).collect());
        if namespace.is_empty() {
            let binding = ClusterRoleBinding { name, subjects, role };
            self.0.cluster_role_bindings.push(binding);
        } else {
            let namespace = namespace.to_owned();
            self.0.role_bindings.push(RoleBinding { namespace, name, subjects, role });
        }
        self
    }
}

/// `verbs resources [group [names]]`, lists with commas; the core group is `-`.
fn rule(text: &str) -> PolicyRule {
    let words: Vec<&str> = text.split_whitespace().collect();
    let list = |at: usize| -> Vec<String> {
        let words = words.get(at).into_iter().flat_map(|text| text.split(','));
        words.map(|word| if word == "-" { "" } else { word }.to_owned()).collect()
    };
    PolicyRule {
        verbs: list(0),
        resources: list(1),
        api_groups: if words.len() > 2 { list(2) } else { vec![String::new()] },
        resource_names: list(3),
        ..PolicyRule::default()
    }
}

/// `namespace/name` is a service account, `@name` a group, anything else a user.
fn who(text: &str) -> authz::Subject {
    let (kind, namespace, name) = match (text.split_once('/'), text.strip_prefix('@')) {
        (Some((namespace, name)), _) => ("ServiceAccount", namespace, name),
        (None, Some(group)) => ("Group", "", group),
        (None, None) => ("User", "", text),
    };
    let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
    authz::Subject { kind, name, namespace }
}

fn paths(given: &Given, around: Surroundings<'_>) -> Vec<String> {
    let grants = Grants::of(&given.0);
    Graph::of(&grants, around).attack_paths().iter().map(ToString::to_string).collect()
}

fn version(minor: u16) -> Surroundings<'static> {
    Surroundings { version: Some(Minor(minor)), ..Surroundings::default() }
}

/// What jane reaches by `rules`, held in a namespace or everywhere, as steps and ends.
fn reaches(namespace: &str, rules: &str, around: Surroundings<'_>) -> Vec<(StepKind, Sink)> {
    let given = Given::default().bind("jane", namespace, rules, "jane").bind(
        "strong",
        "",
        "* * *",
        "apps/strong,other/strong,admin,@admins",
    );
    let grants = Grants::of(&given.0);
    let jane = Place::Subject(Subject::user("jane"));
    let paths = Graph::of(&grants, around).attack_paths();
    let own = paths.into_iter().filter(|path| path.from == jane);
    own.map(|path| (path.steps[0].kind, path.sink)).collect()
}

fn check(namespace: &str, rules: &str, expected: &[(StepKind, Sink)]) {
    assert_eq!(reaches(namespace, rules, version(36)), expected, "{rules} in {namespace:?}");
}

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
    let chain = |length: usize| {
        let mut given = Given::default().bind("end", "", "* * *", &format!("n{length}/sa"));
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
    assert_eq!(chain(5), Some(6));
    assert_eq!(chain(6), None);
}

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
