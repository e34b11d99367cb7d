//! AU-021: shippers that do not run where the audit log is.

use edit::Edit;
use inventory::{Kind, Object, Unknown, Workload};
use serde_json::json;
use tree::Tree;

use super::shipper::shippers;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(super) const AU_021: Check = Check {
    id: "AU-021",
    name: "shipper-not-on-control-plane",
    title: "The shipper of the audit log does not run on control plane nodes",
    why: "The log is on these nodes and nowhere else, so nothing of it is carried away.",
    fails: "A DaemonSet that ships logs does not tolerate node-role.kubernetes.io/control-plane:NoSchedule, or its nodeSelector leaves the control plane nodes out. A toleration of everything passes, and so does a selector of the operating system.",
    fix: Fix::Sometimes("Adds the toleration. A nodeSelector is for a person to choose."),
    references: &[Reference::Nsa("Audit logging"), Reference::Owasp("K10")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "no toleration",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(NONE)],
        ),
        Example::of(
            "workers only",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(WORKERS), ExampleFile::at("nodes.yaml", NODES)],
        ),
        Example::of("it tolerates", Expected::Pass, &[ExampleFile::manifest(super::SHIPPER)]),
        Example::of(
            "the nodes were not seen",
            Expected::Unknown,
            &[ExampleFile::manifest(WORKERS)],
        ),
        Example::of("no shipper, as AU-020 says", Expected::NotApplicable, &[]),
        Example::of("no DaemonSet was seen", Expected::Unknown, &[]).partial(),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for object in shippers(seen) {
        tally.add(About::object(object), judge_shipper(seen, object));
    }
    if tally.is_empty() {
        let _all = seen.all(Kind::DAEMON_SET)?;
        return Ok(Verdict::NotApplicable("no DaemonSet ships the audit log".to_owned()).into());
    }
    Ok(tally)
}

fn judge_shipper(seen: &Seen<'_>, object: &Object) -> Judged {
    let Some(workload) = Workload::of(object) else { return Ok(Verdict::Pass) };
    let spec = workload.spec();
    let mut problems = Vec::new();
    if !spec.get("tolerations").items().iter().any(tolerates) {
        let path = workload.spec_path().then("tolerations");
        let value = json!({"key": CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"});
        problems.push(
            Problem::new(
                Severity::Medium,
                format!(
                    "{} does not tolerate the taint of control plane nodes.",
                    object.describe()
                ),
            )
            .detail("tolerations")
            .at(workload.spec_path())
            .mended_by(Remedy::Edit(vec![Edit::Append { path, value }])),
        );
    }
    let selector = spec.get("nodeSelector");
    match leaves_out(seen, selector) {
        Ok(true) => problems.push(
            Problem::new(
                Severity::Medium,
                format!("The nodeSelector of {} matches no control plane node.", object.describe()),
            )
            .detail("nodeSelector")
            .evidence(selector.to_string())
            .at(workload.spec_path().then("nodeSelector")),
        ),
        Ok(false) => {}
        Err(_) if !problems.is_empty() => {}
        Err(unknown) => return Err(unknown),
    }
    Ok(Verdict::of(problems))
}

fn tolerates(toleration: &Tree) -> bool {
    let (key, effect) = (toleration.get("key").str(), toleration.get("effect").str());
    let exists = toleration.get("operator").str() == "Exists";
    let is_key = key == CONTROL_PLANE || (key.is_empty() && exists);
    let is_value = exists || toleration.get("value").str().is_empty();
    is_key && is_value && ["", "NoSchedule"].contains(&effect)
}

/// Whether a selector matches none of the control plane nodes.
fn leaves_out(seen: &Seen<'_>, selector: &Tree) -> Result<bool, Unknown> {
    let mut wanted =
        selector.entries().iter().filter(|(key, _)| !key.ends_with("kubernetes.io/os"));
    let Some(_) = wanted.clone().next() else { return Ok(false) };
    if wanted.all(|(key, value)| &**key == CONTROL_PLANE && value.str().is_empty()) {
        return Ok(false);
    }
    let nodes = seen.inventory().of(Kind::NODE).iter();
    let mut servers = nodes.filter(|node| node.label(CONTROL_PLANE).is_some()).peekable();
    if servers.peek().is_none() {
        return Err(Unknown::new(
            "no control plane node was seen",
            "scan the cluster with its nodes",
        ));
    }
    let fits = |node: &Object| {
        selector.entries().iter().all(|(key, value)| node.label(key) == value.text())
    };
    Ok(!servers.any(fits))
}

const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";

const NONE: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fluent-bit, namespace: logging}
spec:
  template:
    spec:
      nodeSelector: {kubernetes.io/os: linux}
      tolerations:
      - {key: node-role.kubernetes.io/master, operator: Exists, effect: NoSchedule}
      containers:
      - name: fluent-bit
        image: fluent/fluent-bit:3.1
      volumes:
      - {name: log, hostPath: {path: /var/log}}
";

const WORKERS: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: fluent-bit, namespace: logging}
spec:
  template:
    spec:
      nodeSelector: {pool: workers}
      tolerations: [{operator: Exists}]
      containers: [{name: fluent-bit, image: \"fluent/fluent-bit:3.1\"}]
      volumes: [{name: log, hostPath: {path: /var/log}}]
";

const NODES: &str = "\
apiVersion: v1
kind: NodeList
items:
- metadata: {name: node-1, labels: {node-role.kubernetes.io/control-plane: \"\"}}
- metadata: {name: node-2, labels: {pool: workers}}
";
