//! A protobuf object to the JSON that kube-apiserver has for it. Protobuf names no fields, so this
//! needs the schema of the kinds that Kubernetes serves; it is read from a table that is generated
//! from Kubernetes' own types. Custom resources are never served as protobuf.
//!
//! What cannot be told: the `kind` and `apiVersion` of an object inside another (the claims of a
//! `StatefulSet`), which protobuf does not carry.

mod leaf;
mod table;

use std::collections::BTreeMap;

use super::protobuf::{Envelope, Message, Value, text_of};
use crate::json::Fields;
use table::{Empty, Field, Form, Schema, Shape};

/// The JSON of an object; `None` if its kind is not known, or its bytes are not what it says.
pub(super) fn to_json(envelope: &Envelope<'_>) -> Option<Vec<u8>> {
    let schema = Schema::of_kubernetes();
    // The list of the core group's versions has a kind, but no version.
    let version = if envelope.api_version.is_empty() { "v1" } else { &envelope.api_version };
    let kind = schema.kind(version, &envelope.kind)?;
    let mut out = Vec::with_capacity(envelope.object.len().saturating_mul(2));
    let mut fields = Fields::new(&mut out);
    fields.text("kind", &envelope.kind);
    fields.text_if_any("apiVersion", &envelope.api_version);
    Writer { schema, depth: DEEPEST }.fields(&mut fields, kind, envelope.object)?;
    fields.end();
    Some(out)
}

/// Writes messages by their schema, to a limited depth.
#[derive(Clone, Copy)]
struct Writer {
    schema: &'static Schema,
    depth: usize,
}

impl Writer {
    fn message(self, out: &mut Vec<u8>, kind: usize, bytes: &[u8]) -> Option<()> {
        let deeper = Self { depth: self.depth.checked_sub(1)?, ..self };
        let mut fields = Fields::new(out);
        deeper.fields(&mut fields, kind, bytes)?;
        fields.end();
        Some(())
    }

    /// Writes the fields of a message, in the schema's order.
    fn fields(self, out: &mut Fields<'_>, kind: usize, bytes: &[u8]) -> Option<()> {
        let mut values = Message(bytes).collect::<Option<Vec<_>>>()?;
        // By number, and among equals in the order they came in.
        values.sort_by_key(|(number, _)| *number);
        for field in self.schema.fields(kind)? {
            let start = values.partition_point(|(number, _)| *number < field.number);
            let end = values.partition_point(|(number, _)| *number <= field.number);
            self.field(out, field, values.get(start..end)?)?;
        }
        Some(())
    }

    fn field(self, out: &mut Fields<'_>, field: &Field, values: &[Tagged<'_>]) -> Option<()> {
        let last = values.last().map(|(_, value)| *value);
        match (field.shape, last) {
            (Shape::Inline, last) => match field.form {
                Form::Message(kind) => {
                    let deeper = Self { depth: self.depth.checked_sub(1)?, ..self };
                    deeper.fields(out, kind, bytes_of(last.unwrap_or(Value::Bytes(&[])))?)
                }
                Form::Text
                | Form::Bool
                | Form::Integer
                | Form::Double
                | Form::Bytes
                | Form::Time
                | Form::MicroTime
                | Form::IntOrString
                | Form::Quantity
                | Form::Raw
                | Form::Wrapped(_)
                | Form::SchemaOr(..) => None,
            },
            (Shape::Pointer | Shape::List | Shape::Map, None) => {
                // Go's nil; a list's own items are never nil where it is served.
                match (field.empty, field.name) {
                    (Empty::Stays, "items") => out.key("items").extend_from_slice(b"[]"),
                    (Empty::Stays, name) => out.key(name).extend_from_slice(b"null"),
                    (Empty::Goes | Empty::ZeroGoes, _) => {}
                }
                Some(())
            }
            (Shape::Pointer, Some(value)) => self.value(out.key(field.name), field.form, value),
            (Shape::One, last) => {
                if field.form.leaves_out(last, field.empty) {
                    return Some(());
                }
                let value = last.unwrap_or(field.form.zero());
                self.value(out.key(field.name), field.form, value)
            }
            (Shape::List, Some(_)) => self.list(out.key(field.name), field.form, values),
            (Shape::Map, Some(_)) => self.map(out.key(field.name), field.form, values),
        }
    }

    fn list(self, out: &mut Vec<u8>, form: Form, values: &[Tagged<'_>]) -> Option<()> {
        out.push(b'[');
        let mut is_first = true;
        for value in leaf::unpacked(form, values)? {
            if !is_first {
                out.push(b',');
            }
            is_first = false;
            self.value(out, form, value)?;
        }
        out.push(b']');
        Some(())
    }

    fn map(self, out: &mut Vec<u8>, form: Form, values: &[Tagged<'_>]) -> Option<()> {
        let mut entries = BTreeMap::new();
        for (_, entry) in values {
            let (mut key, mut value) = (String::new(), form.zero());
            for field in Message(bytes_of(*entry)?) {
                match field? {
                    (1, Value::Bytes(text)) => key = text_of(text),
                    (2, found) => value = found,
                    _ => {}
                }
            }
            entries.insert(key, value);
        }
        let mut fields = Fields::new(out);
        for (key, value) in entries {
            self.value(fields.key(&key), form, value)?;
        }
        fields.end();
        Some(())
    }

    fn value(self, out: &mut Vec<u8>, form: Form, value: Value<'_>) -> Option<()> {
        match form {
            Form::Message(kind) => self.message(out, kind, bytes_of(value)?),
            Form::Wrapped(kind) => {
                let [field] = self.schema.fields(kind)? else { return None };
                let values = Message(bytes_of(value)?).collect::<Option<Vec<_>>>()?;
                self.list(out, field.form, &values)
            }
            Form::SchemaOr(or, kind) => self.schema_or(out, or, kind, bytes_of(value)?),
            Form::Text
            | Form::Bool
            | Form::Integer
            | Form::Double
            | Form::Bytes
            | Form::Time
            | Form::MicroTime
            | Form::IntOrString
            | Form::Quantity
            | Form::Raw => leaf::write(out, form, value),
        }
    }

    /// A JSON schema, or in its place something simpler.
    fn schema_or(self, out: &mut Vec<u8>, or: table::Or, kind: usize, bytes: &[u8]) -> Option<()> {
        let values = Message(bytes).collect::<Option<Vec<_>>>()?;
        let of = |wanted: u64| move |(number, _): &&Tagged<'_>| *number == wanted;
        let schema = |number| values.iter().rfind(of(number)).map(|(_, value)| *value);
        let many: Vec<_> = values.iter().filter(of(2)).copied().collect();
        match (or, many.is_empty()) {
            (table::Or::Schemas, false) => self.list(out, Form::Message(kind), &many),
            (table::Or::Texts, false) => self.list(out, Form::Text, &many),
            (table::Or::Schemas | table::Or::Texts, true) => {
                let Some(value) = schema(1) else {
                    out.extend_from_slice(b"null");
                    return Some(());
                };
                self.message(out, kind, bytes_of(value)?)
            }
            (table::Or::Bool, _) => match (schema(2), schema(1)) {
                (Some(value), _) => self.message(out, kind, bytes_of(value)?),
                (None, allows) => leaf::write(out, Form::Bool, allows.unwrap_or(Value::Number(0))),
            },
        }
    }
}

type Tagged<'a> = (u64, Value<'a>);

fn bytes_of(value: Value<'_>) -> Option<&[u8]> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        Value::Number(_) | Value::Fixed64(_) | Value::Fixed32(_) => None,
    }
}

/// No object of Kubernetes is as deep; JSON schemas in a `CustomResourceDefinition` are the deepest.
const DEEPEST: usize = 128;

#[cfg(test)]
mod tests;
