//! AU-001: an API server without an audit policy.

use inventory::{Component, ComponentKind, Kind, Started};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::host_path::{Needed, mount, together};
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict};

pub(super) const AU_001: Check = Check {
    id: "AU-001",
    name: "no-audit-policy",
    title: "kube-apiserver has no audit policy",
    severities: &[Severity::High],
    why: "Nothing is recorded, even where a log is named: after an attack nobody can say what was done, by whom and since when.",
    fails: "--audit-policy-file is not given. What the policy says is for other checks.",
    fix: Fix::Sometimes(
        "Names the policy file and mounts it where one was seen on the node. Where there is none, writes out a complete one to put there first: with the flag and no file kube-apiserver does not start.",
    ),
    references: &[
        Reference::Cis("3.2.1"),
        Reference::Nsa("Audit logging"),
        Reference::Owasp("K10"),
        Reference::Kubernetes("tasks/debug/debug-cluster/audit/"),
    ],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "as kubeadm writes it",
            Expected::Fail(Severity::High),
            &[ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", super::APISERVER)],
        ),
        Example::of(
            "a policy is there and not used",
            Expected::Fail(Severity::High),
            &[
                ExampleFile::at("/etc/kubernetes/manifests/kube-apiserver.yaml", super::APISERVER),
                ExampleFile::at("/etc/kubernetes/audit/policy.yaml", super::RECOMMENDED),
            ],
        ),
        Example::of(
            "a policy is named",
            Expected::Pass,
            &[ExampleFile::manifest(super::APISERVER_WITH_POLICY)],
        ),
        Example::of("no control plane was seen", Expected::Unknown, &[]),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    if component.flags.value("audit-policy-file").is_some_and(|path| !path.is_empty()) {
        return Ok(Verdict::Pass);
    }
    Ok(Verdict::fail(
        Problem::new(Severity::High, "No request is recorded: there is no audit policy.")
            .detail("audit-policy-file")
            .evidence("--audit-policy-file is not given")
            .mended_by(remedy(seen, component)),
    ))
}

fn remedy(seen: &Seen<'_>, component: &Component) -> Remedy {
    let inventory = seen.inventory();
    let files = inventory.of(Kind::AUDIT_POLICY).iter();
    let files = files.filter_map(|object| inventory.file_at(object.origin().file()?));
    let on_node = |path: &str| {
        ["/etc/kubernetes/", "/var/lib/rancher/"].iter().any(|folder| path.starts_with(folder))
    };
    let known = files.map(inventory::File::path_on_node).find(|path| on_node(path));
    let is_container = match &component.started {
        Started::Container { .. } => true,
        Started::Process { .. } | Started::File { .. } => false,
    };
    let Some(path) = known.filter(|_| is_container) else { return Remedy::Steps(steps()) };
    let flag = set_flag(inventory, component, "audit-policy-file", path);
    let mounts = mount(inventory, component, ("audit-policy", path), Needed::File);
    together([flag, Remedy::Edit(mounts)]).map_or_else(|| Remedy::Steps(steps()), Remedy::Edit)
}

fn steps() -> String {
    format!(
        "on each control plane node, write the policy:\n\
         mkdir -p /etc/kubernetes/audit && cat > /etc/kubernetes/audit/policy.yaml <<'END'\n\
         {}END\n\
         chmod 600 /etc/kubernetes/audit/policy.yaml\n\
         {MANIFEST}",
        super::RECOMMENDED
    )
}

const MANIFEST: &str = "\
in /etc/kubernetes/manifests/kube-apiserver.yaml add to command:
- --audit-policy-file=/etc/kubernetes/audit/policy.yaml
to volumeMounts:
- {mountPath: /etc/kubernetes/audit/policy.yaml, name: audit-policy, readOnly: true}
to volumes:
- {name: audit-policy, hostPath: {path: /etc/kubernetes/audit/policy.yaml, type: File}}
and the same to apiServer.extraArgs and apiServer.extraVolumes of kubeadm's ClusterConfiguration, or its next upgrade takes them away";
