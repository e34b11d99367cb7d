//! A large cluster: 1,000 roles, 10,000 bindings, 2,000 pods. What each analysis of it costs.

use authz::{
    ClusterRole, ClusterRoleBinding, Policy, PolicyRule, RoleBinding, RoleRef, Subject as Who,
};
use criterion::{Criterion, criterion_group, criterion_main};
use model::attributes::{Resource, Target};
use paths::bootstrap::{self, Minor};
use paths::graph::Pod;
use paths::{Grants, Graph, Reach, Surroundings};

fn cluster() -> Policy {
    let mut policy = bootstrap::policy(Minor(34));
    for number in 0..1_000 {
        policy.cluster_roles.push(role(number));
    }
    for number in 0..10_000 {
        let role = RoleRef { kind: "ClusterRole".into(), name: format!("role-{}", number % 1_000) };
        let namespace = format!("ns-{}", number % 300);
        let subjects = vec![who(number, &namespace), who(number * 7 + 3, &namespace)];
        let name = format!("binding-{number}");
        if number.is_multiple_of(20) {
            policy.cluster_role_bindings.push(ClusterRoleBinding { name, subjects, role });
        } else {
            policy.role_bindings.push(RoleBinding { namespace, name, subjects, role });
        }
    }
    policy
}

/// Five rules; one role in fifty holds something that leads on.
fn role(number: usize) -> ClusterRole {
    let resources = ["pods", "configmaps", "services", "deployments", "jobs"];
    let verb = if number.is_multiple_of(2) { "get" } else { "list" };
    let mut rules: Vec<PolicyRule> =
        resources.iter().map(|resource| rule(verb, resource)).collect();
    let leading = ["secrets", "pods/exec", "serviceaccounts/token", "nodes/proxy", "pods"];
    if number.is_multiple_of(50) {
        let leading = leading.iter().cycle().nth(number / 50);
        let verb = |resource| if resource == "secrets" { "get" } else { "create" };
        rules.extend(leading.map(|resource| rule(verb(*resource), resource)));
    }
    ClusterRole { name: format!("role-{number}"), rules, ..ClusterRole::default() }
}

fn rule(verb: &str, resource: &str) -> PolicyRule {
    PolicyRule {
        verbs: vec![verb.into()],
        api_groups: vec![String::new()],
        resources: vec![resource.into()],
        ..PolicyRule::default()
    }
}

fn who(number: usize, namespace: &str) -> Who {
    let (kind, name) = match number % 3 {
        0 => ("ServiceAccount", format!("sa-{}", number % 11)),
        1 => ("User", format!("user-{}", number % 2_000)),
        _ => ("Group", format!("group-{}", number % 500)),
    };
    Who { kind: kind.into(), name, namespace: namespace.into() }
}

fn pods() -> Vec<Pod> {
    let pod = |number: usize| Pod {
        namespace: format!("ns-{}", number % 300),
        name: format!("pod-{number}"),
        service_account: format!("sa-{}", number % 11),
        is_privileged: number.is_multiple_of(400),
    };
    (0..2_000).map(pod).collect()
}

fn measure(criterion: &mut Criterion) {
    let (policy, pods) = (cluster(), pods());
    let around =
        Surroundings { version: Some(Minor(34)), pods: Some(&pods), ..Surroundings::default() };
    let grants = Grants::of(&policy);
    let graph = Graph::of(&grants, around);
    let what = Resource { resource: "secrets", namespace: "ns-7", ..Resource::default() };
    let mut group = criterion.benchmark_group("analysis");
    group.sample_size(10);
    group.bench_function("grants", |bencher| bencher.iter(|| Grants::of(&policy)));
    group.bench_function("rights", |bencher| bencher.iter(|| grants.rights(None).len()));
    group.bench_function("who can", |bencher| {
        bencher.iter(|| grants.who_can("get", &Target::Resource(what), Reach::Anywhere).len());
    });
    group.bench_function("graph", |bencher| bencher.iter(|| Graph::of(&grants, around)));
    group.bench_function("paths", |bencher| bencher.iter(|| graph.attack_paths().len()));
    group.bench_function("cut", |bencher| bencher.iter(|| graph.minimum_cut().bindings.len()));
    group.finish();
}

criterion_group!(benches, measure);
criterion_main!(benches);
