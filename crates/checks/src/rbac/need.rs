//! What a right takes: verbs on resources, matched as kube-apiserver matches a call.

use authz::PolicyRule;
use paths::Scope;
use paths::matching;

/// One way to have a right: any of the verbs on any of the resources.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    pub(crate) verbs: &'static [&'static str],
    pub(crate) group: &'static str,
    pub(crate) resources: &'static [&'static str],
    /// Whether a `RoleBinding` gives it.
    pub(crate) is_namespaced: bool,
    pub(crate) asks: Asks,
    /// The last minor version that has it, where a later one asks for more.
    pub(crate) until: Option<u8>,
}

/// How a rule is compared with a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    /// As a call with that verb on that resource.
    Exactly,
    /// Any verb will do.
    AnyVerb,
    /// Any subresource of the resource.
    AnySubresource,
    /// A verb that begins so, on anything.
    VerbPrefix,
}

/// How a rule answers a need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found<'r> {
    /// Which rule of the role, from 0.
    pub(crate) rule: usize,
    pub(crate) verb: &'r str,
    pub(crate) group: &'static str,
    pub(crate) resource: &'r str,
    /// The objects it is limited to; empty for any.
    pub(crate) names: &'r [String],
    pub(crate) until: Option<u8>,
}

impl Need {
    /// Of resources in namespaces.
    pub(crate) const fn inside(
        verbs: &'static [&'static str],
        group: &'static str,
        resources: &'static [&'static str],
    ) -> Self {
        let (is_namespaced, asks, until) = (true, Asks::Exactly, None);
        Self { verbs, group, resources, is_namespaced, asks, until }
    }

    /// Of resources outside namespaces, which a `RoleBinding` never gives.
    pub(crate) const fn cluster(
        verbs: &'static [&'static str],
        group: &'static str,
        resources: &'static [&'static str],
    ) -> Self {
        Self { is_namespaced: false, ..Self::inside(verbs, group, resources) }
    }

    /// Compared otherwise.
    pub(crate) const fn asking(self, asks: Asks) -> Self {
        Self { asks, ..self }
    }

    /// Up to and with a minor version.
    pub(crate) const fn until(self, minor: u8) -> Self {
        Self { until: Some(minor), ..self }
    }
}

/// How the rules of a role answer needs, where it is bound.
pub(crate) fn found<'r>(rules: &'r [PolicyRule], needs: &[Need], scope: &Scope) -> Vec<Found<'r>> {
    let mut all = Vec::new();
    for need in needs.iter().filter(|need| need.is_namespaced || *scope == Scope::Cluster) {
        for (number, rule) in rules.iter().enumerate() {
            add(&mut all, need, number, rule);
        }
    }
    all
}

/// Whether the rules of a role answer any of the needs, where it is bound.
pub(crate) fn gives(rules: &[PolicyRule], needs: &[Need], scope: &Scope) -> bool {
    !found(rules, needs, scope).is_empty()
}

fn add<'r>(all: &mut Vec<Found<'r>>, need: &Need, number: usize, rule: &'r PolicyRule) {
    if need.asks != Asks::VerbPrefix && !matching::has_group(rule, need.group) {
        return;
    }
    for resource in need.resources.iter().filter_map(|resource| asked(rule, resource, need)) {
        for verb in verbs(rule, need) {
            if let Some(names) = names(rule, verb, resource) {
                let (group, until) = (need.group, need.until);
                all.push(Found { rule: number, verb, group, resource, names, until });
            }
        }
    }
}

fn asked<'r>(rule: &'r PolicyRule, resource: &'static str, need: &Need) -> Option<&'r str> {
    match need.asks {
        Asks::Exactly | Asks::AnyVerb => matching::has_resource(rule, resource).then_some(resource),
        Asks::AnySubresource => rule.resources.iter().map(String::as_str).find(|held| {
            let below = held.strip_prefix(resource).is_some_and(|rest| rest.starts_with('/'));
            *held == "*" || held.starts_with("*/") || below
        }),
        Asks::VerbPrefix => rule.resources.first().map(String::as_str),
    }
}

fn verbs<'r>(rule: &'r PolicyRule, need: &Need) -> Vec<&'r str> {
    let held = rule.verbs.iter().map(String::as_str);
    match need.asks {
        Asks::Exactly | Asks::AnySubresource => {
            let asked = need.verbs.iter().copied();
            asked.filter(|verb| matching::has_verb(rule, verb)).collect()
        }
        Asks::AnyVerb => held.collect(),
        Asks::VerbPrefix => {
            let begins = |verb: &str| need.verbs.iter().any(|start| verb.starts_with(start));
            held.filter(|verb| *verb == "*" || begins(verb)).collect()
        }
    }
}

/// The objects that a call of `verb` may name. A creation has no name in its path, but a
/// server-side apply that creates is a patch and is authorized as `create` with the name.
fn names<'r>(rule: &'r PolicyRule, verb: &str, resource: &str) -> Option<&'r [String]> {
    let is_nameless = match verb {
        "create" => !resource.contains('/'),
        "deletecollection" => true,
        _ => false,
    };
    let applies = verb == "create" && matching::has_verb(rule, "patch");
    let is_any = rule.resource_names.is_empty() || matching::has_name(rule, "");
    match is_nameless && !is_any && !applies {
        true => None,
        false if is_nameless && is_any => Some(&[]),
        false => Some(&rule.resource_names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rule from `verbs resources [group [names]]`, lists with commas; the core group is `-`.
    fn rule(text: &str) -> PolicyRule {
        let words: Vec<&str> = text.split_whitespace().collect();
        let list = |at: usize| -> Vec<String> {
            let words = words.get(at).into_iter().flat_map(|text| text.split(','));
            words.map(|word| if word == "-" { "" } else { word }.to_owned()).collect()
        };
        PolicyRule {
            verbs: list(0),
            resources: list(1),
            api_groups: if words.len() > 2 { list(2) } else { vec![String::new()] },
            resource_names: list(3),
            ..PolicyRule::default()
        }
    }

    fn check(need: Need, text: &str, expected: &str) {
        let rules = [rule(text)];
        let found = found(&rules, &[need], &Scope::Cluster);
        let told: Vec<String> = found
            .iter()
            .map(|one| format!("{} {} [{}]", one.verb, one.resource, one.names.join(",")))
            .collect();
        assert_eq!(told.join("; "), expected, "{text}");
    }

    #[test]
    fn a_rule_answers_as_the_server_matches_it() {
        let exec = Need::inside(&["create"], "", &["pods/exec"]);
        check(exec, "create pods/exec", "create pods/exec []");
        check(exec, "* */exec", "create pods/exec []");
        check(exec, "create * *", "create pods/exec []");
        check(exec, "create pods", "");
        check(exec, "create pods/*", "");
        check(exec, "create pods/exec core", "");
        check(exec, "get pods/exec", "");
    }

    #[test]
    fn names_limit_what_has_a_name() {
        let pods = Need::inside(&["create", "patch", "deletecollection"], "", &["pods"]);
        check(pods, "patch pods - web", "patch pods [web]");
        check(pods, "create pods - web", "");
        check(pods, "deletecollection pods - web", "");
        // A server-side apply that creates has the name.
        check(pods, "create,patch pods - web", "create pods [web]; patch pods [web]");
        let token = Need::inside(&["create"], "", &["serviceaccounts/token"]);
        check(token, "create serviceaccounts/token - web", "create serviceaccounts/token [web]");
    }

    #[test]
    fn some_needs_are_not_asked_exactly() {
        let proxy = Need::cluster(&[], "", &["nodes/proxy"]).asking(Asks::AnyVerb);
        check(proxy, "get nodes/proxy", "get nodes/proxy []");
        check(proxy, "get nodes", "");
        let extras = Need::cluster(&["impersonate"], "", &["userextras"]);
        let extras = extras.asking(Asks::AnySubresource);
        check(extras, "impersonate userextras/scopes", "impersonate userextras/scopes []");
        check(extras, "impersonate userextras", "");
        check(extras, "impersonate userextrasfoo/scopes", "");
        let acts = Need::inside(&["impersonate-on:"], "", &["*"]).asking(Asks::VerbPrefix);
        let on = "impersonate-on:user-info:list";
        check(acts, &format!("{on},get pods apps"), &format!("{on} pods []"));
        check(acts, "impersonate pods", "");
    }

    #[test]
    fn a_role_binding_gives_nothing_outside_namespaces() {
        let nodes = Need::cluster(&["patch"], "", &["nodes"]);
        let rules = [rule("patch nodes")];
        assert!(gives(&rules, &[nodes], &Scope::Cluster));
        assert!(!gives(&rules, &[nodes], &Scope::Namespace("apps".into())));
    }
}
