//! Whether an admission policy speaks of a field, and refuses.

use inventory::Kind;

use crate::Seen;

/// The policy that refuses objects by a field: one of Kubernetes' own that is bound to deny, or a
/// constraint of Gatekeeper or a rule of Kyverno that speaks of it.
pub(super) fn refusing<'i>(seen: &Seen<'i>, field: &str) -> Option<&'i str> {
    own(seen, field).or_else(|| of_others(seen, field))
}

fn own<'i>(seen: &Seen<'i>, field: &str) -> Option<&'i str> {
    let bindings = seen.inventory().of(Kind::VALIDATING_POLICY_BINDING);
    let is_denying = |name: &str| {
        bindings.iter().any(|binding| {
            let spec = binding.tree().get("spec");
            spec.get("policyName").str() == name
                && spec.get("validationActions").texts().any(|action| action == "Deny")
        })
    };
    let policies = seen.inventory().of(Kind::VALIDATING_POLICY).iter();
    let mut speaking = policies.filter(|policy| {
        let validations = policy.tree().at(&["spec", "validations"]).items();
        validations.iter().any(|one| one.get("expression").str().contains(field))
    });
    speaking.find(|policy| is_denying(policy.name())).map(inventory::Object::name)
}

fn of_others<'i>(seen: &Seen<'i>, field: &str) -> Option<&'i str> {
    const KYVERNO: Kind<'static> = Kind { group: "kyverno.io", kind: "ClusterPolicy" };
    const GATEKEEPER: Kind<'static> =
        Kind { group: "constraints.gatekeeper.sh", kind: "K8sExternalIPs" };
    if field == "externalIPs"
        && let Some(constraint) = seen.inventory().of(GATEKEEPER).first()
    {
        return Some(constraint.name());
    }
    let mut policies = seen.inventory().of(KYVERNO).iter();
    policies
        .find(|policy| {
            let spec = policy.tree().get("spec");
            let rules = spec.get("rules").items();
            let denies = |one: &tree::Tree| one.str().eq_ignore_ascii_case("enforce");
            let enforces = denies(spec.get("validationFailureAction"))
                || rules.iter().any(|rule| denies(rule.at(&["validate", "failureAction"])));
            enforces && rules.iter().any(|rule| rule.to_json().to_string().contains(field))
        })
        .map(inventory::Object::name)
}
