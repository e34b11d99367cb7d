//! The least of `OpenAPI` v3 that kubectl asks for: which kinds take `fieldValidation`. There are no
//! schemas, so `kubectl explain` has nothing to show and fields are not checked.

use serde_json::{Map, Value, json};

use crate::kind::{self, GROUPS, Kind};

/// `/openapi/v3`: where the document of each group is.
pub(crate) fn index() -> Value {
    let paths = GROUPS.into_iter().map(|group| {
        let at = root(group);
        (at.clone(), json!({"serverRelativeURL": format!("/openapi/v3/{at}")}))
    });
    json!({"paths": paths.collect::<Map<_, _>>()})
}

/// `/openapi/v3/{at}`.
pub(crate) fn document(at: &str) -> Option<Value> {
    let group = GROUPS.into_iter().find(|group| root(group) == at)?;
    let kinds = kind::KINDS.iter().filter(|kind| kind.group == group);
    Some(json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes (sandbox)", "version": "v1"},
        "paths": kinds.map(path).collect::<Map<_, _>>(),
        "components": {"schemas": {}},
    }))
}

fn root(group: &str) -> String {
    if group.is_empty() { "api/v1".to_owned() } else { format!("apis/{group}/v1") }
}

fn path(kind: &Kind) -> (String, Value) {
    let within = if kind.is_namespaced() { "/namespaces/{namespace}" } else { "" };
    let path = format!("/{}{within}/{}/{{name}}", root(kind.group), kind.plural);
    let validation = json!({
        "name": "fieldValidation", "in": "query",
        "schema": {"type": "string", "uniqueItems": true},
    });
    let what = json!({"group": kind.group, "version": "v1", "kind": kind.kind});
    let action = json!({
        "parameters": [validation],
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": what,
    });
    (path, json!({"patch": action}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_a_document() {
        for at in index()["paths"].as_object().unwrap().keys() {
            assert!(document(at).is_some(), "{at}");
        }
        assert_eq!(document("apis/batch/v1"), None);
    }
}
