//! What a decision costs for a caller who holds 20 of so many `ClusterRoleBindings` and 20 of as
//! many `RoleBindings`, beside a plain linear authorizer on the same policy; and what building a
//! snapshot costs. The aim is a microsecond, whatever the number of bindings.

#[path = "../tests/support/linear.rs"]
mod linear;

use std::hint::black_box;
use std::time::Duration;

use authz::{
    ClusterRole, ClusterRoleBinding, Narrowed, Policy, PolicyRule, RoleBinding, RoleRef, Snapshot,
    Subject,
};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use model::attributes::{Resource, Target};
use model::{Attributes, UserInfo};

use self::linear::Linear;

criterion_group!(benches, decide, build);
criterion_main!(benches);

fn decide(criterion: &mut Criterion) {
    let user = caller();
    // By the last binding the caller holds; and not at all, though others may do it.
    for (name, api_group) in
        [("allowed", "group-39.example.com"), ("refused", "group-300.example.com")]
    {
        let mut group = criterion.benchmark_group(name);
        group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
        let asked = question(&user, api_group);
        for size in SIZES {
            let snapshot = Snapshot::build(policy(size));
            assert_eq!(snapshot.decide(&asked).is_allow(), name == "allowed");
            group.bench_function(BenchmarkId::new("indexed", size), |bench| {
                bench.iter(|| black_box(snapshot.decide(black_box(&asked))).is_allow());
            });
            let narrowed = Narrowed {
                cluster: Snapshot::build(policy(size)).into(),
                folder: Some(Snapshot::build(policy(size)).into()),
            };
            group.bench_function(BenchmarkId::new("narrowed", size), |bench| {
                bench.iter(|| black_box(narrowed.decide(black_box(&asked))).is_allow());
            });
            let linear = Linear(policy(size));
            group.bench_function(BenchmarkId::new("linear", size), |bench| {
                bench.iter(|| black_box(linear.decide(black_box(&asked))).is_ok());
            });
        }
        group.finish();
    }
}

fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    for size in SIZES {
        let policy = policy(size);
        group.bench_function(BenchmarkId::new("snapshot", size), |bench| {
            let copies = || policy.clone();
            bench.iter_batched(copies, Snapshot::build, criterion::BatchSize::LargeInput);
        });
    }
    group.finish();
}

/// A service account, as most callers are, with the groups it has.
fn caller() -> UserInfo {
    let groups = ["system:serviceaccounts", "system:serviceaccounts:apps", "system:authenticated"];
    UserInfo {
        name: "system:serviceaccount:apps:builder".to_owned(),
        groups: groups.map(str::to_owned).to_vec(),
        ..UserInfo::default()
    }
}

fn question<'a>(user: &'a UserInfo, group: &'a str) -> Attributes<'a> {
    let target = Target::Resource(Resource {
        group,
        version: "v1",
        resource: "kind-9",
        subresource: "status",
        namespace: "apps",
        name: "one",
    });
    Attributes { user, verb: "get", target }
}

/// Bindings of roles of ten rules each. The caller holds the first roles, spread evenly over all
/// bindings; whoever holds the others is met once in each list.
fn policy(size: usize) -> Policy {
    let every = size / HELD;
    let held = move |number: usize| number.is_multiple_of(every).then_some(number / every);
    let other = |number: usize| 2 * HELD + number % (ROLES - 2 * HELD);
    Policy {
        roles: Vec::new(),
        cluster_roles: (0..ROLES).map(role).collect(),
        cluster_role_bindings: (0..size)
            .map(|number| ClusterRoleBinding {
                name: format!("cluster-{number}"),
                subjects: subjects(number, held(number)),
                role: role_ref(held(number).unwrap_or(other(number))),
            })
            .collect(),
        role_bindings: (0..size)
            .map(|number| RoleBinding {
                namespace: held(number)
                    .map_or(format!("ns-{}", number % 100), |_| "apps".to_owned()),
                name: format!("binding-{number}"),
                subjects: subjects(number, held(number)),
                role: role_ref(held(number).map_or(other(number), |first| HELD + first)),
            })
            .collect(),
    }
}

fn role(number: usize) -> ClusterRole {
    let text = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let rules = (0..10).map(|kind| PolicyRule {
        verbs: text(&["get", "list", "watch", "update"]),
        api_groups: vec![format!("group-{number}.example.com")],
        resources: vec![format!("kind-{kind}"), format!("kind-{kind}/status")],
        ..PolicyRule::default()
    });
    ClusterRole { name: format!("role-{number}"), rules: rules.collect(), ..ClusterRole::default() }
}

fn role_ref(number: usize) -> RoleRef {
    RoleRef { kind: "ClusterRole".to_owned(), name: format!("role-{number}") }
}

/// The caller by name or by a group, in turn, or somebody else.
fn subjects(number: usize, held: Option<usize>) -> Vec<Subject> {
    let (kind, name, namespace) = match held {
        Some(held) if held.is_multiple_of(2) => ("ServiceAccount", "builder".to_owned(), "apps"),
        Some(_) => ("Group", "system:serviceaccounts:apps".to_owned(), ""),
        None => ("User", format!("user-{number}"), ""),
    };
    vec![Subject { kind: kind.to_owned(), name, namespace: namespace.to_owned() }]
}

const SIZES: [usize; 3] = [100, 1_000, 10_000];
const ROLES: usize = 500;
/// Of each kind of binding, how many the caller holds.
const HELD: usize = 20;
