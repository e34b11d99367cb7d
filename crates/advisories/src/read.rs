//! Advisories from texts: rows of our own tables, and records of OSV feeds, which break their
//! format in known ways. Each record is read by its shape.

mod date;
mod osv;
mod row;

use serde_json::Value;

use crate::version::BadVersion;
use crate::{Advisory, Version};

/// What keeps a text from being taken in: every record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of the records cannot be read, the first of them: {}", .0.len(), First(.0))]
pub struct Refused(pub Vec<ImportError>);

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// Which one it is in the text, from 1.
    pub record: usize,
    /// Its id, if that much can be read.
    pub id: Option<String>,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// There is none in the text.
    #[error("there is no record in the text")]
    Nothing,
    /// The text is no JSON from here on; with the parser's words.
    #[error("it is no JSON: {0}")]
    Json(String),
    /// It is something else than an object.
    #[error("it is no object")]
    Object,
    /// A field that every record has is missing or empty.
    #[error("it has no {0}")]
    Missing(&'static str),
    /// A field holds something else than it should.
    #[error("its {field} is no {wanted}")]
    Shape {
        /// The field.
        field: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
    /// A bound of a range.
    #[error(transparent)]
    Version(#[from] BadVersion),
    /// An event that says nothing we know.
    #[error("an event of it has none of introduced, fixed, last_affected and limit")]
    Event,
    /// A row of our tables about something else than what they are about.
    #[error("it is about {0:?}, which is no component")]
    Component(String),
}

/// The advisories of a text: an object, a list, one object a line, or the answer of an OSV server.
/// Records about nothing we know are left out.
pub(crate) fn read(text: &str) -> Result<Vec<Advisory>, Refused> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found = Found::default();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match value {
            Ok(value) => found.take_all(&value),
            Err(error) => found.refuse(None, Flaw::Json(error.to_string())),
        }
    }
    found.finish()
}

#[derive(Default)]
struct Found {
    records: usize,
    advisories: Vec<Advisory>,
    errors: Vec<ImportError>,
}

impl Found {
    fn take_all(&mut self, value: &Value) {
        let answer = value.get("vulns").and_then(Value::as_array);
        match answer.or_else(|| value.as_array()) {
            Some(records) => records.iter().for_each(|record| self.take(record)),
            None => self.take(value),
        }
    }

    fn take(&mut self, record: &Value) {
        match advisory(record) {
            Ok(advisory) => {
                self.records = self.records.saturating_add(1);
                self.advisories.extend(advisory);
            }
            Err(flaw) => self.refuse(record.get("id").and_then(Value::as_str), flaw),
        }
    }

    fn refuse(&mut self, id: Option<&str>, flaw: Flaw) {
        self.records = self.records.saturating_add(1);
        self.errors.push(ImportError { record: self.records, id: id.map(str::to_owned), flaw });
    }

    fn finish(mut self) -> Result<Vec<Advisory>, Refused> {
        if self.records == 0 {
            self.errors.push(ImportError { record: 1, id: None, flaw: Flaw::Nothing });
        }
        if self.errors.is_empty() { Ok(self.advisories) } else { Err(Refused(self.errors)) }
    }
}

fn advisory(record: &Value) -> Result<Option<Advisory>, Flaw> {
    if !record.is_object() {
        return Err(Flaw::Object);
    }
    if record.get("component").is_some() { row::read(record).map(Some) } else { osv::read(record) }
}

/// CVE ids are what people look for; others stand in for them.
pub(crate) fn rank(id: &str) -> u8 {
    match id.split('-').next() {
        Some("CVE") => 0,
        Some("GHSA") => 1,
        _ => 2,
    }
}

/// The text under a key; empty if there is none.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The text under a key, which must be there.
fn needed<'a>(value: &'a Value, key: &'static str) -> Result<&'a str, Flaw> {
    match text(value, key) {
        "" => Err(Flaw::Missing(key)),
        text => Ok(text),
    }
}

/// The list under a key; empty if there is nothing.
fn list<'a>(value: &'a Value, field: &'static str) -> Result<&'a [Value], Flaw> {
    match value.get(field) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Flaw::Shape { field, wanted: "list" }),
    }
}

/// The version under a key; none where `0` stands for the beginning.
fn bound(value: &Value) -> Result<Option<Version>, Flaw> {
    match value.as_str() {
        Some("0") => Ok(None),
        Some(text) => Ok(Some(Version::parse(text)?)),
        None => Err(Flaw::Shape { field: "version", wanted: "text" }),
    }
}

/// The version under a key, which must be one.
fn version(value: &Value) -> Result<Version, Flaw> {
    bound(value)?.ok_or_else(|| Flaw::Version(BadVersion("0".to_owned())))
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.id {
            Some(id) => write!(out, "record {} ({id}): {}", self.record, self.flaw),
            None => write!(out, "record {}: {}", self.record, self.flaw),
        }
    }
}

impl std::error::Error for ImportError {}

struct First<'a>(&'a [ImportError]);

impl std::fmt::Display for First<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.first().map_or(Ok(()), |error| std::fmt::Display::fmt(error, out))
    }
}

#[cfg(test)]
mod tests;
