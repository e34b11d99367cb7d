//! What two lists of rules both allow. A call is allowed by both if one rule of each allows it,
//! and two rules meet in one rule: each of their parts is looked at by itself.

use std::collections::HashSet;
use std::hash::Hash;

use super::{NonResourceRule, ResourceRule};

/// What two lists have in common.
pub(super) struct Common<R> {
    pub(super) rules: Vec<R>,
    /// Whether the lists were too long to compare to the end.
    pub(super) is_cut: bool,
}

/// A rule that meets another in at most one rule.
pub(super) trait Meet: Clone + Eq + Hash {
    /// What both allow, if that is anything.
    fn meet(&self, other: &Self) -> Option<Self>;
}

/// What `rules` and `others` both allow, in the order of `rules`, without repetitions.
pub(super) fn all<R: Meet>(rules: &[R], others: &[R]) -> Common<R> {
    let whole_rows = MEETINGS / others.len().max(1);
    let mut common = Common { rules: Vec::new(), is_cut: rules.len() > whole_rows };
    let mut seen = HashSet::new();
    for rule in rules.iter().take(whole_rows) {
        let mut met: Vec<R> = others.iter().filter_map(|other| rule.meet(other)).collect();
        if met.contains(rule) {
            met = vec![rule.clone()]; // All others allow parts of it.
        }
        common.rules.extend(met.into_iter().filter(|rule| seen.insert(rule.clone())));
    }
    common
}

impl Meet for ResourceRule {
    fn meet(&self, other: &Self) -> Option<Self> {
        let names = match (self.resource_names.as_slice(), other.resource_names.as_slice()) {
            ([], names) | (names, []) => names.to_vec(),
            (names, others) => some(pairs(names, others, same))?,
        };
        Some(Self {
            verbs: some(starred(&self.verbs, &other.verbs, same))?,
            api_groups: some(starred(&self.api_groups, &other.api_groups, same))?,
            resources: some(starred(&self.resources, &other.resources, resource))?,
            resource_names: names,
        })
    }
}

impl Meet for NonResourceRule {
    fn meet(&self, other: &Self) -> Option<Self> {
        Some(Self {
            verbs: some(starred(&self.verbs, &other.verbs, same))?,
            non_resource_urls: some(pairs(&self.non_resource_urls, &other.non_resource_urls, url))?,
        })
    }
}

/// How two entries of a list meet: the narrower one, if both match something.
type Narrower = for<'a> fn(&'a str, &'a str) -> Option<&'a str>;

fn starred(list: &[String], others: &[String], narrower: Narrower) -> Vec<String> {
    let is_star = |entry: &String| entry == "*";
    if others.iter().any(is_star) {
        return list.to_vec();
    }
    if list.iter().any(is_star) {
        return others.to_vec();
    }
    pairs(list, others, narrower)
}

fn pairs(list: &[String], others: &[String], narrower: Narrower) -> Vec<String> {
    let mut met: Vec<String> = Vec::new();
    for entry in list {
        for found in others.iter().filter_map(|other| narrower(entry, other)) {
            if !met.iter().any(|met| met == found) {
                met.push(found.to_owned());
            }
        }
    }
    met
}

fn same<'a>(one: &'a str, other: &str) -> Option<&'a str> {
    (one == other).then_some(one)
}

/// `pods/log` is one of `*/log`.
fn resource<'a>(one: &'a str, other: &'a str) -> Option<&'a str> {
    let is_one_of = |narrow: &str, wide: &str| {
        let subresource = narrow.split_once('/').map(|(_, subresource)| subresource);
        wide.strip_prefix("*/").is_some_and(|wide| subresource == Some(wide))
    };
    if one == other || is_one_of(one, other) {
        return Some(one);
    }
    is_one_of(other, one).then_some(other)
}

/// A path that ends with a star covers those that begin with what is before its stars.
fn url<'a>(one: &'a str, other: &'a str) -> Option<&'a str> {
    let covers = |wide: &str, narrow: &str| {
        wide.ends_with('*') && narrow.trim_end_matches('*').starts_with(wide.trim_end_matches('*'))
    };
    if one == other || covers(other, one) {
        return Some(one);
    }
    covers(one, other).then_some(other)
}

fn some(list: Vec<String>) -> Option<Vec<String>> {
    Some(list).filter(|list| !list.is_empty())
}

/// How many pairs of rules one review compares: some 20 ms of work.
const MEETINGS: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace()
            .map(|word| if word == "core" { "" } else { word }.to_owned())
            .collect()
    }

    fn on([verbs, groups, resources, names]: [&str; 4]) -> ResourceRule {
        ResourceRule {
            verbs: words(verbs),
            api_groups: words(groups),
            resources: words(resources),
            resource_names: words(names),
        }
    }

    fn to([verbs, urls]: [&str; 2]) -> NonResourceRule {
        NonResourceRule { verbs: words(verbs), non_resource_urls: words(urls) }
    }

    fn check<R: Meet + std::fmt::Debug>(one: &R, other: &R, expected: Option<&R>) {
        assert_eq!(one.meet(other).as_ref(), expected, "{one:?} and {other:?}");
    }

    #[test]
    fn rules_meet_part_by_part() {
        let pods = &on(["get list", "core", "pods pods/log", ""]);
        let everything = &on(["*", "*", "*", ""]);
        check(pods, everything, Some(pods));
        check(everything, pods, Some(pods));
        let logs = &on(["list watch", "core apps", "*/log", "a b"]);
        let both = &on(["list", "core", "pods/log", "a b"]);
        check(pods, logs, Some(both));
        check(logs, pods, Some(both));
        check(pods, &on(["get", "apps", "pods", ""]), None);
        check(pods, &on(["get", "core", "pods/*", ""]), None);
        check(&on(["get", "", "pods", "a"]), &on(["get", "", "pods", "b"]), None);
    }

    #[test]
    fn paths_meet_in_the_longer() {
        let both = &to(["get", "/ab/* /b"]);
        check(&to(["get", "/a* /b"]), &to(["*", "/ab/* /b*"]), Some(both));
        check(&to(["get", "*"]), &to(["get", "/x"]), Some(&to(["get", "/x"])));
        check(&to(["get", "/x"]), &to(["get", "/x/"]), None);
        check(&to(["get", "/x"]), &to(["head", "/x"]), None);
    }

    #[test]
    fn keeps_a_rule_whole_where_one_other_covers_it() {
        let (narrow, wide) = (to(["get", "/a"]), to(["*", "*"]));
        let common = all(std::slice::from_ref(&narrow), &[to(["get", "/a*"]), wide]);
        assert_eq!(common.rules, [narrow]);
        assert!(!common.is_cut);
    }

    #[test]
    fn says_so_when_lists_are_too_long() {
        let many: Vec<_> = (0..400).map(|number| to(["get", &format!("/{number}")])).collect();
        let common = all(&many, &many);
        assert!(common.is_cut);
        assert_eq!(common.rules, many[..250]);
    }
}
