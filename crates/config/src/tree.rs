//! A YAML document with the place of each node: read once, so that what is judged and what is
//! pointed at are the same.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::{Location, Spanned};

/// A node and what lies below it.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// A text, a number or a boolean.
    Plain(Value),
    /// A sequence.
    List(Vec<Spanned<Node>>),
    /// A mapping, in order, without duplicate keys.
    Mapping(Vec<(Spanned<String>, Spanned<Node>)>),
    /// No value: `key:` or `null`.
    Nothing,
}

impl Node {
    /// The node as JSON.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::List(items) => items.iter().map(|item| item.value.to_json()).collect(),
            Self::Mapping(entries) => {
                let pairs =
                    entries.iter().map(|(key, node)| (key.value.clone(), node.value.to_json()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
            Self::Nothing => Value::Null,
        }
    }

    /// The text of a plain node, as it reads without quotes.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Plain(Value::String(text)) => Some(text.clone()),
            Self::Plain(value) => Some(value.to_string()),
            Self::List(_) | Self::Mapping(_) | Self::Nothing => None,
        }
    }

    /// The node under a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let (_, node) = self.entries().iter().find(|(name, _)| name.value == key)?;
        Some(&node.value)
    }

    /// The entries of a mapping; none of anything else.
    pub(crate) fn entries(&self) -> &[(Spanned<String>, Spanned<Self>)] {
        match self {
            Self::Mapping(entries) => entries,
            Self::Plain(_) | Self::List(_) | Self::Nothing => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Self> {
        let items: &[Spanned<Self>] = match self {
            Self::List(items) => items,
            Self::Plain(_) | Self::Mapping(_) | Self::Nothing => &[],
        };
        items.iter().map(|item| &item.value)
    }

    /// Where the node of a path like `rules[0].level` stands: line and column of the deepest part
    /// of the path that exists, `None` if not even the first does.
    pub(crate) fn position(&self, path: &str) -> Option<(u64, u64)> {
        let mut found = None;
        let mut node = self;
        for step in steps(path) {
            let Some((at, next)) = node.child(step) else { break };
            (found, node) = (Some((at.line(), at.column())), next);
        }
        found
    }

    /// The key of a mapping or the item of a list that a step of a path names.
    fn child(&self, step: &str) -> Option<(Location, &Self)> {
        if let Self::List(items) = self {
            let item = items.get(step.parse::<usize>().ok()?)?;
            return Some((item.referenced, &item.value));
        }
        let (key, node) = self.entries().iter().find(|(key, _)| key.value == step)?;
        Some((key.referenced, &node.value))
    }
}

/// The parts of `a.b[0].c`: names and numbers.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '[', ']']).filter(|step| !step.is_empty())
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value, a list or a mapping")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Plain(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Mapping(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    const TEXT: &str = "kind: Policy\nrules:\n- level: None\n  verbs: [get, 1, true]\n- level:\n";

    fn tree() -> Node {
        yaml::one("x", TEXT).unwrap()
    }

    #[test]
    fn is_the_document_as_json() {
        let expected = serde_json::json!({
            "kind": "Policy",
            "rules": [{"level": "None", "verbs": ["get", 1, true]}, {"level": null}],
        });
        assert_eq!(tree().to_json(), expected);
    }

    #[test]
    fn knows_where_a_path_stands() {
        let check = |path: &str, expected: Option<(u64, u64)>| {
            assert_eq!(tree().position(path), expected, "{path}");
        };
        check("kind", Some((1, 1)));
        check("rules", Some((2, 1)));
        check("rules[0]", Some((3, 3)));
        check("rules[0].level", Some((3, 3)));
        check("rules[0].verbs[1]", Some((4, 16)));
        check("rules[1].level", Some((5, 3)));
        check("rules[0].users[3]", Some((3, 3)));
        check("rules[7].level", Some((2, 1)));
        check("omitStages", None);
        check("", None);
    }

    #[test]
    fn plain_nodes_have_texts() {
        let check = |text: &str, expected: Option<&str>| {
            let node: Node = yaml::one("x", text).unwrap();
            assert_eq!(node.text().as_deref(), expected, "{text}");
        };
        check("6443", Some("6443"));
        check("'6443'", Some("6443"));
        check("true", Some("true"));
        check("1m0s", Some("1m0s"));
        check("-1", Some("-1"));
        check("[a]", None);
        check("{}", None);
        check("~", None);
    }

    proptest::proptest! {
        #[test]
        fn takes_any_text(text in "[-a&*!: \\n\\[\\]{},'\"#|>~0-9.]{0,80}|\\PC{0,80}", path in ".{0,20}") {
            if let Ok(node) = yaml::one::<Node>("x", &text) {
                let _json = node.to_json();
                let _position = node.position(&path);
            }
        }
    }
}
