//! Policies of admission about what the baseline is about, whoever enforces them: Kyverno,
//! Gatekeeper, or the API server by a `ValidatingAdmissionPolicy`.

use edit::Edit;
use inventory::{Kind, Object};
use tree::{Path, Tree};

use crate::Seen;

/// What a policy does about a pod that it denies.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    /// It is refused, at least somewhere.
    Refuses,
    /// It is only told of.
    Tells {
        /// The field that says so, or its nearest parent.
        place: Path,
        /// What it says.
        says: String,
        /// What would make it refuse; nothing where that takes a person.
        edits: Vec<Edit>,
    },
}

/// What a policy about the baseline does; none of any other object.
pub(super) fn effect(seen: &Seen<'_>, object: &Object) -> Option<Effect> {
    match object.kind() {
        KYVERNO | KYVERNO_IN_NAMESPACE => is_kyverno_baseline(object).then(|| kyverno(object)),
        Kind { group: "constraints.gatekeeper.sh", kind } => {
            CONSTRAINTS.contains(&kind).then(|| gatekeeper(object))
        }
        Kind::VALIDATING_POLICY_BINDING => {
            is_binding_of_baseline(seen, object).then(|| binding(seen, object))
        }
        _ => None,
    }
}

/// Policies of Kyverno for the whole cluster.
pub(super) const KYVERNO: Kind<'static> = Kind { group: "kyverno.io", kind: "ClusterPolicy" };
const KYVERNO_IN_NAMESPACE: Kind<'static> = Kind { group: "kyverno.io", kind: "Policy" };

fn is_kyverno_baseline(policy: &Object) -> bool {
    let category = policy.annotation("policies.kyverno.io/category").unwrap_or_default();
    category == "Pod Security Standards (Baseline)"
        || POLICIES.contains(&policy.name())
        || rules(policy)
            .any(|(_, validate)| validate.at(&["podSecurity", "level"]).text() == Some("baseline"))
}

/// The rules of a policy that validate, each with its number.
fn rules(policy: &Object) -> impl Iterator<Item = (usize, &Tree)> {
    let rules = policy.tree().at(&["spec", "rules"]).items().iter().enumerate();
    rules.map(|(index, rule)| (index, rule.get("validate"))).filter(|(_, rule)| rule.is_map())
}

/// A rule does what it says itself, else what its policy says, else it audits.
fn kyverno(policy: &Object) -> Effect {
    let spec = policy.tree().get("spec");
    let whole = Path::of(&["spec", "validationFailureAction"]);
    let refuses = |action: &Tree| action.str().eq_ignore_ascii_case("enforce");
    let overrides = spec.get("validationFailureActionOverrides").items();
    if overrides.iter().any(|one| refuses(one.get("action"))) {
        return Effect::Refuses;
    }
    let default = spec.get("validationFailureAction");
    let mut edits: Vec<Edit> = Vec::new();
    for (index, rule) in rules(policy) {
        let own = rule.get("failureAction");
        let (action, place) = if own.is_null() {
            (default, whole.clone())
        } else {
            (own, Path::of(&["spec", "rules"]).then(index).join(&["validate", "failureAction"]))
        };
        let edit = Edit::set(place, "Enforce");
        if !refuses(action) && !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    if edits.is_empty() {
        return Effect::Refuses;
    }
    let says = default.text().unwrap_or("Audit").to_owned();
    let place = if default.is_null() { Path::of(&["spec"]) } else { whole };
    Effect::Tells { place, says: format!("validationFailureAction: {says}"), edits }
}

fn gatekeeper(constraint: &Object) -> Effect {
    let spec = constraint.tree().get("spec");
    let action = spec.get("enforcementAction").text().unwrap_or("deny");
    let scoped = spec.get("scopedEnforcementActions").items();
    let denies = scoped.iter().any(|one| one.get("action").str() == "deny");
    if action == "deny" || (action == "scoped" && denies) {
        return Effect::Refuses;
    }
    let place = Path::of(&["spec", "enforcementAction"]);
    let edits =
        if action == "scoped" { Vec::new() } else { vec![Edit::set(place.clone(), "deny")] };
    Effect::Tells { place, says: format!("enforcementAction: {action}"), edits }
}

/// Whether a binding binds a policy that looks at pods and at fields of the baseline.
fn is_binding_of_baseline(seen: &Seen<'_>, binding: &Object) -> bool {
    let name = binding.tree().at(&["spec", "policyName"]).str();
    let Some(policy) = seen.find(Kind::VALIDATING_POLICY, "", name) else { return false };
    let spec = policy.tree().get("spec");
    let resources = spec.at(&["matchConstraints", "resourceRules"]).items().iter();
    let is_of_pods =
        resources.flat_map(|rule| rule.get("resources").texts()).any(|resource| resource == "pods");
    let values = ["validations", "variables"].into_iter().flat_map(|list| spec.get(list).items());
    let mut expressions = values.map(|one| one.get("expression").str());
    is_of_pods && expressions.any(|text| FIELDS.iter().any(|field| text.contains(field)))
}

/// A policy refuses as soon as one of its bindings does.
fn binding(seen: &Seen<'_>, binding: &Object) -> Effect {
    let policy = binding.tree().at(&["spec", "policyName"]);
    let actions = |binding: &'_ Object| -> Vec<String> {
        binding.tree().at(&["spec", "validationActions"]).texts().map(str::to_owned).collect()
    };
    let all = seen.of(Kind::VALIDATING_POLICY_BINDING).iter();
    let mut of_policy = all.filter(|other| other.tree().at(&["spec", "policyName"]) == policy);
    if of_policy.any(|one| actions(one).iter().any(|action| action == "Deny")) {
        return Effect::Refuses;
    }
    let (place, given) = (Path::of(&["spec", "validationActions"]), actions(binding));
    // The API refuses Deny beside Warn: a refusal tells enough.
    let edit = match given.iter().position(|action| action == "Warn") {
        Some(index) => Edit::set(place.then(index), "Deny"),
        None => Edit::Append { path: place.clone(), value: "Deny".into() },
    };
    let says = format!("validationActions: {}", given.join(", "));
    Effect::Tells { place, says, edits: vec![edit] }
}

/// Kyverno's own policies for the baseline, by the names they are published under.
const POLICIES: [&str; 12] = [
    "disallow-capabilities",
    "disallow-host-namespaces",
    "disallow-host-path",
    "disallow-host-ports",
    "disallow-host-ports-range",
    "disallow-host-process",
    "disallow-privileged-containers",
    "disallow-proc-mount",
    "disallow-selinux",
    "restrict-apparmor-profiles",
    "restrict-seccomp",
    "restrict-sysctls",
];

/// Gatekeeper's constraints for what the baseline is about.
const CONSTRAINTS: [&str; 11] = [
    "K8sPSPAppArmor",
    "K8sPSPCapabilities",
    "K8sPSPForbiddenSysctls",
    "K8sPSPHostFilesystem",
    "K8sPSPHostNamespace",
    "K8sPSPHostNetworkingPorts",
    "K8sPSPPrivilegedContainer",
    "K8sPSPProcMount",
    "K8sPSPSELinux",
    "K8sPSPSELinuxV2",
    "K8sPSPSeccomp",
];

/// Fields that rules of the baseline look at.
const FIELDS: [&str; 10] = [
    ".privileged",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostPath",
    "hostPort",
    "hostProcess",
    "procMount",
    "seLinuxOptions",
    "sysctls",
];
