//! Which addresses a caller may come from, by who the caller is and what is asked.
//!
//! Each [`Rule`] is a restriction on the requests it applies to:
//!
//! - A rule applies to a request if the user or one of the groups is named (or neither users nor
//!   groups are), the verb is (or no verbs are), and what is asked of is (or nothing is).
//! - Every rule that applies must be content: the address is in none of its `deny-from` networks
//!   and, if it has `allow-from` networks, in one of them. So a deny always wins, and a narrow rule
//!   (administrators from the VPN) is never undone by a wide one (everybody from the office).
//! - If any rule at all has `allow-from`, at least one such rule must apply: whom no list names
//!   may not come. To let everybody else in, write a rule for everybody.
//!
//! No rules restrict nothing.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use model::Attributes;
use model::attributes::{Resource, Target};
use thiserror::Error;

use crate::forwarded::contains;

/// One restriction. Empty lists restrict nothing, except that one of the two networks is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// What the rule is called in logs and audit records.
    pub name: String,
    /// Exact user names.
    pub users: Vec<String>,
    /// Exact group names.
    pub groups: Vec<String>,
    /// Kubernetes verbs, or lower-case HTTP methods for paths.
    pub verbs: Vec<String>,
    /// Resources: `pods`, `pods/exec`, `deployments.apps`, `deployments.apps/scale`, `*/exec`.
    /// `pods` means no subresource; `*` means every resource with every subresource. Without a
    /// group after the dot every API group is meant.
    pub resources: Vec<String>,
    /// Namespaces; with any, requests without a namespace do not match.
    pub namespaces: Vec<String>,
    /// Paths outside the resource API, exact or with a `*` at the end.
    pub paths: Vec<String>,
    /// The only networks to come from.
    pub allow_from: Vec<IpNet>,
    /// Networks not to come from.
    pub deny_from: Vec<IpNet>,
}

/// All rules. See the module for how they add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessRules {
    rules: Vec<Rule>,
    has_allow_list: bool,
}

impl AccessRules {
    /// Takes `rules`, or says all that is wrong with them.
    pub fn new(rules: Vec<Rule>) -> Result<Self, Vec<BadRule>> {
        let mut names = BTreeSet::new();
        let mut mistakes = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            if !rule.name.is_empty() && !names.insert(rule.name.as_str()) {
                mistakes.push(BadRule { index, problem: Problem::SameName });
            }
            mistakes.extend(problems(rule).into_iter().map(|problem| BadRule { index, problem }));
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let has_allow_list = rules.iter().any(|rule| !rule.allow_from.is_empty());
        Ok(Self { rules, has_allow_list })
    }

    /// The rules in their order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether the request may come from `address`; if not, which rule says so.
    pub fn judge(&self, address: IpAddr, request: &Attributes<'_>) -> Result<(), Denied> {
        let mut is_listed = false;
        for rule in self.rules.iter().filter(|rule| rule.applies_to(request)) {
            let is_shut_out = !rule.allow_from.is_empty() && !contains(&rule.allow_from, address);
            if is_shut_out || contains(&rule.deny_from, address) {
                return Err(Denied { rule: Some(rule.name.clone()) });
            }
            is_listed |= !rule.allow_from.is_empty();
        }
        if self.has_allow_list && !is_listed { Err(Denied { rule: None }) } else { Ok(()) }
    }
}

/// The address may not ask this. For the operator; the client need not learn which rule it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", match rule {
    Some(rule) => format!("network rule {rule:?} does not let the request come from this address"),
    None => "no network rule with an allow-from list names the request".to_owned(),
})]
pub struct Denied {
    /// The name of the rule; `None` where there are allow lists and none names the request.
    pub rule: Option<String>,
}

/// What is wrong with the rule at `index`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRule {
    /// The rule's place, from 0.
    pub index: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// There is no name.
    #[error("name is empty; logs name the rule by it")]
    NoName,
    /// Another rule has the same name.
    #[error("another rule has the same name")]
    SameName,
    /// The rule restricts nothing.
    #[error("neither allow-from nor deny-from has a network, so the rule does nothing")]
    NoNetworks,
    /// The rule would never apply.
    #[error("namespaces never match paths; give resources, or leave paths or namespaces out")]
    NamespacesOfPaths,
    /// An entry that would never match.
    #[error("{0:?} never matches: {1}")]
    NeverMatches(String, &'static str),
    /// An IPv4 network written as IPv6 never holds an address: those are read as IPv4.
    #[error("{0} is an IPv4 network in IPv6 form; write it as IPv4")]
    Mapped(IpNet),
}

impl Rule {
    fn applies_to(&self, request: &Attributes<'_>) -> bool {
        self.names_caller(request) && names(&self.verbs, request.verb) && self.names_target(request)
    }

    fn names_caller(&self, request: &Attributes<'_>) -> bool {
        (self.users.is_empty() && self.groups.is_empty())
            || self.users.contains(&request.user.name)
            || self.groups.iter().any(|group| request.user.is_in(group))
    }

    fn names_target(&self, request: &Attributes<'_>) -> bool {
        let names_any = self.resources.is_empty() && self.paths.is_empty();
        match &request.target {
            Target::Resource(resource) => {
                (names_any || self.resources.iter().any(|pattern| covers(pattern, resource)))
                    && names(&self.namespaces, resource.namespace)
            }
            Target::Path(path) => {
                (names_any && self.namespaces.is_empty())
                    || self.paths.iter().any(|pattern| covers_path(pattern, path))
            }
        }
    }
}

fn names(list: &[String], value: &str) -> bool {
    list.is_empty() || list.iter().any(|entry| entry == value)
}

fn covers(pattern: &str, resource: &Resource<'_>) -> bool {
    if pattern == "*" {
        return true;
    }
    let (name, subresource) = pattern.split_once('/').unwrap_or((pattern, ""));
    let (name, group) =
        name.split_once('.').map_or((name, None), |(name, group)| (name, Some(group)));
    (name == "*" || name == resource.resource)
        && group.is_none_or(|group| group == resource.group)
        && (subresource == "*" || subresource == resource.subresource)
}

fn covers_path(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => pattern == path,
    }
}

fn problems(rule: &Rule) -> Vec<Problem> {
    let mut problems = Vec::new();
    if rule.name.is_empty() {
        problems.push(Problem::NoName);
    }
    if rule.allow_from.is_empty() && rule.deny_from.is_empty() {
        problems.push(Problem::NoNetworks);
    }
    if !rule.namespaces.is_empty() && rule.resources.is_empty() && !rule.paths.is_empty() {
        problems.push(Problem::NamespacesOfPaths);
    }
    problems.extend(dead_entries(rule));
    let networks = rule.allow_from.iter().chain(&rule.deny_from);
    problems.extend(networks.copied().filter(is_mapped).map(Problem::Mapped));
    problems
}

fn dead_entries(rule: &Rule) -> Vec<Problem> {
    let mut dead = Vec::new();
    let mut judge = |entries: &[String], is_dead: fn(&str) -> bool, why: &'static str| {
        let found = entries.iter().filter(|entry| is_dead(entry));
        dead.extend(found.map(|entry| Problem::NeverMatches(entry.clone(), why)));
    };
    judge(&rule.users, str::is_empty, "no caller has an empty name");
    judge(&rule.groups, str::is_empty, "no group has an empty name");
    let is_no_verb =
        |verb: &str| !verb.bytes().all(|byte| byte.is_ascii_lowercase()) || verb.is_empty();
    judge(&rule.verbs, is_no_verb, "verbs are lower-case words; leave verbs out to mean all");
    judge(
        &rule.namespaces,
        |name| name.is_empty() || name.contains('*'),
        "namespaces are exact names",
    );
    judge(&rule.paths, |path| !path.starts_with('/'), "paths start with /");
    let is_no_resource = |resource: &str| {
        resource.is_empty() || resource.starts_with('/') || resource.matches('/').count() > 1
    };
    judge(
        &rule.resources,
        is_no_resource,
        "resources look like pods, pods/exec or deployments.apps",
    );
    dead
}

fn is_mapped(network: &IpNet) -> bool {
    match network {
        IpNet::V4(_) => false,
        IpNet::V6(v6) => v6.prefix_len() >= 96 && v6.addr().to_ipv4_mapped().is_some(),
    }
}

#[cfg(test)]
mod tests;
