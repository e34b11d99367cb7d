//! The rules for lists of resources, and across entries.

use tree::Path;

use crate::names::Name;
use crate::{Configuration, Fault, Problem};

/// What is wrong with one list of resources.
pub(crate) fn of_list(resources: &[String], path: &Path) -> Vec<Problem> {
    let problem = |path: &Path, fault| Problem { path: path.clone(), fault };
    if resources.is_empty() {
        return vec![problem(path, Fault::Empty)];
    }
    let names: Vec<Name<'_>> = resources.iter().map(|text| Name::parse(text)).collect();
    let of_each = resources
        .iter()
        .enumerate()
        .filter_map(|(index, resource)| Some(problem(&path.then(index), of_one(resource)?)));
    let twice = has_pair(&names, |a, b| a == b).then(|| problem(path, Fault::DuplicateResource));
    let overlap = has_pair(&names, Name::masks).then(|| problem(path, Fault::OverlappingResources));
    twice.into_iter().chain(overlap).chain(of_each).collect()
}

/// What an earlier wildcard leaves nothing for. kube-apiserver stops at the first; all are told.
pub(crate) fn across_entries(configuration: &Configuration) -> Vec<Problem> {
    let mut earlier: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for (index, entry) in configuration.entries.iter().enumerate() {
        let path = Path::of(&["resources"]).then(index).then("resources");
        for (number, resource) in entry.resources.iter().enumerate() {
            let masks = |before: &&&str| Name::parse(before).masks(Name::parse(resource));
            if let Some(by) = earlier.iter().find(masks) {
                let fault = Fault::Masked { resource: resource.clone(), by: (*by).to_owned() };
                found.push(Problem { path: path.then(number), fault });
            }
            earlier.push(resource);
        }
    }
    found
}

fn has_pair<'a>(names: &[Name<'a>], is_met: impl Fn(Name<'a>, Name<'a>) -> bool) -> bool {
    names.iter().enumerate().any(|(index, a)| {
        names.iter().enumerate().any(|(other, b)| index != other && is_met(*a, *b))
    })
}

/// The first rule that one resource breaks.
fn of_one(resource: &str) -> Option<Fault> {
    let name = Name::parse(resource);
    if resource.to_lowercase() != resource {
        Some(Fault::CapitalLetters(resource.to_owned()))
    } else if resource == "*" {
        Some(Fault::LoneStar)
    } else if WITHOUT_API.contains(&resource) {
        Some(Fault::NotAnApiResource(resource.to_owned()))
    } else if name.group == "events.k8s.io" {
        Some(Fault::EventsGroup)
    } else if name.group == "extensions" {
        Some(Fault::ExtensionsGroup)
    } else if name.group == "*" && name.resource != "*" {
        Some(Fault::AcrossGroups)
    } else {
        None
    }
}

/// Stored by kube-apiserver for itself.
const WITHOUT_API: [&str; 3] =
    ["apiserveripinfo", "serviceipallocations", "servicenodeportallocations"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entry;

    #[test]
    fn what_a_list_must_not_hold_is_told_at_its_place() {
        let check = |resources: &[&str], expected: &[(&str, Fault)]| {
            let resources: Vec<String> = resources.iter().map(|text| (*text).to_owned()).collect();
            let found: Vec<(String, Fault)> = of_list(&resources, &Path::of(&["r"]))
                .into_iter()
                .map(|problem| (problem.path.to_string(), problem.fault))
                .collect();
            let expected: Vec<(String, Fault)> =
                expected.iter().map(|(path, fault)| ((*path).to_owned(), fault.clone())).collect();
            assert_eq!(found, expected, "{resources:?}");
        };
        check(&["secrets", "configmaps", "*.apps"], &[]);
        check(&["secrets", "deployments.apps", "*.*.example"], &[]);
        check(&[], &[("r", Fault::Empty)]);
        check(&["secrets", "secrets"], &[("r", Fault::DuplicateResource)]);
        let twice = ["*.", "*."];
        check(&twice, &[("r", Fault::DuplicateResource), ("r", Fault::OverlappingResources)]);
        check(&["secrets", "*."], &[("r", Fault::OverlappingResources)]);
        check(&["*.apps", "deployments.apps"], &[("r", Fault::OverlappingResources)]);
        check(&["*.*", "deployments.apps"], &[("r", Fault::OverlappingResources)]);
        check(&["Secrets"], &[("r[0]", Fault::CapitalLetters("Secrets".to_owned()))]);
        check(&["*"], &[("r[0]", Fault::LoneStar)]);
        check(&["a", "*"], &[("r", Fault::OverlappingResources), ("r[1]", Fault::LoneStar)]);
        let stored = "serviceipallocations";
        check(&[stored], &[("r[0]", Fault::NotAnApiResource(stored.to_owned()))]);
        check(&["events.events.k8s.io"], &[("r[0]", Fault::EventsGroup)]);
        check(&["*.extensions"], &[("r[0]", Fault::ExtensionsGroup)]);
        check(&["secrets.*"], &[("r[0]", Fault::AcrossGroups)]);
    }

    #[test]
    fn a_wildcard_masks_what_comes_after_it() {
        let check = |entries: &[&[&str]], expected: &[(&str, &str, &str)]| {
            let entries = entries.iter().map(|resources| Entry {
                resources: resources.iter().map(|text| (*text).to_owned()).collect(),
                providers: Vec::new(),
            });
            let configuration = Configuration { entries: entries.collect() };
            let found: Vec<(String, Fault)> = across_entries(&configuration)
                .into_iter()
                .map(|problem| (problem.path.to_string(), problem.fault))
                .collect();
            let masked = |(path, resource, by): &(&str, &str, &str)| {
                let fault =
                    Fault::Masked { resource: (*resource).to_owned(), by: (*by).to_owned() };
                ((*path).to_owned(), fault)
            };
            assert_eq!(found, expected.iter().map(masked).collect::<Vec<_>>(), "{configuration:?}");
        };
        check(&[&["secrets"], &["*.apps"], &["*."], &["*.*"]], &[]);
        check(&[&["secrets"], &["secrets"]], &[]);
        check(&[&["*."], &["secrets"]], &[("resources[1].resources[0]", "secrets", "*.")]);
        check(&[&["*.apps"], &["*.apps"]], &[("resources[1].resources[0]", "*.apps", "*.apps")]);
        check(
            &[&["*.*"], &["a", "*.b"]],
            &[
                ("resources[1].resources[0]", "a", "*.*"),
                ("resources[1].resources[1]", "*.b", "*.*"),
            ],
        );
    }
}
