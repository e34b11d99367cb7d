//! FL-032: API servers of different versions that do not pass requests to each other.

use inventory::{Component, ComponentKind, Unknown};

use super::gates::given;
use super::known::gate_in;
use super::servers::{Servers, servers};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, remove_flag, started};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Reference, Seen, Severity, Span, Verdict,
};

pub(super) const FL_032: Check = Check {
    id: "FL-032",
    name: "peer-ca",
    title: "API servers have no authority to check each other by",
    practice: Practice::ControlPlane,
    severities: &[Severity::Critical, Severity::Medium],
    versions: Span::from(28),
    why: "A server without the authority passes nothing on: during an upgrade requests for an API that only the newer servers have end in 404 at the others, and whoever takes that for an answer, the deletion of namespaces for one, leaves objects behind.",
    fails: "The feature gate UnknownVersionInteroperabilityProxy is on, --peer-ca-file is not given, and there are several API servers or the gate was set on purpose. The gate is on by default from 1.36; a single server passes. With the gate off and the flag given the server does not start (critical).",
    fix: Fix::Sometimes("Takes --peer-ca-file away where the gate is off. Else: add --peer-ca-file with the authority that signed the serving certificates of the API servers, /etc/kubernetes/pki/ca.crt with kubeadm, on every control plane node."),
    references: &[Reference::Kubernetes("concepts/architecture/mixed-version-proxy/")],
    judge: Judge::Components(ComponentKind::ApiServer, &PeerAuthority),
    examples: &[
        Example::of("two servers in 1.36", Expected::Fail(Severity::Medium), &[
            ExampleFile::at("one.yaml", started!("kube-apiserver" "--advertise-address=10.0.0.1")),
            ExampleFile::at("two.yaml", started!("kube-apiserver" "--advertise-address=10.0.0.2")),
        ]).on(36),
        Example::of("one server in 1.36", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--secure-port=6443"))]).on(36),
        Example::of("one server of perhaps several", Expected::Unknown, &[ExampleFile::manifest(started!("kube-apiserver" "--secure-port=6443"))]).on(36).partial(),
        Example::of("switched on in 1.30", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=UnknownVersionInteroperabilityProxy=true"))]).on(30),
        Example::of("off by default in 1.35", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--secure-port=6443"))]).on(35).partial(),
        Example::of("off, with an authority", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--peer-ca-file=/etc/kubernetes/pki/ca.crt"))]).on(35),
        Example::of("on, with an authority", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--peer-ca-file=/etc/kubernetes/pki/ca.crt"))]).on(36),
    ],
};

struct PeerAuthority;

impl JudgeComponent for PeerAuthority {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let flag = "peer-ca-file";
        let set = given(component).into_iter().rev().find(|(name, _)| *name == GATE);
        let default = || gate_in(GATE, seen.minor_of(component)).is_some_and(|gate| gate.is_on);
        let is_on = set.map_or_else(default, |(_, on)| on);
        let has_authority = component.flags.value(flag).is_some_and(|path| !path.is_empty());
        match (is_on, has_authority) {
            (false, true) => {
                let message = format!(
                    "--{flag} needs the feature gate {GATE}; kube-apiserver does not start."
                );
                let problem = flag_problem(component, flag, Severity::Critical, message);
                return Ok(Verdict::fail(problem.mended_by(remove_flag(component, flag))));
            }
            (true, true) | (false, false) => return Ok(Verdict::Pass),
            (true, false) => {}
        }
        let is_alone = match servers(seen) {
            Servers::One => true,
            Servers::Several => false,
            Servers::OneOrMore if set.is_some() => false,
            Servers::OneOrMore => return Err(others()),
        };
        if is_alone && set.is_none() {
            return Ok(Verdict::Pass);
        }
        let message = "Requests that another API server could answer are not passed on to it.";
        Ok(Verdict::fail(flag_problem(component, flag, Severity::Medium, message)))
    }
}

fn others() -> Unknown {
    Unknown::new(
        "whether there are other API servers was not seen",
        "scan the cluster, or the manifests of all control plane nodes",
    )
}

const GATE: &str = "UnknownVersionInteroperabilityProxy";
