//! PS-033: containers that read each other's secrets through `/proc`.

use std::collections::BTreeSet;

use edit::Edit;
use inventory::{Container, Workload};
use tree::Tree;

use super::accepted::verdict;
use crate::Expected::{Fail, Pass};
use crate::Severity::Medium;
use crate::{Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Span, Verdict};

pub(super) const PS_033: Check = Check {
    id: "PS-033",
    name: "shared-processes",
    title: "Containers that share their processes share their secrets",
    practice: Practice::PodSecurity,
    severities: &[Medium],
    versions: Span::ALL,
    why: "Each container of the pod reads the environment and the files of the others below /proc, as far as their users allow: what one was given, all have.",
    fails: "shareProcessNamespace is true, and a container has a Secret, by env, envFrom or volume, that another one was not given.",
    fix: Fix::Automatic(
        "Removes shareProcessNamespace. A sidecar that sends signals to the other container needs a file or a port to ask it by.",
    ),
    references: &[
        Reference::Mitre("T1552.007"),
        Reference::Owasp("K03"),
        Reference::Kubernetes("tasks/configure-pod-container/share-process-namespace/"),
    ],
    judge: Judge::Workloads(&judge),
    examples: &[
        pod!(
            "a password beside a log shipper",
            Fail(Medium),
            "  shareProcessNamespace: true\n  containers:\n  - name: db\n    image: example.com/db:1\n    env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]\n  - name: logs\n    image: example.com/logs:1\n"
        ),
        pod!(
            "a key in a volume",
            Fail(Medium),
            "  shareProcessNamespace: true\n  volumes: [{name: key, secret: {secretName: tls}}]\n  containers:\n  - name: web\n    image: example.com/web:1\n    volumeMounts: [{name: key, mountPath: /tls}]\n  - name: logs\n    image: example.com/logs:1\n"
        ),
        pod!(
            "nothing to read",
            Pass,
            "  shareProcessNamespace: true\n  containers: [{name: web, image: example.com/web:1}, {name: logs, image: example.com/logs:1}]\n"
        ),
        pod!(
            "both have it anyway",
            Pass,
            "  shareProcessNamespace: true\n  containers:\n  - name: web\n    image: example.com/web:1\n    envFrom: [{secretRef: {name: db}}]\n  - name: job\n    image: example.com/job:1\n    envFrom: [{secretRef: {name: db}}]\n"
        ),
        pod!(
            "a namespace each",
            Pass,
            "  containers:\n  - name: web\n    image: example.com/web:1\n    envFrom: [{secretRef: {name: db}}]\n  - name: logs\n    image: example.com/logs:1\n"
        ),
    ],
};

fn judge(_seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    if !workload.spec().get("shareProcessNamespace").is_true() {
        return Ok(Verdict::Pass);
    }
    let given: Vec<(Container<'_>, BTreeSet<&str>)> = workload
        .containers()
        .filter(|container| container.kind != inventory::ContainerKind::Init)
        .map(|container| {
            let secrets = secrets(workload, &container);
            (container, secrets)
        })
        .collect();
    let problems = given.iter().filter_map(|(container, secrets)| {
        let others = given.iter().filter(|(_, other)| !secrets.is_subset(other));
        let others: Vec<&str> = others.map(|(other, _)| other.name()).collect();
        (!others.is_empty()).then(|| problem(workload, container, secrets, &others))
    });
    Ok(verdict(workload, problems.collect()))
}

fn problem(
    workload: &Workload<'_>,
    container: &Container<'_>,
    secrets: &BTreeSet<&str>,
    others: &[&str],
) -> Problem {
    let names = secrets.iter().copied().collect::<Vec<_>>().join(", ");
    let path = workload.spec_path().then("shareProcessNamespace");
    let message = format!(
        "What container {} has of Secret {names} can be read from {}.",
        container.name(),
        others.join(", ")
    );
    Problem::new(Medium, message)
        .detail(container.name())
        .evidence("shareProcessNamespace: true")
        .at(path.clone())
        .mended_by(Remedy::Edit(vec![Edit::Remove { path }]))
}

/// The names of the Secrets that a container is given.
fn secrets<'a>(workload: &Workload<'a>, container: &Container<'a>) -> BTreeSet<&'a str> {
    let list = |key: &str| container.tree.get(key).items().iter();
    let env = list("env").filter_map(|one| one.at(&["valueFrom", "secretKeyRef", "name"]).text());
    let all = list("envFrom").filter_map(|one| one.at(&["secretRef", "name"]).text());
    let mounts = list("volumeMounts").flat_map(|mount| {
        let volumes = workload.spec().get("volumes").items().iter();
        volumes
            .filter(move |volume| volume.get("name").str() == mount.get("name").str())
            .flat_map(of_volume)
    });
    env.chain(all).chain(mounts).collect()
}

fn of_volume(volume: &Tree) -> impl Iterator<Item = &str> {
    let sources = volume.at(&["projected", "sources"]).items().iter();
    let projected = sources.filter_map(|source| source.at(&["secret", "name"]).text());
    volume.at(&["secret", "secretName"]).text().into_iter().chain(projected)
}
