//! TL-003, TL-016: cipher suites of TLS 1.2. Those of TLS 1.3 cannot be chosen.

use inventory::{Component, ComponentKind, Object, Unknown};
use tree::Path;

use super::TLS;
use super::setting::{container, placed, setting};
use super::suites::{FINE, Suite, suite};
use super::versions::unseen;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{remove_flag, set_flag};
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "TL-003",
        name: "weak-cipher-suites",
        title: "A component offers weak cipher suites",
        severities: &[Severity::Medium, Severity::Info],
        why: "What was recorded can be read later, by breaking the cipher or by getting the key of the server.",
        fails: "--tls-cipher-suites (tlsCipherSuites of a kubelet) names a suite with RC4, 3DES, CBC or without forward secrecy. Not given it is fine from 1.32 on; before, key exchange with RSA is offered, which is told. Names of TLS 1.3 do nothing, which is told. With TLS 1.3 as the least, the list does nothing and passes.",
        fix: Fix::Automatic("Writes the list without the weak ones; the six strong ones if none is left."),
        references: &[Reference::Cis("1.2.29"), Reference::Cis("4.2.12"), Reference::Owasp("K07")],
        judge: Judge::Whole(components),
        examples: &[
            Example::of("CBC among others", Expected::Fail(Severity::Medium), &[ExampleFile::manifest("apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA\n")]).on(36),
            Example::of("a kubelet with RSA key exchange only", Expected::Fail(Severity::Medium), &[ExampleFile::at("/var/lib/kubelet/config.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsCipherSuites: [TLS_RSA_WITH_AES_128_GCM_SHA256]\n")]).on(36),
            Example::of("not given, built with an older Go", Expected::Fail(Severity::Info), &[ExampleFile::manifest(SCHEDULER)]).on(31),
            Example::of("a name of TLS 1.3", Expected::Fail(Severity::Info), &[ExampleFile::manifest("apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-scheduler\n    command: [kube-scheduler, \"--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"]\n")]).on(36),
            Example::of("not given", Expected::Pass, &[ExampleFile::manifest(SCHEDULER)]).on(32),
            Example::of("weak names, but TLS 1.3 is the least", Expected::Pass, &[ExampleFile::manifest("apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-scheduler\n    command: [kube-scheduler, --tls-min-version=VersionTLS13, --tls-cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA]\n")]).on(36),
            Example::of("not given, and nothing tells the version", Expected::Unknown, &[ExampleFile::manifest(SCHEDULER)]),
        ],
        ..TLS
    },
    Check {
        id: "TL-016",
        name: "weak-etcd-cipher-suites",
        title: "etcd offers weak cipher suites",
        severities: &[Severity::Medium, Severity::Info],
        why: "What was recorded between the API server and etcd can be read later, Secrets included.",
        fails: "--cipher-suites of etcd names a suite with RC4, 3DES, CBC or without forward secrecy. Not given it passes; names of TLS 1.3 do nothing, which is told.",
        fix: Fix::Automatic("Writes the list without the weak ones; the six strong ones if none is left."),
        references: &[Reference::Owasp("K07")],
        judge: Judge::Components(ComponentKind::Etcd, &etcd),
        examples: &[
            Example::of("3DES", Expected::Fail(Severity::Medium), &[ExampleFile::manifest("apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command:\n    - etcd\n    - --cipher-suites=TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA\n")]),
            Example::of("a name of TLS 1.3", Expected::Fail(Severity::Info), &[ExampleFile::manifest("apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, --cipher-suites=TLS_AES_128_GCM_SHA256]\n")]),
            Example::of("strong", Expected::Pass, &[ExampleFile::manifest("apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd, --cipher-suites=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n")]),
        ],
        ..TLS
    },
];

const SCHEDULER: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-scheduler\n    command: [kube-scheduler]\n";

const KINDS: [ComponentKind; 4] = [
    ComponentKind::ApiServer,
    ComponentKind::ControllerManager,
    ComponentKind::Scheduler,
    ComponentKind::Kubelet,
];

fn components(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for component in KINDS.into_iter().flat_map(|kind| seen.components(kind)) {
        let about = About::component(component, seen.inventory());
        tally.add(about, by_flag(seen, component, "tls-cipher-suites"));
    }
    for object in seen.kubelet_configurations() {
        tally.add(About::object(object), Ok(in_file(seen, object).into()));
    }
    if tally.is_empty() { Err(unseen()) } else { Ok(tally) }
}

fn etcd(seen: &Seen<'_>, etcd: &Component) -> Judged {
    by_flag(seen, etcd, "cipher-suites")
}

fn by_flag(seen: &Seen<'_>, component: &Component, flag: &str) -> Judged {
    let least = setting(seen, component, "tls-min-version")?;
    if least.is_some_and(|least| matches!(least.value, "VersionTLS13" | "TLS1.3")) {
        return Ok(Verdict::Pass);
    }
    let given = setting(seen, component, flag)?.filter(|given| !given.value.is_empty());
    let Some(given) = given else {
        return Ok(if is_fine_unset(seen, component) {
            None
        } else {
            Some(unset(seen, component))
        }
        .into());
    };
    let names: Vec<&str> = given.value.split(',').map(str::trim).collect();
    let Some(problem) = listed(&names, component.kind.program()) else { return Ok(Verdict::Pass) };
    let problem = problem.detail(flag).mended_by(rewritten(seen, component, flag, &names));
    Ok(Verdict::fail(placed(problem, seen, component, Some(&given))))
}

/// A kubelet is told by its file, unless a flag says otherwise.
fn is_fine_unset(seen: &Seen<'_>, component: &Component) -> bool {
    match component.kind {
        ComponentKind::Etcd | ComponentKind::Kubelet => true,
        ComponentKind::ApiServer
        | ComponentKind::ControllerManager
        | ComponentKind::Scheduler
        | ComponentKind::KubeProxy => seen.minor_of(component).number() >= GO_1_23,
    }
}

fn unset(seen: &Seen<'_>, component: &Component) -> Problem {
    let program = component.kind.program();
    let problem = Problem::new(
        Severity::Info,
        format!("{program} also offers key exchange with RSA: --tls-cipher-suites is not given, and its Go is older than 1.23."),
    )
    .detail("tls-cipher-suites")
    .evidence("--tls-cipher-suites is not given")
    .mended_by(set_flag(seen.inventory(), component, "tls-cipher-suites", &FINE.join(",")));
    match container(seen, component) {
        Some(container) => problem.at(container.path),
        None => problem,
    }
}

fn rewritten(seen: &Seen<'_>, component: &Component, flag: &str, names: &[&str]) -> Remedy {
    let kept = fine(names);
    if component.flags.get(flag).is_none() {
        return Remedy::Steps(format!("Give ETCD_CIPHER_SUITES the value {}", kept.join(",")));
    }
    // A list of TLS 1.3 names alone is no list at all.
    if names.iter().all(|name| suite(name) == Suite::Always) {
        return remove_flag(component, flag);
    }
    set_flag(seen.inventory(), component, flag, &kept.join(","))
}

fn in_file(seen: &Seen<'_>, object: &Object) -> Option<Problem> {
    const FIELD: &str = "tlsCipherSuites";
    let tree = object.tree();
    if tree.get("tlsMinVersion").str() == "VersionTLS13" {
        return None;
    }
    let names: Vec<&str> = tree.get(FIELD).texts().collect();
    let path = Path::of(&[FIELD]);
    let remedy = Remedy::set(path.clone(), fine(&names));
    if names.is_empty() {
        return (seen.minor().number() < GO_1_23).then(|| {
            Problem::new(Severity::Info, "The kubelet also offers key exchange with RSA: tlsCipherSuites is not given, and its Go is older than 1.23.")
                .detail(FIELD)
                .mended_by(remedy)
        });
    }
    Some(listed(&names, "the kubelet")?.detail(FIELD).at(path).mended_by(remedy))
}

/// What is wrong with a list; nothing if it is fine.
fn listed(names: &[&str], program: &str) -> Option<Problem> {
    let weak: Vec<String> = names
        .iter()
        .filter_map(|name| match suite(name) {
            Suite::Weak(why) => Some(format!("{name} ({why})")),
            Suite::Fine | Suite::Always | Suite::Unknown => None,
        })
        .collect();
    if !weak.is_empty() {
        let message = format!("Among the suites of {program}: {}.", weak.join(", "));
        return Some(Problem::new(Severity::Medium, message).evidence(names.join(",")));
    }
    let idle = |name: &&&str| matches!(suite(name), Suite::Always | Suite::Unknown);
    let idle: Vec<&str> = names.iter().filter(idle).copied().collect();
    let message = format!("In the list of {program} these do nothing: {}.", idle.join(", "));
    (!idle.is_empty()).then(|| Problem::new(Severity::Info, message).evidence(names.join(",")))
}

fn fine(names: &[&str]) -> Vec<String> {
    let kept: Vec<&str> = names.iter().copied().filter(|name| suite(name) == Suite::Fine).collect();
    let kept = if kept.is_empty() { FINE.to_vec() } else { kept };
    kept.into_iter().map(str::to_owned).collect()
}

/// Kubernetes 1.32 is built with Go 1.23, which offers forward secrecy only.
const GO_1_23: u8 = 32;
