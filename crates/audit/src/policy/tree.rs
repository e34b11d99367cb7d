//! A tree of values read field by field: what is absent or null is empty, what has another type is
//! a problem with its path.

use serde_json::{Map, Value};

use super::Problem;

/// What is wrong, and what is merely of no use.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
}

impl Notes {
    pub(super) fn problem(&mut self, path: String, problem: impl Into<String>) {
        self.problems.push(Problem { path, problem: problem.into() });
    }
}

/// The path of an element of the list at `path`.
pub(super) fn path_of(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

/// One object of the tree, and where it is.
pub(super) struct Fields<'a> {
    fields: Option<&'a Map<String, Value>>,
    path: String,
}

impl<'a> Fields<'a> {
    /// Takes an object; a field that is not `known` is noted as a warning.
    pub(super) fn of(value: &'a Value, path: String, known: &[&str], notes: &mut Notes) -> Self {
        if !matches!(value, Value::Object(_) | Value::Null) {
            notes.problem(path.clone(), wrong("a mapping", value));
        }
        let found = Self { fields: value.as_object(), path };
        let keys = found.fields.into_iter().flatten().map(|(key, _)| key);
        for key in keys.filter(|key| !known.contains(&key.as_str())) {
            let problem = "is no field of a policy, and has no effect".to_owned();
            notes.warnings.push(Problem { path: found.at(key), problem });
        }
        found
    }

    /// The path of a field.
    pub(super) fn at(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }

    pub(super) fn text(&self, key: &str, notes: &mut Notes) -> &'a str {
        match self.value(key) {
            None => "",
            Some(Value::String(text)) => text,
            Some(other) => {
                notes.problem(self.at(key), wrong("a text", other));
                ""
            }
        }
    }

    pub(super) fn flag(&self, key: &str, notes: &mut Notes) -> Option<bool> {
        let value = self.value(key)?;
        if !value.is_boolean() {
            notes.problem(self.at(key), wrong("true or false", value));
        }
        value.as_bool()
    }

    pub(super) fn list(&self, key: &str, notes: &mut Notes) -> &'a [Value] {
        match self.value(key) {
            None => &[],
            Some(Value::Array(values)) => values,
            Some(other) => {
                notes.problem(self.at(key), wrong("a list", other));
                &[]
            }
        }
    }

    pub(super) fn texts(&self, key: &str, notes: &mut Notes) -> Vec<String> {
        let mut found = Vec::new();
        for (index, value) in self.list(key, notes).iter().enumerate() {
            if !value.is_string() && !value.is_null() {
                notes.problem(path_of(&self.at(key), index), wrong("a text", value));
            }
            found.push(value.as_str().unwrap_or_default().to_owned());
        }
        found
    }

    fn value(&self, key: &str) -> Option<&'a Value> {
        self.fields?.get(key).filter(|value| !value.is_null())
    }
}

fn wrong(expected: &str, found: &Value) -> String {
    let kind = match found {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    };
    format!("is {kind}; must be {expected}")
}
