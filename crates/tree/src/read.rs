//! One document to a tree. JSON is read as JSON, anything else as YAML, with limits on what a
//! small text may blow up to: kube-apiserver would not take more either.

use std::borrow::Cow;
use std::fmt;

use granit_parser::ScalarStyle;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Error, MessageFormatter as _, UserMessageFormatter, options};

use crate::plain::{self, Make};
use crate::{Keys, Place, Tree};

/// Why a document cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ReadError {
    /// What is wrong.
    pub problem: String,
    /// Line in the document, from 1; 0 if it is the document as such.
    pub line: usize,
    /// Column in that line, from 1; 0 as above.
    pub column: usize,
}

/// Reads one document.
pub fn read(text: &str, keys: &mut Keys) -> Result<Tree, ReadError> {
    if text.trim_start().starts_with('{') {
        // A flow mapping of YAML begins the same way, so JSON's refusal is not the last word.
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let found = Seed(keys).deserialize(&mut deserializer);
        if let Ok(tree) = found
            && deserializer.end().is_ok()
        {
            return Ok(tree);
        }
    }
    if let Some(tree) = plain::walk(text, &mut Seed(keys)) {
        return Ok(tree);
    }
    read_any(text, keys)
}

/// The long way, for any document.
fn read_any(text: &str, keys: &mut Keys) -> Result<Tree, ReadError> {
    serde_saphyr::with_deserializer_from_str_with_options(text, rules(), |deserializer| {
        Seed(keys).deserialize(deserializer)
    })
    .map_err(|error| ReadError::of(&error))
}

impl ReadError {
    fn of(error: &Error) -> Self {
        let at = error.location().map(|at| (at.line(), at.column())).unwrap_or_default();
        let problem = UserMessageFormatter.format_message(error.without_snippet()).into_owned();
        let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        Self { problem, line: number(at.0), column: number(at.1) }
    }
}

/// A document is no larger than this in nodes, aliases counted each time they are used.
const NODES: usize = 4_000_000;

fn rules() -> serde_saphyr::Options {
    options! {
        with_snippet: false,
        duplicate_keys: options::DuplicateKeyPolicy::Error,
        legacy_octal_numbers: true,
        budget: serde_saphyr::budget! { max_events: NODES, max_nodes: NODES, max_total_scalar_bytes: 256 << 20 },
    }
}

struct Seed<'k>(&'k mut Keys);

impl Make for Seed<'_> {
    type Node = Tree;

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle) -> Option<Tree> {
        plain::scalar(&text, style)
    }

    fn list(&mut self, items: Vec<(Place, Tree)>) -> Tree {
        Tree::List(items.into_iter().map(|(_, item)| item).collect())
    }

    fn map(&mut self, entries: Vec<(Place, Cow<'_, str>, Tree)>) -> Tree {
        let entries = entries.into_iter();
        Tree::Map(entries.map(|(_, key, node)| (self.0.key(&key), node)).collect())
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Tree;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value, a list or a mapping")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        #[expect(clippy::cast_precision_loss, reason = "no field of Kubernetes is so large")]
        Ok(i64::try_from(value).map_or(Tree::Float(value as f64), Tree::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Tree, E> {
        Ok(Tree::Text(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Seed(self.0))? {
            list.push(item);
        }
        Ok(Tree::List(list.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let key = self.0.key(&key);
            entries.push((key, map.next_value_seed(Seed(self.0))?));
        }
        Ok(Tree::Map(entries.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Result<Tree, ReadError> {
        read(text, &mut Keys::default())
    }

    #[test]
    fn yaml_and_json_are_the_same_tree() {
        let check = |text: &str, expected: &str| {
            assert_eq!(tree(text).unwrap().to_string(), expected, "{text}");
        };
        check("a: 1\nb: [true, x, 1.5, ~]\n", r#"{"a":1,"b":[true,"x",1.5,null]}"#);
        check(r#"{"a":1,"b":{"c":"x"}}"#, r#"{"a":1,"b":{"c":"x"}}"#);
        check("{a: 1, b: yes}", r#"{"a":1,"b":true}"#);
        check(
            "a: &x {k: v}\nb: *x\nc:\n  <<: *x\n  l: w\n",
            r#"{"a":{"k":"v"},"b":{"k":"v"},"c":{"k":"v","l":"w"}}"#,
        );
        check("a: |\r\n  x\r\n  y\r\nb: 2\r\n", r#"{"a":"x\ny\n","b":2}"#);
        check("", "null");
        check("--- {a: 1}\n", r#"{"a":1}"#);
        check(
            "a: 0644\nb: 0x1f\nc: \"1\"\nd: 1e3\ne: 2020-01-01",
            r#"{"a":420,"b":31,"c":"1","d":1000.0,"e":"2020-01-01"}"#,
        );
    }

    const SHORT: &[&str] = &[
        "", "~", "null", "Null", "NULL", "true", "True", "yes", "y", "N", "on", "off", "0", "1",
        "-1", "+1", "007", "0644", "0o17", "0x1f", "0b1", "1_000", "1e3", "1.5", "1.", ".5",
        ".inf", "-.inf", ".nan", "inf", "nan", "Infinity", "200m", "64Mi", "1M", "1k", "2G", "3T",
        "4P", "10.0.0.1", "12:30:45", "/healthz", "/", "a", "a b", "a: b", "a #b", "é", "<<", "=",
        "\"1\"", "'true'", "[]", "{}", "[1, ~]", "!!str 1", "&x 1", "*x", "1/2m", "0m", "5Mi",
    ];

    const LONG: &[&str] = &[
        "10.0.0.0/8",
        "2020-01-01",
        "999999999999999999",
        "9999999999999999999",
        "123456789012345678901",
        "\"a\\tb\"",
        "|\n  x\n  y",
        ">-\n  x\n  y",
        "{a: 1, b: [x]}",
    ];

    #[test]
    fn the_short_way_says_what_the_long_one_says() {
        for scalar in SHORT.iter().chain(LONG) {
            let shapes = [
                "a: @\n",
                "- @\n",
                "@\n",
                "@: v\n",
                "a:\n  b: @\n  c: x\n",
                "{a: @, @: 1}",
                "a: &x @\nb: *x\n",
            ];
            for text in shapes.map(|shape| shape.replace('@', scalar)) {
                let any = read_any(&text, &mut Keys::default());
                assert_eq!(tree(&text), any, "{text:?}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_reads_as_the_long_one(lines in proptest::collection::vec("( {0,4})(- )?(a|b|true|1|\"q\"|<<|c d)(: |:|)(x|1|0x1|~|yes|&k v|\\*k|\\||\\[a, 2\\]|\\{b: 1m\\}|# c|'s|'s'|)", 0..8)) {
            let text = lines.join("\n");
            proptest::prop_assert_eq!(tree(&text), read_any(&text, &mut Keys::default()));
        }
    }

    #[test]
    fn an_error_has_its_place() {
        let check = |text: &str, line: usize, column: usize| {
            let error = tree(text).unwrap_err();
            assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
        };
        check("a: 1\nb: [1\n", 2, 4);
        check("a: 1\na: 2\n", 2, 1);
        check("a: b: c", 1, 5);
    }

    #[test]
    fn a_bomb_of_aliases_does_not_go_off() {
        let level = |level: usize| {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            format!("a{level}: &a{level} [{below}]\n")
        };
        let bomb: String = (1..12).map(level).collect();
        let bomb = format!("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n{bomb}");
        assert!(tree(&bomb).is_err());
    }

    #[test]
    fn depth_has_a_limit() {
        assert!(tree(&"[".repeat(100_000)).is_err());
        assert!(tree(&"{\"a\":".repeat(100_000)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn takes_any_text(text in "[-a&*!: \\n\\[\\]{},'\"#|>~0-9.]{0,80}|\\PC{0,80}") {
            if let Ok(tree) = tree(&text) {
                proptest::prop_assert_eq!(Tree::from_json(&tree.to_json()).to_json(), tree.to_json());
            }
        }
    }
}
