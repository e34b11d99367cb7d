//! Discovery: which groups, versions and resources there are, in both of Kubernetes' forms.

use serde_json::{Value, json};

use crate::kind::{self, GROUPS, Kind, VERBS};
use crate::review;

/// `/api` in the older form.
pub(crate) fn core_versions() -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
}

/// `/apis` in the older form.
pub(crate) fn groups() -> Value {
    let groups: Vec<Value> = named_groups().map(group).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// `/apis/{group}`.
pub(crate) fn one_group(name: &str) -> Option<Value> {
    let group = named_groups().find(|group| *group == name).map(group)?;
    let mut whole = json!({"kind": "APIGroup", "apiVersion": "v1"});
    for (key, value) in group.as_object()? {
        crate::object::set(&mut whole, &[key], value.clone());
    }
    Some(whole)
}

/// `/api/v1` and `/apis/{group}/v1` in the older form.
pub(crate) fn resources(group: &str) -> Option<Value> {
    GROUPS.into_iter().chain(review::GROUPS).find(|known| *known == group)?;
    let version = if group.is_empty() { "v1".to_owned() } else { format!("{group}/v1") };
    let kinds = kind::KINDS.iter().filter(|kind| kind.group == group).flat_map(flat);
    let reviews = review::KINDS.iter().filter(|(of, ..)| *of == group).map(|(_, plural, kind)| {
        json!({
            "name": plural, "singularName": kind.to_lowercase(), "kind": kind,
            "namespaced": plural.starts_with("local"), "verbs": ["create"],
        })
    });
    let resources: Vec<Value> = kinds.chain(reviews).collect();
    Some(json!({
        "kind": "APIResourceList", "apiVersion": "v1",
        "groupVersion": version, "resources": resources,
    }))
}

/// `/api` or `/apis` in the aggregated form, for the groups of that tree.
pub(crate) fn aggregated(core: bool) -> Value {
    let groups: Vec<&str> = if core { vec![""] } else { named_groups().collect() };
    let items: Vec<Value> = groups.into_iter().map(aggregated_group).collect();
    json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {}, "items": items,
    })
}

/// Whether an `Accept` header asks for the aggregated form, version 2.
pub(crate) fn wants_aggregated(accept: &str) -> bool {
    accept.split(',').any(|choice| {
        let has = |part: &str| choice.split(';').any(|found| found.trim() == part);
        has("application/json")
            && has("g=apidiscovery.k8s.io")
            && has("v=v2")
            && has("as=APIGroupDiscoveryList")
    })
}

/// The content type of the aggregated form; clients know it by this alone.
pub(crate) const AGGREGATED: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

fn named_groups() -> impl Iterator<Item = &'static str> {
    GROUPS.into_iter().filter(|group| !group.is_empty()).chain(review::GROUPS)
}

fn group(name: &str) -> Value {
    let version = json!({"groupVersion": format!("{name}/v1"), "version": "v1"});
    json!({"name": name, "versions": [version.clone()], "preferredVersion": version})
}

/// A kind and its subresources as older rows.
fn flat(kind: &'static Kind) -> Vec<Value> {
    let mut rows = vec![json!({
        "name": kind.plural, "singularName": kind.singular, "kind": kind.kind,
        "namespaced": kind.is_namespaced(), "verbs": VERBS,
        "shortNames": kind.short, "categories": kind.categories,
    })];
    rows.extend(kind.subresources.iter().map(|sub| {
        let (name, verbs) = subresource(kind, sub);
        json!({
            "name": format!("{}/{sub}", kind.plural), "singularName": "", "kind": name,
            "namespaced": kind.is_namespaced(), "verbs": verbs,
        })
    }));
    rows
}

fn aggregated_group(group: &str) -> Value {
    let kinds = kind::KINDS.iter().filter(|kind| kind.group == group).map(aggregated_kind);
    let reviews = review::KINDS.iter().filter(|(of, ..)| *of == group).map(|(_, plural, kind)| {
        let scope = if plural.starts_with("local") { "Namespaced" } else { "Cluster" };
        json!({
            "resource": plural, "singularResource": kind.to_lowercase(), "scope": scope,
            "responseKind": {"group": group, "version": "v1", "kind": kind}, "verbs": ["create"],
        })
    });
    let resources: Vec<Value> = kinds.chain(reviews).collect();
    json!({
        "metadata": {"name": group},
        "versions": [{"version": "v1", "freshness": "Current", "resources": resources}],
    })
}

fn aggregated_kind(kind: &'static Kind) -> Value {
    let subresources: Vec<Value> = kind
        .subresources
        .iter()
        .map(|sub| {
            let (name, verbs) = subresource(kind, sub);
            json!({
                "subresource": sub, "verbs": verbs,
                "responseKind": {"group": kind.group, "version": "v1", "kind": name},
            })
        })
        .collect();
    json!({
        "resource": kind.plural, "singularResource": kind.singular,
        "scope": if kind.is_namespaced() { "Namespaced" } else { "Cluster" },
        "responseKind": {"group": kind.group, "version": "v1", "kind": kind.kind},
        "verbs": VERBS, "shortNames": kind.short, "categories": kind.categories,
        "subresources": subresources,
    })
}

fn subresource(kind: &Kind, name: &str) -> (&'static str, &'static [&'static str]) {
    match (kind.plural, name) {
        (_, "exec") => ("PodExecOptions", &["create", "get"]),
        (_, "attach") => ("PodAttachOptions", &["create", "get"]),
        (_, "log") => ("Pod", &["get"]),
        (_, "scale") => ("Scale", &["get", "patch", "update"]),
        ("pods", _) => ("Pod", &["get", "patch", "update"]),
        ("nodes", _) => ("Node", &["get", "patch", "update"]),
        ("namespaces", _) => ("Namespace", &["get", "patch", "update"]),
        ("services", _) => ("Service", &["get", "patch", "update"]),
        (_, _) => ("Deployment", &["get", "patch", "update"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_when_the_aggregated_form_is_wanted() {
        assert!(wants_aggregated(&format!("{AGGREGATED},application/json")));
        assert!(!wants_aggregated(
            "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"
        ));
        assert!(!wants_aggregated("application/json"));
    }

    #[test]
    fn both_forms_name_every_kind() {
        let aggregated = format!("{}{}", aggregated(true), aggregated(false));
        for kind in kind::KINDS {
            let flat = resources(kind.group).unwrap().to_string();
            assert!(flat.contains(kind.kind) && aggregated.contains(kind.kind));
        }
        assert_eq!(resources("batch"), None);
    }
}
