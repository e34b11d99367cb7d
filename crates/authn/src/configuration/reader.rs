//! Reading a tree of JSON with a path to every value, so that each problem can say where it is and
//! none hides another. A value of the wrong type is told of and then taken for an absent one.

use std::cell::RefCell;

use serde_json::{Map, Value};

use super::Problem;

/// The problems found so far.
#[derive(Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(crate) fn report(&self, path: &str, problem: String) {
        self.0.borrow_mut().push(Problem { path: path.to_owned(), problem });
    }

    /// `value`, if nothing is wrong.
    pub(crate) fn none_or<T>(self, value: T) -> Result<T, Vec<Problem>> {
        let problems = self.0.into_inner();
        if problems.is_empty() { Ok(value) } else { Err(problems) }
    }
}

/// A value, absent or not, and where it is.
pub(super) struct Reader<'v> {
    value: Option<&'v Value>,
    path: String,
    problems: &'v Problems,
}

impl<'v> Reader<'v> {
    pub(super) fn new(value: &'v Value, problems: &'v Problems) -> Self {
        Self::at(Some(value), String::new(), problems)
    }

    /// As Kubernetes has it, `null` is the same as nothing.
    fn at(value: Option<&'v Value>, path: String, problems: &'v Problems) -> Self {
        Self { value: value.filter(|value| !value.is_null()), path, problems }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn problems(&self) -> &'v Problems {
        self.problems
    }

    pub(super) fn is_present(&self) -> bool {
        self.value.is_some()
    }

    /// Whether it is a string that is not empty: Kubernetes takes an empty one for an absent one.
    pub(super) fn is_given(&self) -> bool {
        self.value.and_then(Value::as_str).is_some_and(|text| !text.is_empty())
    }

    pub(super) fn report(&self, problem: impl Into<String>) {
        self.problems.report(&self.path, problem.into());
    }

    pub(super) fn report_duplicate(&self, value: &str) {
        self.report(format!("{value:?} is already used above; it must be unique"));
    }

    /// Tells of every member with another name. Tells also if this is no object.
    pub(super) fn only(&self, names: &[&str]) {
        let Some(members) = self.members() else {
            if self.is_present() || self.path.is_empty() {
                self.report("must be an object");
            }
            return;
        };
        for name in members.keys().filter(|name| !names.contains(&name.as_str())) {
            let known = names.join(", ");
            self.field(name).report(format!("is not a known field; known here: {known}"));
        }
    }

    pub(super) fn field(&self, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{name}", self.path);
        Self::at(self.members().and_then(|members| members.get(name)), path, self.problems)
    }

    /// The items of a list; none if absent.
    pub(super) fn items(&self) -> Vec<Self> {
        match self.value {
            Some(Value::Array(items)) => {
                let place = |(place, item)| {
                    Self::at(Some(item), format!("{}[{place}]", self.path), self.problems)
                };
                items.iter().enumerate().map(place).collect()
            }
            Some(_) => {
                self.report("must be a list");
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// A string; empty if absent.
    pub(super) fn text(&self) -> String {
        self.text_if_present().unwrap_or_default()
    }

    pub(super) fn text_if_present(&self) -> Option<String> {
        match self.value? {
            Value::String(text) => Some(text.clone()),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => {
                self.report("must be a string");
                None
            }
        }
    }

    /// A boolean; false if absent.
    pub(super) fn truth(&self) -> bool {
        match self.value {
            None => false,
            Some(Value::Bool(truth)) => *truth,
            Some(_) => {
                self.report("must be true or false");
                false
            }
        }
    }

    fn members(&self) -> Option<&'v Map<String, Value>> {
        self.value.and_then(Value::as_object)
    }
}
