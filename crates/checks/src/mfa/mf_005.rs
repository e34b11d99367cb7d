//! MF-005: a way in for emergencies that nobody hears of when it is used.

use inventory::{Kind, Object, Unknown};
use tree::Tree;

use super::BASE;
use crate::authentication::people::{Person, all_bindings_seen, bindings, of_binding};
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict,
};

pub(crate) const MF_005: Check = Check {
    id: "MF-005",
    name: "silent-break-glass",
    title: "Nobody hears of it when the identity for emergencies is used",
    severities: &[Severity::Medium],
    why: "It goes around the identity provider and its second factor by intent; who steals it works unseen, for nobody else uses it.",
    fails: "A binding names a user or group that is called break-glass, breakglass or emergency, no alert rule (PrometheusRule, or a rule in a ConfigMap) names it, and the binding has no annotation that tells of a hardware key (…/hardware-key).",
    fix: Fix::Steps(
        "Alert on every audit event whose user is that identity, and keep its key on hardware in a safe. Say so on the binding: kubectl annotate clusterrolebinding NAME security.example.com/hardware-key='serial, who keeps it'.",
    ),
    references: &[Reference::Mitre("T1078"), Reference::Owasp("K10")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "no alert",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(BINDING)],
        ),
        Example::of(
            "an alert names it",
            Expected::Pass,
            &[
                ExampleFile::at("binding.yaml", BINDING),
                ExampleFile::at(
                    "rule.yaml",
                    "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: audit, namespace: monitoring}\nspec: {groups: [{name: audit, rules: [{alert: BreakGlass, expr: 'sum(increase(audit_events{user=\"break-glass\"}[5m])) > 0'}]}]}\n",
                ),
            ],
        ),
        Example::of(
            "nobody is called so",
            Expected::NotApplicable,
            &[ExampleFile::manifest("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")],
        ),
        Example::of("bindings were not listed", Expected::Unknown, &[]).partial(),
    ],
    ..BASE
};

const ALERTS: Kind<'static> = Kind { group: "monitoring.coreos.com", kind: "PrometheusRule" };

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for binding in bindings(seen) {
        for person in of_binding(binding).filter(is_for_emergencies) {
            if is_watched(seen, binding, person.name) {
                tally.passes = tally.passes.saturating_add(1);
                continue;
            }
            seen.all(Kind::CONFIG_MAP)?;
            tally.add(About::object(binding), Ok(Verdict::fail(problem(&person))));
        }
    }
    if tally.is_empty() {
        all_bindings_seen(seen)?;
        return Ok(Verdict::NotApplicable(
            "no binding names an identity for emergencies".to_owned(),
        )
        .into());
    }
    Ok(tally)
}

fn problem(person: &Person<'_>) -> Problem {
    Problem::new(
        Severity::Medium,
        format!("Nobody hears of it when {} is used: no alert rule names it.", person.describe()),
    )
    .detail(person.describe())
    .confidence(Confidence::Low)
    .subjects(vec![person.describe()])
}

fn is_for_emergencies(person: &Person<'_>) -> bool {
    let name: String = person.name.chars().filter(|one| !matches!(one, '-' | '_' | ' ')).collect();
    let name = name.to_ascii_lowercase();
    name.contains("breakglass") || name.contains("emergency")
}

fn is_watched(seen: &Seen<'_>, binding: &Object, name: &str) -> bool {
    let annotations = binding.tree().at(&["metadata", "annotations"]).entries();
    let has_note = annotations.iter().any(|(key, _)| key.ends_with("/hardware-key"));
    let rules = seen.of(ALERTS).iter().map(|one| one.tree().get("spec"));
    let maps = seen.of(Kind::CONFIG_MAP).iter().map(|one| one.tree().get("data"));
    has_note || rules.chain(maps).any(|tree| names(tree, name))
}

/// Whether a text anywhere in a tree holds a name.
fn names(tree: &Tree, name: &str) -> bool {
    tree.text().is_some_and(|text| text.contains(name))
        || tree.items().iter().any(|item| names(item, name))
        || tree.entries().iter().any(|(_, node)| names(node, name))
}

const BINDING: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: break-glass}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: break-glass}]
";
