//! The table of kinds and their fields.
//!
//! Its lines are `apiVersion kind type`, and `type;field;field…` where a field is
//! `number name flags form`. Flags: `?` left out when empty, `0` when zero, `*` a pointer, `[]` a
//! list, `{}` a map by text, `^` its fields stand among those of the outer message, `.` none of
//! these. Form: the number of a type, or a letter, see [`Form`].

use std::collections::HashMap;
use std::sync::OnceLock;

use super::super::protobuf::Value;

/// What is known of the kinds that Kubernetes serves.
#[derive(Debug, Default)]
pub(super) struct Schema {
    kinds: HashMap<(&'static str, &'static str), usize>,
    types: Vec<Vec<Field>>,
}

/// One field of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) number: u64,
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) empty: Empty,
    pub(super) form: Form,
}

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    One,
    Pointer,
    List,
    Map,
    Inline,
}

/// Whether a field is written when there is nothing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    Stays,
    /// Go's `omitempty`: never of a message.
    Goes,
    /// Go's `omitzero`: of a message, too.
    ZeroGoes,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `s`
    Text,
    /// `b`
    Bool,
    /// `i`
    Integer,
    /// `d`
    Double,
    /// `y`
    Bytes,
    /// `T`
    Time,
    /// `M`
    MicroTime,
    /// `O`
    IntOrString,
    /// `Q`
    Quantity,
    /// `R`: JSON as it is.
    Raw,
    /// A number.
    Message(usize),
    /// `L` and a number: a message whose only field is a list.
    Wrapped(usize),
    /// `B`, `A`, `S` and a number.
    SchemaOr(Or, usize),
}

/// What may stand in the place of a JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Or {
    Bool,
    Schemas,
    Texts,
}

impl Schema {
    /// The schema of Kubernetes, read once.
    pub(super) fn of_kubernetes() -> &'static Self {
        static SCHEMA: OnceLock<Schema> = OnceLock::new();
        SCHEMA.get_or_init(|| Self::read(TABLE).unwrap_or_default())
    }

    /// The type of a kind.
    pub(super) fn kind(&self, api_version: &str, kind: &str) -> Option<usize> {
        self.kinds.get(&(api_version, kind)).copied()
    }

    /// The fields of a type, in the order of its JSON.
    pub(super) fn fields(&self, kind: usize) -> Option<&[Field]> {
        self.types.get(kind).map(Vec::as_slice)
    }

    fn read(table: &'static str) -> Option<Self> {
        let mut schema = Self::default();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            if let Some((number, fields)) = line.split_once(';') {
                if number.parse() != Ok(schema.types.len()) {
                    return None;
                }
                schema.types.push(fields.split(';').map(Field::read).collect::<Option<_>>()?);
            } else if let [api_version, kind, number] = *line.split(' ').collect::<Vec<_>>() {
                schema.kinds.insert((api_version, kind), number.parse().ok()?);
            } else if line.parse() == Ok(schema.types.len()) {
                schema.types.push(Vec::new());
            }
        }
        Some(schema)
    }
}

impl Field {
    fn read(text: &'static str) -> Option<Self> {
        let [number, name, flags, form] = *text.split(' ').collect::<Vec<_>>() else { return None };
        let shapes = [("^", Shape::Inline), ("[]", Shape::List), ("{}", Shape::Map)];
        let shape = shapes.iter().find(|(flag, _)| flags.contains(flag));
        let pointer = if flags.contains('*') { Shape::Pointer } else { Shape::One };
        let empty = match (flags.contains('0'), flags.contains('?')) {
            (true, _) => Empty::ZeroGoes,
            (false, true) => Empty::Goes,
            (false, false) => Empty::Stays,
        };
        Some(Self {
            number: number.parse().ok()?,
            name,
            shape: shape.map_or(pointer, |(_, shape)| *shape),
            empty,
            form: Form::read(form)?,
        })
    }
}

impl Form {
    fn read(text: &str) -> Option<Self> {
        let kind = |rest: &str| rest.parse().ok();
        if let Some(number) = kind(text) {
            return Some(Self::Message(number));
        }
        let mut rest = text.chars();
        Some(match (rest.next()?, rest.as_str()) {
            ('s', "") => Self::Text,
            ('b', "") => Self::Bool,
            ('i', "") => Self::Integer,
            ('d', "") => Self::Double,
            ('y', "") => Self::Bytes,
            ('T', "") => Self::Time,
            ('M', "") => Self::MicroTime,
            ('O', "") => Self::IntOrString,
            ('Q', "") => Self::Quantity,
            ('R', "") => Self::Raw,
            ('L', rest) => Self::Wrapped(kind(rest)?),
            ('B', rest) => Self::SchemaOr(Or::Bool, kind(rest)?),
            ('A', rest) => Self::SchemaOr(Or::Schemas, kind(rest)?),
            ('S', rest) => Self::SchemaOr(Or::Texts, kind(rest)?),
            _ => return None,
        })
    }

    /// What a field has that is absent.
    pub(super) fn zero<'a>(self) -> Value<'a> {
        match self {
            Self::Bool | Self::Integer => Value::Number(0),
            Self::Double => Value::Fixed64([0; 8]),
            Self::Text
            | Self::Bytes
            | Self::Time
            | Self::MicroTime
            | Self::IntOrString
            | Self::Quantity
            | Self::Raw
            | Self::Message(_)
            | Self::Wrapped(_)
            | Self::SchemaOr(..) => Value::Bytes(&[]),
        }
    }

    /// Whether a field with one value is left out.
    pub(super) fn leaves_out(self, value: Option<Value<'_>>, empty: Empty) -> bool {
        let is_zero = value.is_none_or(|value| value == self.zero());
        let is_empty = is_zero
            && matches!(
                self,
                Self::Text
                    | Self::Bool
                    | Self::Integer
                    | Self::Double
                    | Self::Bytes
                    | Self::Wrapped(_)
            );
        match empty {
            Empty::Stays => false,
            Empty::Goes => is_empty,
            Empty::ZeroGoes if self == Self::Time => value.is_none_or(super::leaf::is_zero_time),
            Empty::ZeroGoes => is_zero,
        }
    }
}

const TABLE: &str = include_str!("kubernetes.txt");
