//! SC-018: Secrets that containers get as variables.

use inventory::Workload;

use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(super) const SC_018: Check = Check {
    id: "SC-018",
    name: "secret-as-variable",
    title: "A container gets a Secret as variables",
    severities: &[Severity::Low],
    why: "Variables are in every crash report, in the environment of every child process, and stay as they were when the Secret is changed.",
    fails: "env of a container has a secretKeyRef, or envFrom a secretRef. A Secret that is mounted as a volume passes.",
    fix: Fix::Steps(
        "Mount the Secret (volumes: [{name: secret, secret: {secretName: NAME, defaultMode: 0400}}]) and let the program read the file.",
    ),
    references: &[Reference::Cis("5.4.1"), Reference::Owasp("K03")],
    judge: Judge::Workloads(&judge),
    examples: &[
        Example::of("one key", Expected::Fail(Severity::Low), &[ExampleFile::manifest(ONE)]),
        Example::of("all of it", Expected::Fail(Severity::Low), &[ExampleFile::manifest(ALL)]),
        Example::of("as a volume", Expected::Pass, &[ExampleFile::manifest(VOLUME)]),
        Example::of("no workload was seen", Expected::Unknown, &[]).partial(),
    ],
    ..super::SECRETS
};

fn judge(_seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    let problems = workload.containers().filter_map(|container| {
        let env = container.tree.get("env").items().iter();
        let keys = env.map(|one| one.at(&["valueFrom", "secretKeyRef", "name"]).str());
        let from = container.tree.get("envFrom").items().iter();
        let whole = from.map(|one| one.at(&["secretRef", "name"]).str());
        let mut names: Vec<&str> = keys.chain(whole).filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            Problem::new(
                Severity::Low,
                format!("Container {} gets {names} as variables.", container.name()),
            )
            .detail(container.name())
            .evidence(names)
            .at(container.path.clone())
        })
    });
    Ok(Verdict::of(problems.collect()))
}

const ONE: &str = "\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: apps}
spec:
  template:
    spec:
      containers:
      - name: db
        env:
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
";

const ALL: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    envFrom: [{configMapRef: {name: web}}, {secretRef: {name: web}}]
";

const VOLUME: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: apps}
spec:
  containers:
  - name: web
    env: [{name: PASSWORD_FILE, value: /run/secrets/password}]
    envFrom: [{configMapRef: {name: web}}]
    volumeMounts: [{name: secret, mountPath: /run/secrets}]
  volumes: [{name: secret, secret: {secretName: web}}]
";
