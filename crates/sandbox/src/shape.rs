//! The shape an answer is asked for in: objects as they are, a Table, or their metadata alone.

use serde_json::{Map, Value, json};

use crate::kind::Kind;
use crate::table;

/// What an `Accept` header wants of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Plain,
    Table(Include),
    Metadata,
}

/// How much of each object a Table's rows carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Include {
    Nothing,
    Metadata,
    Object,
}

impl Shape {
    /// Reads an `Accept` header: the first choice that is JSON. Only JSON is spoken, so that one
    /// without JSON gets it all the same.
    pub(crate) fn accepted(accept: &str, include: &str) -> Self {
        let include = match include {
            "None" => Include::Nothing,
            "Object" => Include::Object,
            _ => Include::Metadata,
        };
        let chosen = accept.split(',').find_map(|choice| {
            let mut parts = choice.split(';').map(str::trim);
            let media = parts.next()?;
            if !matches!(media, "application/json" | "application/*" | "*/*") {
                return None;
            }
            let parameter = |name: &str| {
                choice.split(';').find_map(|part| part.trim().strip_prefix(name)).unwrap_or("")
            };
            match (parameter("as="), parameter("v="), parameter("g=")) {
                ("Table", "v1", "meta.k8s.io") => Some(Self::Table(include)),
                ("PartialObjectMetadata" | "PartialObjectMetadataList", "v1", "meta.k8s.io") => {
                    Some(Self::Metadata)
                }
                ("", _, _) => Some(Self::Plain),
                _ => None,
            }
        });
        chosen.unwrap_or(Self::Plain)
    }

    /// One object in this shape.
    pub(crate) fn object(self, kind: &Kind, object: &Value) -> Value {
        match self {
            Self::Plain => object.clone(),
            Self::Table(include) => {
                let revision = object.pointer("/metadata/resourceVersion").cloned();
                table::of(kind, &[object], include, &revision.unwrap_or_default())
            }
            Self::Metadata => metadata(object),
        }
    }

    /// A list in this shape.
    pub(crate) fn list(self, kind: &Kind, objects: &[&Value], revision: u64) -> Value {
        let revision = Value::String(revision.to_string());
        match self {
            Self::Table(include) => table::of(kind, objects, include, &revision),
            Self::Plain => json!({
                "kind": format!("{}List", kind.kind), "apiVersion": kind.api_version(),
                "metadata": {"resourceVersion": revision},
                "items": objects.iter().map(|object| item(object)).collect::<Vec<_>>(),
            }),
            Self::Metadata => json!({
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                "metadata": {"resourceVersion": revision},
                "items": objects.iter().map(|object| metadata(object)).collect::<Vec<_>>(),
            }),
        }
    }
}

/// An object's metadata as a `PartialObjectMetadata`.
pub(crate) fn metadata(object: &Value) -> Value {
    json!({
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": object.get("metadata"),
    })
}

/// Items of a list leave out what the list already says.
fn item(object: &Value) -> Value {
    let Value::Object(map) = object else { return object.clone() };
    let kept = map.iter().filter(|(key, _)| !matches!(key.as_str(), "kind" | "apiVersion"));
    Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_accept_headers() {
        let kubectl = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
        let metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        assert_eq!(Shape::accepted(kubectl, ""), Shape::Table(Include::Metadata));
        assert_eq!(Shape::accepted(kubectl, "Object"), Shape::Table(Include::Object));
        assert_eq!(Shape::accepted(metadata, ""), Shape::Metadata);
        for plain in ["", "*/*", "application/json", "application/vnd.kubernetes.protobuf"] {
            assert_eq!(Shape::accepted(plain, ""), Shape::Plain);
        }
        let newer = "application/json;as=Table;v=v9;g=meta.k8s.io,application/json";
        assert_eq!(Shape::accepted(newer, ""), Shape::Plain);
    }
}
