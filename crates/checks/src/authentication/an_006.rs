//! AN-006: no authority for client certificates.

use inventory::{Component, ComponentKind};

use super::BASE;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{
    Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict, host_path,
};

pub(crate) const AN_006: Check = Check {
    id: "AN-006",
    name: "client-authority",
    title: "kube-apiserver checks no client certificates",
    severities: &[Severity::Medium],
    why: "Kubelets and the control plane then cannot say who they are by certificate, and fall back on tokens that are easier to steal.",
    fails: "--client-ca-file is not given.",
    fix: Fix::Sometimes(
        "Sets --client-ca-file=/etc/kubernetes/pki/ca.crt where the API server sees that file; elsewhere name the authority that signs kubelets' certificates.",
    ),
    references: &[Reference::Cis("1.2.25")],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "not given, though the file is mounted",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(MOUNTED)],
        ),
        Example::of(
            "not given",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!("--client-ca-file="))],
        ),
        Example::of(
            "given",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!("--client-ca-file=/etc/kubernetes/pki/ca.crt"))],
        ),
        Example::of("no API server was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let flag = component.flags.get("client-ca-file");
    if flag.is_some_and(|flag| !flag.value.is_empty()) {
        return Ok(Verdict::Pass);
    }
    let remedy = if host_path::on_node(seen.inventory(), component, "/etc/kubernetes/pki").is_some()
    {
        set_flag(seen.inventory(), component, "client-ca-file", "/etc/kubernetes/pki/ca.crt")
    } else {
        Remedy::Explained
    };
    let problem = Problem::new(Severity::Medium, "No client certificate is checked.")
        .detail("client-ca-file")
        .evidence("--client-ca-file is not given")
        .mended_by(remedy);
    Ok(Verdict::fail(match flag.and_then(|flag| flag.path.clone()) {
        Some(path) => problem.at(path),
        None => problem,
    }))
}

const MOUNTED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, '--secure-port=6443']
    volumeMounts: [{name: pki, mountPath: /etc/kubernetes/pki, readOnly: true}]
  volumes: [{name: pki, hostPath: {path: /etc/kubernetes/pki}}]
";
