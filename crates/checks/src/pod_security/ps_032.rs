//! PS-032: pods whose root is the node's root.

use inventory::Workload;
use tree::Tree;

use super::accepted::verdict;
use crate::Expected::{Fail, NotApplicable, Pass, Unknown};
use crate::Severity::Info;
use crate::{Check, Fix, Judge, Judged, Practice, Problem, Reference, Remedy, Seen, Span, Verdict};

pub(super) const PS_032: Check = Check {
    id: "PS-032",
    name: "host-users",
    title: "A pod shares the users of its node",
    practice: Practice::PodSecurity,
    severities: &[Info],
    versions: Span::ALL,
    why: "Whoever breaks out of it as root is root on the node; with users of its own, nobody.",
    fails: "hostUsers is not false, on 1.33 or later, where user namespaces are on by default. Windows pods do not have any.",
    fix: Fix::Sometimes(
        "Sets hostUsers: false, where the pod shares no namespace of its node and its volumes are of kinds that every node can map. Else turn those off first, and try it on one node: Linux 6.3, containerd 2.0 or CRI-O 1.25, and a file system that maps users.",
    ),
    references: &[Reference::Kubernetes("concepts/workloads/pods/user-namespaces/")],
    judge: Judge::Workloads(&judge),
    examples: &[
        pod!("nothing said", Fail(Info), "  containers: [{name: web, image: example.com/web:1}]\n").on(36),
        pod!("with a claim, whose file system has to map users", Fail(Info), "  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]\n  containers: [{name: web, image: example.com/web:1}]\n").on(36),
        pod!("users of its own", Pass, "  hostUsers: false\n  containers: [{name: web, image: example.com/web:1}]\n"),
        pod!("before they were there", NotApplicable, "  containers: [{name: web, image: example.com/web:1}]\n").on(32),
        pod!("on some version", Unknown, "  containers: [{name: web, image: example.com/web:1}]\n"),
        pod!("Windows", NotApplicable, "  os: {name: windows}\n  containers: [{name: web, image: example.com/web:1}]\n"),
    ],
};

fn judge(seen: &Seen<'_>, workload: &Workload<'_>) -> Judged {
    let spec = workload.spec();
    if spec.get("hostUsers").bool() == Some(false) {
        return Ok(Verdict::Pass);
    }
    let not = |why: &str| Ok(Verdict::NotApplicable(why.to_owned()));
    if spec.at(&["os", "name"]).str() == "windows" {
        return not("Windows has no user namespaces");
    }
    if seen.minor().number() < 33 {
        return not("user namespaces are on by default from Kubernetes 1.33");
    }
    let field = workload.spec_path().then("hostUsers");
    let remedy = if can_map(workload) { Remedy::set(field, false) } else { Remedy::Explained };
    let evidence = spec
        .get("hostUsers")
        .plain()
        .map_or_else(|| "hostUsers is not set".to_owned(), |value| format!("hostUsers: {value}"));
    let message = format!("Root in {} is root on its node.", workload.object().describe());
    let problem = Problem::new(Info, message).evidence(evidence).at(workload.spec_path());
    Ok(verdict(workload, vec![problem.mended_by(remedy)]))
}

/// Whether nothing in the pod is known to stand in the way.
fn can_map(workload: &Workload<'_>) -> bool {
    let spec = workload.spec();
    let shares =
        ["hostNetwork", "hostPID", "hostIPC"].into_iter().any(|one| spec.get(one).is_true());
    let is_plain = |volume: &Tree| {
        volume.entries().iter().all(|(key, _)| &**key == "name" || PLAIN.contains(&&**key))
    };
    !shares && workload.volumes().all(|(volume, _)| is_plain(volume))
}

/// Kinds of volumes that the kubelet makes itself.
const PLAIN: [&str; 5] = ["configMap", "downwardAPI", "emptyDir", "projected", "secret"];
