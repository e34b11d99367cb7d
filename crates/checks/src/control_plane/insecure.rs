//! FL-007 to FL-009: ports without TLS, without authentication and without authorization.

use inventory::{Component, ComponentKind, Unknown};

use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{FlagRule, Mend, flag_problem, remove_flag, set_flag, started};
use crate::{
    About, Check, Fix, Judge, JudgeComponent, Judged, Practice, Reference, Remedy, Seen, Severity,
    Span, Tally, Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "FL-007",
        name: "insecure-port",
        title: "kube-apiserver has an insecure port, or does not start for a flag of it",
        severities: &[Severity::Critical],
        fails: "Before 1.20, --insecure-port is not 0 (not given it is 8080). From 1.20 to 1.23 it is given and not 0, which the server refuses; 0 passes. From 1.24 it is given at all, which no server starts with.",
        fix: Fix::Automatic(
            "Sets --insecure-port=0 before 1.24; from 1.24 takes the flag away, since there setting it to 0 stops the server.",
        ),
        references: &[Reference::Cis("1.2.19 (cis-1.6)"), Reference::Owasp("K06")],
        judge: Judge::Components(ComponentKind::ApiServer, &InsecurePort),
        examples: &[
            Example::of(
                "1.19 as it is by default",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    image: k8s.gcr.io/kube-apiserver:v1.19.16\n    command: [kube-apiserver]\n",
                )],
            ),
            Example::of(
                "0 in 1.19",
                Expected::Pass,
                &[ExampleFile::manifest(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    image: k8s.gcr.io/kube-apiserver:v1.19.16\n    command: [kube-apiserver, --insecure-port=0]\n",
                )],
            ),
            Example::of(
                "8080 in 1.21",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(started!("kube-apiserver" "--insecure-port=8080"))],
            )
            .on(21),
            Example::of(
                "0 in 1.23",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--insecure-port=0"))],
            )
            .on(23),
            Example::of(
                "not given in 1.23",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--secure-port=6443"))],
            )
            .on(23),
            Example::of(
                "0 in 1.24",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--insecure-port=0" "--secure-port=6443"),
                )],
            )
            .on(24),
            Example::of(
                "not given in 1.36",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--secure-port=6443"))],
            )
            .on(36),
            Example::of(
                "0, and the version is not known",
                Expected::Unknown,
                &[ExampleFile::manifest(started!("kube-apiserver" "--insecure-port=0"))],
            ),
        ],
        ..INSECURE
    },
    Check {
        id: "FL-008",
        name: "insecure-bind-address",
        title: "A part of the control plane serves without TLS, or does not start for a flag of it",
        severities: &[Severity::Critical],
        fails: "kube-apiserver is given --insecure-bind-address, --address or --port: before 1.20 they open a port, from 1.24 they keep it from starting; between they do nothing and pass. kube-controller-manager and kube-scheduler serve at --address, port 10252 or 10251, up to 1.21 unless --port=0; what binds to loopback passes. From 1.24 either flag keeps them from starting.",
        fix: Fix::Automatic(
            "Takes the flags away; up to 1.21 sets --port=0 for the controller manager and the scheduler.",
        ),
        references: &[Reference::Cis("1.2.18 (cis-1.6)"), Reference::Owasp("K06")],
        judge: Judge::Whole(insecure_addresses),
        examples: &[
            Example::of(
                "an address in 1.24",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--insecure-bind-address=127.0.0.1"),
                )],
            )
            .on(24),
            Example::of(
                "an address in 1.22",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--insecure-bind-address=127.0.0.1"),
                )],
            )
            .on(22),
            Example::of(
                "a scheduler in 1.21",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(started!("kube-scheduler" "--bind-address=127.0.0.1"))],
            )
            .on(21),
            Example::of(
                "a scheduler with port 0 in 1.21",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-scheduler" "--port=0"))],
            )
            .on(21),
            Example::of(
                "a controller manager on loopback in 1.20",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-controller-manager" "--address=127.0.0.1"))],
            )
            .on(20),
            Example::of(
                "port 0 in 1.24",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(started!("kube-controller-manager" "--port" "0"))],
            )
            .on(24),
            Example::of(
                "--bind-address is another flag",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-controller-manager" "--bind-address=127.0.0.1"),
                )],
            )
            .on(36),
            Example::of("no control plane was seen", Expected::Unknown, &[]),
        ],
        ..INSECURE
    },
    Check {
        id: "FL-009",
        name: "secure-port",
        title: "kube-apiserver does not serve with TLS",
        severities: &[Severity::Critical],
        why: "Without its secure port there is none that asks who calls; a server that has no other does not start.",
        fails: "--secure-port is 0. Not given it is 6443.",
        fix: Fix::Automatic("Sets --secure-port=6443."),
        references: &[Reference::Cis("1.2.20 (cis-1.6)"), Reference::Owasp("K06")],
        judge: Judge::Components(ComponentKind::ApiServer, &SECURE_PORT),
        examples: &[
            Example::of(
                "0",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(started!("kube-apiserver" "--secure-port" "0"))],
            ),
            Example::of(
                "another",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--secure-port=443"))],
            ),
            Example::of(
                "not given",
                Expected::Pass,
                &[ExampleFile::manifest(started!("kube-apiserver" "--v=2"))],
            ),
        ],
        ..INSECURE
    },
];

/// What they have in common.
const INSECURE: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::ControlPlane,
    severities: &[],
    versions: Span::ALL,
    why: "Whoever reaches such a port is asked neither who they are nor what they may; and a flag of it that a version no longer has leaves the cluster without its control plane.",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const SECURE_PORT: FlagRule = FlagRule {
    flag: "secure-port",
    is_right: |value| value != "0",
    default: |_minor| Some("6443"),
    severity: Severity::Critical,
    message: "The port with TLS is switched off.",
    mend: Mend::Set("6443"),
};

/// Where the version of a component lies among those that treat insecure ports alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Era {
    /// The flags work.
    Works,
    /// The flags are there and do nothing.
    Inert,
    /// The flags are gone.
    Gone,
}

/// The version as it was told: one older than those that checks know counts here.
fn era(seen: &Seen<'_>, component: &Component, last_working: u8) -> Era {
    let told = component.minor.or(seen.inventory().minor());
    let minor = told.unwrap_or_else(|| seen.minor_of(component)).number();
    if minor <= last_working {
        Era::Works
    } else if minor < 24 {
        Era::Inert
    } else {
        Era::Gone
    }
}

struct InsecurePort;

impl JudgeComponent for InsecurePort {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let flag = "insecure-port";
        let given = component.flags.value(flag);
        let (message, remedy) = match (era(seen, component, 19), given) {
            (_, Some("0")) if era(seen, component, 19) != Era::Gone => return Ok(Verdict::Pass),
            (Era::Inert | Era::Gone, None) => return Ok(Verdict::Pass),
            (Era::Works, _) => (
                "The API is open without TLS, authentication and authorization.",
                set_flag(seen.inventory(), component, flag, "0"),
            ),
            (Era::Inert, Some(_)) => (
                "This version takes no --insecure-port but 0, and does not start.",
                set_flag(seen.inventory(), component, flag, "0"),
            ),
            (Era::Gone, Some(_)) => (
                "This version does not know --insecure-port, and does not start.",
                remove_flag(component, flag),
            ),
        };
        let problem = flag_problem(component, flag, Severity::Critical, message);
        Ok(Verdict::fail(problem.mended_by(remedy)))
    }
}

fn insecure_addresses(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for kind in
        [ComponentKind::ApiServer, ComponentKind::ControllerManager, ComponentKind::Scheduler]
    {
        for component in seen.inventory().components(kind) {
            let judged = match kind {
                ComponentKind::ApiServer => of_api_server(seen, component),
                ComponentKind::ControllerManager | ComponentKind::Scheduler => {
                    of_others(seen, component)
                }
                ComponentKind::Etcd | ComponentKind::Kubelet | ComponentKind::KubeProxy => continue,
            };
            tally.add(About::component(component, seen.inventory()), judged);
        }
    }
    if tally.is_empty() {
        return Err(Unknown::new(
            "the flags of the control plane were not seen",
            "give /etc/kubernetes/manifests of a control plane node, or use --processes on it",
        ));
    }
    Ok(tally)
}

fn of_api_server(seen: &Seen<'_>, component: &Component) -> Judged {
    let era = era(seen, component, 19);
    if era == Era::Inert {
        return Ok(Verdict::Pass);
    }
    let given = ADDRESSES.iter().filter(|flag| component.flags.get(flag).is_some());
    let problems = given.map(|flag| {
        let message = if era == Era::Works {
            format!("--{flag} opens the API without TLS, authentication and authorization.")
        } else {
            format!("This version does not know --{flag}, and does not start.")
        };
        flag_problem(component, flag, Severity::Critical, message)
            .mended_by(remove_flag(component, flag))
    });
    Ok(Verdict::of(problems.collect()))
}

fn of_others(seen: &Seen<'_>, component: &Component) -> Judged {
    let program = component.kind.program();
    match era(seen, component, 21) {
        Era::Inert => Ok(Verdict::Pass),
        Era::Gone => {
            let given = ["address", "port"].into_iter();
            let given = given.filter(|flag| component.flags.get(flag).is_some());
            let problems = given.map(|flag| {
                let message =
                    format!("{program} does not know --{flag} any more, and does not start.");
                flag_problem(component, flag, Severity::Critical, message)
                    .mended_by(remove_flag(component, flag))
            });
            Ok(Verdict::of(problems.collect()))
        }
        Era::Works => {
            let address = component.flags.value("address").unwrap_or("0.0.0.0");
            let is_closed = component.flags.value("port") == Some("0");
            if is_closed || super::bind_address::is_loopback(address) {
                return Ok(Verdict::Pass);
            }
            let message = format!("{program} serves at {address} without TLS or authentication.");
            let remedy: Remedy = set_flag(seen.inventory(), component, "port", "0");
            let problem = flag_problem(component, "port", Severity::Critical, message);
            Ok(Verdict::fail(problem.mended_by(remedy)))
        }
    }
}

const ADDRESSES: [&str; 3] = ["insecure-bind-address", "address", "port"];
