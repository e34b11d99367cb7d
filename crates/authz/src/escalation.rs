//! Whether somebody who grants rules holds them: Kubernetes' `Covers`, by which nobody gives
//! away more than they have.

use crate::policy::PolicyRule;

/// Whether `held` allows everything that `wanted` allows. As upstream, each single combination
/// must be covered by one single rule, and a wanted rule without API groups or resources wants
/// nothing there.
pub fn covers(held: &[PolicyRule], wanted: &[PolicyRule]) -> bool {
    uncovered(held, wanted).next().is_none()
}

/// The combinations of `wanted` that no rule of `held` covers: each a rule with one verb and one
/// URL, or one verb, group, resource and at most one name. Made one at a time, as asked for.
pub fn uncovered<'a>(
    held: &'a [PolicyRule],
    wanted: &'a [PolicyRule],
) -> impl Iterator<Item = PolicyRule> + 'a {
    // A rule covers the combinations of another all at once if it covers each of its lists.
    let is_open = |wanted: &&PolicyRule| !held.iter().any(|held| covers_all(held, wanted));
    let atoms = wanted.iter().filter(is_open).flat_map(broken_down);
    atoms.filter(|atom| !held.iter().any(|held| atom.is_covered_by(held))).map(Atom::into_rule)
}

#[derive(Debug, Clone, Copy)]
enum Atom<'a> {
    Resource { verb: &'a str, group: &'a str, resource: &'a str, name: Option<&'a str> },
    Url { verb: &'a str, url: &'a str },
}

impl Atom<'_> {
    fn is_covered_by(self, held: &PolicyRule) -> bool {
        match self {
            Self::Resource { verb, group, resource, name } => {
                has_or_star(&held.verbs, verb)
                    && has_or_star(&held.api_groups, group)
                    && covers_resource(&held.resources, resource)
                    && (held.resource_names.is_empty()
                        || name.is_some_and(|name| has(&held.resource_names, name)))
            }
            Self::Url { verb, url } => {
                has_or_star(&held.verbs, verb)
                    && covers_url(&held.non_resource_urls, url)
                    && held.resource_names.is_empty()
            }
        }
    }

    fn into_rule(self) -> PolicyRule {
        let list = |text: &str| vec![text.to_owned()];
        match self {
            Self::Resource { verb, group, resource, name } => PolicyRule {
                verbs: list(verb),
                api_groups: list(group),
                resources: list(resource),
                resource_names: name.map(list).unwrap_or_default(),
                non_resource_urls: Vec::new(),
            },
            Self::Url { verb, url } => PolicyRule {
                verbs: list(verb),
                non_resource_urls: list(url),
                ..PolicyRule::default()
            },
        }
    }
}

fn broken_down(rule: &PolicyRule) -> impl Iterator<Item = Atom<'_>> {
    resource_atoms(rule).chain(url_atoms(rule))
}

fn resource_atoms(rule: &PolicyRule) -> impl Iterator<Item = Atom<'_>> {
    let any_name = rule.resource_names.is_empty().then_some(None);
    let names = move || any_name.into_iter().chain(rule.resource_names.iter().map(Some));
    rule.api_groups.iter().flat_map(move |group| {
        rule.resources.iter().flat_map(move |resource| {
            rule.verbs.iter().flat_map(move |verb| {
                names().map(move |name| Atom::Resource {
                    verb,
                    group,
                    resource,
                    name: name.map(String::as_str),
                })
            })
        })
    })
}

fn url_atoms(rule: &PolicyRule) -> impl Iterator<Item = Atom<'_>> {
    let urls = rule.non_resource_urls.iter();
    urls.flat_map(|url| rule.verbs.iter().map(move |verb| Atom::Url { verb, url }))
}

fn covers_all(held: &PolicyRule, wanted: &PolicyRule) -> bool {
    wanted.verbs.iter().all(|verb| has_or_star(&held.verbs, verb))
        && wanted.api_groups.iter().all(|group| has_or_star(&held.api_groups, group))
        && wanted.resources.iter().all(|resource| covers_resource(&held.resources, resource))
        && wanted.non_resource_urls.iter().all(|url| covers_url(&held.non_resource_urls, url))
        && covers_names(held, wanted)
}

fn covers_names(held: &PolicyRule, wanted: &PolicyRule) -> bool {
    // URLs have no names, so a rule for names covers none of them.
    held.resource_names.is_empty()
        || wanted.non_resource_urls.is_empty()
            && !wanted.resource_names.is_empty()
            && wanted.resource_names.iter().all(|name| has(&held.resource_names, name))
}

fn has(held: &[String], wanted: &str) -> bool {
    held.iter().any(|held| held == wanted)
}

fn has_or_star(held: &[String], wanted: &str) -> bool {
    held.iter().any(|held| held == "*" || held == wanted)
}

fn covers_resource(held: &[String], wanted: &str) -> bool {
    let subresource = wanted.split_once('/').map(|(_, subresource)| subresource);
    has_or_star(held, wanted)
        || subresource.is_some_and(|wanted| {
            held.iter().any(|held| held.strip_prefix("*/").is_some_and(|held| held == wanted))
        })
}

fn covers_url(held: &[String], wanted: &str) -> bool {
    held.iter().any(|held| {
        held == wanted || held.ends_with('*') && wanted.starts_with(held.trim_end_matches('*'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verbs, groups, resources, names, URLs, each a list with blanks between; `core` is the empty
    /// group.
    fn rule(
        [verbs, api_groups, resources, resource_names, non_resource_urls]: [&str; 5],
    ) -> PolicyRule {
        let list = |text: &str| {
            let words = text.split_whitespace();
            words.map(|word| if word == "core" { "" } else { word }.to_owned()).collect()
        };
        PolicyRule {
            verbs: list(verbs),
            api_groups: list(api_groups),
            resources: list(resources),
            resource_names: list(resource_names),
            non_resource_urls: list(non_resource_urls),
        }
    }

    fn check(held: &[[&str; 5]], wanted: [&str; 5], expected: usize) {
        let held: Vec<PolicyRule> = held.iter().copied().map(rule).collect();
        let missing: Vec<PolicyRule> = uncovered(&held, &[rule(wanted)]).collect();
        assert_eq!(missing.len(), expected, "{wanted:?} of {held:?}: {missing:?}");
    }

    #[test]
    fn one_rule_must_cover_each_combination() {
        let halves = [["get", "core", "pods nodes", "", ""], ["list", "core", "pods", "", ""]];
        check(&halves, ["get list", "core", "pods", "", ""], 0);
        check(&halves, ["get list", "core", "pods nodes", "", ""], 1);
        check(&halves, ["*", "core", "pods", "", ""], 1);
        check(&[], ["get list", "core apps", "a b c", "", "/x /y"], 16);
        check(&[], ["get", "core", "", "", ""], 0);
    }

    #[test]
    fn stars_cover_and_are_covered_by_stars_alone() {
        check(
            &[["*", "*", "*", "", "*"]],
            ["* get", "* core", "* */log pods/log", "x", "* /a*"],
            0,
        );
        check(
            &[["get", "core", "*/log", "", ""]],
            ["get", "core", "pods/log */log pods/x/log", "", ""],
            1,
        );
        check(&[["get", "core", "pods/log", "", ""]], ["get", "core", "*/log *", "", ""], 2);
        check(&[["get", "", "", "", "/a/*"]], ["get", "", "", "", "/a/ /a/b /a/* /a /a*"], 2);
    }

    #[test]
    fn names_cover_no_more_than_themselves_and_no_url() {
        let named = [["get", "core", "pods", "x y", "/a"]];
        check(&named, ["get", "core", "pods", "x", ""], 0);
        check(&named, ["get", "core", "pods", "x z", ""], 1);
        check(&named, ["get", "core", "pods", "", ""], 1);
        check(&named, ["get", "core", "pods", "x", "/a"], 1);
        check(&[["get", "core", "pods", "", ""]], ["get", "core", "pods", "x y", ""], 0);
    }
}
