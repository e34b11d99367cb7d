//! A protobuf object to the JSON that kube-apiserver has for it. Protobuf names no fields, so this
//! needs the schema of the kinds that Kubernetes serves; it is read from a table that is generated
//! from Kubernetes' own types. Custom resources are never served as protobuf.
//!
//! Bytes mean here what they mean to Kubernetes' own decoders, odd ones included: a message that
//! comes in several parts is all of them, of any other value the last one counts. Only a quantity
//! is shown as it was sent, `1024Mi` if that is what it was.

mod leaf;
mod table;

use std::collections::BTreeMap;

use super::protobuf::{Envelope, Message, Value};
use crate::json::Fields;
use table::{Empty, Field, Form, Or, Schema, Shape};

/// Why there is no JSON for an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unshown {
    /// Its kind is not known, or its bytes are not what it says.
    Unknown,
    /// It is longer than it may be.
    TooLong,
}

/// The JSON of an object, of about `limit` bytes at most: a few bytes of protobuf may stand for a
/// hundred times as much.
pub(super) fn to_json(envelope: &Envelope<'_>, limit: usize) -> Result<Vec<u8>, Unshown> {
    let schema = Schema::of_kubernetes();
    let kind = schema.kind(&envelope.api_version, &envelope.kind).ok_or(Unshown::Unknown)?;
    let size_hint = envelope.object.len().saturating_mul(2).min(limit);
    let mut out = Vec::with_capacity(size_hint);
    let mut fields = Fields::new(&mut out);
    fields.text("kind", &envelope.kind);
    fields.text_if_any("apiVersion", &envelope.api_version);
    let writer = Writer { schema, limit, depth: DEEPEST };
    let written = writer.fields(&mut fields, kind, &[(0, Value::Bytes(envelope.object))]);
    fields.end();
    match written {
        Some(()) => Ok(out),
        None if out.len() > limit => Err(Unshown::TooLong),
        None => Err(Unshown::Unknown),
    }
}

/// Writes messages by their schema, to a limited depth and length. `None` is the end of it: what
/// is written by then is of no use.
#[derive(Clone, Copy)]
struct Writer {
    schema: &'static Schema,
    limit: usize,
    depth: usize,
}

impl Writer {
    /// Writes a message, given in its parts.
    fn message(self, out: &mut Vec<u8>, kind: usize, parts: &[Tagged<'_>]) -> Option<()> {
        let mut fields = Fields::new(out);
        self.fields(&mut fields, kind, parts)?;
        fields.end();
        Some(())
    }

    /// Writes the fields of a message, in the schema's order.
    fn fields(self, out: &mut Fields<'_>, kind: usize, parts: &[Tagged<'_>]) -> Option<()> {
        let deeper = Self { depth: self.depth.checked_sub(1)?, ..self };
        let mut values = fields_of(parts)?;
        // By number, and among equals in the order they came in.
        values.sort_by_key(|(number, _)| *number);
        for field in self.schema.fields(kind)? {
            let start = values.partition_point(|(number, _)| *number < field.number);
            let rest = values.get(start..)?;
            let end = rest.partition_point(|(number, _)| *number == field.number);
            deeper.field(out, field, rest.get(..end)?)?;
        }
        self.goes_on(out.written())
    }

    fn field(self, out: &mut Fields<'_>, field: &Field, values: &[Tagged<'_>]) -> Option<()> {
        match (field.shape, field.form) {
            (Shape::Inline, Form::Message(kind)) => self.fields(out, kind, values),
            (Shape::Inline, _) => None,
            (Shape::List, form) => {
                let items = leaf::unpacked(form, values)?;
                if items.is_empty() {
                    nothing(out, field);
                    return Some(());
                }
                self.list(out.key(field.name), form, &items)
            }
            (Shape::Map | Shape::Pointer, _) if values.is_empty() => {
                nothing(out, field);
                Some(())
            }
            (Shape::Map, form) => self.map(out.key(field.name), form, values),
            (Shape::One, form) if leaf::is_left_out(form, field.empty, values)? => Some(()),
            (Shape::Pointer | Shape::One, form) => self.value(out.key(field.name), form, values),
        }
    }

    fn list(self, out: &mut Vec<u8>, form: Form, items: &[Tagged<'_>]) -> Option<()> {
        out.push(b'[');
        for (index, item) in items.chunks(1).enumerate() {
            if index > 0 {
                out.push(b',');
            }
            self.value(out, form, item)?;
            self.goes_on(out.len())?;
        }
        out.push(b']');
        Some(())
    }

    fn map(self, out: &mut Vec<u8>, form: Form, values: &[Tagged<'_>]) -> Option<()> {
        let mut entries = BTreeMap::new();
        for (_, entry) in values {
            let (key, value) = Message(bytes_of(*entry)?).entry()?;
            entries.insert(key, value.unwrap_or_default());
        }
        let mut fields = Fields::new(out);
        for (key, value) in entries {
            self.value(fields.key_of_bytes(key), form, &[(2, Value::Bytes(value))])?;
            self.goes_on(fields.written())?;
        }
        fields.end();
        Some(())
    }

    /// Writes one value, given in its parts.
    fn value(self, out: &mut Vec<u8>, form: Form, parts: &[Tagged<'_>]) -> Option<()> {
        match form {
            Form::Message(kind) => self.message(out, kind, parts),
            Form::Object { kind, api_version, fields } => {
                let mut written = Fields::new(out);
                written.text("kind", kind);
                written.text("apiVersion", api_version);
                self.fields(&mut written, fields, parts)?;
                written.end();
                Some(())
            }
            Form::Texts if parts.is_empty() => {
                out.extend_from_slice(b"null");
                Some(())
            }
            Form::Texts => self.list(out, Form::Text, &leaf::only_field(parts)?),
            Form::SchemaOr(or, kind) => self.schema_or(out, or, kind, parts),
            Form::Text
            | Form::Bool
            | Form::Int32
            | Form::Int64
            | Form::Double
            | Form::Bytes
            | Form::Time
            | Form::MicroTime
            | Form::IntOrString
            | Form::Quantity
            | Form::RawExtension
            | Form::Json => leaf::write(out, form, parts),
        }
    }

    /// Writes a JSON schema, or what is in its place.
    fn schema_or(self, out: &mut Vec<u8>, or: Or, kind: usize, parts: &[Tagged<'_>]) -> Option<()> {
        let (first, second): (Vec<_>, Vec<_>) = fields_of(parts)?
            .into_iter()
            .filter(|(number, _)| matches!(number, 1 | 2))
            .partition(|(number, _)| *number == 1);
        let (schema, other) = match or {
            Or::Bool => (second, first),
            Or::Schemas | Or::Texts => (first, second),
        };
        match or {
            Or::Schemas if !other.is_empty() => self.list(out, Form::Message(kind), &other),
            Or::Texts if !other.is_empty() => self.list(out, Form::Text, &other),
            Or::Bool if schema.is_empty() => leaf::write(out, Form::Bool, &other),
            Or::Schemas | Or::Texts if schema.is_empty() => {
                out.extend_from_slice(b"null");
                Some(())
            }
            Or::Bool | Or::Schemas | Or::Texts => self.message(out, kind, &schema),
        }
    }

    fn goes_on(self, written: usize) -> Option<()> {
        (written <= self.limit).then_some(())
    }
}

/// Writes a field that is Go's nil, unless it is left out.
fn nothing(out: &mut Fields<'_>, field: &Field) {
    match field.empty {
        Empty::Stays => out.key(field.name).extend_from_slice(b"null"),
        Empty::StaysList => out.key(field.name).extend_from_slice(b"[]"),
        Empty::Goes | Empty::ZeroGoes => {}
    }
}

type Tagged<'a> = (u64, Value<'a>);

/// The fields of a message, given in its parts.
fn fields_of<'a>(parts: &[Tagged<'a>]) -> Option<Vec<Tagged<'a>>> {
    let mut found = Vec::new();
    for (_, part) in parts {
        for field in Message(bytes_of(*part)?) {
            found.push(field?);
        }
    }
    Some(found)
}

fn bytes_of(value: Value<'_>) -> Option<&[u8]> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        Value::Number(_) | Value::Fixed64(_) | Value::Fixed32(_) | Value::Group => None,
    }
}

/// No object of Kubernetes is as deep; JSON schemas in a `CustomResourceDefinition` are the deepest.
const DEEPEST: usize = 128;

#[cfg(test)]
mod tests;
