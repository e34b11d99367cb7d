//! PS-028: containers that can write to their own image.

use inventory::{Container, ContainerKind, Workload};
use tree::Tree;

use super::accepted::verdict;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Verdict,
};

pub(crate) const PS_028: Check = Check {
    id: "PS-028",
    name: "writable-root-filesystem",
    title: "A container can write to its root filesystem",
    practice: Practice::PodSecurity,
    severities: &[Severity::Low],
    versions: Span::ALL,
    why: "Whoever gets into the container can put programs there and change those it runs.",
    fails: "securityContext.readOnlyRootFilesystem of a container is not true. Windows pods pass: the field means nothing there. Ephemeral containers pass: they are there to be worked in.",
    fix: Fix::Sometimes(
        "Sets readOnlyRootFilesystem: true. A program that writes beside its volumes needs an emptyDir there first.",
    ),
    references: &[Reference::Nsa("Pod security"), Reference::Owasp("K01")],
    judge: Judge::Workloads(&judge),
    examples: &[
        Example::of(
            "one of two containers",
            Expected::Fail(Severity::Low),
            &[ExampleFile::manifest(DEPLOYMENT)],
        ),
        Example::of("read-only", Expected::Pass, &[ExampleFile::manifest(POD)]),
        Example::of("Windows", Expected::Pass, &[ExampleFile::manifest(WINDOWS)]),
        Example::of("no workload was seen", Expected::Unknown, &[]).partial(),
    ],
};

fn judge(_seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    let is_read_only =
        |one: &Tree| one.at(&["securityContext", "readOnlyRootFilesystem"]).is_true();
    let is_for_windows = workload.spec().at(&["os", "name"]).str() == "windows";
    if is_for_windows || workload.container_trees().all(is_read_only) {
        return Ok(Verdict::Pass);
    }
    let lasting = |container: &Container<'_>| container.kind != ContainerKind::Ephemeral;
    let problems = workload.containers().filter(lasting).filter_map(|container| {
        let field = container.path.join(&["securityContext", "readOnlyRootFilesystem"]);
        (!is_read_only(container.tree)).then(|| {
            Problem::new(
                Severity::Low,
                format!("Container {} can write to its root filesystem.", container.name()),
            )
            .detail(container.name())
            .at(container.path.clone())
            .mended_by(Remedy::set(field, true))
        })
    });
    Ok(verdict(workload, problems.collect()))
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apps}
spec:
  template:
    spec:
      containers:
      - name: web # serves
        image: example.com/web:1
      - name: sidecar
        image: example.com/sidecar:1
        securityContext: {readOnlyRootFilesystem: true}
";

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    image: example.com/web:1
    securityContext: {readOnlyRootFilesystem: true}
";

const WINDOWS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  os: {name: windows}
  containers: [{name: web, image: example.com/web:1}]
";
