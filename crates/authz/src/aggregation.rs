//! What the controller of aggregated `ClusterRole`s does: their rules are those of the roles
//! their selectors pick. Needed where rules come from manifests, which no controller has filled.

mod selector;

use std::collections::{BTreeMap, HashSet};

pub use self::selector::BadSelector;
use crate::policy::{ClusterRole, Policy, PolicyRule};

/// Replaces the rules of every aggregated role: selector by selector, the rules of the roles it
/// picks in order of their names, each rule once. The rules that a manifest gives an aggregated
/// role do not count, as the controller would replace them.
///
/// Roles may pick roles that are aggregated themselves. Roles that pick each other end with what
/// they pick besides, the least that is consistent.
pub fn aggregate(mut policy: Policy) -> Result<Policy, Vec<BadSelector>> {
    let bad = selector::check_all(&policy.cluster_roles);
    if !bad.is_empty() {
        return Err(bad);
    }
    let picks = picks(&policy.cluster_roles);
    for &role in picks.keys() {
        replace(&mut policy.cluster_roles, role, Vec::new());
    }
    // From empty lists rules are only ever gained, so this ends.
    let mut gained = true;
    while gained {
        gained = false;
        for (&role, picked) in &picks {
            gained |= refill(&mut policy.cluster_roles, role, picked);
        }
    }
    Ok(policy)
}

/// For each aggregated role the roles it picks, all as positions.
fn picks(roles: &[ClusterRole]) -> BTreeMap<usize, Vec<usize>> {
    let mut by_name: Vec<(usize, &ClusterRole)> = roles.iter().enumerate().collect();
    by_name.sort_by(|one, other| one.1.name.cmp(&other.1.name));
    let mut picks = BTreeMap::new();
    for (number, role) in roles.iter().enumerate() {
        let Some(selectors) = &role.aggregation else { continue };
        let picked = selectors.iter().flat_map(|selector| {
            let others = by_name.iter().filter(|(_, other)| other.name != role.name);
            let matching = others.filter(|(_, other)| selector::matches(selector, &other.labels));
            matching.map(|(number, _)| *number)
        });
        picks.insert(number, picked.collect());
    }
    picks
}

/// Collects a role's rules anew; whether there are more of them than before.
fn refill(roles: &mut [ClusterRole], filled: usize, picked: &[usize]) -> bool {
    let before = roles.get(filled).map_or(0, |role| role.rules.len());
    let mut seen: HashSet<&PolicyRule> = HashSet::new();
    let all = picked.iter().filter_map(|number| roles.get(*number)).flat_map(|role| &role.rules);
    let collected: Vec<PolicyRule> = all.filter(|rule| seen.insert(rule)).cloned().collect();
    let gained = collected.len() > before;
    replace(roles, filled, collected);
    gained
}

fn replace(roles: &mut [ClusterRole], filled: usize, collected: Vec<PolicyRule>) {
    if let Some(role) = roles.get_mut(filled) {
        role.rules = collected;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{LabelSelector, Operator, Requirement};

    fn labelled(name: &str, labels: &[&str], verbs: &[&str]) -> ClusterRole {
        let rule =
            |verb: &&str| PolicyRule { verbs: vec![(*verb).to_owned()], ..PolicyRule::default() };
        ClusterRole {
            name: name.to_owned(),
            labels: labels.iter().map(|label| ((*label).to_owned(), "yes".to_owned())).collect(),
            rules: verbs.iter().map(rule).collect(),
            aggregation: None,
        }
    }

    fn picking(label: &str) -> LabelSelector {
        let labels = BTreeMap::from([(label.to_owned(), "yes".to_owned())]);
        LabelSelector { labels, expressions: Vec::new() }
    }

    fn looking(key: &str, operator: Operator, values: &[&str]) -> LabelSelector {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let expressions = vec![Requirement { key: key.to_owned(), operator, values }];
        LabelSelector { labels: BTreeMap::new(), expressions }
    }

    fn aggregated(role: ClusterRole, selectors: Vec<LabelSelector>) -> ClusterRole {
        ClusterRole { aggregation: Some(selectors), ..role }
    }

    fn check(cluster_roles: Vec<ClusterRole>, role: &str, verbs: &[&str]) {
        let policy = aggregate(Policy { cluster_roles, ..Policy::default() }).unwrap();
        let role = policy.cluster_roles.iter().find(|found| found.name == role).unwrap();
        let found: Vec<&str> =
            role.rules.iter().flat_map(|rule| &rule.verbs).map(String::as_str).collect();
        assert_eq!(found, verbs);
    }

    #[test]
    fn collects_by_selector_and_name_each_rule_once() {
        let roles = vec![
            aggregated(labelled("all", &["a"], &["own"]), vec![picking("b"), picking("a")]),
            labelled("z", &["a"], &["list", "get"]),
            labelled("c", &["a", "b"], &["get", "watch"]),
            labelled("none", &[], &["delete"]),
        ];
        check(roles, "all", &["get", "watch", "list"]);
    }

    #[test]
    fn collects_through_roles_that_are_aggregated_themselves() {
        let roles = vec![
            aggregated(labelled("admin", &[], &[]), vec![picking("to-admin")]),
            aggregated(labelled("edit", &["to-admin"], &[]), vec![picking("to-edit")]),
            aggregated(labelled("view", &["to-edit"], &[]), vec![picking("to-view")]),
            labelled("pods", &["to-view"], &["get"]),
            labelled("more", &["to-admin"], &["create"]),
        ];
        check(roles, "admin", &["get", "create"]);
    }

    #[test]
    fn gives_nothing_to_roles_that_only_pick_each_other() {
        let ring = |from: &str, to: &str, verb: &str| {
            aggregated(labelled(from, &[from], &[verb]), vec![picking(to)])
        };
        let roles = vec![ring("a", "b", "x"), ring("b", "c", "y"), ring("c", "a", "z")];
        check(roles.clone(), "a", &[]);
        let fed = roles.into_iter().chain([labelled("d", &["c"], &["get"])]).collect();
        check(fed, "a", &["get"]);
    }

    #[test]
    fn picks_by_every_operator() {
        let cases = [
            (looking("k", Operator::In, &["yes", "no"]), vec!["with"]),
            (looking("k", Operator::NotIn, &["yes"]), vec!["without"]),
            (looking("k", Operator::NotIn, &["no"]), vec!["with", "without"]),
            (looking("k", Operator::Exists, &[]), vec!["with"]),
            (looking("k", Operator::DoesNotExist, &[]), vec!["without"]),
            (LabelSelector::default(), vec!["with", "without"]),
        ];
        for (selector, expected) in cases {
            let roles = vec![
                aggregated(labelled("all", &[], &[]), vec![selector]),
                labelled("with", &["k"], &["with"]),
                labelled("without", &[], &["without"]),
            ];
            check(roles, "all", &expected);
        }
    }

    #[test]
    fn refuses_selectors_that_mean_nothing() {
        let selectors = vec![
            looking("k", Operator::In, &[]),
            looking("k", Operator::Exists, &["v"]),
            looking("-k", Operator::Exists, &[]),
            looking("Bad.Domain/k", Operator::NotIn, &["a b"]),
            picking(""),
            looking("example.com/k_1", Operator::In, &["", "A.b-c_9"]),
        ];
        let cluster_roles = vec![aggregated(labelled("all", &[], &[]), selectors)];
        let bad = aggregate(Policy { cluster_roles, ..Policy::default() }).unwrap_err();
        let told: Vec<String> = bad.iter().map(ToString::to_string).collect();
        let at = |place: &str| {
            format!("ClusterRole \"all\": aggregationRule.clusterRoleSelectors{place}")
        };
        let key = "is not a label key, such as app or example.com/app";
        assert_eq!(
            told,
            [
                at("[0].matchExpressions[0].values: must not be empty for In and NotIn"),
                at("[1].matchExpressions[0].values: must be empty for Exists and DoesNotExist"),
                at(&format!("[2].matchExpressions[0].key: \"-k\" {key}")),
                at(&format!("[3].matchExpressions[0].key: \"Bad.Domain/k\" {key}")),
                at("[3].matchExpressions[0].values: \"a b\" is not a label value: \
                    at most 63 letters and digits, with - _ . between them"),
                at(&format!("[4].matchLabels: \"\" {key}")),
            ]
        );
    }
}
