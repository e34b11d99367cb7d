//! FL-031: files that kube-apiserver is told to read and cannot see.

use inventory::{Component, ComponentKind};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, is_mounted, mount_file, started};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Problem, Reference, Remedy, Seen,
    Severity, Span, Verdict,
};

pub(super) const FL_031: Check = Check {
    id: "FL-031",
    name: "file-not-mounted",
    title: "kube-apiserver is told to read a file that its pod does not see",
    practice: Practice::ControlPlane,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "The server does not start: the file is on the node, not in the container.",
    fails: "A flag of a static pod names a file that lies in none of the volumes mounted into its container. Certificates of the image, below /etc/ssl, pass, and so do processes that run in no container.",
    fix: Fix::Sometimes(
        "Mounts the file, or its folder where that hides nothing else, from the node. In other pods than static ones the volume is for a person to choose.",
    ),
    references: &[Reference::Kubernetes("tasks/configure-pod-container/static-pod/")],
    judge: Judge::Components(ComponentKind::ApiServer, &Files),
    examples: &[
        Example::of(
            "an audit policy",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(NOT_MOUNTED)],
        ),
        Example::of(
            "two files of one folder, and one beside",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(
                started!("kube-apiserver" "--audit-policy-file=/etc/kubernetes/policies/audit.yaml" "--admission-control-config-file=/etc/kubernetes/admission.yaml"),
            )],
        ),
        Example::of(
            "the folder above is mounted",
            Expected::Pass,
            &[ExampleFile::manifest(MOUNTED)],
        ),
        Example::of(
            "of the image",
            Expected::Pass,
            &[ExampleFile::manifest(
                started!("kube-apiserver" "--oidc-ca-file=/etc/ssl/certs/ca-certificates.crt"),
            )],
        ),
        Example::of(
            "a folder of another name that begins alike",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(ALIKE)],
        ),
    ],
};

struct Files;

impl JudgeComponent for Files {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let given = FILES.iter().filter_map(|flag| Some((*flag, component.flags.value(flag)?)));
        let paths =
            given.filter(|(_, path)| path.starts_with('/') && !path.starts_with("/etc/ssl/"));
        let mut problems = Vec::new();
        for (flag, path) in paths {
            match is_mounted(seen, component, path) {
                None => {
                    let why = "it runs in no container that was seen".to_owned();
                    return Ok(Verdict::NotApplicable(why));
                }
                Some(true) => {}
                Some(false) => problems.push(problem(seen, component, flag, path)),
            }
        }
        Ok(Verdict::of(problems))
    }
}

fn problem(seen: &Seen<'_>, component: &Component, flag: &str, path: &str) -> Problem {
    let message = format!("{path} is in no volume of the container.");
    let remedy = mount_file(seen, component, path).map_or_else(
        || Remedy::Steps(format!("mount {path} into the container of kube-apiserver")),
        Remedy::Edit,
    );
    flag_problem(component, flag, Severity::Medium, message).mended_by(remedy)
}

/// Flags of one file each.
const FILES: [&str; 16] = [
    "admission-control-config-file",
    "audit-policy-file",
    "audit-webhook-config-file",
    "authentication-config",
    "authentication-token-webhook-config-file",
    "authorization-config",
    "authorization-policy-file",
    "authorization-webhook-config-file",
    "client-ca-file",
    "egress-selector-config-file",
    "encryption-provider-config",
    "kubelet-certificate-authority",
    "oidc-ca-file",
    "peer-ca-file",
    "token-auth-file",
    "tracing-config-file",
];

const NOT_MOUNTED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --client-ca-file=/etc/kubernetes/pki/ca.crt
    - --audit-policy-file=/etc/kubernetes/audit/policy.yaml # new
    volumeMounts:
    - mountPath: /etc/kubernetes/pki
      name: k8s-certs
      readOnly: true
  volumes:
  - hostPath:
      path: /etc/kubernetes/pki
      type: DirectoryOrCreate
    name: k8s-certs
";

const MOUNTED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-policy-file=/etc/kubernetes/audit/policy.yaml]
    volumeMounts: [{mountPath: /etc/kubernetes/, name: all}]
  volumes: [{name: all, hostPath: {path: /etc/kubernetes}}]
";

const ALIKE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-policy-file=/etc/kubernetes/audit/policy.yaml]
    volumeMounts: [{mountPath: /etc/kubernetes/aud, name: all}]
  volumes: [{name: all, hostPath: {path: /etc/kubernetes/aud}}]
";
