//! RL-013 to RL-015: what one connection may ask for.

use inventory::{Component, ComponentKind, Unknown};

use crate::control_plane::gates::{drop_gate, given};
use crate::control_plane::known::gate_in;
use crate::control_plane::servers::{Servers, servers};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{FlagRule, Mend, flag_problem, remove_flag, set_flag, started};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Reference, Seen, Severity, Span, Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "RL-013",
        name: "http2-flood",
        title: "Strangers may flood kube-apiserver with HTTP/2 streams",
        severities: &[Severity::High],
        why: "Somebody without an account opens and resets streams faster than the server can drop them, until it answers nobody (CVE-2023-44487).",
        fails: "The feature gate UnauthenticatedHTTP2DOSMitigation is set to false. From 1.29 it is on by default. Before, only some patch releases have it, off: where it is not set there, the question is one of the release, and others refuse it.",
        fix: Fix::Automatic("Takes the gate out of --feature-gates; before 1.29 update to a release whose Go library has the correction as well."),
        references: &[Reference::Cve("CVE-2023-44487"), Reference::Mitre("T1499")],
        judge: Judge::Components(ComponentKind::ApiServer, &Flood),
        examples: &[
            Example::of("off", Expected::Fail(Severity::High), &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=UnauthenticatedHTTP2DOSMitigation=false"))]).on(30),
            Example::of("on by default", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))]).on(29),
            Example::of("switched on in 1.28", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--feature-gates=UnauthenticatedHTTP2DOSMitigation=true"))]).on(28),
            Example::of("not set in 1.28", Expected::NotApplicable, &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))]).on(28),
            Example::of("not set, and the version is not known", Expected::Unknown, &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))]),
        ],
        ..CONNECTIONS
    },
    Check {
        id: "RL-014",
        name: "many-streams",
        title: "One connection may carry very many requests",
        severities: &[Severity::Low],
        why: "Each stream of a connection is a request; the more one connection may carry, the less it costs to flood the server.",
        fails: "--http2-max-streams-per-connection is more than 1000. 0, or not given, is the default of the version, which is less.",
        fix: Fix::Automatic("Takes the flag away."),
        references: &[Reference::Mitre("T1499")],
        judge: Judge::Components(ComponentKind::ApiServer, &STREAMS),
        examples: &[
            Example::of("very many", Expected::Fail(Severity::Low), &[ExampleFile::manifest(started!("kube-apiserver" "--http2-max-streams-per-connection=10000"))]),
            Example::of("the default", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--http2-max-streams-per-connection=0"))]),
            Example::of("a thousand", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--http2-max-streams-per-connection=1000"))]),
        ],
        ..CONNECTIONS
    },
    Check {
        id: "RL-015",
        name: "goaway",
        title: "Long connections are not spread over the API servers, or are cut for nothing",
        severities: &[Severity::Critical, Severity::Info],
        why: "Clients stay on the server they met first: after a restart one of several carries everything. With a single server the cut connections only come back to it.",
        fails: "--goaway-chance is 0 with several API servers, or more than 0 with one. Below 0 or above 0.02 the server does not start (critical). Not given it is 0.",
        fix: Fix::Automatic("Sets --goaway-chance=.001 with several servers, and takes the flag away with one."),
        references: &[Reference::Kubernetes("reference/command-line-tools-reference/kube-apiserver/")],
        judge: Judge::Components(ComponentKind::ApiServer, &Goaway),
        examples: &[
            Example::of("two servers", Expected::Fail(Severity::Info), &[
                ExampleFile::at("one.yaml", ONE),
                ExampleFile::at("two.yaml", TWO),
            ]),
            Example::of("one server", Expected::Fail(Severity::Info), &[ExampleFile::manifest(started!("kube-apiserver" "--goaway-chance=.001"))]),
            Example::of("too much", Expected::Fail(Severity::Critical), &[ExampleFile::manifest(started!("kube-apiserver" "--goaway-chance=0.1"))]),
            Example::of("one server without", Expected::Pass, &[ExampleFile::manifest(started!("kube-apiserver" "--goaway-chance=0"))]),
            Example::of("one of perhaps several", Expected::Unknown, &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))]).partial(),
        ],
        ..CONNECTIONS
    },
];

/// What they have in common.
const CONNECTIONS: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::RateLimits,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const STREAMS: FlagRule = FlagRule {
    flag: "http2-max-streams-per-connection",
    is_right: |value| value.parse::<i64>().is_ok_and(|most| most <= 1000),
    default: |_minor| Some("0"),
    severity: Severity::Low,
    message: "One connection may carry more than a thousand requests at once.",
    mend: Mend::Remove,
};

struct Flood;

impl JudgeComponent for Flood {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let gate = "UnauthenticatedHTTP2DOSMitigation";
        let set = given(component).into_iter().rev().find(|(name, _)| *name == gate);
        match set {
            Some((_, true)) => Ok(Verdict::Pass),
            Some((_, false)) => {
                let message = "Streams of callers without an account are not held back.";
                let problem = flag_problem(component, "feature-gates", Severity::High, message);
                Ok(Verdict::fail(problem.detail(gate).mended_by(drop_gate(seen, component, gate))))
            }
            None if gate_in(gate, seen.minor_of(component)).is_some() => Ok(Verdict::Pass),
            None => Ok(Verdict::NotApplicable(
                "before 1.29 the patch release decides, which the check of advisories judges"
                    .to_owned(),
            )),
        }
    }
}

struct Goaway;

impl JudgeComponent for Goaway {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let flag = "goaway-chance";
        let given = component.flags.value(flag).unwrap_or("0");
        let Ok(chance) = given.parse::<f64>() else { return Ok(Verdict::Pass) };
        let set = || set_flag(seen.inventory(), component, flag, ".001");
        if !(0.0..=0.02).contains(&chance) {
            let message = "Only 0 to 0.02 is taken; kube-apiserver does not start.";
            let problem = flag_problem(component, flag, Severity::Critical, message);
            return Ok(Verdict::fail(problem.mended_by(remove_flag(component, flag))));
        }
        let (message, remedy) = match (servers(seen), chance > 0.0) {
            (Servers::Several, false) => ("Clients stay on the server they met first.", set()),
            (Servers::One, true) => (
                "Connections are cut, and come back to the only server.",
                remove_flag(component, flag),
            ),
            (Servers::OneOrMore, _) => return Err(others()),
            (Servers::Several, true) | (Servers::One, false) => return Ok(Verdict::Pass),
        };
        Ok(Verdict::fail(flag_problem(component, flag, Severity::Info, message).mended_by(remedy)))
    }
}

fn others() -> Unknown {
    Unknown::new(
        "whether there are other API servers was not seen",
        "scan the cluster, or the manifests of all control plane nodes",
    )
}

const ONE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-one, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --advertise-address=10.0.0.1]
";

const TWO: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-two, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --advertise-address=10.0.0.2]
";
