//! Kubernetes' protobuf: the envelope around an object, and the fields of a message.

use model::{Cause, Details};

use crate::event::ResponseStatus;

/// What every protobuf body of the Kubernetes API starts with.
pub(super) const MAGIC: &[u8; 4] = b"k8s\0";

/// How a field's value is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WireType {
    Varint,
    Fixed64,
    Bytes,
    /// Kubernetes has no groups, but passes over unknown ones as over any unknown field.
    GroupStart,
    GroupEnd,
    Fixed32,
}

impl WireType {
    /// The layout that a tag names.
    pub(super) fn of(tag: u64) -> Option<Self> {
        match tag & 7 {
            0 => Some(Self::Varint),
            1 => Some(Self::Fixed64),
            2 => Some(Self::Bytes),
            3 => Some(Self::GroupStart),
            4 => Some(Self::GroupEnd),
            5 => Some(Self::Fixed32),
            _ => None,
        }
    }
}

/// The number of the field that a tag names. As in Kubernetes' own decoders only 32 bits of it
/// count, so that nothing means one thing to the cluster and another to its log.
pub(super) fn field_number(tag: u64) -> u64 {
    (tag >> 3) & 0xffff_ffff
}

/// An object as it travels: `runtime.Unknown`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope<'a> {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) object: &'a [u8],
}

impl<'a> Envelope<'a> {
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let mut found = Self::default();
        for field in Message(body.strip_prefix(MAGIC)?) {
            match field? {
                (1, Value::Bytes(kind)) => {
                    for field in Message(kind) {
                        match field? {
                            (1, Value::Bytes(text)) => found.api_version = text_of(text),
                            (2, Value::Bytes(text)) => found.kind = text_of(text),
                            _ => {}
                        }
                    }
                }
                (2, Value::Bytes(object)) => found.object = object,
                _ => {}
            }
        }
        Some(found)
    }
}

/// A `metav1.Status`.
pub(super) fn status(message: &[u8]) -> Option<ResponseStatus> {
    let mut found = ResponseStatus::default();
    for field in Message(message) {
        match field? {
            (2, Value::Bytes(text)) => found.status = text_of(text),
            (3, Value::Bytes(text)) => found.message = text_of(text),
            (4, Value::Bytes(text)) => found.reason = text_of(text),
            (5, Value::Bytes(message)) => found.details = Some(details(message)?),
            (6, Value::Number(code)) => found.code = i32::try_from(code).unwrap_or_default(),
            _ => {}
        }
    }
    Some(found)
}

fn details(message: &[u8]) -> Option<Details> {
    let mut found = Details::default();
    for field in Message(message) {
        match field? {
            (1, Value::Bytes(text)) => found.name = text_of(text),
            (2, Value::Bytes(text)) => found.group = text_of(text),
            (3, Value::Bytes(text)) => found.kind = text_of(text),
            (4, Value::Bytes(message)) => found.causes.push(cause(message)?),
            (5, Value::Number(seconds)) => {
                found.retry_after_seconds = u32::try_from(seconds).unwrap_or_default();
            }
            (6, Value::Bytes(text)) => found.uid = text_of(text),
            _ => {}
        }
    }
    Some(found)
}

fn cause(message: &[u8]) -> Option<Cause> {
    let mut found = Cause::default();
    for field in Message(message) {
        match field? {
            (1, Value::Bytes(text)) => found.reason = text_of(text),
            (2, Value::Bytes(text)) => found.message = text_of(text),
            (3, Value::Bytes(text)) => found.field = text_of(text),
            _ => {}
        }
    }
    Some(found)
}

/// The value of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Number(u64),
    Fixed64([u8; 8]),
    Fixed32([u8; 4]),
    Bytes(&'a [u8]),
    Group,
}

/// The fields of a message, in their order. `None` inside is a message that is broken there, and
/// the last item.
pub(super) struct Message<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Message<'a> {
    type Item = Option<(u64, Value<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Message<'a> {
    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let tag = self.varint()?;
        let number = field_number(tag);
        let value = self.value(WireType::of(tag)?)?;
        (1..=LAST_NUMBER).contains(&number).then_some((number, value))
    }

    fn value(&mut self, wire_type: WireType) -> Option<Value<'a>> {
        Some(match wire_type {
            WireType::Varint => Value::Number(self.varint()?),
            WireType::Fixed64 => Value::Fixed64(self.take(8)?.try_into().ok()?),
            WireType::Fixed32 => Value::Fixed32(self.take(4)?.try_into().ok()?),
            WireType::Bytes => Value::Bytes(self.bytes()?),
            WireType::GroupStart => self.group()?,
            WireType::GroupEnd => return None,
        })
    }

    /// Passes over a group, and the groups in it.
    fn group(&mut self) -> Option<Value<'a>> {
        let mut open = 1_usize;
        while open > 0 {
            let wire_type = WireType::of(self.varint()?)?;
            match wire_type {
                WireType::GroupStart => open = open.saturating_add(1),
                WireType::GroupEnd => open = open.saturating_sub(1),
                WireType::Varint | WireType::Fixed64 | WireType::Bytes | WireType::Fixed32 => {
                    self.value(wire_type)?;
                }
            }
        }
        Some(Value::Group)
    }

    /// The key and the value of a map's entry. What they are laid out as is not asked, as in
    /// Kubernetes' own decoders.
    pub(super) fn entry(mut self) -> Option<(&'a [u8], Option<&'a [u8]>)> {
        let (mut key, mut value) = (&[][..], None);
        while !self.0.is_empty() {
            let tag = self.varint()?;
            match field_number(tag) {
                1 => key = self.bytes()?,
                2 => value = Some(self.bytes()?),
                _ => {
                    self.value(WireType::of(tag)?)?;
                }
            }
        }
        Some((key, value))
    }

    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.varint()?).ok()?;
        self.take(length)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
}

pub(super) fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The last number that a field may have.
const LAST_NUMBER: u64 = i32::MAX.cast_unsigned() as u64;
