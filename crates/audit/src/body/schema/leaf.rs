//! Values that hold no other messages, written as Kubernetes' types write themselves in JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::compact::{Place, compact};
use super::super::protobuf::{Message, Value};
use super::table::{Empty, Form};
use super::{Tagged, bytes_of, fields_of};
use crate::json::{self, Precision};

/// Writes a value, given in its parts; `None` if it is laid out as its form is not, or if it is
/// one that Go does not write.
pub(super) fn write(out: &mut Vec<u8>, form: Form, parts: &[Tagged<'_>]) -> Option<()> {
    match form {
        Form::Bool => out.extend_from_slice(if number(parts)? == 0 { b"false" } else { b"true" }),
        Form::Int32 => out.extend_from_slice(int32(number(parts)?).to_string().as_bytes()),
        Form::Int64 => {
            out.extend_from_slice(number(parts)?.cast_signed().to_string().as_bytes());
        }
        Form::Double => out.extend_from_slice(double(parts)?.as_bytes()),
        Form::Bytes if parts.is_empty() => out.extend_from_slice(b"null"),
        Form::Bytes => json::string(out, &STANDARD.encode(bytes(parts)?)),
        Form::Time => time(out, moment(parts)?, Precision::Seconds),
        Form::MicroTime => time(out, moment(parts)?, Precision::Microseconds),
        Form::IntOrString => int_or_string(out, parts)?,
        Form::Quantity => match only_field(parts)?.as_slice() {
            [] => json::string(out, "0"),
            texts => json::bytes(out, bytes(texts)?),
        },
        Form::RawExtension | Form::Json => {
            let raw = only_field(parts)?;
            let text = bytes(&raw)?;
            if raw.is_empty() || form == Form::Json && text.is_empty() {
                out.extend_from_slice(b"null");
            } else {
                out.extend_from_slice(&compact(text, Place::Elsewhere)?);
            }
        }
        Form::Text => json::bytes(out, bytes(parts)?),
        Form::Message(_) | Form::Object { .. } | Form::Texts | Form::SchemaOr(..) => return None,
    }
    Some(())
}

/// Whether a field that holds one value is left out.
pub(super) fn is_left_out(form: Form, empty: Empty, parts: &[Tagged<'_>]) -> Option<bool> {
    Some(match (empty, form) {
        (Empty::Goes, Form::Text | Form::Bytes) => bytes(parts)?.is_empty(),
        (Empty::Goes, Form::Bool | Form::Int64) => number(parts)? == 0,
        (Empty::Goes, Form::Int32) => int32(number(parts)?) == 0,
        (Empty::Goes, Form::Texts) => only_field(parts)?.is_empty(),
        (Empty::ZeroGoes, Form::Time) => is_zero(moment(parts)?),
        // Go's `omitempty` is never of what is a struct there.
        (Empty::Stays | Empty::StaysList | Empty::Goes | Empty::ZeroGoes, _) => false,
    })
}

/// The values of a list: numbers may come many in one field.
pub(super) fn unpacked<'a>(form: Form, values: &[Tagged<'a>]) -> Option<Vec<Tagged<'a>>> {
    let mut found = Vec::with_capacity(values.len());
    for (number, value) in values {
        match (form, value) {
            (Form::Bool | Form::Int32 | Form::Int64, Value::Bytes(packed)) => {
                let mut packed = Message(packed);
                while !packed.0.is_empty() {
                    found.push((*number, Value::Number(packed.varint()?)));
                }
            }
            (_, value) => found.push((*number, *value)),
        }
    }
    Some(found)
}

/// A point in time, from the epoch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    seconds: i64,
    nanos: i32,
}

/// The first second of the year 1.
const ZERO: Moment = Moment { seconds: -62_135_596_800, nanos: 0 };

fn is_zero(moment: Moment) -> bool {
    moment.seconds == ZERO.seconds
}

fn time(out: &mut Vec<u8>, found: Moment, precision: Precision) {
    let micros = match precision {
        Precision::Seconds => 0,
        Precision::Microseconds => i64::from(found.nanos / 1000),
    };
    let seconds = found.seconds.saturating_add(micros.div_euclid(1_000_000));
    let micros = u32::try_from(micros.rem_euclid(1_000_000)).unwrap_or_default();
    if (seconds, micros) == (ZERO.seconds, 0) {
        out.extend_from_slice(b"null");
    } else {
        json::moment(out, seconds, micros, precision);
    }
}

/// Of several times the last one counts; an empty one is Go's zero.
fn moment(parts: &[Tagged<'_>]) -> Option<Moment> {
    let message = bytes(parts)?;
    if message.is_empty() {
        return Some(ZERO);
    }
    let mut found = Moment { seconds: 0, nanos: 0 };
    for field in Message(message) {
        match field? {
            (1, Value::Number(seconds)) => found.seconds = seconds.cast_signed(),
            (2, Value::Number(nanos)) => found.nanos = int32(nanos),
            (1 | 2, _) => return None,
            _ => {}
        }
    }
    Some(found)
}

fn int_or_string(out: &mut Vec<u8>, parts: &[Tagged<'_>]) -> Option<()> {
    let (mut kind, mut integer, mut text) = (0, 0, &[][..]);
    for field in fields_of(parts)? {
        match field {
            (1, Value::Number(found)) => kind = found,
            (2, Value::Number(found)) => integer = int32(found),
            (3, Value::Bytes(found)) => text = found,
            (1..=3, _) => return None,
            _ => {}
        }
    }
    match kind {
        0 => out.extend_from_slice(integer.to_string().as_bytes()),
        1 => json::bytes(out, text),
        _ => return None,
    }
    Some(())
}

/// A number as Go writes it: with an exponent if it is very large or very small.
fn double(parts: &[Tagged<'_>]) -> Option<String> {
    let number = match parts.last() {
        None => 0.0,
        Some((_, Value::Fixed64(bytes))) => f64::from_le_bytes(*bytes),
        Some(_) => return None,
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

/// The values of a message that has one field.
pub(super) fn only_field<'a>(parts: &[Tagged<'a>]) -> Option<Vec<Tagged<'a>>> {
    let mut fields = fields_of(parts)?;
    fields.retain(|(number, _)| *number == 1);
    Some(fields)
}

/// The last value; no bytes if there is none.
fn bytes<'a>(parts: &[Tagged<'a>]) -> Option<&'a [u8]> {
    parts.last().map_or(Some(&[]), |(_, value)| bytes_of(*value))
}

fn number(parts: &[Tagged<'_>]) -> Option<u64> {
    match parts.last() {
        None => Some(0),
        Some((_, Value::Number(number))) => Some(*number),
        Some(_) => None,
    }
}

/// The 32 bits of a number that count.
fn int32(number: u64) -> i32 {
    u32::try_from(number & 0xffff_ffff).unwrap_or_default().cast_signed()
}
