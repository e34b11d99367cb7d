//! FL-001 to FL-004: which authorizers kube-apiserver asks.

use inventory::{Component, ComponentKind};
use serde_json::json;
use tree::Path;

use super::authorizers::{Authorizers, Source, authorizers, entries};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::{flag_problem, set_flag, started};
use crate::{
    About, Check, Fix, Judge, JudgeComponent, Judged, Practice, Problem, Reference, Remedy, Seen,
    Severity, Span, Verdict,
};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "FL-001",
        name: "always-allow",
        title: "kube-apiserver allows every request",
        severities: &[Severity::Critical],
        why: "Whoever can reach the API, with any account, owns the cluster.",
        fails: "AlwaysAllow is among the authorizers. With neither --authorization-mode nor --authorization-config it is the only one.",
        fix: Fix::Automatic(
            "Takes AlwaysAllow away and adds Node and RBAC where they are missing.",
        ),
        references: &[
            Reference::Cis("1.2.6"),
            Reference::Nsa("Authentication and authorization"),
            Reference::Owasp("K02"),
        ],
        judge: Judge::Components(ComponentKind::ApiServer, &ALWAYS_ALLOW),
        examples: &[
            Example::of(
                "no flag",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(started!("kube-apiserver" "--anonymous-auth=false"))],
            ),
            Example::of(
                "beside others",
                Expected::Fail(Severity::Critical),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--anonymous-auth=false" "--authorization-mode=Node,RBAC" "--authorization-mode=AlwaysAllow"),
                )],
            ),
            Example::of(
                "in two words",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--authorization-mode" "Node,RBAC"),
                )],
            ),
            Example::of(
                "in the file",
                Expected::Fail(Severity::Critical),
                &[
                    ExampleFile::manifest(WITH_FILE),
                    ExampleFile::at(
                        "/etc/kubernetes/authz.yaml",
                        "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n- {type: Node, name: node}\n- {type: AlwaysAllow, name: all} # for now\n",
                    ),
                ],
            ),
            Example::of(
                "no flag, but a file",
                Expected::Pass,
                &[
                    ExampleFile::manifest(WITH_FILE),
                    ExampleFile::at("/etc/kubernetes/authz.yaml", GOOD_FILE),
                ],
            ),
            Example::of(
                "a file that was not seen",
                Expected::Unknown,
                &[ExampleFile::manifest(WITH_FILE)],
            ),
        ],
        ..AUTHORIZERS
    },
    Check {
        id: "FL-002",
        name: "no-node-authorizer",
        title: "kube-apiserver does not ask the Node authorizer",
        severities: &[Severity::High],
        why: "Kubelets then hold what RBAC grants the group system:nodes for all nodes alike: one node reads the Secrets of all.",
        fails: "Node is not among the authorizers of --authorization-mode or of the file that --authorization-config names.",
        fix: Fix::Automatic("Adds Node in front."),
        references: &[Reference::Cis("1.2.7"), Reference::Owasp("K02")],
        judge: Judge::Components(ComponentKind::ApiServer, &NODE),
        examples: &[
            Example::of(
                "RBAC alone",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(started!("kube-apiserver" "--authorization-mode=RBAC"))],
            ),
            Example::of(
                "as kubeadm has it",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--authorization-mode=Node,RBAC"),
                )],
            ),
            Example::of(
                "not in the file",
                Expected::Fail(Severity::High),
                &[
                    ExampleFile::manifest(WITH_FILE),
                    ExampleFile::at(
                        "/etc/kubernetes/authz.yaml",
                        "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n- type: RBAC\n  name: rbac\n",
                    ),
                ],
            ),
        ],
        ..AUTHORIZERS
    },
    Check {
        id: "FL-003",
        name: "no-rbac-authorizer",
        title: "kube-apiserver does not ask RBAC",
        severities: &[Severity::High],
        why: "Roles and bindings then mean nothing; whatever decides instead is not what this cluster's objects say.",
        fails: "RBAC is not among the authorizers of --authorization-mode or of the file that --authorization-config names.",
        fix: Fix::Automatic("Adds RBAC."),
        references: &[Reference::Cis("1.2.8"), Reference::Owasp("K02")],
        judge: Judge::Components(ComponentKind::ApiServer, &RBAC),
        examples: &[
            Example::of(
                "a webhook alone",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--authorization-mode=Node,Webhook"),
                )],
            ),
            Example::of(
                "said twice",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--authorization-mode=Node" "--authorization_mode=RBAC"),
                )],
            ),
        ],
        ..AUTHORIZERS
    },
    Check {
        id: "FL-004",
        name: "abac",
        title: "kube-apiserver asks ABAC",
        severities: &[Severity::High],
        why: "Its rules are in a file that nobody sees in the API, are read at the start only, and add to what RBAC grants.",
        fails: "ABAC is among the authorizers.",
        fix: Fix::Steps(
            "Grant with RBAC what each line of the file of --authorization-policy-file grants that somebody still needs.\nThen take ABAC out of --authorization-mode and --authorization-policy-file away in one step: with one and without the other the server does not start.",
        ),
        references: &[Reference::Nsa("Authentication and authorization"), Reference::Owasp("K02")],
        judge: Judge::Components(ComponentKind::ApiServer, &ABAC),
        examples: &[
            Example::of(
                "beside RBAC",
                Expected::Fail(Severity::High),
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--authorization-mode=Node,RBAC,ABAC" "--authorization-policy-file=/etc/kubernetes/abac.jsonl"),
                )],
            ),
            Example::of(
                "not there",
                Expected::Pass,
                &[ExampleFile::manifest(
                    started!("kube-apiserver" "--authorization-mode=Node,RBAC"),
                )],
            ),
        ],
        ..AUTHORIZERS
    },
];

/// What they have in common.
const AUTHORIZERS: Check = Check {
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

/// A rule about one authorizer.
struct AuthorizerRule {
    mode: &'static str,
    /// Whether it should be there.
    is_wanted: bool,
    severity: Severity,
    message: &'static str,
}

const ALWAYS_ALLOW: AuthorizerRule = AuthorizerRule {
    mode: "AlwaysAllow",
    is_wanted: false,
    severity: Severity::Critical,
    message: "AlwaysAllow allows whatever no authorizer before it denies, and those deny nothing.",
};

const NODE: AuthorizerRule = AuthorizerRule {
    mode: "Node",
    is_wanted: true,
    severity: Severity::High,
    message: "Kubelets are not kept to what runs on their node.",
};

const RBAC: AuthorizerRule = AuthorizerRule {
    mode: "RBAC",
    is_wanted: true,
    severity: Severity::High,
    message: "Roles and bindings are not asked.",
};

const ABAC: AuthorizerRule = AuthorizerRule {
    mode: "ABAC",
    is_wanted: false,
    severity: Severity::High,
    message: "A file of attribute rules grants rights beside RBAC.",
};

impl JudgeComponent for AuthorizerRule {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let found = authorizers(seen, component)?;
        if found.has(self.mode) == self.is_wanted {
            return Ok(Verdict::Pass);
        }
        let problem = match found.source {
            Source::File(_) => self.in_file(&found),
            Source::Flag => self.in_flags(component),
            Source::Default => self.in_flags(component).evidence(
                "neither --authorization-mode nor --authorization-config is given; the default is AlwaysAllow",
            ),
        };
        let is_theirs = self.mode == "ABAC";
        let remedy = if is_theirs { Remedy::Explained } else { remedy(seen, component, &found) };
        Ok(Verdict::fail(problem.detail(self.mode).mended_by(remedy)))
    }
}

impl AuthorizerRule {
    fn in_flags(&self, component: &Component) -> Problem {
        flag_problem(component, "authorization-mode", self.severity, self.message)
    }

    fn in_file(&self, found: &Authorizers<'_>) -> Problem {
        let Source::File(file) = found.source else {
            return Problem::new(self.severity, self.message);
        };
        let place = entries(file).find(|(entry, _)| entry.get("type").str() == self.mode);
        Problem::new(self.severity, self.message)
            .about(About::object(file))
            .evidence(format!("the types of authorizers are {}", found.modes.join(", ")))
            .at(place.map_or_else(|| Path::of(&["authorizers"]), |(_, path)| path))
    }
}

fn remedy(seen: &Seen<'_>, component: &Component, found: &Authorizers<'_>) -> Remedy {
    let wanted = found.mended();
    let Source::File(file) = found.source else {
        return set_flag(seen.inventory(), component, "authorization-mode", &wanted.join(","));
    };
    let kept = entries(file).filter(|(entry, _)| entry.get("type").str() != "AlwaysAllow");
    let kept = kept.map(|(entry, _)| entry.to_json());
    let missing = wanted.iter().filter(|mode| !found.has(mode));
    let missing = missing.map(|mode| json!({"type": mode, "name": mode.to_ascii_lowercase()}));
    let all: Vec<_> = missing.chain(kept).collect();
    Remedy::set(Path::of(&["authorizers"]), all)
}

const WITH_FILE: &str =
    started!("kube-apiserver" "--authorization-config=/etc/kubernetes/authz.yaml");

const GOOD_FILE: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- {type: Node, name: node}
- {type: RBAC, name: rbac}
";
