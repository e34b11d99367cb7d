//! AC-017 and AC-018: policies that are there and deny nothing.

mod engines;
mod examples;

use inventory::{Kind, Object, Unknown};
use tree::Path;

use super::flags::PLUGINS;
use crate::example::{Example, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};
use examples::{
    ALLOW, BOUND, CONSTRAINT, CONSTRAINT_DRY, EXCEPTION, EXCEPTION_NARROW, KYVERNO_AUDIT,
    KYVERNO_ENFORCE, KYVERNO_MUTATE, MATCHES_GROUP, OPEN, PARAMETERS, POLICY, WARN, WARN_AND_DENY,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "AC-017",
        name: "policy-without-teeth",
        title: "A ValidatingAdmissionPolicy denies nothing, or not always",
        severities: &[Severity::Medium],
        why: "It reads like a rule that holds, and what it forbids is let in.",
        fails: "A policy has no binding, or none of its bindings has Deny among its validationActions; its failurePolicy is Ignore, so that an expression that fails lets the object in; or a binding's paramRef allows everything while the parameters are missing (parameterNotFoundAction: Allow). A binding that warns beside another that denies passes.",
        fix: Fix::Sometimes(
            "Sets failurePolicy: Fail and parameterNotFoundAction: Deny. Denying is for a person: look in the audit log for validation.policy.admission.k8s.io/validation_failure first, then bind with validationActions: [Deny].",
        ),
        references: &[
            Reference::Owasp("K04"),
            Reference::Kubernetes("reference/access-authn-authz/validating-admission-policy/"),
        ],
        judge: Judge::Whole(toothless),
        examples: &[
            Example::of("no binding", Expected::Fail(Severity::Medium), &[POLICY]),
            Example::of("a binding that warns", Expected::Fail(Severity::Medium), &[POLICY, WARN]),
            Example::of(
                "one that warns and one that denies",
                Expected::Pass,
                &[POLICY, WARN_AND_DENY],
            ),
            Example::of("bound", Expected::Pass, &[POLICY, BOUND]),
            Example::of("fails open", Expected::Fail(Severity::Medium), &[OPEN, BOUND]),
            Example::of(
                "missing parameters allow",
                Expected::Fail(Severity::Medium),
                &[PARAMETERS, ALLOW],
            ),
            Example::of("no policy", Expected::Pass, &[]),
            Example::of("bindings were not listed", Expected::Unknown, &[POLICY]).partial(),
        ],
        ..PLUGINS
    },
    Check {
        id: "AC-018",
        name: "policy-engine-audits-only",
        title: "A policy of Kyverno or Gatekeeper only watches, or is let off widely",
        severities: &[Severity::Medium],
        why: "What it forbids is noted and let in; whoever is excluded from it is not even noted.",
        fails: "A rule that validates in a policy of Kyverno has the action Audit, which is the default of ClusterPolicy; a PolicyException names neither namespaces nor names, or everybody; a rule excludes a group that holds all users or all service accounts; a constraint of Gatekeeper has enforcementAction dryrun or warn. Rules that mutate or generate pass.",
        fix: Fix::Steps(
            "1. Read what it would have denied: kubectl get policyreports -A, or the status of the constraint.\n2. Mend or except that, by namespace and name.\n3. Set spec.rules[].validate.failureAction: Enforce (Kyverno), or enforcementAction: deny (Gatekeeper).",
        ),
        references: &[Reference::Cis("5.2.1"), Reference::Owasp("K04")],
        judge: Judge::Whole(engines::tally),
        examples: &[
            Example::of("Kyverno audits", Expected::Fail(Severity::Medium), &[KYVERNO_AUDIT]),
            Example::of("Kyverno enforces", Expected::Pass, &[KYVERNO_ENFORCE]),
            Example::of("Kyverno mutates", Expected::Pass, &[KYVERNO_MUTATE]),
            Example::of(
                "a group of everybody is left out",
                Expected::Fail(Severity::Medium),
                &[MATCHES_GROUP],
            ),
            Example::of(
                "an exception for everything",
                Expected::Fail(Severity::Medium),
                &[EXCEPTION],
            ),
            Example::of("an exception for one", Expected::Pass, &[EXCEPTION_NARROW]),
            Example::of("Gatekeeper tries", Expected::Fail(Severity::Medium), &[CONSTRAINT_DRY]),
            Example::of("Gatekeeper denies", Expected::Pass, &[CONSTRAINT]),
            Example::of("neither is there", Expected::NotApplicable, &[]),
            Example::of("there may be others", Expected::Unknown, &[]).partial(),
        ],
        ..PLUGINS
    },
];

fn toothless(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    let policies = seen.inventory().of(Kind::VALIDATING_POLICY);
    for policy in policies {
        tally.add(About::object(policy), of_policy(seen, policy).map(Verdict::of));
    }
    if policies.is_empty() {
        seen.all(Kind::VALIDATING_POLICY)?;
    }
    for binding in seen.inventory().of(Kind::VALIDATING_POLICY_BINDING) {
        tally.add(About::object(binding), Ok(of_binding(binding).into()));
    }
    Ok(tally)
}

fn of_policy(seen: &Seen<'_>, policy: &Object) -> Result<Vec<Problem>, Unknown> {
    let mut problems: Vec<Problem> = fails_open(policy).into_iter().collect();
    let name = policy.name();
    let all = seen.of(Kind::VALIDATING_POLICY_BINDING).iter();
    let own: Vec<&Object> =
        all.filter(|one| one.tree().at(&["spec", "policyName"]).str() == name).collect();
    let denies = |binding: &&Object| {
        binding.tree().at(&["spec", "validationActions"]).texts().any(|action| action == "Deny")
    };
    if own.iter().any(denies) {
        return Ok(problems);
    }
    if let Err(unknown) = seen.all(Kind::VALIDATING_POLICY_BINDING) {
        return if problems.is_empty() { Err(unknown) } else { Ok(problems) };
    }
    let (what, evidence) = if own.is_empty() {
        ("has no binding and is never asked", "no binding")
    } else {
        ("has no binding that denies", "no binding with Deny")
    };
    problems.push(
        Problem::new(Severity::Medium, format!("The policy {name} {what}."))
            .detail("binding")
            .evidence(evidence),
    );
    Ok(problems)
}

fn fails_open(policy: &Object) -> Option<Problem> {
    let path = Path::of(&["spec", "failurePolicy"]);
    (policy.tree().follow(&path).str() == "Ignore").then(|| {
        let message =
            format!("An expression of the policy {} that fails lets the object in.", policy.name());
        Problem::new(Severity::Medium, message)
            .detail("failurePolicy")
            .evidence("failurePolicy: Ignore")
            .at(path.clone())
            .mended_by(Remedy::set(path, "Fail"))
    })
}

fn of_binding(binding: &Object) -> Option<Problem> {
    let path = Path::of(&["spec", "paramRef", "parameterNotFoundAction"]);
    (binding.tree().follow(&path).str() == "Allow").then(|| {
        let message = format!(
            "While its parameters are missing, the binding {} lets everything in.",
            binding.name()
        );
        Problem::new(Severity::Medium, message)
            .detail("parameterNotFoundAction")
            .evidence("parameterNotFoundAction: Allow")
            .at(path.clone())
            .mended_by(Remedy::set(path, "Deny"))
    })
}
