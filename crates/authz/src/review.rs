//! What a `SelfSubjectRulesReview` answers: every rule a user holds in a namespace, in the order
//! of the bindings, unmerged.

mod meet;

use model::UserInfo;

use crate::policy::PolicyRule;
use crate::snapshot::Snapshot;

/// The `status` of a rules review.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// `resourceRules`.
    pub resource_rules: Vec<ResourceRule>,
    /// `nonResourceRules`.
    pub non_resource_rules: Vec<NonResourceRule>,
    /// `incomplete`: the user may hold more than is listed.
    pub incomplete: bool,
    /// `evaluationError`; empty if there is none.
    pub evaluation_error: String,
}

/// `authorization.k8s.io/v1` `ResourceRule`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ResourceRule {
    /// Verbs; `*` for all.
    pub verbs: Vec<String>,
    /// API groups; `*` for all.
    pub api_groups: Vec<String>,
    /// Resources; `*` for all.
    pub resources: Vec<String>,
    /// Names of objects; an empty list for any.
    pub resource_names: Vec<String>,
}

/// `authorization.k8s.io/v1` `NonResourceRule`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct NonResourceRule {
    /// Verbs; `*` for all.
    pub verbs: Vec<String>,
    /// URL paths; a trailing `*` for a prefix.
    pub non_resource_urls: Vec<String>,
}

impl Rules {
    /// The rules that `user` holds in `namespace`. As upstream, a rule for URLs that is held in a
    /// namespace is listed although no call can use it, and what `system:masters` may do is not.
    pub fn of(snapshot: &Snapshot, user: &UserInfo, namespace: &str) -> Self {
        let mut rules = Self {
            evaluation_error: snapshot.unresolved_for(user, namespace).errors(),
            ..Self::default()
        };
        for rule in snapshot.rules_held(user, namespace) {
            rules.add(rule);
        }
        rules
    }

    /// What these rules and `others` both allow, in the order of these.
    #[must_use]
    pub fn narrowed_by(&self, others: &Self) -> Self {
        let resources = meet::all(&self.resource_rules, &others.resource_rules);
        let urls = meet::all(&self.non_resource_rules, &others.non_resource_rules);
        let errors = [&self.evaluation_error, &others.evaluation_error];
        let errors: Vec<&str> =
            errors.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect();
        let is_cut = resources.is_cut || urls.is_cut;
        Self {
            resource_rules: resources.rules,
            non_resource_rules: urls.rules,
            incomplete: self.incomplete || others.incomplete || is_cut,
            evaluation_error: errors.join("; "),
        }
    }

    fn add(&mut self, rule: &PolicyRule) {
        if !rule.resources.is_empty() {
            self.resource_rules.push(ResourceRule {
                verbs: rule.verbs.clone(),
                api_groups: rule.api_groups.clone(),
                resources: rule.resources.clone(),
                resource_names: rule.resource_names.clone(),
            });
        }
        if !rule.non_resource_urls.is_empty() {
            self.non_resource_rules.push(NonResourceRule {
                verbs: rule.verbs.clone(),
                non_resource_urls: rule.non_resource_urls.clone(),
            });
        }
    }
}
