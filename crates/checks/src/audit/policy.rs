//! An audit policy as kube-apiserver applies it: which rule decides a request, and what it says.

use audit::{Level, Policy, Stage};
use inventory::{Kind, Object, Unknown};
use model::{Call, UserInfo};
use serde_json::{Value, json};

use super::request::Request;
use crate::configured::Configured;
use crate::{Judged, Seen, Tally};

/// The file that `--audit-policy-file` names.
pub(super) const POLICY: Configured =
    Configured { flag: "audit-policy-file", kinds: &[Kind::AUDIT_POLICY], what: "an audit policy" };

/// Judges every policy that can be read.
pub(super) fn judge_each(seen: &Seen<'_>, judge: fn(&Rules) -> Judged) -> Result<Tally, Unknown> {
    POLICY.judge(seen, &|object| judge(&Rules::read(seen, object)?))
}

/// A policy, and each of its rules alone.
pub(super) struct Rules {
    policy: Policy,
    /// Policies of one rule, which record what that rule matches and nothing else.
    each: Vec<Policy>,
    value: Value,
}

/// What a policy says of a request, and which of its rules does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) level: Level,
    /// The rule's index; none if no rule matches, which means that nothing is recorded.
    pub(super) rule: Option<usize>,
    pub(super) omits_managed_fields: bool,
}

impl Rules {
    /// Reads a policy. Versions before v1 say the same with the same fields.
    pub(super) fn read(seen: &Seen<'_>, object: &Object) -> Result<Self, Unknown> {
        let value = upgraded(object);
        let problems = refusals(seen, &value);
        let problem = problems.first().cloned().unwrap_or_default();
        let refused = || {
            Unknown::new(
                format!("kube-apiserver refuses the audit policy: {problem}"),
                "mend what AU-016 says",
            )
        };
        if problems.is_empty() { Self::of(value).ok_or_else(refused) } else { Err(refused()) }
    }

    /// The rules of a policy of today's version; none if it is refused.
    pub(super) fn of(value: Value) -> Option<Self> {
        let policy = Policy::read(&value).ok()?;
        let rules = value.get("rules").and_then(Value::as_array);
        let each = rules.into_iter().flatten().filter_map(alone).collect();
        Some(Self { policy, each, value })
    }

    /// What is said of a request.
    pub(super) fn decide(&self, request: &Request) -> Decision {
        self.decide_call(Some(&request.user()), &request.call())
    }

    /// What is said of a call.
    pub(super) fn decide_call(&self, user: Option<&UserInfo>, call: &Call) -> Decision {
        let verdict = self.policy.judge(user, call);
        Decision {
            level: verdict.level,
            rule: self.first(user, call),
            omits_managed_fields: verdict.omit_managed_fields,
        }
    }

    /// The first rule that matches.
    pub(super) fn first(&self, user: Option<&UserInfo>, call: &Call) -> Option<usize> {
        self.each.iter().position(|rule| rule.judge(user, call).level > Level::None)
    }

    /// The rules as they were written.
    pub(super) fn rules(&self) -> &[Value] {
        self.value.get("rules").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// A rule as it was written.
    pub(super) fn rule(&self, index: usize) -> &Value {
        self.rules().get(index).unwrap_or(&Value::Null)
    }

    /// The level of a rule.
    pub(super) fn level(&self, index: usize) -> &str {
        text(self.rule(index), "level")
    }

    /// All of the policy.
    pub(super) fn value(&self) -> &Value {
        &self.value
    }
}

/// A text field.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The texts of a list field.
pub(super) fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    let items = value.get(key).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A rule in few words, from its content: `None for userGroups system:nodes`.
pub(super) fn summary(rule: &Value) -> String {
    let mut parts = Vec::new();
    for key in ["users", "userGroups", "verbs", "namespaces", "nonResourceURLs"] {
        let items = texts(rule, key);
        if !items.is_empty() {
            parts.push(format!("{key} {}", items.join(",")));
        }
    }
    let resources = rule.get("resources").and_then(Value::as_array);
    parts.extend(resources.into_iter().flatten().map(resources_of));
    let whom = if parts.is_empty() { "everything".to_owned() } else { parts.join(" ") };
    format!("{} for {whom}", text(rule, "level"))
}

/// `core/pods,secrets`, `apps/*`, `core/configmaps(leader)`.
fn resources_of(group: &Value) -> String {
    let (mut items, names) = (texts(group, "resources"), texts(group, "resourceNames"));
    let prefix = if text(group, "group").is_empty() { "core" } else { text(group, "group") };
    if items.is_empty() {
        items.push("*");
    }
    let only = if names.is_empty() { String::new() } else { format!("({})", names.join(",")) };
    format!("{prefix}/{}{only}", items.join(","))
}

/// The policy as JSON, of the version there is today.
pub(super) fn upgraded(object: &Object) -> Value {
    let mut value = object.tree().to_json();
    if OLD.contains(&object.version())
        && let Some(fields) = value.as_object_mut()
    {
        fields.insert("apiVersion".to_owned(), "audit.k8s.io/v1".into());
    }
    value
}

/// What kube-apiserver refuses in a policy of today's version.
pub(super) fn refusals(seen: &Seen<'_>, value: &Value) -> Vec<String> {
    let mut problems: Vec<String> = match Policy::read(value) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    };
    if names_any_group(value) && seen.minor().number() < 36 {
        problems.push("the group \"*\" is known from 1.36 on".to_owned());
    }
    problems
}

fn names_any_group(value: &Value) -> bool {
    let rules = value.get("rules").and_then(Value::as_array);
    let groups = rules.into_iter().flatten().filter_map(|rule| rule.get("resources")?.as_array());
    groups.flatten().any(|group| text(group, "group") == "*")
}

fn alone(rule: &Value) -> Option<Policy> {
    let mut rule = rule.clone();
    let fields = rule.as_object_mut()?;
    fields.insert("level".to_owned(), Level::Metadata.as_str().into());
    fields.remove("omitStages");
    let policy = json!({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [rule]});
    Policy::read(&policy).ok()
}

/// Whether a list of stages leaves out the one that says how a request ended.
pub(super) fn omits_the_end(value: &Value) -> bool {
    texts(value, "omitStages").contains(&Stage::ResponseComplete.as_str())
}

/// Versions that are gone from 1.24 on.
pub(super) const OLD: [&str; 2] = ["v1beta1", "v1alpha1"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Example;

    /// The rule that decides is the one whose level counts, for every request of the table.
    #[test]
    fn the_first_rule_that_matches_alone_is_the_one_that_decides() {
        let mut builder = inventory::Inventory::builder();
        builder.add_file(inventory::File::new("policy.yaml"), MIXED);
        let inventory = builder.build();
        let seen = Seen::new(&inventory, Example::now());
        let rules = Rules::read(&seen, &inventory.of(Kind::AUDIT_POLICY)[0]).unwrap();
        let mut decided = std::collections::BTreeSet::new();
        for request in super::super::request::all() {
            let decision = rules.decide(&request);
            let level = decision.rule.map_or("None", |rule| rules.level(rule));
            assert_eq!(decision.level.as_str(), level, "{}", request.describe());
            decided.insert(decision.rule);
        }
        assert_eq!(decided.len(), 5, "{decided:?}");
    }

    const MIXED: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- {level: None, userGroups: ['system:unauthenticated']}
- {level: RequestResponse, verbs: [create], namespaces: [apps]}
- {level: Request, resources: [{group: rbac.authorization.k8s.io}]}
- {level: Metadata, resources: [{group: '', resources: ['pods/*', '*/token', secrets]}]}
";

    #[test]
    fn a_summary_is_made_of_what_a_rule_says() {
        let check = |rule: Value, expected: &str| assert_eq!(summary(&rule), expected);
        check(json!({"level": "None"}), "None for everything");
        check(
            json!({"level": "None", "users": ["a", "b"], "resources": [
                {"group": "", "resources": ["pods"], "resourceNames": ["x"]}, {"group": "apps"}]}),
            "None for users a,b core/pods(x) apps/*",
        );
    }
}
