//! A policy file's tree to a [`Policy`], with every problem it has. As kube-apiserver: an unknown
//! field is a warning, a wrong type or value an error.

use serde_json::Value;

use super::rule::{GroupResources, Rule, Target};
use super::tree::{Fields, Notes, path_of};
use super::{Policy, Problem};
use crate::{Level, Stage, Stages};

pub(super) fn policy(value: &Value) -> Result<Policy, Vec<Problem>> {
    let mut notes = Notes::default();
    let fields = Fields::of(value, String::new(), POLICY, &mut notes);
    is_word(&fields, "apiVersion", "audit.k8s.io/v1", &mut notes);
    is_word(&fields, "kind", "Policy", &mut notes);
    let policy = Policy {
        rules: rules(&fields, &mut notes),
        omit_stages: stages(&fields, &mut notes),
        omit_managed_fields: fields.flag("omitManagedFields", &mut notes).unwrap_or(false),
        warnings: Vec::new(),
    };
    if notes.problems.is_empty() {
        return Ok(Policy { warnings: notes.warnings, ..policy });
    }
    Err(notes.problems)
}

fn is_word(fields: &Fields<'_>, key: &str, word: &str, notes: &mut Notes) {
    let found = fields.text(key, notes);
    if found != word {
        notes.problem(fields.at(key), format!("is {found:?}; only {word:?} is known"));
    }
}

fn rules(fields: &Fields<'_>, notes: &mut Notes) -> Vec<Rule> {
    let values = fields.list("rules", notes);
    if values.is_empty() {
        notes.problem(fields.at("rules"), "holds no rule; a policy has one at least");
    }
    let at = fields.at("rules");
    let paths = (0..).map(|index| path_of(&at, index));
    values.iter().zip(paths).map(|(value, path)| rule(value, path, notes)).collect()
}

fn rule(value: &Value, path: String, notes: &mut Notes) -> Rule {
    let fields = Fields::of(value, path, RULE, notes);
    Rule {
        level: level(&fields, notes),
        users: fields.texts("users", notes),
        user_groups: fields.texts("userGroups", notes),
        verbs: fields.texts("verbs", notes),
        target: target(&fields, notes),
        omit_stages: stages(&fields, notes),
        omit_managed_fields: fields.flag("omitManagedFields", notes),
    }
}

fn level(fields: &Fields<'_>, notes: &mut Notes) -> Level {
    let found = fields.text("level", notes);
    let level = Level::ALL.into_iter().find(|level| level.as_str() == found);
    if level.is_none() {
        let words = Level::ALL.map(Level::as_str).join(", ");
        let problem = match found {
            "" => format!("is missing; one of {words}"),
            found => format!("is {found:?}; one of {words}"),
        };
        notes.problem(fields.at("level"), problem);
    }
    level.unwrap_or(Level::None)
}

fn stages(fields: &Fields<'_>, notes: &mut Notes) -> Stages {
    let at = fields.at("omitStages");
    let mut found = Vec::new();
    for (index, word) in fields.texts("omitStages", notes).iter().enumerate() {
        let stage = Stage::ALL.into_iter().find(|stage| stage.as_str() == word);
        found.extend(stage);
        if stage.is_none() {
            let words = Stage::ALL.map(Stage::as_str).join(", ");
            notes.problem(path_of(&at, index), format!("is {word:?}; one of {words}"));
        }
    }
    found.into_iter().collect()
}

fn target(fields: &Fields<'_>, notes: &mut Notes) -> Target {
    let paths = paths(fields, notes);
    let namespaces = fields.texts("namespaces", notes);
    let resources = resources(fields, notes);
    match (paths.is_empty(), namespaces.is_empty() && resources.is_empty()) {
        (true, true) => Target::Any,
        (true, false) => Target::Resources { namespaces, resources },
        (false, true) => Target::Paths(paths),
        (false, false) => {
            let problem =
                "a rule is about resources and namespaces, or about paths; make two rules";
            notes.problem(fields.at("nonResourceURLs"), problem);
            Target::Any
        }
    }
}

fn paths(fields: &Fields<'_>, notes: &mut Notes) -> Vec<String> {
    let at = fields.at("nonResourceURLs");
    let patterns = fields.texts("nonResourceURLs", notes);
    for (index, pattern) in patterns.iter().enumerate().filter(|(_, pattern)| *pattern != "*") {
        if !pattern.starts_with('/') {
            notes.problem(path_of(&at, index), format!("{pattern:?} does not start with \"/\""));
        }
        let mut before_last = pattern.chars();
        before_last.next_back();
        if before_last.as_str().contains('*') {
            let problem = format!("{pattern:?} has a \"*\" that is not its last character");
            notes.problem(path_of(&at, index), problem);
        }
    }
    patterns
}

fn resources(fields: &Fields<'_>, notes: &mut Notes) -> Vec<GroupResources> {
    let at = fields.at("resources");
    let paths = (0..).map(|index| path_of(&at, index));
    let values = fields.list("resources", notes);
    values.iter().zip(paths).map(|(value, path)| group(value, path, notes)).collect()
}

fn group(value: &Value, path: String, notes: &mut Notes) -> GroupResources {
    let fields = Fields::of(value, path, GROUP_RESOURCES, notes);
    let group = fields.text("group", notes).to_owned();
    if !(group.is_empty() || group == "*" || is_subdomain(&group)) {
        let problem = format!("{group:?} is no API group: a DNS name in lower case, or \"*\"");
        notes.problem(fields.at("group"), problem);
    }
    let resources = fields.texts("resources", notes);
    let names = fields.texts("resourceNames", notes);
    if resources.is_empty() && !names.is_empty() {
        notes.problem(fields.at("resourceNames"), "needs one of `resources` at least");
    }
    GroupResources { group, resources, names }
}

/// Kubernetes' `NameIsDNSSubdomain`.
fn is_subdomain(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(inner)
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

const POLICY: &[&str] =
    &["apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields"];
const RULE: &[&str] = &[
    "level",
    "users",
    "userGroups",
    "verbs",
    "resources",
    "namespaces",
    "nonResourceURLs",
    "omitStages",
    "omitManagedFields",
];
const GROUP_RESOURCES: &[&str] = &["group", "resources", "resourceNames"];
