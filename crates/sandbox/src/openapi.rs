//! The least of `OpenAPI` v3 that kubectl asks for: which kinds take `fieldValidation`, and for
//! `kubectl explain` the names and types of fields. There are no descriptions, and no field is
//! checked against this.

use serde_json::{Map, Value, json};

use crate::kind::{self, GROUPS, Kind};
use crate::protobuf;

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
        "components": {"schemas": protobuf::messages().map(|row| schema(group, row)).collect::<Map<_, _>>()},
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
    let action = json!({
        "parameters": [validation],
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": named(kind),
    });
    (path, json!({"patch": action}))
}

fn named(kind: &Kind) -> Value {
    json!({"group": kind.group, "version": "v1", "kind": kind.kind})
}

/// A message as a schema; the messages of the kinds of `group` say whose they are.
fn schema(group: &str, (name, fields): (&str, Vec<protobuf::Field<'_>>)) -> (String, Value) {
    let properties = fields.iter().map(|field| {
        let one = typed(field.kind);
        let all = if field.repeats { json!({"type": "array", "items": one}) } else { one };
        (field.name.to_owned(), all)
    });
    let mut properties: Map<String, Value> = properties.collect();
    let mut schema = json!({"type": "object", "description": NO_DESCRIPTION});
    if let Some(kind) = kind::KINDS.iter().find(|kind| kind.kind == name && kind.group == group) {
        properties.insert("apiVersion".to_owned(), typed("s"));
        properties.insert("kind".to_owned(), typed("s"));
        crate::object::set(&mut schema, &["x-kubernetes-group-version-kind"], json!([named(kind)]));
    }
    crate::object::set(&mut schema, &["properties"], properties);
    (name.to_owned(), schema)
}

fn typed(kind: &str) -> Value {
    match kind {
        "s" => json!({"type": "string"}),
        "b" => json!({"type": "boolean"}),
        "i" => json!({"type": "integer"}),
        "y" => json!({"type": "string", "format": "byte"}),
        "t" => json!({"type": "string", "format": "date-time"}),
        "x" => json!({"type": "string", "format": "int-or-string"}),
        "M" | "B" | "Q" => {
            json!({"type": "object", "additionalProperties": {"type": "string"}})
        }
        "E" | "-" => json!({"type": "object"}),
        message => json!({"$ref": format!("#/components/schemas/{message}")}),
    }
}

const NO_DESCRIPTION: &str =
    "This is a sandbox: it knows names and types of common fields, and no descriptions.";

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

    #[test]
    fn every_kind_has_a_schema() {
        for kind in kind::KINDS {
            let document = document(&root(kind.group)).unwrap();
            let schema = &document["components"]["schemas"][kind.kind];
            assert_eq!(schema["x-kubernetes-group-version-kind"][0], named(kind));
            assert!(schema["properties"]["metadata"].is_object());
        }
    }
}
