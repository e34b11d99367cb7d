//! FL-015 to FL-020: flags of kube-controller-manager.

use inventory::{Component, ComponentKind};

use super::gates::{drop_gate, given};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{
    FlagRule, Mend, flag_problem, is_on, seconds, set_flag, set_flag_with_file, started,
};
use crate::{
    Check, Fix, Judge, JudgeComponent, Judged, Practice, Reference, Seen, Severity, Span, Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "FL-015",
        name: "shared-controller-credentials",
        title: "All controllers share one account",
        severities: &[Severity::Medium],
        why: "Every controller then acts with the rights of all, and audit records do not tell which one did something.",
        fails: "--use-service-account-credentials is not true. Not given it is false.",
        fix: Fix::Automatic("Sets --use-service-account-credentials=true."),
        references: &[Reference::Cis("1.3.3"), Reference::Owasp("K02")],
        judge: Judge::Components(ComponentKind::ControllerManager, &CREDENTIALS),
        examples: &[
            Example::of("not given", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-controller-manager" "--leader-elect=true"))]),
            Example::of("as kubeadm has it", Expected::Pass, &[ExampleFile::manifest(started!("kube-controller-manager" "--use-service-account-credentials=true"))]),
            Example::of("bare", Expected::Pass, &[ExampleFile::manifest(started!("kube-controller-manager" "--use-service-account-credentials"))]),
        ],
        ..MANAGER
    },
    Check {
        id: "FL-016",
        name: "no-service-account-key",
        title: "kube-controller-manager has no key for service account tokens",
        severities: &[Severity::Medium],
        why: "Tokens kept in Secrets are then not signed with a key that can be changed on its own, and those for external use are not made at all.",
        fails: "--service-account-private-key-file is not given.",
        fix: Fix::Sometimes("Names /etc/kubernetes/pki/sa.key and mounts its folder, where that file was seen. Else: add --service-account-private-key-file with the key that --service-account-signing-key-file of kube-apiserver names, /etc/kubernetes/pki/sa.key with kubeadm, and mount it into the pod."),
        references: &[Reference::Cis("1.3.4")],
        judge: Judge::Components(ComponentKind::ControllerManager, &KEY),
        examples: &[
            Example::of("not given", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-controller-manager" "--leader-elect=true"))]),
            Example::of("given", Expected::Pass, &[ExampleFile::manifest(started!("kube-controller-manager" "--service-account-private-key-file=/etc/kubernetes/pki/sa.key"))]),
        ],
        ..MANAGER
    },
    Check {
        id: "FL-017",
        name: "no-root-ca",
        title: "Pods are not told which API server to trust",
        severities: &[Severity::Medium],
        why: "Without the authority in kube-root-ca.crt a pod cannot tell the API server from somebody between, and sends its token to either.",
        fails: "--root-ca-file of kube-controller-manager is not given.",
        fix: Fix::Sometimes("Names /etc/kubernetes/pki/ca.crt and mounts its folder, where that file was seen. Else: add --root-ca-file with the authority that signed the certificate of kube-apiserver, /etc/kubernetes/pki/ca.crt with kubeadm, and mount it into the pod."),
        references: &[Reference::Cis("1.3.5"), Reference::Mitre("T1557")],
        judge: Judge::Components(ComponentKind::ControllerManager, &ROOT_CA),
        examples: &[
Example::of("not given, and the usual file is there", Expected::Fail(Severity::Medium), &[
    ExampleFile::manifest(started!("kube-controller-manager" "--leader-elect=true")),
    ExampleFile::at("/etc/kubernetes/pki/ca.crt", "-----BEGIN CERTIFICATE-----\n"),
]),
            Example::of("not given", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-controller-manager" "--leader-elect=true"))]),
            Example::of("given", Expected::Pass, &[ExampleFile::manifest(started!("kube-controller-manager" "--root-ca-file=/etc/kubernetes/pki/ca.crt"))]),
        ],
        ..MANAGER
    },
    Check {
        id: "FL-018",
        name: "no-server-certificate-rotation",
        title: "Certificates of kubelets cannot be renewed by themselves",
        severities: &[Severity::Medium],
        why: "Serving certificates of nodes then end, or are made to last, and what asks the kubelet stops checking them.",
        fails: "The feature gate RotateKubeletServerCertificate is set to false. Not set it is on, in every version.",
        fix: Fix::Automatic("Takes the gate out of --feature-gates."),
        references: &[Reference::Cis("1.3.6")],
        judge: Judge::Components(ComponentKind::ControllerManager, &Rotation),
        examples: &[
            Example::of("off", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-controller-manager" "--feature-gates=RotateKubeletServerCertificate=false,APIServerIdentity=true"))]),
            Example::of("off alone", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-controller-manager" "--feature-gates=RotateKubeletServerCertificate=false"))]),
            Example::of("not set", Expected::Pass, &[ExampleFile::manifest(started!("kube-controller-manager" "--leader-elect=true"))]),
        ],
        ..MANAGER
    },
    Check {
        id: "FL-019",
        name: "terminated-pods-kept",
        title: "Thousands of finished pods are kept",
        severities: &[Severity::Low],
        why: "Somebody who may create pods fills etcd and the memory of the API server with finished ones before any is taken away.",
        fails: "--terminated-pod-gc-threshold is 12500, as it is where it is not given, more, or 0, which keeps all.",
        fix: Fix::Automatic("Sets --terminated-pod-gc-threshold=1000."),
        references: &[Reference::Cis("1.3.1")],
        judge: Judge::Components(ComponentKind::ControllerManager, &FINISHED),
        examples: &[
            Example::of("not given", Expected::Fail(Severity::Low), &[ExampleFile::manifest(started!("kube-controller-manager" "--leader-elect=true"))]),
            Example::of("all", Expected::Fail(Severity::Low), &[ExampleFile::manifest(started!("kube-controller-manager" "--terminated-pod-gc-threshold=0"))]),
            Example::of("fewer", Expected::Pass, &[ExampleFile::manifest(started!("kube-controller-manager" "--terminated-pod-gc-threshold=500"))]),
        ],
        ..MANAGER
    },
    Check {
        id: "FL-020",
        name: "long-signing-duration",
        title: "Certificates are signed for more than a year",
        severities: &[Severity::Medium],
        why: "A certificate cannot be taken back: whoever has its key has the account until it ends.",
        fails: "--cluster-signing-duration (before 1.25 also --experimental-cluster-signing-duration) is more than 8760h. Not given it is 8760h, which passes; 2160h is better.",
        fix: Fix::Automatic("Sets --cluster-signing-duration=2160h."),
        references: &[Reference::Owasp("K09")],
        judge: Judge::Components(ComponentKind::ControllerManager, &Signing),
        examples: &[
            Example::of("ten years", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-controller-manager" "--cluster-signing-duration=87600h0m0s"))]),
            Example::of("not given", Expected::Pass, &[ExampleFile::manifest(started!("kube-controller-manager" "--leader-elect=true"))]),
            Example::of("ten years by the older name", Expected::Fail(Severity::Medium), &[ExampleFile::manifest(started!("kube-controller-manager" "--experimental-cluster-signing-duration=87600h"))]).on(22),
            Example::of("90 days", Expected::Pass, &[ExampleFile::manifest(started!("kube-controller-manager" "--cluster-signing-duration=2160h"))]),
        ],
        ..MANAGER
    },
];

/// What they have in common.
const MANAGER: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::ControlPlane,
    severities: &[],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const CREDENTIALS: FlagRule = FlagRule {
    flag: "use-service-account-credentials",
    is_right: is_on,
    default: |_minor| Some("false"),
    severity: Severity::Medium,
    message: "All controllers act as system:kube-controller-manager.",
    mend: Mend::Set("true"),
};

/// A flag that must name a file, and the one that kubeadm has for it.
struct NamesFile {
    flag: &'static str,
    usual: &'static str,
    message: &'static str,
}

const KEY: NamesFile = NamesFile {
    flag: "service-account-private-key-file",
    usual: "/etc/kubernetes/pki/sa.key",
    message: "Nothing signs the tokens of service accounts that are kept in Secrets.",
};

const ROOT_CA: NamesFile = NamesFile {
    flag: "root-ca-file",
    usual: "/etc/kubernetes/pki/ca.crt",
    message: "The authority of the API server is not published to pods.",
};

impl JudgeComponent for NamesFile {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        if component.flags.value(self.flag).is_some_and(|path| !path.is_empty()) {
            return Ok(Verdict::Pass);
        }
        let problem = flag_problem(component, self.flag, Severity::Medium, self.message);
        Ok(Verdict::fail(match seen.inventory().file(self.usual) {
            Some(_) => {
                problem.mended_by(set_flag_with_file(seen, component, self.flag, self.usual))
            }
            None => problem,
        }))
    }
}

const FINISHED: FlagRule = FlagRule {
    flag: "terminated-pod-gc-threshold",
    is_right: |value| value.parse::<i64>().is_ok_and(|most| (1..12_500).contains(&most)),
    default: |_minor| Some("12500"),
    severity: Severity::Low,
    message: "Finished pods are taken away only once there are very many.",
    mend: Mend::Set("1000"),
};

struct Rotation;

impl JudgeComponent for Rotation {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let gate = "RotateKubeletServerCertificate";
        let set = given(component).into_iter().rev().find(|(name, _)| *name == gate);
        if set.is_none_or(|(_, on)| on) {
            return Ok(Verdict::Pass);
        }
        let message = "Serving certificates of kubelets are not renewed.";
        Ok(Verdict::fail(
            flag_problem(component, "feature-gates", Severity::Medium, message)
                .detail(gate)
                .mended_by(drop_gate(seen, component, gate)),
        ))
    }
}

struct Signing;

impl JudgeComponent for Signing {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let flags = ["cluster-signing-duration", "experimental-cluster-signing-duration"];
        let given = flags.into_iter().find(|flag| component.flags.get(flag).is_some());
        let Some(flag) = given else { return Ok(Verdict::Pass) };
        let duration = component.flags.value(flag).and_then(seconds);
        if duration.is_none_or(|seconds| seconds <= YEAR) {
            return Ok(Verdict::Pass);
        }
        let message = "Certificates that are requested may last longer than a year.";
        let remedy = set_flag(seen.inventory(), component, flag, "2160h");
        Ok(Verdict::fail(
            flag_problem(component, flag, Severity::Medium, message).mended_by(remedy),
        ))
    }
}

/// Seconds of 365 days.
const YEAR: i64 = 31_536_000;
