//! The table of kinds and their fields.
//!
//! Its lines are `apiVersion kind type`, and `type;field;field…` where a field is
//! `number name flags form`. Flags: `?` left out when empty, `0` when zero, `!` never nil, `*` a
//! pointer, `[]` a list, `{}` a map by text, `^` its fields stand among those of the outer message,
//! `.` none of these. Form: the number of a type, or a letter, see [`Form`].

use std::collections::HashMap;
use std::sync::OnceLock;

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
    /// A list that is never nil where it is served.
    StaysList,
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
    Int32,
    /// `l`
    Int64,
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
    /// `R`: JSON as it is, which is there or not.
    RawExtension,
    /// `J`: JSON as it is, which may be empty.
    Json,
    /// A number.
    Message(usize),
    /// `K`, a number, an API version and a kind, with `@` between them: an object in another, with
    /// the kind that protobuf does not carry.
    Object { kind: &'static str, api_version: &'static str, fields: usize },
    /// `L`: a message whose only field is a list of texts, as which it is written.
    Texts,
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
        let version = match (api_version, kind) {
            // The options are the same in every group; the discovery of the core group has a kind,
            // but no version.
            (_, "DeleteOptions") | ("", _) => "v1",
            (version, _) => version,
        };
        self.kinds.get(&(version, kind)).copied()
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
        let kinds = [('0', Empty::ZeroGoes), ('?', Empty::Goes), ('!', Empty::StaysList)];
        let empty = kinds.iter().find(|(flag, _)| flags.contains(*flag));
        Some(Self {
            number: number.parse().ok()?,
            name,
            shape: shape.map_or(pointer, |(_, shape)| *shape),
            empty: empty.map_or(Empty::Stays, |(_, empty)| *empty),
            form: Form::read(form)?,
        })
    }
}

impl Form {
    fn read(text: &'static str) -> Option<Self> {
        let kind = |rest: &str| rest.parse().ok();
        if let Some(number) = kind(text) {
            return Some(Self::Message(number));
        }
        let mut rest = text.chars();
        Some(match (rest.next()?, rest.as_str()) {
            ('s', "") => Self::Text,
            ('b', "") => Self::Bool,
            ('i', "") => Self::Int32,
            ('l', "") => Self::Int64,
            ('d', "") => Self::Double,
            ('y', "") => Self::Bytes,
            ('T', "") => Self::Time,
            ('M', "") => Self::MicroTime,
            ('O', "") => Self::IntOrString,
            ('Q', "") => Self::Quantity,
            ('R', "") => Self::RawExtension,
            ('J', "") => Self::Json,
            ('L', "") => Self::Texts,
            ('K', rest) => {
                let [fields, api_version, kind] = *rest.split('@').collect::<Vec<_>>() else {
                    return None;
                };
                Self::Object { kind, api_version, fields: fields.parse().ok()? }
            }
            ('B', rest) => Self::SchemaOr(Or::Bool, kind(rest)?),
            ('A', rest) => Self::SchemaOr(Or::Schemas, kind(rest)?),
            ('S', rest) => Self::SchemaOr(Or::Texts, kind(rest)?),
            _ => return None,
        })
    }
}

const TABLE: &str = include_str!("kubernetes.txt");
