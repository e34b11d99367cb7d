//! What it costs to judge the pods of a large cluster, which a scan does at once.

use std::hint::black_box;

use admission::{CheckId, Pod, PolicyVersion};
use criterion::{Criterion, criterion_group, criterion_main};
use tree::{Keys, Tree, read};

fn judge(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("4500 pods, every check");
    for (name, security) in [("good", GOOD), ("bad", "{privileged: true}")] {
        let pods = pods(security);
        group.bench_function(name, |bencher| bencher.iter(|| denials(black_box(&pods))));
    }
    group.finish();
}

fn denials(pods: &[Tree]) -> usize {
    let of_pod = |tree| {
        let pod = Pod::created_from(tree);
        let judged =
            CheckId::ALL.into_iter().filter_map(|id| id.judge(&pod, PolicyVersion::Latest));
        judged.count()
    };
    pods.iter().map(of_pod).sum()
}

fn pods(security: &str) -> Vec<Tree> {
    let mut keys = Keys::default();
    let text = POD.replace("SECURITY", security);
    (0..4500).filter_map(|_| read(&text, &mut keys).ok()).collect()
}

const GOOD: &str = "{allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsNonRoot: \
                    true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}";

const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}, annotations: {prometheus.io/scrape: 'x'}}
spec:
  serviceAccountName: web
  volumes:
  - {name: config, configMap: {name: web}}
  - {name: token, projected: {sources: [{serviceAccountToken: {path: token}}]}}
  initContainers:
  - {name: init, image: registry.example/init, securityContext: SECURITY}
  containers:
  - name: web
    image: registry.example/web:1
    ports: [{containerPort: 8080}]
    env: [{name: A, value: b}, {name: C, value: d}]
    livenessProbe: {httpGet: {path: /live, port: 8080}}
    readinessProbe: {httpGet: {path: /ready, port: 8080}}
    securityContext: SECURITY
  - {name: proxy, image: registry.example/proxy, securityContext: SECURITY}
";

criterion_group!(benches, judge);
criterion_main!(benches);
