//! AU-017: audit files that are kept in a container.

use edit::Edit;
use inventory::{Component, ComponentKind};

use super::rotation::log_file;
use crate::example::{Example, ExampleFile, Expected};
use crate::host_path::{Kept, Needed, folder_of, kept, mount};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(super) const AU_017: Check = Check {
    id: "AU-017",
    name: "audit-files-in-container",
    title: "The audit log or the policy is not mounted from outside the container",
    why: "The log is lost whenever kube-apiserver restarts, which an attacker can bring about; a policy that is not there stops it.",
    fails: "The folder of --audit-log-path, or the file of --audit-policy-file, lies in no volume of the container, or in an emptyDir. A process on the node itself passes, and so does any volume that outlives the pod.",
    fix: Fix::Automatic("Mounts the path of the node at the same path of the container."),
    references: &[Reference::Nsa("Audit logging"), Reference::Mitre("T1070")],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "neither is mounted",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", UNMOUNTED)],
        ),
        Example::of(
            "the log goes with the pod",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", EMPTY_DIR)],
        ),
        Example::of(
            "both are",
            Expected::Pass,
            &[ExampleFile::manifest(super::APISERVER_WITH_POLICY)],
        ),
        Example::of(
            "the container's own log",
            Expected::Pass,
            &[ExampleFile::manifest(STANDARD_OUTPUT)],
        ),
        Example::of("no control plane was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let log = log_file(component).map(folder_of).filter(|folder| !["", "/"].contains(folder));
    let policy = component.flags.value("audit-policy-file").filter(|path| path.starts_with('/'));
    let log = log.and_then(|path| judge_path(seen, component, ("audit-log", path), Needed::Folder));
    let policy =
        policy.and_then(|path| judge_path(seen, component, ("audit-policy", path), Needed::File));
    Ok(Verdict::of(log.into_iter().chain(policy).collect()))
}

fn judge_path(
    seen: &Seen<'_>,
    component: &Component,
    (name, path): (&str, &str),
    needed: Needed,
) -> Option<Problem> {
    let where_it_is = match kept(seen.inventory(), component, path) {
        Kept::OnNode | Kept::Volume => return None,
        Kept::PodVolume(_) => "in an emptyDir",
        Kept::InContainer => "in the container itself",
    };
    let edits: Vec<Edit> = mount(seen.inventory(), component, (name, path), needed);
    Some(
        Problem::new(Severity::Medium, format!("{path} is {where_it_is} and goes with it."))
            .detail(name)
            .evidence(path)
            .mended_by(Remedy::Edit(edits)),
    )
}

const UNMOUNTED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml
    - --audit-log-path=/var/log/kubernetes/audit/audit.log
    volumeMounts:
    - mountPath: /var/log/kube
      name: others # and not /var/log/kubernetes
  volumes:
  - name: others
    hostPath: {path: /var/log/kube}
";

const EMPTY_DIR: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-log-path=/audit/audit.log]
    volumeMounts: [{name: audit, mountPath: /audit/}]
  volumes:
  - name: audit
    emptyDir: {}
";

const STANDARD_OUTPUT: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-log-path=-]
";
