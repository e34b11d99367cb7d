//! The fields that exist and their types. kube-apiserver decodes strictly: what is not here, or is
//! written otherwise, stops it.

use tree::{Path, Tree};

use crate::duration::nanoseconds;
use crate::{Fault, Problem};

/// The type of a field.
enum Shape {
    Text,
    Number,
    Duration,
    List(&'static Self),
    Object(&'static [(&'static str, Self)]),
}

/// Every field of `tree` that is unknown or of another type. Nothing is always allowed.
pub(crate) fn problems(tree: &Tree) -> Vec<Problem> {
    let mut found = Vec::new();
    CONFIGURATION.check(tree, &Path::root(), &mut found);
    found
}

impl Shape {
    fn check(&self, tree: &Tree, path: &Path, found: &mut Vec<Problem>) {
        let fault = match (self, tree) {
            (_, Tree::Null) | (Self::Text, Tree::Text(_)) => return,
            (Self::Number, Tree::Int(number)) if i32::try_from(*number).is_ok() => return,
            (Self::Duration, Tree::Text(text)) if nanoseconds(text).is_some() => return,
            (Self::Duration, Tree::Text(_)) => Fault::NotADuration,
            (Self::List(item), Tree::List(items)) => {
                for (index, node) in items.iter().enumerate() {
                    item.check(node, &path.then(index), found);
                }
                return;
            }
            (Self::Object(fields), Tree::Map(_)) => return check_fields(fields, tree, path, found),
            (Self::Text | Self::Number | Self::Duration | Self::List(_) | Self::Object(_), _) => {
                Fault::WrongType(self.wanted())
            }
        };
        found.push(Problem { path: path.clone(), fault });
    }

    fn wanted(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a whole number of 32 bits",
            Self::Duration => "a duration like 3s",
            Self::List(_) => "a list",
            Self::Object(_) => "a mapping",
        }
    }
}

fn check_fields(fields: &[(&str, Shape)], tree: &Tree, path: &Path, found: &mut Vec<Problem>) {
    for (key, node) in tree.entries() {
        let path = path.then(&**key);
        match fields.iter().find(|(name, _)| **name == **key) {
            Some((_, shape)) => shape.check(node, &path, found),
            None => found.push(Problem { path, fault: Fault::UnknownField }),
        }
    }
}

static CONFIGURATION: Shape = Shape::Object(&[
    ("kind", Shape::Text),
    ("apiVersion", Shape::Text),
    ("resources", Shape::List(&ENTRY)),
]);

static ENTRY: Shape = Shape::Object(&[
    ("resources", Shape::List(&Shape::Text)),
    ("providers", Shape::List(&PROVIDER)),
]);

static PROVIDER: Shape = Shape::Object(&[
    ("aesgcm", Shape::Object(&KEYS)),
    ("aescbc", Shape::Object(&KEYS)),
    ("secretbox", Shape::Object(&KEYS)),
    ("identity", Shape::Object(&[])),
    (
        "kms",
        Shape::Object(&[
            ("apiVersion", Shape::Text),
            ("name", Shape::Text),
            ("cachesize", Shape::Number),
            ("endpoint", Shape::Text),
            ("timeout", Shape::Duration),
        ]),
    ),
]);

static KEYS: [(&str, Shape); 1] = [("keys", Shape::List(&KEY))];

static KEY: Shape = Shape::Object(&[("name", Shape::Text), ("secret", Shape::Text)]);
