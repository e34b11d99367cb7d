//! AN-010: the kubeconfig for emergencies, left on a node.

use inventory::Unknown;

use super::BASE;
use super::certificates::samples;
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict};

pub(crate) const AN_010: Check = Check {
    id: "AN-010",
    name: "super-admin-conf",
    title: "super-admin.conf lies on a running node",
    severities: &[Severity::Medium],
    why: "Whoever reads the file, or a backup of the node, has the whole cluster, and no binding can take that away.",
    fails: "/etc/kubernetes/super-admin.conf is there. From 1.29 on kubeadm leaves it on the first control plane node and asks for it to be moved.",
    fix: Fix::Steps(
        "Copy it to where only an emergency opens it (a safe, a sealed secret), then on the node:\nshred -u /etc/kubernetes/super-admin.conf\nkubeadm init phase kubeconfig super-admin makes it anew while the authority's key is there.",
    ),
    references: &[
        Reference::Cis("1.1.13"),
        Reference::Kubernetes("setup/production-environment/tools/kubeadm/create-cluster-kubeadm/"),
    ],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "as kubeadm leaves it",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::at("/etc/kubernetes/super-admin.conf", samples::MASTERS)],
        )
        .on(36),
        Example::of(
            "moved away",
            Expected::Pass,
            &[ExampleFile::at("/etc/kubernetes/admin.conf", samples::ADMINS)],
        )
        .on(36),
        Example::of(
            "the folder was not looked at",
            Expected::Unknown,
            &[ExampleFile::manifest("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")],
        )
        .on(36),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    if let Some(file) = seen.file("/etc/kubernetes/super-admin.conf") {
        let mut tally = Tally::new();
        let problem = Problem::new(
            Severity::Medium,
            "super-admin.conf lies on the node: whoever reads it has the whole cluster.",
        );
        tally.add(About::file(file), Ok(Verdict::fail(problem.detail("present"))));
        return Ok(tally);
    }
    let folder = |path: &str| path.rsplit_once('/').is_some_and(|(folder, _)| folder == FOLDER);
    if seen.files().iter().any(|file| folder(file.path_on_node())) {
        return Ok(Verdict::Pass.into());
    }
    Err(Unknown::new(
        "the files in /etc/kubernetes were not seen",
        "scan them on each control plane node, as root: ravelin scan /etc/kubernetes",
    ))
}

const FOLDER: &str = "/etc/kubernetes";
