//! What it costs to read a request line, which every request pays.

use criterion::{Criterion, criterion_group, criterion_main};
use model::{Call, hardening};
use std::hint::black_box;

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("call");
    for (name, target) in [
        ("get", "/api/v1/namespaces/kube-system/pods/coredns-5dd5756b68-9x7qj"),
        ("health", "/healthz"),
        (
            "list",
            "/apis/apps/v1/namespaces/default/deployments?fieldSelector=metadata.name%3Dweb\
             &labelSelector=app%3Dweb%2Ctier%20in%20%28a%2Cb%29&limit=500",
        ),
        (
            "watch",
            "/api/v1/pods?allowWatchBookmarks=true&resourceVersion=12345&timeoutSeconds=567\
             &watch=true",
        ),
    ] {
        group.bench_function(format!("parse/{name}"), |bench| {
            bench.iter(|| Call::parse(black_box("GET"), black_box(target)));
        });
        let call = Call::parse("GET", target).unwrap_or_default();
        group.bench_function(format!("harden/{name}"), |bench| {
            bench.iter(|| hardening::check(black_box(target), black_box(&call)));
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
