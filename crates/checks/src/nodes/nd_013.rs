//! ND-013: pods that a kubelet takes from elsewhere than the API.

use inventory::{Origin, Unknown};

use super::kubelet::{Kubelet, Right, Rule, Setting, kubelets, no_kubelet};
use crate::example::{Example, ExampleFile, Expected};
use crate::{Check, Fix, Judge, Judged, Practice, Reference, Seen, Severity, Span, Tally, Verdict};

pub(crate) const ND_013: Check = Check {
    id: "ND-013",
    name: "static-pods",
    title: "A kubelet runs pods that no API server has admitted",
    practice: Practice::Nodes,
    severities: &[Severity::High, Severity::Low],
    versions: Span::ALL,
    why: "Static pods pass no admission: whoever answers at the URL, or writes to the folder, runs privileged pods on the node.",
    fails: "staticPodURL is an http URL; or staticPodPath is set on a node whose folder was looked into and holds no static pod. Control plane nodes need the folder and pass; a configuration that all nodes share is let off.",
    fix: Fix::Sometimes(
        "Takes staticPodURL, or staticPodPath on a worker, out of the configuration file.",
    ),
    references: &[
        Reference::Kubernetes("concepts/security/api-server-bypass-risks/"),
        Reference::Mitre("T1610"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        kubelet!(
            "from an http URL",
            Expected::Fail(Severity::High),
            "staticPodURL: http://config.example.com/pods\n"
        ),
        Example::of(
            "a worker with an empty folder",
            Expected::Fail(Severity::Low),
            &[
                ExampleFile::at("/var/lib/kubelet/config.yaml", PATH),
                ExampleFile::at("/etc/kubernetes/manifests/", "").rights(0o755, 0, 0),
            ],
        ),
        Example::of(
            "a control plane node",
            Expected::Pass,
            &[
                ExampleFile::at("/var/lib/kubelet/config.yaml", PATH),
                ExampleFile::at("/etc/kubernetes/manifests/", "").rights(0o755, 0, 0),
                ExampleFile::at(
                    "/etc/kubernetes/manifests/kube-scheduler.yaml",
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler}\nspec: {containers: [{name: kube-scheduler, command: [kube-scheduler]}]}\n",
                ),
            ],
        ),
        kubelet!("neither", Expected::Pass, "staticPodPath: \"\"\n"),
        kubelet!(
            "a folder that was not looked into",
            Expected::Unknown,
            "staticPodPath: /etc/kubernetes/manifests\n"
        ),
        Example::of(
            "what kubeadm gives all nodes",
            Expected::Exempt,
            &[ExampleFile::manifest(MAP)],
        ),
    ],
};

const URL: Rule = Rule {
    setting: Setting {
        field: &["staticPodURL"],
        flag: "manifest-url",
        with_config: "",
        without: "",
        by_kubeadm: None,
    },
    is_right: |value| !value.starts_with("http:"),
    severity: Severity::High,
    message: "The kubelet runs whatever pods an http URL gives it.",
    right: Right::Absent,
};

const FOLDER: Rule = Rule {
    setting: Setting {
        field: &["staticPodPath"],
        flag: "pod-manifest-path",
        with_config: "",
        without: "",
        by_kubeadm: Some("/etc/kubernetes/manifests"),
    },
    is_right: str::is_empty,
    severity: Severity::Low,
    message: "The kubelet of a worker runs whatever pods are put into a folder.",
    right: Right::Absent,
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let kubelets = kubelets(seen);
    if kubelets.is_empty() {
        return Err(no_kubelet());
    }
    let mut tally = Tally::new();
    for kubelet in kubelets {
        tally.add(kubelet.about.clone(), one(seen, &kubelet));
    }
    Ok(tally)
}

fn one(seen: &Seen<'_>, kubelet: &Kubelet<'_>) -> Judged {
    let url = URL.judge(seen, kubelet)?;
    let folder = FOLDER.setting.of(kubelet)?;
    if url != Verdict::Pass || folder.text.is_empty() {
        return Ok(url);
    }
    let is_shared = kubelet.is_kubeadm_input
        || matches!(kubelet.about.origin, Some(Origin::Within { .. } | Origin::Live));
    if is_shared {
        return Ok(Verdict::Exempt(
            "control plane nodes need staticPodPath, and kubeadm gives all nodes the same"
                .to_owned(),
        ));
    }
    let path = format!("{}{}", kubelet.prefix, folder.text.trim_end_matches('/'));
    let files = seen.inventory().files();
    if !files.iter().any(|file| file.is_folder && file.path() == path) {
        return Err(Unknown::new(
            format!("{} was not looked into", folder.text),
            format!("scan {} of the node too", folder.text),
        ));
    }
    let inside = format!("{path}/");
    if files.iter().any(|file| file.path().starts_with(&inside) && !file.is_folder) {
        return Ok(Verdict::Pass);
    }
    Ok(Verdict::fail(FOLDER.problem(seen, kubelet, &folder)))
}

const PATH: &str = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodPath: /etc/kubernetes/manifests\n";

const MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: kubelet-config, namespace: kube-system}
data:
  kubelet: |
    apiVersion: kubelet.config.k8s.io/v1beta1
    kind: KubeletConfiguration
    staticPodPath: /etc/kubernetes/manifests
";
