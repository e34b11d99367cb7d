//! What policies of Kyverno and constraints of Gatekeeper do with what they forbid.

use inventory::{Kind, Object, Unknown};
use tree::{Path, Tree};

use crate::{About, Problem, Seen, Severity, Tally, Verdict};

/// The group of the constraints of Gatekeeper; their kinds are of each cluster's own making.
const CONSTRAINTS: &str = "constraints.gatekeeper.sh";

/// Judges every policy, exception and constraint that was seen.
pub(super) fn tally(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for object in seen.objects() {
        let problems = match (object.kind().group, object.kind().kind) {
            ("kyverno.io", "ClusterPolicy" | "Policy") => of_policy(object),
            ("kyverno.io" | "policies.kyverno.io", "PolicyException") => of_exception(object),
            ("policies.kyverno.io", "ValidatingPolicy") => of_validating(object),
            (CONSTRAINTS, _) => of_constraint(object),
            _ => continue,
        };
        tally.add(About::object(object), Ok(Verdict::of(problems)));
    }
    if tally.is_empty() {
        return none(seen);
    }
    Ok(tally)
}

/// That neither is there; unknown where what they store was not listed.
fn none(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    for definition in seen.all(Kind::CUSTOM_RESOURCE_DEFINITION)? {
        let spec = definition.tree().get("spec");
        let (group, kind) = (spec.get("group").str(), spec.at(&["names", "kind"]).str());
        let is_policy = matches!(
            (group, kind),
            ("kyverno.io", "ClusterPolicy" | "Policy")
                | ("policies.kyverno.io", "ValidatingPolicy")
                | (CONSTRAINTS, _)
        );
        if is_policy {
            seen.all(Kind { group, kind })?;
        }
    }
    Ok(Verdict::NotApplicable("there are no policies of Kyverno or Gatekeeper".into()).into())
}

fn of_policy(policy: &Object) -> Vec<Problem> {
    let spec = policy.tree().get("spec");
    let of_all = spec.get("validationFailureAction").text();
    let mut problems = Vec::new();
    for (index, rule) in spec.get("rules").items().iter().enumerate() {
        let (name, place) = (rule.get("name").str(), Path::of(&["spec", "rules"]).then(index));
        let validates = rule.get("validate");
        let action = validates.get("failureAction").text().or(of_all).unwrap_or("Audit");
        if !validates.is_null() && !action.eq_ignore_ascii_case("enforce") {
            let message = format!("The rule {name} of {} only watches.", policy.describe());
            problems.push(
                Problem::new(Severity::Medium, message)
                    .detail(format!("{name} action"))
                    .evidence(format!("failureAction: {action}"))
                    .at(place.then("validate")),
            );
        }
        problems.extend(excluded(rule).map(|group| {
            let message = format!("The rule {name} of {} leaves out {group}.", policy.describe());
            Problem::new(Severity::Medium, message)
                .detail(format!("{name} {group}"))
                .evidence(format!("exclude: {group}"))
                .at(place.then("exclude"))
        }));
    }
    problems
}

/// The first group of everybody that a rule leaves out, where it asks for nothing else.
fn excluded(rule: &Tree) -> Option<&str> {
    let exclude = rule.get("exclude");
    let filters = ["any", "all"].into_iter().flat_map(|field| exclude.get(field).items());
    let mut filters = filters.chain([exclude]).filter(|filter| filter.get("resources").is_null());
    filters.find_map(|filter| {
        let subjects = filter.get("subjects").items().iter();
        let groups = subjects.filter(|subject| subject.get("kind").str() == "Group");
        let mut names = groups.map(|subject| subject.get("name").str());
        names.find(|name| EVERYBODY.contains(name))
    })
}

/// Groups that hold all users, or all service accounts.
const EVERYBODY: [&str; 3] =
    ["system:authenticated", "system:serviceaccounts", "system:unauthenticated"];

fn of_exception(exception: &Object) -> Vec<Problem> {
    let spec = exception.tree().get("spec");
    let filters = ["any", "all"].into_iter().flat_map(|field| spec.at(&["match", field]).items());
    let is_wide = |filter: &Tree| {
        let resources = filter.get("resources");
        let says = |field: &str| {
            let list = resources.get(field);
            !list.items().is_empty() && !list.texts().any(|one| one == "*")
        };
        let selects = ["selector", "namespaceSelector"]
            .iter()
            .any(|field| !resources.get(field).entries().is_empty());
        !(says("names") || says("namespaces") || selects || !filter.get("subjects").is_null())
    };
    let mut wide = filters.filter(|filter| is_wide(filter));
    let Some(filter) = wide.next().filter(|_| spec.get("conditions").is_null()) else {
        return Vec::new();
    };
    vec![
        Problem::new(
            Severity::Medium,
            format!("{} lets off everything of its kinds.", exception.describe()),
        )
        .detail("match")
        .evidence(format!("match: {filter}"))
        .at(Path::of(&["spec", "match"])),
    ]
}

/// A policy in the newer way; unset it denies.
fn of_validating(policy: &Object) -> Vec<Problem> {
    let actions = policy.tree().at(&["spec", "validationActions"]);
    if actions.items().is_empty() || actions.texts().any(|action| action == "Deny") {
        return Vec::new();
    }
    let message = format!("{} only watches.", policy.describe());
    vec![
        Problem::new(Severity::Medium, message)
            .detail("validationActions")
            .evidence(format!("validationActions: {actions}"))
            .at(Path::of(&["spec", "validationActions"])),
    ]
}

fn of_constraint(constraint: &Object) -> Vec<Problem> {
    let path = Path::of(&["spec", "enforcementAction"]);
    let action = constraint.tree().follow(&path).str();
    if !matches!(action, "dryrun" | "warn") {
        return Vec::new();
    }
    vec![
        Problem::new(Severity::Medium, format!("{} only watches.", constraint.describe()))
            .detail("enforcementAction")
            .evidence(format!("enforcementAction: {action}"))
            .at(path),
    ]
}
