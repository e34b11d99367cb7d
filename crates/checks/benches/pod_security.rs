//! What all checks of Pod Security together cost for the workloads of a large cluster.

use std::hint::black_box;

use checks::{Check, Example, Practice, Seen};
use criterion::{Criterion, criterion_group, criterion_main};
use inventory::{Completeness, File, Inventory, Minor};

fn judge(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("4500 pods, every check of Pod Security");
    group.sample_size(20);
    for (name, container) in [("good", GOOD), ("silent", "image: registry.example/web:1")] {
        for (version, minor) in [("1.36", Some(36)), ("some version", None)] {
            let inventory = inventory(container, minor);
            group.bench_function(format!("{name}, {version}"), |bencher| {
                bencher.iter(|| problems(black_box(&inventory)));
            });
        }
    }
    group.finish();
}

fn problems(inventory: &Inventory) -> usize {
    let seen = Seen::new(inventory, Example::now());
    let checks = checks::all().filter(|check: &&Check| check.practice == Practice::PodSecurity);
    checks.map(|check| checks::run(check, &seen).tally.problems.len()).sum()
}

/// Pods in 100 namespaces, of one kind.
fn inventory(container: &str, minor: Option<u8>) -> Inventory {
    let mut builder = Inventory::builder();
    for number in 0..4500 {
        let namespace = number % 100;
        let text = POD
            .replace("NAMESPACE", &format!("shop-{namespace}"))
            .replace("NAME", &format!("web-{number}"))
            .replace("CONTAINER", container);
        builder.add_file(File::new(format!("{number}.yaml")), &text);
    }
    for namespace in 0..100 {
        builder.add_file(
            File::new(format!("namespace-{namespace}.yaml")),
            &format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: shop-{namespace}}}\n"),
        );
    }
    if let Some(minor) = minor {
        builder.set_minor(Minor::of(minor));
    }
    builder.set_completeness(Completeness::Everything);
    builder.build()
}

const GOOD: &str = "image: registry.example/web:1@sha256:9f2c1c8f4c3f0c8b7f9d6c1d7a0f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5, resources: {limits: {cpu: 1, memory: 1Gi}}, securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}";

const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: NAME, namespace: NAMESPACE, labels: {app: web}}
spec:
  hostUsers: false
  volumes:
  - {name: config, configMap: {name: web}}
  - {name: token, projected: {sources: [{serviceAccountToken: {path: token}}]}}
  initContainers:
  - {name: init, CONTAINER}
  containers:
  - {name: web, ports: [{containerPort: 8080}], env: [{name: A, value: b}], CONTAINER}
  - {name: proxy, CONTAINER}
";

criterion_group!(benches, judge);
criterion_main!(benches);
