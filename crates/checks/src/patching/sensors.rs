//! AD-008 to AD-010: who would notice an attack, and who looks into images.

mod landing;

use advisories::ImageReference;
use inventory::{Kind, Object, Unknown, Workload};
use tree::Tree;

use landing::lands_on;

use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen,
    Severity, Span, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "AD-008",
        name: "runtime-sensor",
        title: "Nothing on a node would notice an attack",
        severities: &[Severity::Medium],
        why: "A shell in a container, a read of a token, a mount of the host: without a sensor on the node nobody sees them.",
        fails: "No DaemonSet runs a sensor that is known by its image (Falco, Tetragon, Tracee, KubeArmor, Sysdig, NeuVector, StackRox, Falcon, Defender and others), or one whose nodeSelector or tolerations leave nodes out. A sensor that runs outside the cluster cannot be seen.",
        fix: Fix::Steps(
            "helm repo add falcosecurity https://falcosecurity.github.io/charts && helm install falco falcosecurity/falco -n falco --create-namespace --set driver.kind=modern_ebpf --set-json 'tolerations=[{\"operator\":\"Exists\"}]'",
        ),
        references: &[Reference::Nsa("Audit logging"), Reference::Owasp("K10")],
        judge: Judge::Whole(sensor),
        examples: &[
            Example::of("none", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(NODES)]),
            Example::of(
                "not on control plane nodes",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::manifest(NODES), ExampleFile::at("falco.yaml", PARTIAL)],
            ),
            Example::of(
                "on every node",
                Expected::Pass,
                &[ExampleFile::manifest(NODES), ExampleFile::at("falco.yaml", EVERYWHERE)],
            ),
            Example::of("there may be others", Expected::Unknown, &[ExampleFile::manifest(NODES)])
                .partial(),
        ],
        ..SENSORS
    },
    Check {
        id: "AD-009",
        name: "falco-audit-events",
        title: "Falco does not look at audit events",
        severities: &[Severity::Low],
        why: "System calls show what happens in containers, not who made them: a binding to cluster-admin, an exec, a new webhook are seen in the audit log alone.",
        fails: "Falco runs, and no falco.yaml in a ConfigMap loads the plugin k8saudit or one of its relatives for clouds. Without Falco the question does not arise.",
        fix: Fix::Steps(
            "helm upgrade --install falco-k8saudit falcosecurity/falco -n falco -f values-k8saudit.yaml (of the chart), and send audit events to it: --audit-webhook-config-file on kube-apiserver.",
        ),
        references: &[Reference::Nsa("Audit logging"), Reference::Owasp("K10")],
        judge: Judge::Whole(falco),
        examples: &[
            Example::of(
                "system calls alone",
                Expected::Fail(Severity::Low),
                &[
                    ExampleFile::manifest(EVERYWHERE),
                    ExampleFile::at("config.yaml", FALCO_SYSCALLS),
                ],
            ),
            Example::of(
                "audit events too",
                Expected::Pass,
                &[ExampleFile::manifest(EVERYWHERE), ExampleFile::at("config.yaml", FALCO_AUDIT)],
            ),
            Example::of("no Falco", Expected::NotApplicable, &[ExampleFile::manifest(NODES)]),
            Example::of(
                "its configuration may be elsewhere",
                Expected::Unknown,
                &[ExampleFile::manifest(EVERYWHERE)],
            )
            .partial(),
        ],
        ..SENSORS
    },
    Check {
        id: "AD-010",
        name: "image-scanner",
        title: "Nothing in the cluster looks for vulnerabilities of images",
        severities: &[Severity::Low],
        why: "Images that were clean when they were built are not any more; nobody is told.",
        fails: "No workload is a scanner that is known by its image (Trivy Operator, Kubescape, Harbor, Clair, Anchore, NeuVector, StackRox and others). A registry that scans by itself cannot be seen, so this is of low confidence.",
        fix: Fix::Steps(
            "helm repo add aqua https://aquasecurity.github.io/helm-charts && helm install trivy-operator aqua/trivy-operator -n trivy-system --create-namespace",
        ),
        references: &[Reference::Nsa("Upgrading"), Reference::Owasp("K07")],
        judge: Judge::Whole(scanner),
        examples: &[
            Example::of(
                "none",
                Expected::Fail(Severity::Low),
                &[ExampleFile::manifest(EVERYWHERE)],
            ),
            Example::of("one", Expected::Pass, &[ExampleFile::manifest(TRIVY)]),
            Example::of(
                "there may be others",
                Expected::Unknown,
                &[ExampleFile::manifest(EVERYWHERE)],
            )
            .partial(),
        ],
        ..SENSORS
    },
];

/// What they have in common.
const SENSORS: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Patching,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

/// How repositories of sensors end.
const RUNTIME: [&str; 22] = [
    "falcosecurity/falco",
    "falcosecurity/falco-no-driver",
    "falcosecurity/falco-distroless",
    "falco",
    "cilium/tetragon",
    "tetragon",
    "aquasec/tracee",
    "aquasecurity/tracee",
    "tracee",
    "kubearmor/kubearmor",
    "sysdig/agent",
    "sysdig/agent-slim",
    "aquasec/enforcer",
    "aquasec/kube-enforcer",
    "neuvector/enforcer",
    "collector-rhel8",
    "stackrox/collector",
    "stackrox-io/collector",
    "falcon-sensor",
    "falcon-node-sensor",
    "kubescape/node-agent",
    "deepfence/deepfence_agent_ce",
];

/// How repositories of scanners end.
const SCANNERS: [&str; 17] = [
    "aquasecurity/trivy-operator",
    "trivy-operator",
    "aquasec/starboard-operator",
    "kubescape/kubevuln",
    "kubescape/operator",
    "goharbor/trivy-adapter-photon",
    "trivy-adapter-photon",
    "quay/clair",
    "projectquay/clair",
    "anchore/anchore-engine",
    "anchore/enterprise",
    "neuvector/scanner",
    "stackrox/scanner",
    "stackrox-io/scanner",
    "snyk/kubernetes-monitor",
    "sysdig/vuln-runtime-scanner",
    "dependencytrack/apiserver",
];

fn runs(workload: &Workload<'_>, names: &[&str]) -> bool {
    workload.containers().any(|container| {
        // Reading a reference costs more than looking for a name in it.
        let is_named = names.iter().any(|name| container.image().contains(name));
        is_named
            && ImageReference::parse(container.image()).is_ok_and(|image| {
                names.iter().any(|name| {
                    let rest = image.repository().strip_suffix(name);
                    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
                })
            })
    })
}

fn of_kind<'i>(seen: &Seen<'i>, kind: Kind<'_>, names: &[&str]) -> Vec<&'i Object> {
    let objects = seen.inventory().of(kind).iter();
    objects.filter(|one| Workload::of(one).is_some_and(|one| runs(&one, names))).collect()
}

fn sensor(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let sensors = of_kind(seen, Kind::DAEMON_SET, &RUNTIME);
    if sensors.is_empty() {
        seen.all(Kind::DAEMON_SET)?;
        let message = "No DaemonSet runs a sensor that would notice an attack.";
        return Ok(Verdict::fail(
            Problem::new(Severity::Medium, message)
                .evidence("no DaemonSet with the image of a known sensor")
                .confidence(Confidence::Medium),
        )
        .into());
    }
    let left_out: Vec<&str> = seen
        .inventory()
        .of(Kind::NODE)
        .iter()
        .filter(|node| !is_windows(node) && !sensors.iter().any(|sensor| lands_on(sensor, node)))
        .map(Object::name)
        .collect();
    let mut tally = Tally::new();
    for sensor in sensors.iter().take(1) {
        tally.add(About::object(sensor), coverage(sensor, &left_out));
    }
    Ok(tally)
}

fn coverage(sensor: &Object, left_out: &[&str]) -> Judged {
    if left_out.is_empty() {
        return Ok(Verdict::Pass);
    }
    let nodes = left_out.join(", ");
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, format!("{} does not run on {nodes}.", sensor.describe()))
            .detail("nodes")
            .evidence(format!("its nodeSelector and tolerations leave out {nodes}"))
            .mended_by(Remedy::Steps(
                "let it tolerate every taint: spec.template.spec.tolerations: [{operator: Exists}], and drop its nodeSelector".to_owned(),
            )),
    ))
}

fn is_windows(node: &Object) -> bool {
    node.label("kubernetes.io/os") == Some("windows")
}

fn falco(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    const FALCO: [&str; 3] = ["falco", "falco-no-driver", "falco-distroless"];
    let kinds = [Kind::DAEMON_SET, Kind::DEPLOYMENT];
    let found: Vec<&Object> = kinds.iter().flat_map(|kind| of_kind(seen, *kind, &FALCO)).collect();
    let Some(first) = found.first() else {
        kinds.iter().try_for_each(|kind| seen.all(*kind).map(|_objects| ()))?;
        return Ok(Verdict::NotApplicable("no Falco runs here".to_owned()).into());
    };
    let maps = seen.inventory().of(Kind::CONFIG_MAP).iter();
    let is_loaded = maps.map(|map| map.tree().at(&["data", "falco.yaml"]).str()).any(loads_audit);
    let mut tally = Tally::new();
    if is_loaded {
        tally.add(About::object(first), Ok(Verdict::Pass));
        return Ok(tally);
    }
    seen.all(Kind::CONFIG_MAP)?;
    let problem = Problem::new(Severity::Low, "Falco looks at system calls, not at audit events.")
        .evidence("no falco.yaml in a ConfigMap loads the plugin k8saudit");
    tally.add(About::object(first), Ok(Verdict::fail(problem)));
    Ok(tally)
}

/// Whether a falco.yaml loads a plugin for audit events; one that is only described is not loaded.
fn loads_audit(text: &str) -> bool {
    let tree = tree::read(text, &mut tree::Keys::default()).unwrap_or(Tree::Null);
    tree.get("load_plugins").texts().any(|name| name.starts_with("k8saudit"))
}

fn scanner(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    if seen.inventory().workloads().any(|workload| runs(&workload, &SCANNERS)) {
        return Ok(Verdict::Pass.into());
    }
    for kind in [Kind::DEPLOYMENT, Kind::STATEFUL_SET, Kind::DAEMON_SET, Kind::CRON_JOB] {
        seen.all(kind)?;
    }
    let message = "No workload looks for vulnerabilities of the images that run here.";
    Ok(Verdict::fail(Problem::new(Severity::Low, message).confidence(Confidence::Low)).into())
}

const NODES: &str = "\
apiVersion: v1
kind: Node
metadata: {name: cp-1}
spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}
---
apiVersion: v1
kind: Node
metadata: {name: worker-1}
spec: {taints: [{key: node.kubernetes.io/disk-pressure, effect: NoSchedule}]}
";

const PARTIAL: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: falco, namespace: falco}
spec: {template: {spec: {containers: [{name: falco, image: \"falcosecurity/falco:0.41.0\"}]}}}
";

const EVERYWHERE: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: falco, namespace: falco}
spec:
  template:
    spec:
      tolerations: [{effect: NoSchedule, operator: Exists}]
      containers: [{name: falco, image: \"docker.io/falcosecurity/falco:0.41.0\"}]
";

const FALCO_SYSCALLS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: falco, namespace: falco}
data:
  falco.yaml: |
    load_plugins: []
    plugins: [{name: k8saudit, library_path: libk8saudit.so}]
";

const FALCO_AUDIT: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: falco, namespace: falco}
data:
  falco.yaml: |
    load_plugins: [k8saudit, json]
";

const TRIVY: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: trivy-operator, namespace: trivy-system}
spec: {template: {spec: {containers: [{name: operator, image: \"ghcr.io/aquasecurity/trivy-operator:0.28.0\"}]}}}
";
