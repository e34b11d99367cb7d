//! Values that hold no other messages, written as Kubernetes' types write themselves in JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::compact::{Place, compact};
use super::super::protobuf::{Message, Value, text_of};
use super::table::Form;
use super::{Tagged, bytes_of};
use crate::json;

/// Writes a value; `None` if it is laid out as its form is not.
pub(super) fn write(out: &mut Vec<u8>, form: Form, value: Value<'_>) -> Option<()> {
    match form {
        Form::Bool => {
            let is_true = number(value)? != 0;
            out.extend_from_slice(if is_true { b"true" } else { b"false" });
        }
        Form::Integer => out.extend_from_slice(number(value)?.cast_signed().to_string().as_bytes()),
        Form::Double => out.extend_from_slice(double(value)?.as_bytes()),
        Form::Bytes => json::string(out, &STANDARD.encode(bytes_of(value)?)),
        Form::Time => time(out, bytes_of(value)?, json::Precision::Seconds)?,
        Form::MicroTime => time(out, bytes_of(value)?, json::Precision::Microseconds)?,
        Form::IntOrString => int_or_string(out, bytes_of(value)?)?,
        Form::Quantity => json::string(out, &text_of(only_field(bytes_of(value)?, b"0")?)),
        Form::Raw => {
            let raw = compact(only_field(bytes_of(value)?, b"null")?, Place::Elsewhere);
            out.extend_from_slice(raw.as_deref().unwrap_or(b"null"));
        }
        Form::Text | Form::Message(_) | Form::Wrapped(_) | Form::SchemaOr(..) => {
            json::string(out, &text_of(bytes_of(value)?));
        }
    }
    Some(())
}

/// The value of a message that has one field, or `absent`.
fn only_field<'a>(message: &'a [u8], absent: &'a [u8]) -> Option<&'a [u8]> {
    Message(message).last().map_or(Some(absent), |field| bytes_of(field?.1))
}

/// The values of a list: numbers may come many in one field.
pub(super) fn unpacked<'a>(form: Form, values: &[Tagged<'a>]) -> Option<Vec<Value<'a>>> {
    let mut found = Vec::with_capacity(values.len());
    for (_, value) in values {
        match (form, value) {
            (Form::Bool | Form::Integer, Value::Bytes(packed)) => {
                let mut packed = Message(packed);
                while !packed.0.is_empty() {
                    found.push(Value::Number(packed.varint()?));
                }
            }
            (_, value) => found.push(*value),
        }
    }
    Some(found)
}

/// Whether a time is Go's zero: nothing at all, or the first second of year 1.
pub(super) fn is_zero_time(value: Value<'_>) -> bool {
    bytes_of(value).and_then(moment).is_some_and(|(seconds, nanos)| is_zero(seconds, nanos))
}

fn is_zero(seconds: i64, nanos: u32) -> bool {
    nanos == 0 && matches!(seconds, 0 | -62_135_596_800)
}

fn time(out: &mut Vec<u8>, message: &[u8], precision: json::Precision) -> Option<()> {
    let (seconds, nanos) = moment(message)?;
    if is_zero(seconds, nanos) {
        out.extend_from_slice(b"null");
    } else {
        json::moment(out, seconds, nanos, precision);
    }
    Some(())
}

fn moment(message: &[u8]) -> Option<(i64, u32)> {
    let (mut seconds, mut nanos) = (0, 0);
    for field in Message(message) {
        match field? {
            (1, Value::Number(found)) => seconds = found.cast_signed(),
            (2, Value::Number(found)) => nanos = u32::try_from(found).ok()?,
            _ => {}
        }
    }
    Some((seconds, nanos))
}

fn int_or_string(out: &mut Vec<u8>, message: &[u8]) -> Option<()> {
    let (mut is_text, mut integer, mut text) = (false, 0, String::new());
    for field in Message(message) {
        match field? {
            (1, Value::Number(kind)) => is_text = kind == 1,
            (2, Value::Number(found)) => integer = found.cast_signed(),
            (3, Value::Bytes(found)) => text = text_of(found),
            _ => {}
        }
    }
    if is_text {
        json::string(out, &text);
    } else {
        out.extend_from_slice(integer.to_string().as_bytes());
    }
    Some(())
}

/// A number as Go writes it: with an exponent if it is very large or very small.
fn double(value: Value<'_>) -> Option<String> {
    let number = match value {
        Value::Fixed64(bytes) => f64::from_le_bytes(bytes),
        Value::Fixed32(bytes) => f64::from(f32::from_le_bytes(bytes)),
        Value::Number(_) | Value::Bytes(_) => return None,
    };
    if !number.is_finite() {
        return None;
    }
    if number != 0.0 && !(1e-6..1e21).contains(&number.abs()) {
        let text = format!("{number:e}");
        return Some(if text.contains("e-") { text } else { text.replace('e', "e+") });
    }
    Some(number.to_string())
}

fn number(value: Value<'_>) -> Option<u64> {
    match value {
        Value::Number(number) => Some(number),
        Value::Bytes(_) | Value::Fixed64(_) | Value::Fixed32(_) => None,
    }
}
