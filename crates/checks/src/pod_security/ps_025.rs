//! PS-025: pods that may give orders to the container runtime of their node.

use inventory::Workload;
use tree::{Path, Tree};

use super::accepted::verdict;
use super::host_files::{clean, lies_in};
use crate::Expected::{Exempt, Fail, Pass};
use crate::Severity::High;
use crate::{
    Check, Confidence, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference,
    Seen, Span, Verdict,
};

pub(super) const PS_025: Check = Check {
    id: "PS-025",
    name: "runtime-socket",
    title: "A pod reaches the socket of the container runtime",
    practice: Practice::PodSecurity,
    severities: &[High],
    versions: Span::ALL,
    why: "Whoever talks to the runtime starts a privileged container past every policy of the cluster; no permission of the API is asked.",
    fails: "A hostPath volume is the socket of docker, containerd, CRI-O or podman, or a folder that holds it, such as /run or /. Read-only mounts fail too: a socket takes orders all the same.",
    fix: Fix::Steps(
        "Take the volume and its volumeMounts out. To build images use a builder that needs no daemon (BuildKit rootless, Buildah); to watch containers ask the kubelet or the API; to read logs mount /var/log/pods alone.",
    ),
    references: &[
        Reference::Mitre("T1611"),
        Reference::Mitre("T1610"),
        Reference::Nsa("Pod security"),
        Reference::Owasp("K01"),
    ],
    judge: Judge::Workloads(&judge),
    examples: &[
        pod!(
            "docker's",
            Fail(High),
            "  volumes:\n  - name: docker\n    hostPath: {path: /var/run/docker.sock, type: Socket}\n  containers:\n  - name: build\n    image: example.com/build:1\n    volumeMounts: [{name: docker, mountPath: /var/run/docker.sock}]\n"
        ),
        pod!(
            "a folder that holds it, read-only",
            Fail(High),
            "  volumes: [{name: run, hostPath: {path: /run/}}]\n  containers:\n  - name: agent\n    image: example.com/agent:1\n    volumeMounts: [{name: run, mountPath: /host/run, readOnly: true}]\n"
        ),
        pod!(
            "the pipe of a Windows node",
            Fail(High),
            "  os: {name: windows}\n  volumes: [{name: pipe, hostPath: {path: '\\\\.\\pipe\\containerd-containerd'}}]\n  containers: [{name: agent, image: example.com/agent:1}]\n"
        ),
        pod!(
            "another folder below /run",
            Pass,
            "  volumes: [{name: lock, hostPath: {path: /run/xtables.lock}}]\n  containers: [{name: web, image: example.com/web:1}]\n"
        ),
        pod!(
            "a claim of that name",
            Pass,
            "  volumes: [{name: docker.sock, persistentVolumeClaim: {claimName: docker.sock}}]\n  containers: [{name: web, image: example.com/web:1}]\n"
        ),
        Example::of("the network of the cluster", Exempt, &[ExampleFile::manifest(NETWORK)]),
    ],
};

fn judge(_seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    let volumes = workload.spec().get("volumes").items();
    if volumes.iter().all(|volume| volume.get("hostPath").is_null()) {
        return Ok(Verdict::Pass);
    }
    let problems = workload.volumes().filter_map(|(volume, path)| problem(workload, volume, &path));
    Ok(verdict(workload, problems.collect()))
}

fn problem(workload: &Workload<'_>, volume: &Tree, place: &Path) -> Option<Problem> {
    let path = volume.at(&["hostPath", "path"]).text()?;
    let cleaned = clean(path);
    let is_socket = SOCKETS.contains(&cleaned.as_str()) || PIPES.contains(&path);
    if !is_socket && !SOCKETS.iter().any(|socket| lies_in(socket, &cleaned)) {
        return None;
    }
    let name = volume.get("name").str();
    let what = if is_socket { "is" } else { "holds" };
    let message = format!(
        "Volume {name} {what} the socket of the container runtime{}.",
        mounted_by(workload, name)
    );
    let confidence = if is_socket { Confidence::High } else { Confidence::Medium };
    let problem = Problem::new(High, message).confidence(confidence).detail(name);
    Some(problem.evidence(format!("hostPath.path: {path}")).at(place.join(&["hostPath", "path"])))
}

/// `, and container web has it`.
fn mounted_by(workload: &Workload<'_>, volume: &str) -> String {
    let mounts = |container: &inventory::Container<'_>| {
        let mounts = container.tree.get("volumeMounts").items();
        mounts.iter().any(|mount| mount.get("name").str() == volume)
    };
    let names: Vec<&str> =
        workload.containers().filter(mounts).map(|container| container.name()).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!(", and container {one} has it"),
        [_, _, ..] => format!(", and containers {} have it", names.join(", ")),
    }
}

const SOCKETS: [&str; 8] = [
    "/run/containerd/containerd.sock",
    "/run/cri-dockerd.sock",
    "/run/crio/crio.sock",
    "/run/docker.sock",
    "/run/dockershim.sock",
    "/run/docker/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
];

const PIPES: [&str; 2] = [r"\\.\pipe\containerd-containerd", r"\\.\pipe\docker_engine"];

const NETWORK: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  template:
    spec:
      volumes: [{name: run-dir, hostPath: {path: /var/run}}]
      containers: [{name: aws-node, image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.0}]
";
