//! ND-008: kubelets under another name than their machine's.

use inventory::Unknown;

use super::kubelet::{kubelets, no_kubelet};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Fix, Judge, Practice, Problem, Reference, Seen, Severity, Span, Tally, Verdict,
};

pub(crate) const ND_008: Check = Check {
    id: "ND-008",
    name: "kubelet-hostname-override",
    title: "A kubelet goes by another name than its machine",
    practice: Practice::Nodes,
    severities: &[Severity::Low],
    versions: Span::ALL,
    why: "Certificates are issued for the machine's name; under another one logs do not match machines, and TLS between them is harder to set up right.",
    fails: "--hostname-override is given and not empty.",
    fix: Fix::Steps(
        "Take --hostname-override out of what starts the kubelet and restart it. The node joins under its machine's name: drain and delete the old Node first.",
    ),
    references: &[Reference::Cis("4.2.7")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "overridden",
            Expected::Fail(Severity::Low),
            &[ExampleFile::at(
                "/var/lib/kubelet/kubeadm-flags.env",
                "KUBELET_KUBEADM_ARGS=\"--hostname-override=worker-1\"\n",
            )],
        ),
        Example::of(
            "the machine's own",
            Expected::Pass,
            &[ExampleFile::at(
                "/var/lib/kubelet/kubeadm-flags.env",
                "KUBELET_KUBEADM_ARGS=\"--v=2\"\n",
            )],
        ),
        Example::of(
            "its flags were not seen",
            Expected::Unknown,
            &[ExampleFile::at(
                "/var/lib/kubelet/config.yaml",
                "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
            )],
        ),
    ],
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for kubelet in kubelets(seen).iter().filter(|kubelet| !kubelet.components.is_empty()) {
        let name = kubelet.flag("hostname-override").filter(|(name, _)| !name.is_empty());
        let problem = name.map(|(name, component)| {
            Problem::new(Severity::Low, format!("The kubelet calls its machine {name}."))
                .detail("hostname-override")
                .evidence(format!("--hostname-override={name}"))
                .about(About::component(component, seen.inventory()))
        });
        tally.add(kubelet.about.clone(), Ok(Verdict::from(problem)));
    }
    if tally.is_empty() { Err(no_kubelet()) } else { Ok(tally) }
}
