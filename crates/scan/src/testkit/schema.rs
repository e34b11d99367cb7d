//! The JSON schema of the report, made from the structs and their comments; and a judge of as much
//! of JSON schema as it uses.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::report::{Report, SCHEMA_VERSION};

/// The schema as it is published.
pub(crate) fn published() -> String {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = serde_json::to_value(generator.into_root_schema_for::<Report>()).unwrap();
    schema["title"] = "Report of ravelin scan --format json".into();
    schema["properties"]["schemaVersion"]["const"] = SCHEMA_VERSION.into();
    require_everything(&mut schema);
    format!("{}\n", serde_json::to_string_pretty(&schema).unwrap())
}

/// Every field is always written, `null` where it says nothing.
fn require_everything(schema: &mut Value) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let mut names: Vec<String> = properties.keys().cloned().collect();
        names.sort();
        schema["required"] = names.into();
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(require_everything),
        Value::Array(items) => items.iter_mut().for_each(require_everything),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What does not fit, each with its place. A keyword that is not known here is a mistake too.
pub(crate) fn mistakes(root: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    judge(root, root, value, "", &mut found);
    found
}

fn judge(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" | "format" => {}
            "$ref" => {
                let pointer = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                judge(root, root.pointer(pointer).unwrap(), value, at, found);
            }
            "anyOf" | "oneOf" => {
                let fitting = wanted.as_array().unwrap().iter().filter(|one| {
                    let mut inner = Vec::new();
                    judge(root, one, value, at, &mut inner);
                    inner.is_empty()
                });
                let count = fitting.count();
                if count == 0 || (keyword == "oneOf" && count > 1) {
                    found.push(format!("{at}: fits {count} of {keyword}"));
                }
            }
            "properties" | "required" | "additionalProperties" => {
                members(root, (keyword, wanted), value, at, found);
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    judge(root, wanted, item, &format!("{at}/{index}"), found);
                }
            }
            _ => found.extend(
                (!is_met(keyword, wanted, value)).then(|| format!("{at}: {keyword} {wanted}")),
            ),
        }
    }
}

fn members(
    root: &Value,
    (keyword, wanted): (&str, &Value),
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
) {
    let Some(members) = value.as_object() else { return };
    match keyword {
        "required" => {
            for name in wanted.as_array().unwrap() {
                if !members.contains_key(name.as_str().unwrap()) {
                    found.push(format!("{at}: {name} is missing"));
                }
            }
        }
        "properties" => {
            for (name, schema) in wanted.as_object().unwrap() {
                if let Some(value) = members.get(name) {
                    judge(root, schema, value, &format!("{at}/{name}"), found);
                }
            }
        }
        _ => {
            for (name, value) in members {
                judge(root, wanted, value, &format!("{at}/{name}"), found);
            }
        }
    }
}

fn is_met(keyword: &str, wanted: &Value, value: &Value) -> bool {
    let number = value.as_f64();
    match keyword {
        "const" => value == wanted,
        "enum" => wanted.as_array().unwrap().contains(value),
        "minimum" => number.is_none_or(|number| number >= wanted.as_f64().unwrap()),
        "maximum" => number.is_none_or(|number| number <= wanted.as_f64().unwrap()),
        "type" => {
            let kinds = if wanted.is_array() { wanted.clone() } else { json!([wanted]) };
            kinds.as_array().unwrap().iter().any(|kind| match kind.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_i64() || value.is_u64(),
                "boolean" => value.is_boolean(),
                "null" => value.is_null(),
                _ => false,
            })
        }
        _ => false,
    }
}
