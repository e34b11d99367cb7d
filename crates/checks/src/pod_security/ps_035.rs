//! PS-035: policies that tell of bad pods, and admit them.

use admission::{Level, LevelVersion, NamespacePolicy, Pod, PolicyVersion, evaluate};
use inventory::{Kind, Object, Unknown, Workload};

use super::engine::{Effect, KYVERNO, effect};
use super::plugin::{SYSTEM, is_too_old};
use super::toll::release;
use crate::Expected::{Exempt, Fail, NotApplicable, Pass, Unknown as NotKnown};
use crate::Severity::Medium;
use crate::{
    About, Check, Example, ExampleFile, Fix, Judge, Judged, Practice, Problem, Reference, Remedy,
    Seen, Span, Tally, Verdict,
};

pub(super) const PS_035: Check = Check {
    id: "PS-035",
    name: "audit-only-policy",
    title: "A policy about dangerous pods only tells of them",
    practice: Practice::PodSecurity,
    severities: &[Medium],
    versions: Span::ALL,
    why: "A report is read after the pod has run: whoever starts a privileged one is done by then.",
    fails: "A policy of Kyverno, a constraint of Gatekeeper or a ValidatingAdmissionPolicy about what the baseline forbids audits or warns, and nowhere refuses. Policies about the restricted level pass, and so does everything where Pod Security admission enforces the baseline in each namespace.",
    fix: Fix::Sometimes(
        "Makes the policy refuse, where all workloads were seen and none goes beyond the baseline. Else mend or exclude what the policy tells of, then set validationFailureAction: Enforce (Kyverno), enforcementAction: deny (Gatekeeper) or validationActions: [Deny].",
    ),
    references: &[Reference::Cis("5.2.1"), Reference::Nsa("Pod security"), Reference::Owasp("K04")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of("Kyverno, by default", Fail(Medium), &[ExampleFile::manifest(AUDITS)]),
        Example::of(
            "Kyverno, and a pod that it would refuse",
            Fail(Medium),
            &[
                ExampleFile::manifest(AUDITS),
                ExampleFile::at(
                    "pod.yaml",
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: agent, namespace: apps}\nspec:\n  hostPID: true\n  containers: [{name: agent, image: example.com/agent:1}]\n",
                ),
            ],
        ),
        Example::of(
            "Gatekeeper",
            Fail(Medium),
            &[ExampleFile::manifest(
                "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sPSPPrivilegedContainer\nmetadata: {name: privileged}\nspec:\n  enforcementAction: dryrun # for now\n  match: {kinds: [{apiGroups: [''], kinds: [Pod]}]}\n",
            )],
        ),
        Example::of(
            "the API server",
            Fail(Medium),
            &[
                ExampleFile::manifest(VALIDATING),
                ExampleFile::at(
                    "binding.yaml",
                    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: privileged}\nspec: {policyName: privileged, validationActions: [Warn, Audit]}\n",
                ),
            ],
        ),
        Example::of("Kyverno refuses, rule by rule", Pass, &[ExampleFile::manifest(ENFORCES)]),
        Example::of(
            "the API server refuses, and audits",
            Pass,
            &[
                ExampleFile::manifest(VALIDATING),
                ExampleFile::at(
                    "binding.yaml",
                    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: privileged}\nspec: {policyName: privileged, validationActions: [Deny, Audit]}\n",
                ),
            ],
        ),
        Example::of(
            "Pod Security admission refuses everywhere",
            Exempt,
            &[
                ExampleFile::manifest(AUDITS),
                ExampleFile::at(
                    "namespace.yaml",
                    "apiVersion: v1\nkind: Namespace\nmetadata: {name: apps, labels: {pod-security.kubernetes.io/enforce: baseline}}\n",
                ),
            ],
        ),
        Example::of(
            "a policy of something else",
            NotApplicable,
            &[ExampleFile::manifest(
                "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: labels}\nspec: {validationFailureAction: Audit, rules: [{name: team, validate: {pattern: {metadata: {labels: {team: '?*'}}}}}]}\n",
            )],
        ),
        Example::of("nothing was seen", NotKnown, &[]).partial(),
    ],
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for object in seen.objects() {
        if let Some(effect) = effect(seen, object) {
            tally.add(About::object(object), verdict(seen, object, effect));
        }
    }
    if !tally.is_empty() {
        return Ok(tally);
    }
    seen.all(Kind::VALIDATING_POLICY_BINDING)?;
    seen.all(KYVERNO)?;
    let why = "no policy of Kyverno, Gatekeeper or the API server is about the baseline";
    Ok(Verdict::NotApplicable(why.to_owned()).into())
}

fn verdict(seen: &Seen<'_>, policy: &Object, effect: Effect) -> Judged {
    let Effect::Tells { place, says, edits } = effect else { return Ok(Verdict::Pass) };
    if is_enforced_anyway(seen) {
        let why = "Pod Security admission enforces the baseline in every namespace";
        return Ok(Verdict::Exempt(why.to_owned()));
    }
    let message = format!("{} tells of bad pods and admits them.", policy.describe());
    let is_safe = !edits.is_empty() && breaks_nothing(seen);
    let remedy = if is_safe { Remedy::Edit(edits) } else { Remedy::Explained };
    Ok(Verdict::fail(Problem::new(Medium, message).evidence(says).at(place).mended_by(remedy)))
}

fn is_enforced_anyway(seen: &Seen<'_>) -> bool {
    let enforces = |namespace: &Object| {
        let labels = namespace.labels();
        let (policy, _) = NamespacePolicy::of_labels(labels, &NamespacePolicy::PRIVILEGED);
        policy.enforce.level >= Level::Baseline
    };
    let Ok(all) = seen.all(Kind::NAMESPACE) else { return false };
    let mut others = all.iter().filter(|one| !SYSTEM.contains(&one.name())).peekable();
    others.peek().is_some() && others.all(enforces) && !is_too_old(seen)
}

/// Whether all workloads were seen, and none goes beyond the baseline.
fn breaks_nothing(seen: &Seen<'_>) -> bool {
    let version = PolicyVersion::Latest.as_of(release(seen));
    let baseline = LevelVersion { level: Level::Baseline, version };
    Workload::kinds().all(|kind| kind == Kind::POD_TEMPLATE || seen.all(kind).is_ok())
        && seen
            .each_workload()
            .iter()
            .filter(|workload| !SYSTEM.contains(&workload.namespace()))
            .all(|one| evaluate(&Pod::created_from(one.template()), baseline).is_allowed())
}

const AUDITS: &str = "\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: disallow-privileged-containers}
spec:
  background: true
  rules:
  - name: privileged
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate:
      pattern: {spec: {containers: [{=(securityContext): {=(privileged): 'false'}}]}}
";

const ENFORCES: &str = "\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: pods}
spec:
  validationFailureAction: Audit
  rules:
  - name: baseline
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate:
      failureAction: Enforce
      podSecurity: {level: baseline, version: latest}
";

const VALIDATING: &str = "\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: privileged}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations:
  - expression: 'object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)'
";
