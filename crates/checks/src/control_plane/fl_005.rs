//! FL-005: an authorization configuration with a way around its webhook.

use inventory::{Component, ComponentKind, Object};
use tree::{Path, Tree};

use super::authorizers::{configuration, entries};
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::started;
use crate::{
    About, Check, Fix, Judge, JudgeComponent, Judged, Practice, Problem, Reference, Remedy, Seen,
    Severity, Span, Verdict,
};

pub(super) const FL_005: Check = Check {
    id: "FL-005",
    name: "authorization-config-gap",
    title: "The authorization configuration lets requests past its webhook",
    practice: Practice::ControlPlane,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "A webhook that is to deny denies nothing while it cannot be reached; and whom its conditions leave out it is never asked about.",
    fails: "A webhook in front of other authorizers has failurePolicy NoOpinion, or matchConditions that leave out system users or groups. A webhook behind Node and RBAC passes: it can only add rights. That AlwaysAllow is named, or Node or RBAC is not, is FL-001 to FL-003. Conditions that ask only for what kind of request it is pass.",
    fix: Fix::Sometimes(
        "Sets failurePolicy: Deny. Which callers a condition should leave out is for a person to say; leave out at most system:masters and the API server's own identity, so that a failing webhook can be repaired.",
    ),
    references: &[
        Reference::Owasp("K02"),
        Reference::Kubernetes("reference/access-authn-authz/authorization/"),
    ],
    judge: Judge::Components(ComponentKind::ApiServer, &Gaps),
    examples: &[
        Example::of(
            "fails open",
            Expected::Fail(Severity::High),
            &[
                ExampleFile::manifest(MANIFEST),
                ExampleFile::at("/etc/kubernetes/authz.yaml", FAILS_OPEN),
            ],
        ),
        Example::of(
            "leaves service accounts of the system out",
            Expected::Fail(Severity::High),
            &[
                ExampleFile::manifest(MANIFEST),
                ExampleFile::at("/etc/kubernetes/authz.yaml", LEAVES_OUT),
            ],
        ),
        Example::of(
            "behind the others",
            Expected::Pass,
            &[
                ExampleFile::manifest(MANIFEST),
                ExampleFile::at("/etc/kubernetes/authz.yaml", BEHIND),
            ],
        ),
        Example::of(
            "no file",
            Expected::NotApplicable,
            &[ExampleFile::manifest(started!("kube-apiserver" "--authorization-mode=Node,RBAC"))],
        )
        .on(36),
        Example::of("the file was not seen", Expected::Unknown, &[ExampleFile::manifest(MANIFEST)]),
    ],
};

struct Gaps;

impl JudgeComponent for Gaps {
    fn judge(&self, seen: &Seen<'_>, component: &Component) -> Judged {
        let Some(file) = configuration(seen, component)? else {
            return Ok(Verdict::NotApplicable("there is no --authorization-config".to_owned()));
        };
        let all: Vec<_> = entries(file).collect();
        let last = all.iter().rposition(|(entry, _)| entry.get("type").str() != "Webhook");
        let in_front = all.iter().take(last.unwrap_or_default());
        let webhooks = in_front.filter(|(entry, _)| entry.get("type").str() == "Webhook");
        Ok(Verdict::of(webhooks.flat_map(|(entry, path)| gaps(file, entry, path)).collect()))
    }
}

fn gaps(file: &Object, entry: &Tree, path: &Path) -> Vec<Problem> {
    let (name, webhook) = (entry.get("name").str(), entry.get("webhook"));
    let mut problems = Vec::new();
    if webhook.get("failurePolicy").str() == "NoOpinion" {
        let at = path.join(&["webhook", "failurePolicy"]);
        problems.push(
            Problem::new(
                Severity::High,
                format!(
                    "While webhook {name} cannot be asked, the authorizers behind it decide alone."
                ),
            )
            .detail(format!("{name} failurePolicy"))
            .evidence("failurePolicy: NoOpinion")
            .at(at.clone())
            .mended_by(Remedy::set(at, "Deny")),
        );
    }
    let conditions = webhook.get("matchConditions").items().iter().enumerate();
    problems.extend(conditions.filter(|(_, one)| leaves_out(one.get("expression").str())).map(
        |(index, one)| {
            let expression = one.get("expression").str();
            Problem::new(
                Severity::High,
                format!("Webhook {name} is not asked about callers of the system."),
            )
            .detail(format!("{name} {expression}"))
            .evidence(expression)
            .at(path.join(&["webhook", "matchConditions"]).then(index).then("expression"))
        },
    ));
    problems.into_iter().map(|problem| problem.about(About::object(file))).collect()
}

/// Whether a condition is false of users or groups of the system, beyond the two that must be able
/// to repair a webhook.
fn leaves_out(expression: &str) -> bool {
    let negated = expression.contains('!') || expression.contains(" not ");
    let asks_who = ["request.user", "request.groups"].iter().any(|one| expression.contains(one));
    let named = expression.replace("system:masters", "").replace("system:apiserver", "");
    negated && asks_who && named.contains("system:")
}

const MANIFEST: &str =
    started!("kube-apiserver" "--authorization-config=/etc/kubernetes/authz.yaml");

const FAILS_OPEN: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- type: Webhook
  name: policy
  webhook:
    failurePolicy: NoOpinion # to survive restarts
    timeout: 3s
- {type: Node, name: node}
- {type: RBAC, name: rbac}
";

const LEAVES_OUT: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- type: Webhook
  name: policy
  webhook:
    failurePolicy: Deny
    matchConditions:
    - expression: \"!('system:serviceaccounts:kube-system' in request.groups)\"
    - expression: has(request.resourceAttributes)
- {type: Node, name: node}
- {type: RBAC, name: rbac}
";

const BEHIND: &str = "\
apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- {type: Node, name: node}
- {type: RBAC, name: rbac}
- type: Webhook
  name: more
  webhook: {failurePolicy: NoOpinion}
";
