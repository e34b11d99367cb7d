//! Rules about how the rules of roles are written, whoever holds them.

use inventory::{Kind, Object};
use paths::bootstrap::Likeness;
use tree::{Path, Tree};

use super::likeness::likeness;
use super::words;
use crate::{Confidence, JudgeObject, Judged, Problem, Remedy, Seen, Severity, Verdict};

/// A rule about how rules are written.
pub(crate) struct Lint {
    pub(crate) severity: fn(&Tree) -> Severity,
    /// What is wrong with a rule: what is found in it, and a sentence about it.
    pub(crate) finds: fn(&Tree) -> Option<(String, String)>,
}

impl JudgeObject for Lint {
    fn judge(&self, _seen: &Seen<'_>, object: &Object) -> Judged {
        let rules = object.tree().get("rules").items().iter().enumerate();
        let mut problems: Vec<Problem> = Vec::new();
        for (number, rule) in rules {
            let Some((what, sentence)) = (self.finds)(rule) else { continue };
            let problem =
                Problem::new((self.severity)(rule), format!("{}: {sentence}", object.describe()))
                    .detail(format!("{what} in {}", content(rule)))
                    .evidence(rule.to_string())
                    .confidence(if what == "list" { Confidence::Low } else { Confidence::High })
                    .at(Path::of(&["rules"]).then(number))
                    .mended_by(Remedy::Steps(format!(
                        "{sentence}\nkubectl edit {}",
                        words::kubectl(object)
                    )));
            if problems.iter().all(|before| before.detail != problem.detail) {
                problems.push(problem);
            }
        }
        // Asked last: most roles have nothing to be let off from.
        if problems.is_empty() || is_not_ours(object) {
            return Ok(Verdict::Pass);
        }
        Ok(Verdict::of(problems))
    }
}

/// Whether Kubernetes makes the role, or fills it with the rules of others.
fn is_not_ours(object: &Object) -> bool {
    !object.tree().get("aggregationRule").is_null() || likeness(object) == Likeness::Same
}

/// A rule by what it allows, in an order of its own.
fn content(rule: &Tree) -> String {
    let list = |key: &str| {
        let mut held: Vec<&str> = rule.get(key).texts().collect();
        held.sort_unstable();
        held.join(",")
    };
    let (groups, resources) = (list("apiGroups"), list("resources"));
    let (names, urls) = (list("resourceNames"), list("nonResourceURLs"));
    let parts = [list("verbs"), resources, groups, names, urls];
    let told: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    told.join(" ")
}

/// How bad a wildcard is: less where every group of the rule is one that Kubernetes does not serve
/// itself, as an operator's own.
pub(crate) fn of_groups(rule: &Tree) -> Severity {
    let mut groups = rule.get("apiGroups").texts().peekable();
    let is_others = |group: &str| group.contains('.') && !group.ends_with(".k8s.io");
    if groups.peek().is_some() && groups.all(is_others) { Severity::Medium } else { Severity::High }
}

/// Whether a list of a rule has a text.
pub(crate) fn has(rule: &Tree, key: &str, wanted: &str) -> bool {
    rule.get(key).texts().any(|held| held == wanted)
}

pub(crate) const ROLES: &[Kind<'static>] = &[Kind::CLUSTER_ROLE, Kind::ROLE];
