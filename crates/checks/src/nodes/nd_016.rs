//! ND-016: whether a kubelet tells reading metrics from running commands.

use inventory::Unknown;
use tree::Path;

use super::kubelet::{Config, Kubelet, kubelets, no_kubelet};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Severity, Span, Tally,
    Verdict,
};

pub(crate) const ND_016: Check = Check {
    id: "ND-016",
    name: "kubelet-fine-grained-authorization",
    title: "A kubelet asks for nodes/proxy where less would do",
    practice: Practice::Nodes,
    severities: &[Severity::Medium],
    versions: Span::from(33),
    why: "Monitoring that only reads pods and health then needs nodes/proxy, which runs commands in every container of the node.",
    fails: "The feature gate KubeletFineGrainedAuthz is off. It is on by default from 1.33; from 1.36 it is locked, and a kubelet that is told otherwise does not start.",
    fix: Fix::Sometimes("Takes the gate out of the configuration file."),
    references: &[Reference::Kubernetes("reference/access-authn-authz/kubelet-authn-authz/"), Reference::Owasp("K02")],
    judge: Judge::Whole(judge),
    examples: &[
        kubelet!("off", Expected::Fail(Severity::Medium), "featureGates:\n  KubeletFineGrainedAuthz: false\n").on(34),
        kubelet!("not named", Expected::Pass, "featureGates: {KubeletPSI: true}\n").on(34),
        kubelet!("before it was on", Expected::NotApplicable, "featureGates: {KubeletFineGrainedAuthz: false}\n").on(32),
        Example::of("by flag, over the file", Expected::Fail(Severity::Medium), &[
            ExampleFile::at("/var/lib/kubelet/kubeadm-flags.env", "KUBELET_KUBEADM_ARGS=\"--feature-gates=A=true,KubeletFineGrainedAuthz=false\"\n"),
            ExampleFile::at("/var/lib/kubelet/config.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfeatureGates: {KubeletFineGrainedAuthz: true}\n"),
        ]).on(34),
    ],
};

const GATE: &str = "KubeletFineGrainedAuthz";

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let kubelets = kubelets(seen);
    if kubelets.is_empty() {
        return Err(no_kubelet());
    }
    let mut tally = Tally::new();
    for kubelet in kubelets {
        tally.add(kubelet.about.clone(), one(&kubelet));
    }
    Ok(tally)
}

fn one(kubelet: &Kubelet<'_>) -> Judged {
    let Some((false, evidence)) = kubelet.gate(GATE)? else { return Ok(Verdict::Pass) };
    let message = "The kubelet asks for nodes/proxy where nodes/pods, nodes/healthz or nodes/configz would do.";
    let problem = Problem::new(Severity::Medium, message).detail(GATE).evidence(&*evidence);
    let path = Path::of(&["featureGates", GATE]);
    let field = kubelet.field(&["featureGates", GATE])?;
    let is_own = match &kubelet.config {
        Config::Seen(file, _) => field.is_some_and(|(_, object)| object.origin() == file.origin()),
        Config::Absent | Config::NotSeen(_) => false,
    };
    let is_file = kubelet.components.is_empty()
        && matches!(kubelet.about.origin, Some(inventory::Origin::Document { .. }));
    Ok(Verdict::fail(if is_own && is_file {
        problem.at(path.clone()).mended_by(Remedy::Edit(vec![edit::Edit::Remove { path }]))
    } else {
        problem.mended_by(Remedy::Steps(format!(
            "where {evidence} is given: take {GATE} out; then systemctl restart kubelet"
        )))
    }))
}
