//! FL-028: manifests that kubeadm will write differently at the next upgrade.

use std::collections::BTreeMap;

use edit::Edit;
use inventory::{Component, ComponentKind, Kind, Object, Origin, Unknown};
use serde_json::json;
use tree::{Path, Tree};

use super::apiserver::CONTROL_PLANE;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::started;
use crate::{
    About, Check, Confidence, Fix, Judge, Practice, Problem, Reference, Remedy, Seen, Severity,
    Span, Tally, Verdict,
};

pub(super) const FL_028: Check = Check {
    id: "FL-028",
    name: "configuration-drift",
    title: "kubeadm will start the control plane with other flags than it has now",
    practice: Practice::ControlPlane,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "An upgrade writes the manifests from the ClusterConfiguration: what was mended in them by hand is silently undone.",
    fails: "A flag of a static pod is neither one that kubeadm writes nor in extraArgs of the ClusterConfiguration, or has another value there, or extraArgs names one that the pod does not have. Flags whose value kubeadm derives from the rest of its configuration pass. What directories given with --patches add is not seen.",
    fix: Fix::Sometimes(
        "Adds the flag to extraArgs of a ClusterConfiguration in a file: a map up to v1beta3, a list from v1beta4. In the cluster: kubectl -n kube-system edit configmap kubeadm-config. A file that a flag names needs extraVolumes as well. Where both have a value, a person must say which is meant.",
    ),
    references: &[
        Reference::Kubernetes("tasks/administer-cluster/kubeadm/kubeadm-reconfigure/"),
        Reference::Nsa("Upgrading"),
    ],
    judge: Judge::Whole(drift),
    examples: &[
        Example::of(
            "mended by hand, v1beta3",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::at(
                    "kube-apiserver.yaml",
                    started!("kube-apiserver" "--advertise-address=10.0.0.1" "--authorization-mode=Node,RBAC" "--profiling=false"),
                ),
                ExampleFile::at(
                    "kubeadm.yaml",
                    "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: v1.30.2\napiServer:\n  extraArgs:\n    request-timeout: 120s # slow storage\n  timeoutForControlPlane: 4m0s\n",
                ),
            ],
        ),
        Example::of(
            "mended by hand, v1beta4",
            Expected::Fail(Severity::Medium),
            &[
                ExampleFile::at(
                    "kube-scheduler.yaml",
                    started!("kube-scheduler" "--bind-address=127.0.0.1" "--profiling=false"),
                ),
                ExampleFile::at(
                    "kubeadm.yaml",
                    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.1\n",
                ),
            ],
        ),
        Example::of(
            "the same in both",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "kube-apiserver.yaml",
                    started!("kube-apiserver" "--profiling=false" "--enable-admission-plugins=NodeRestriction" "--secure-port=6443"),
                ),
                ExampleFile::at(
                    "kubeadm.yaml",
                    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n  - {name: profiling, value: \"false\"}\n",
                ),
            ],
        ),
        Example::of(
            "as kubeadm wrote it",
            Expected::Pass,
            &[
                ExampleFile::at(
                    "kube-controller-manager.yaml",
                    started!("kube-controller-manager" "--bind-address=127.0.0.1" "--controllers=*,bootstrapsigner,tokencleaner" "--use-service-account-credentials=true" "--cluster-cidr=10.244.0.0/16"),
                ),
                ExampleFile::at(
                    "kubeadm.yaml",
                    "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nnetworking: {podSubnet: 10.244.0.0/16}\n",
                ),
            ],
        ),
        Example::of(
            "no kubeadm",
            Expected::NotApplicable,
            &[ExampleFile::manifest(started!("kube-apiserver" "--profiling=false"))],
        ),
        Example::of(
            "no configuration was seen",
            Expected::Unknown,
            &[ExampleFile::manifest(started!("kube-apiserver" "--profiling=false"))],
        )
        .partial(),
    ],
};

fn drift(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let configurations = seen.inventory().of(Kind::CLUSTER_CONFIGURATION);
    let Some(configuration) = configurations.last() else {
        seen.inventory().all(Kind::CONFIG_MAP).map_err(|_not_listed| {
            Unknown::new(
                "what the manifests of the control plane are written from was not seen",
                "scan the cluster too, or give the configuration file of kubeadm",
            )
        })?;
        let why = "there is no configuration of kubeadm".to_owned();
        return Ok(Verdict::NotApplicable(why).into());
    };
    let mut tally = Tally::new();
    for component in CONTROL_PLANE.iter().flat_map(|kind| seen.inventory().components(*kind)) {
        let is_pod = component.object(seen.inventory()).is_some_and(|one| one.kind() == Kind::POD);
        if is_pod {
            let problems = differences(configuration, component);
            let about = About::component(component, seen.inventory());
            tally.add(about, Ok(Verdict::of(problems)));
        }
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "the manifests of the control plane were not seen",
            "give /etc/kubernetes/manifests of a control plane node",
        ));
    }
    Ok(tally)
}

fn differences(configuration: &Object, component: &Component) -> Vec<Problem> {
    let Some(section) = section(component.kind) else { return Vec::new() };
    let wanted = extra_args(configuration.tree().at(&[section, "extraArgs"]));
    let mut running: BTreeMap<&str, &str> = BTreeMap::new();
    for flag in component.flags.iter() {
        running.insert(&flag.name, &flag.value);
    }
    let mut problems = Vec::new();
    for (name, value) in &running {
        let is_known = match wanted.get(*name) {
            Some(wanted) => wanted == value,
            None => is_written_by_kubeadm(component.kind, name, value),
        };
        if !is_known && !wanted.contains_key(*name) {
            problems.push(only_running(configuration, component, section, (name, value)));
        } else if !is_known {
            problems.push(another(configuration, component, section, name));
        }
    }
    let absent = wanted.keys().filter(|name| !running.contains_key(name.as_str()));
    problems.extend(absent.map(|name| another(configuration, component, section, name)));
    problems
}

fn only_running(
    configuration: &Object,
    component: &Component,
    section: &'static str,
    (name, value): (&str, &str),
) -> Problem {
    let program = component.kind.program();
    let message =
        format!("--{name} of {program} is not in {section}.extraArgs; an upgrade takes it away.");
    let names_file = value.starts_with('/') && !value.starts_with("/etc/kubernetes/pki/");
    let is_in_file = matches!(configuration.origin(), Origin::Document { .. });
    let problem = problem(component, name, message).evidence(format!("--{name}={value}"));
    if names_file || !is_in_file {
        let volume = if names_file { ", and its file to extraVolumes" } else { "" };
        return problem.mended_by(Remedy::Steps(format!(
            "kubectl -n kube-system edit configmap kubeadm-config\nadd {name} with the value {value} to {section}.extraArgs{volume}"
        )));
    }
    let list = Path::of(&[section, "extraArgs"]);
    let change = if is_list(configuration) {
        Edit::Append { path: list.clone(), value: json!({"name": name, "value": value}) }
    } else {
        Edit::set(list.then(name), value)
    };
    problem.about(About::object(configuration)).at(list).mended_by(Remedy::Edit(vec![change]))
}

fn another(configuration: &Object, component: &Component, section: &str, name: &str) -> Problem {
    let program = component.kind.program();
    let wanted = extra_args(configuration.tree().at(&[section, "extraArgs"]));
    let wanted = wanted.get(name).map(String::as_str).unwrap_or_default();
    let given = component.flags.value(name);
    let given = given.map_or_else(|| "not given".to_owned(), |value| format!("{value:?}"));
    let message =
        format!("--{name} of {program} is {given}, and {wanted:?} in {section}.extraArgs.");
    problem(component, name, message)
        .evidence(format!("{section}.extraArgs: {name}: {wanted}"))
        .mended_by(Remedy::Steps(format!(
            "set {section}.extraArgs to what is meant, then on every control plane node: kubeadm init phase control-plane {} --config FILE",
            phase(component.kind)
        )))
}

fn problem(component: &Component, name: &str, message: String) -> Problem {
    let detail = format!("{} {name}", component.kind.program());
    Problem::new(Severity::Medium, message).detail(detail).confidence(Confidence::Medium)
}

/// The flags that a configuration adds: a map up to v1beta3, a list from v1beta4, of which the
/// last of a name counts.
fn extra_args(tree: &Tree) -> BTreeMap<String, String> {
    let of_map =
        tree.entries().iter().filter_map(|(name, value)| Some((name.to_string(), value.plain()?)));
    let of_list = tree
        .items()
        .iter()
        .filter_map(|one| Some((one.get("name").text()?.to_owned(), one.get("value").plain()?)));
    of_map.chain(of_list).collect()
}

fn is_list(configuration: &Object) -> bool {
    !matches!(configuration.version(), "v1beta1" | "v1beta2" | "v1beta3")
}

fn section(kind: ComponentKind) -> Option<&'static str> {
    match kind {
        ComponentKind::ApiServer => Some("apiServer"),
        ComponentKind::ControllerManager => Some("controllerManager"),
        ComponentKind::Scheduler => Some("scheduler"),
        ComponentKind::Etcd | ComponentKind::Kubelet | ComponentKind::KubeProxy => None,
    }
}

fn phase(kind: ComponentKind) -> &'static str {
    kind.program().strip_prefix("kube-").unwrap_or("all")
}

/// Whether kubeadm gives a flag this value by itself; of some it derives the value.
fn is_written_by_kubeadm(kind: ComponentKind, name: &str, value: &str) -> bool {
    if FIXED.contains(&(kind.program(), name, value)) {
        return true;
    }
    let is_fixed =
        FIXED.iter().any(|(program, flag, _)| *program == kind.program() && *flag == name);
    !is_fixed && DERIVED.contains(&name)
}

const FIXED: [(&str, &str, &str); 13] = [
    ("kube-apiserver", "allow-privileged", "true"),
    ("kube-apiserver", "authorization-mode", "Node,RBAC"),
    ("kube-apiserver", "enable-admission-plugins", "NodeRestriction"),
    ("kube-apiserver", "enable-bootstrap-token-auth", "true"),
    ("kube-apiserver", "requestheader-allowed-names", "front-proxy-client"),
    ("kube-apiserver", "insecure-port", "0"),
    ("kube-controller-manager", "bind-address", "127.0.0.1"),
    ("kube-controller-manager", "controllers", "*,bootstrapsigner,tokencleaner"),
    ("kube-controller-manager", "leader-elect", "true"),
    ("kube-controller-manager", "use-service-account-credentials", "true"),
    ("kube-controller-manager", "allocate-node-cidrs", "true"),
    ("kube-scheduler", "bind-address", "127.0.0.1"),
    ("kube-scheduler", "leader-elect", "true"),
];

const DERIVED: [&str; 37] = [
    "advertise-address",
    "authentication-kubeconfig",
    "authorization-kubeconfig",
    "client-ca-file",
    "cluster-cidr",
    "cluster-name",
    "cluster-signing-cert-file",
    "cluster-signing-key-file",
    "etcd-cafile",
    "etcd-certfile",
    "etcd-keyfile",
    "etcd-servers",
    "feature-gates",
    "kubeconfig",
    "kubelet-client-certificate",
    "kubelet-client-key",
    "kubelet-preferred-address-types",
    "node-cidr-mask-size",
    "node-cidr-mask-size-ipv4",
    "node-cidr-mask-size-ipv6",
    "port",
    "proxy-client-cert-file",
    "proxy-client-key-file",
    "requestheader-client-ca-file",
    "requestheader-extra-headers-prefix",
    "requestheader-group-headers",
    "requestheader-uid-headers",
    "requestheader-username-headers",
    "root-ca-file",
    "secure-port",
    "service-account-issuer",
    "service-account-key-file",
    "service-account-private-key-file",
    "service-account-signing-key-file",
    "service-cluster-ip-range",
    "tls-cert-file",
    "tls-private-key-file",
];
