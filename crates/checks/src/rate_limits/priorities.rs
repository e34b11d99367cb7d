//! Flow schemas and priority levels as the API servers go by them: those that were seen, and those
//! that every API server keeps.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use flow::priority::{FlowSchema, PathRule, PriorityLevel, ResourceRule, Rule, Subject};
use flow::{Classifier, Priorities};
use inventory::{Kind, Minor, Object, Origin};
use model::attributes::{Resource, Target};
use model::{Attributes, UserInfo};
use tree::{Keys, Tree};

use crate::Seen;

/// What decides who waits for whom.
pub(super) struct Flows<'i> {
    /// The objects that were seen: flow schemas and priority levels.
    seen: Vec<&'i Object>,
    /// The trees of what every API server keeps in this version, where it was not seen.
    kept: Vec<&'static Tree>,
}

/// What decides who waits for whom in the version there is.
pub(super) fn flows<'i>(seen: &Seen<'i>) -> Flows<'i> {
    let kinds = [Kind::FLOW_SCHEMA, Kind::PRIORITY_LEVEL];
    let objects: Vec<_> = kinds.iter().flat_map(|kind| seen.inventory().of(*kind)).collect();
    let known: BTreeSet<_> =
        objects.iter().map(|object| (object.kind().kind, object.name())).collect();
    let mut kept = bootstrap(seen.minor());
    kept.retain(|tree| {
        let name = tree.at(&["metadata", "name"]).str();
        !known.contains(&(tree.get("kind").str(), name))
    });
    Flows { seen: objects, kept }
}

impl Flows<'_> {
    /// The trees of a kind.
    pub(super) fn trees(&self, kind: &str) -> impl Iterator<Item = &Tree> {
        let seen = self.seen.iter().map(|object| object.tree());
        seen.chain(self.kept.iter().copied()).filter(move |tree| tree.get("kind").str() == kind)
    }

    /// The name of the flow schema that a call of a user is classified by.
    pub(super) fn schema_of(&self, call: &Attributes<'_>) -> Option<String> {
        let schemas = self.trees("FlowSchema").map(flow_schema).collect();
        let levels: Vec<_> = self
            .trees("PriorityLevelConfiguration")
            .map(|tree| {
                let name = tree.at(&["metadata", "name"]).str().to_owned();
                PriorityLevel { uid: name.clone(), name }
            })
            .collect();
        let classified = Classifier::new(schemas, &levels).classify(call)?;
        Some(classified.flow_schema_uid.to_string())
    }

    /// The priority level that a flow schema leads to.
    pub(super) fn level_of(&self, schema: &str) -> Option<&str> {
        let mut all = self.trees("FlowSchema");
        let tree = all.find(|tree| tree.at(&["metadata", "name"]).str() == schema)?;
        tree.at(&["spec", "priorityLevelConfiguration", "name"]).text()
    }
}

/// What every API server of a version keeps.
pub(super) fn bootstrap(minor: Minor) -> Vec<&'static Tree> {
    KEPT.iter().filter(|tree| is_in(tree, minor)).collect()
}

/// Read once: checks ask for it again and again.
static KEPT: LazyLock<Vec<Tree>> = LazyLock::new(|| {
    let mut keys = Keys::default();
    let all = tree::documents(BOOTSTRAP);
    let trees = all.filter_map(|document| tree::read(document.text, &mut keys).ok());
    trees.filter(Tree::is_map).collect()
});

/// Two flow schemas went with 1.34.
fn is_in(tree: &Tree, minor: Minor) -> bool {
    let name = tree.at(&["metadata", "name"]).str();
    minor.number() < 34 || !["endpoint-controller", "workload-leader-election"].contains(&name)
}

/// Whether the objects of a cluster were listed, and not only some of them written down: there are
/// none without the two that must be there.
pub(super) fn is_listing(seen: &Seen<'_>) -> bool {
    let has = |kind, name| seen.inventory().find(kind, "", name).is_some();
    let is_complete = seen.inventory().all(Kind::FLOW_SCHEMA).is_ok();
    is_complete
        && has(Kind::FLOW_SCHEMA, "exempt")
        && has(Kind::FLOW_SCHEMA, "catch-all")
        && has(Kind::PRIORITY_LEVEL, "exempt")
}

/// Whether an object stands in a file.
pub(super) fn is_in_file(object: &Object) -> bool {
    matches!(object.origin(), Origin::Document { .. })
}

/// A flow schema as classification reads it. Its UID is its name.
pub(super) fn flow_schema(tree: &Tree) -> FlowSchema {
    let spec = tree.get("spec");
    let name = tree.at(&["metadata", "name"]).str().to_owned();
    FlowSchema {
        uid: name.clone(),
        name,
        precedence: spec
            .get("matchingPrecedence")
            .int()
            .and_then(|value| i32::try_from(value).ok())
            .unwrap_or(1000),
        level: spec.at(&["priorityLevelConfiguration", "name"]).str().to_owned(),
        rules: spec.get("rules").items().iter().map(rule).collect(),
    }
}

fn rule(tree: &Tree) -> Rule {
    let items = |field: &str| tree.get(field).items().iter();
    Rule {
        subjects: items("subjects").filter_map(subject).collect(),
        resources: items("resourceRules").map(resources).collect(),
        paths: items("nonResourceRules").map(paths).collect(),
    }
}

fn subject(tree: &Tree) -> Option<Subject> {
    let own = |field: &str, key: &str| tree.at(&[field, key]).str().to_owned();
    match tree.get("kind").str() {
        "User" => Some(Subject::User(own("user", "name"))),
        "Group" => Some(Subject::Group(own("group", "name"))),
        "ServiceAccount" => Some(Subject::ServiceAccount {
            namespace: own("serviceAccount", "namespace"),
            name: own("serviceAccount", "name"),
        }),
        _ => None,
    }
}

fn resources(tree: &Tree) -> ResourceRule {
    ResourceRule {
        verbs: texts(tree, "verbs"),
        api_groups: texts(tree, "apiGroups"),
        resources: texts(tree, "resources"),
        cluster_scope: tree.get("clusterScope").is_true(),
        namespaces: texts(tree, "namespaces"),
    }
}

fn paths(tree: &Tree) -> PathRule {
    PathRule { verbs: texts(tree, "verbs"), urls: texts(tree, "nonResourceURLs") }
}

fn texts(tree: &Tree, field: &str) -> Vec<String> {
    tree.get(field).texts().map(str::to_owned).collect()
}

/// A user that a subject means.
pub(super) fn user_of(subject: &Subject) -> UserInfo {
    let any = |name: &str| if name == "*" { "somebody".to_owned() } else { name.to_owned() };
    let authenticated = "system:authenticated".to_owned();
    match subject {
        Subject::User(name) => {
            UserInfo { name: any(name), groups: vec![authenticated], ..UserInfo::default() }
        }
        Subject::Group(name) => UserInfo {
            name: "somebody".to_owned(),
            groups: vec![any(name), authenticated],
            ..UserInfo::default()
        },
        Subject::ServiceAccount { namespace, name } => account(namespace, &any(name)),
    }
}

/// A service account as a user.
pub(super) fn account(namespace: &str, name: &str) -> UserInfo {
    let groups = [
        "system:serviceaccounts".to_owned(),
        format!("system:serviceaccounts:{namespace}"),
        "system:authenticated".to_owned(),
    ];
    let name = format!("system:serviceaccount:{namespace}:{name}");
    UserInfo { name, groups: groups.to_vec(), ..UserInfo::default() }
}

/// A call that a rule is about.
pub(super) fn call_of<'a>(rule: &'a Rule, user: &'a UserInfo) -> Option<Attributes<'a>> {
    let first = |list: &'a [String], any: &'a str| -> &'a str {
        list.first().map(String::as_str).filter(|text| *text != "*").unwrap_or(any)
    };
    if let Some(of) = rule.resources.first() {
        let named = first(&of.resources, "pods");
        let (resource, subresource) = named.split_once('/').unwrap_or((named, ""));
        let namespace = if of.cluster_scope && of.namespaces.is_empty() {
            ""
        } else {
            first(&of.namespaces, "default")
        };
        let group = first(&of.api_groups, "");
        let target = Resource { group, version: "v1", resource, subresource, namespace, name: "" };
        let verb = first(&of.verbs, "list");
        return Some(Attributes { user, verb, target: Target::Resource(target) });
    }
    let of = rule.paths.first()?;
    let url = first(&of.urls, "/version").trim_end_matches('*');
    Some(Attributes { user, verb: first(&of.verbs, "get"), target: Target::Path(url) })
}

const BOOTSTRAP: &str = include_str!("bootstrap.yaml");
