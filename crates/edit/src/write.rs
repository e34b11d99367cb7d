//! Values as text: YAML by indentation, YAML on one line, JSON.

use serde_json::Value;

use crate::layout::Look;
use crate::quote::{Within, scalar};
use crate::style::{Json, PLAIN, Style, Texts};

/// A manifest as YAML, as `kubectl` lays it out: `apiVersion`, `kind` and `metadata` first, the
/// name of an item before its other fields, dashes below their key.
pub fn write_yaml(value: &Value) -> String {
    let mut text = String::new();
    for line in lines(value, 0, &PLAIN) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// What may stand on the line of its key or dash: anything but lists and maps with something in
/// them and texts of several lines. Nothing for those.
pub(crate) fn inline(value: &Value, like: Option<Look>, style: &Style) -> Option<String> {
    match value {
        Value::Array(items) if !items.is_empty() => None,
        Value::Object(members) if !members.is_empty() => None,
        Value::String(text) if is_literal(text, style) => None,
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => Some(flow(value, Within::Block, like)),
    }
}

/// A value by indentation, each line with its own, as the document or below a dash.
pub(crate) fn lines(value: &Value, column: usize, style: &Style) -> Vec<String> {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let entries = ordered(members);
            entries.iter().flat_map(|(key, value)| entry(key, value, column, style)).collect()
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().flat_map(|value| item(value, column, None, style)).collect()
        }
        Value::String(text) if is_literal(text, style) => literal(text, "", column, 2),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {
            vec![format!("{}{}", " ".repeat(column), flow(value, Within::Block, None))]
        }
    }
}

/// A key and its value, the key at `column`.
pub(crate) fn entry(key: &str, value: &Value, column: usize, style: &Style) -> Vec<String> {
    entry_like(key, value, (column, None), style)
}

/// As [`entry`], with the quotes that a document's other values have.
pub(crate) fn entry_like(
    key: &str,
    value: &Value,
    (column, like): (usize, Option<Look>),
    style: &Style,
) -> Vec<String> {
    let head = head(key, column);
    if let Some(text) = inline(value, like, style) {
        return vec![format!("{head} {text}")];
    }
    if let Value::String(text) = value {
        return literal(text, &format!("{head} "), column, style.step);
    }
    let mut all = vec![head];
    all.extend(lines(value, below(value, column, style), style));
    all
}

/// A key at `column`, with its colon.
pub(crate) fn head(key: &str, column: usize) -> String {
    format!("{}{}:", " ".repeat(column), scalar(key, Within::Block, None))
}

/// The column of what stands below a key at `column`.
pub(crate) fn below(value: &Value, column: usize, style: &Style) -> usize {
    column.saturating_add(if value.is_array() { style.dash } else { style.step })
}

/// An item of a list, its dash at `column`.
pub(crate) fn item(value: &Value, column: usize, like: Option<Look>, style: &Style) -> Vec<String> {
    let dash = format!("{}-", " ".repeat(column));
    if let Some(text) = inline(value, like, style) {
        return vec![format!("{dash} {text}")];
    }
    if let Value::String(text) = value {
        return literal(text, &format!("{dash} "), column, 2);
    }
    let mut inner = named_first(value, column.saturating_add(2), style);
    if let Some(first) = inner.first_mut() {
        *first = format!("{dash} {}", first.trim_start_matches(' '));
    }
    inner
}

/// A map that is an item begins with its name, where people look for it.
fn named_first(value: &Value, column: usize, style: &Style) -> Vec<String> {
    let Value::Object(members) = value else { return lines(value, column, style) };
    let mut entries = ordered(members);
    if !members.contains_key("kind") {
        entries.sort_by_key(|(key, _)| key.as_str() != "name");
    }
    entries.iter().flat_map(|(key, value)| entry(key, value, column, style)).collect()
}

/// The members in their order, those first that say what an object is.
fn ordered(members: &serde_json::Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = members.iter().collect();
    if members.contains_key("apiVersion") && members.contains_key("kind") {
        let rank = |key: &str| FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len());
        entries.sort_by_key(|(key, _)| rank(key));
    }
    entries
}

const FIRST: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Whether a text is best shown as lines: it has several, and none that a block scalar would need
/// more than its plainest header for.
fn is_literal(text: &str, style: &Style) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_plain = |line: &str| {
        !line.ends_with(' ')
            && line.chars().all(|letter| matches!(letter, ' '..='~' | '\u{a1}'..='\u{2027}'))
    };
    style.texts == Texts::Lines
        && body.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && body.split('\n').all(is_plain)
}

fn literal(text: &str, head: &str, column: usize, step: usize) -> Vec<String> {
    let (body, chomp) = text.strip_suffix('\n').map_or((text, "-"), |body| (body, ""));
    let indent = " ".repeat(column.saturating_add(step));
    let indented =
        |line: &str| if line.is_empty() { String::new() } else { format!("{indent}{line}") };
    let mut all = vec![format!("{head}|{chomp}")];
    all.extend(body.split('\n').map(indented));
    all
}

/// A value on one line, as YAML.
pub(crate) fn flow(value: &Value, within: Within, like: Option<Look>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => scalar(text, within, like),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| flow(item, Within::Flow, like)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let entries: Vec<_> =
                ordered(members).iter().map(|(key, value)| flow_entry(key, value, None)).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A key and its value on one line, as YAML.
pub(crate) fn flow_entry(key: &str, value: &Value, like: Option<Look>) -> String {
    format!("{}: {}", scalar(key, Within::Flow, None), flow(value, Within::Flow, like))
}

/// A value as JSON: over lines below `indent` if it is to be spread, else on one.
pub(crate) fn json(value: &Value, style: &Json, indent: Option<&str>, newline: &str) -> String {
    let step = style.indent.as_deref().unwrap_or("  ");
    let inner = indent.map(|indent| format!("{indent}{step}"));
    let parts: Vec<String> = match value {
        Value::Array(items) => {
            items.iter().map(|item| json(item, style, inner.as_deref(), newline)).collect()
        }
        Value::Object(members) => ordered(members)
            .iter()
            .map(|(key, value)| json_entry((key, value), style, inner.as_deref(), newline))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return value.to_string();
        }
    };
    let (open, close) = if value.is_array() { ("[", "]") } else { ("{", "}") };
    match (indent, inner, style.is_airy) {
        _ if parts.is_empty() => format!("{open}{close}"),
        (Some(indent), Some(inner), _) => {
            let parts = parts.join(&format!(",{newline}{inner}"));
            format!("{open}{newline}{inner}{parts}{newline}{indent}{close}")
        }
        (_, _, true) => format!("{open}{}{close}", parts.join(", ")),
        (_, _, false) => format!("{open}{}{close}", parts.join(",")),
    }
}

/// A key and its value as JSON.
pub(crate) fn json_entry(
    (key, value): (&str, &Value),
    style: &Json,
    indent: Option<&str>,
    newline: &str,
) -> String {
    let colon = if style.is_airy { ": " } else { ":" };
    let key = Value::from(key);
    format!("{key}{colon}{}", json(value, style, indent, newline))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn manifests_read_as_people_write_them() {
        let check = |value: Value, expected: &str| assert_eq!(write_yaml(&value), expected);
        check(
            json!({
                "spec": {
                    "volumes": [{"hostPath": {"path": "/etc"}, "name": "etc"}],
                    "script": "set -e\necho \"hi\"\n",
                    "nested": [[1, 2], [], [{"b": "no", "a": null}]],
                    "podSelector": {},
                },
                "kind": "Pod",
                "metadata": {"name": "a", "annotations": {"on": "true"}},
                "apiVersion": "v1",
            }),
            "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    \"on\": \"true\"\n  name: a\n\
             spec:\n  nested:\n  - - 1\n    - 2\n  - []\n  - - a: null\n      b: \"no\"\n\
             \x20 podSelector: {}\n  script: |\n    set -e\n    echo \"hi\"\n\
             \x20 volumes:\n  - name: etc\n    hostPath:\n      path: /etc\n",
        );
        check(
            json!([{"name": "jane", "kind": "User", "apiGroup": "x"}]),
            "- apiGroup: x\n  kind: User\n  name: jane\n",
        );
        check(json!({}), "{}\n");
        check(json!("a\nb"), "|-\n  a\n  b\n");
    }
}
