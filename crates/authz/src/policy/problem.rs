//! What is wrong with an object, and where; places are spelt out only when something is.

use std::fmt;

use serde_json::{Map, Value};

/// One thing that keeps an object from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which of the objects handed in, from 0.
    pub object: usize,
    /// The field, such as `rules[0].verbs`; empty for the object itself.
    pub path: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gap = if self.path.is_empty() { "" } else { ": " };
        write!(out, "object {}: {}{gap}{}", self.object, self.path, self.problem)
    }
}

impl std::error::Error for Problem {}

/// Where a value stands, as a step from the value that holds it.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    object: usize,
    holder: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Itself,
    Field(&'p str),
    Item(usize),
}

impl<'p> Place<'p> {
    pub(super) fn object(object: usize) -> Self {
        Self { object, holder: None, step: Step::Itself }
    }

    pub(super) fn field(&'p self, name: &'p str) -> Self {
        Self { object: self.object, holder: Some(self), step: Step::Field(name) }
    }

    pub(super) fn item(&'p self, number: usize) -> Self {
        Self { object: self.object, holder: Some(self), step: Step::Item(number) }
    }

    fn path(&self) -> String {
        let mut path = self.holder.map(Self::path).unwrap_or_default();
        match self.step {
            Step::Itself => {}
            Step::Field(name) if path.is_empty() => path.push_str(name),
            Step::Field(name) => path.extend([".", name]),
            Step::Item(number) => path.extend(["[", &number.to_string(), "]"]),
        }
        path
    }
}

/// Reads values of the types they must have, and keeps what is wrong. As in Kubernetes, `null` is
/// a field left out.
#[derive(Default)]
pub(super) struct Problems(pub(super) Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, place: &Place<'_>, problem: String) {
        self.0.push(Problem { object: place.object, path: place.path(), problem });
    }

    /// The members of an object; `None` if it is left out or something else.
    pub(super) fn members<'v>(
        &mut self,
        value: Option<&'v Value>,
        place: &Place<'_>,
    ) -> Option<&'v Map<String, Value>> {
        let value = value.filter(|value| !value.is_null())?;
        let members = value.as_object();
        if members.is_none() {
            self.wrong_type(place, "an object", value);
        }
        members
    }

    /// The members of an object that may not be left out.
    pub(super) fn required_members<'v>(
        &mut self,
        value: Option<&'v Value>,
        place: &Place<'_>,
    ) -> Option<&'v Map<String, Value>> {
        if value.is_none_or(Value::is_null) {
            self.add(place, MISSING.to_owned());
        }
        self.members(value, place)
    }

    /// The items of a list; none if it is left out.
    pub(super) fn items<'v>(&mut self, value: Option<&'v Value>, place: &Place<'_>) -> &'v [Value] {
        match value {
            None | Some(Value::Null) => &[],
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.wrong_type(place, "a list", other);
                &[]
            }
        }
    }

    /// A text; empty if it is left out.
    pub(super) fn text(&mut self, value: Option<&Value>, place: &Place<'_>) -> String {
        match value {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => {
                self.wrong_type(place, "a string", other);
                String::new()
            }
        }
    }

    /// A text that may neither be left out nor empty.
    pub(super) fn required_text(&mut self, value: Option<&Value>, place: &Place<'_>) -> String {
        let before = self.0.len();
        let text = self.text(value, place);
        if text.is_empty() && self.0.len() == before {
            self.add(place, MISSING.to_owned());
        }
        text
    }

    /// A list of texts; none if it is left out.
    pub(super) fn texts(&mut self, value: Option<&Value>, place: &Place<'_>) -> Vec<String> {
        let mut texts = Vec::new();
        for (number, item) in self.items(value, place).iter().enumerate() {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => self.wrong_type(&place.item(number), "a string", item),
            }
        }
        texts
    }

    fn wrong_type(&mut self, place: &Place<'_>, right: &str, found: &Value) {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.add(place, format!("must be {right}, not {found}"));
    }
}

const MISSING: &str = "is missing";
