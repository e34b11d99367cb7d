//! TL-002: the oldest TLS that a component speaks.

use inventory::{Component, ComponentKind, Object, Unknown};
use tree::Path;

use super::TLS;
use super::setting::{placed, setting};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict,
};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "TL-002",
    name: "old-tls",
    title: "A component speaks TLS 1.0 or 1.1",
    why: "Both are broken: whoever is in between can make a client use them and read what is said.",
    fails: "--tls-min-version, or tlsMinVersion of a kubelet, is VersionTLS10 or VersionTLS11. Not given it is TLS 1.2, of etcd too.",
    fix: Fix::Automatic("Sets VersionTLS12."),
    references: &[Reference::Cis("1.2.29"), Reference::Mitre("T1557"), Reference::Owasp("K07")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "TLS 1.0",
            Expected::Fail(Severity::High),
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command:\n    - kube-apiserver\n    - --tls-min-version=VersionTLS10 # old clients\n",
            )],
        ),
        Example::of(
            "a kubelet",
            Expected::Fail(Severity::High),
            &[ExampleFile::at(
                "/var/lib/kubelet/config.yaml",
                "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsMinVersion: VersionTLS11\n",
            )],
        ),
        Example::of(
            "not given",
            Expected::Pass,
            &[ExampleFile::manifest(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec:\n  containers:\n  - name: etcd\n    command: [etcd]\n",
            )],
        ),
        Example::of("no component was seen", Expected::Unknown, &[]),
    ],
    ..TLS
}];

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for kind in KINDS {
        for component in seen.components(kind) {
            let about = About::component(component, seen.inventory());
            tally.add(about, by_flag(seen, component));
        }
    }
    for object in seen.kubelet_configurations() {
        tally.add(About::object(object), Ok(in_file(object).into()));
    }
    if tally.is_empty() { Err(unseen()) } else { Ok(tally) }
}

fn by_flag(seen: &Seen<'_>, component: &Component) -> Judged {
    let Some(given) = setting(seen, component, FLAG)?.filter(|given| is_old(given.value)) else {
        return Ok(Verdict::Pass);
    };
    let value = if component.kind == ComponentKind::Etcd { "TLS1.2" } else { NEW };
    let message = format!("{} speaks TLS as old as {}.", component.kind.program(), given.value);
    let problem = Problem::new(Severity::High, message)
        .detail(FLAG)
        .evidence(&given.evidence)
        .mended_by(set_flag(seen.inventory(), component, FLAG, value));
    Ok(Verdict::fail(placed(problem, seen, component, Some(&given))))
}

fn in_file(object: &Object) -> Option<Problem> {
    let value = object.tree().get("tlsMinVersion").text().filter(|value| is_old(value))?;
    let path = Path::of(&["tlsMinVersion"]);
    Some(
        Problem::new(Severity::High, format!("The kubelet speaks TLS as old as {value}."))
            .detail("tlsMinVersion")
            .evidence(value)
            .at(path.clone())
            .mended_by(Remedy::set(path, NEW)),
    )
}

fn is_old(version: &str) -> bool {
    ["VersionTLS10", "VersionTLS11", "TLS1.0", "TLS1.1"].contains(&version)
}

/// Nothing was seen that speaks TLS.
pub(super) fn unseen() -> Unknown {
    Unknown::new(
        "no component of the control plane and no kubelet was seen",
        "give /etc/kubernetes/manifests and /var/lib/kubelet/config.yaml of a node",
    )
}

/// The components that have such flags.
pub(super) const KINDS: [ComponentKind; 5] = [
    ComponentKind::ApiServer,
    ComponentKind::ControllerManager,
    ComponentKind::Scheduler,
    ComponentKind::Etcd,
    ComponentKind::Kubelet,
];

const FLAG: &str = "tls-min-version";
const NEW: &str = "VersionTLS12";
