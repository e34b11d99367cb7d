//! YAML (and so JSON) to values, with the line and column of what is wrong. Duplicate keys are
//! refused: two readers of one file must not see different values.

use serde::de::DeserializeOwned;
use serde_saphyr::{Error, MessageFormatter as _, UserMessageFormatter, options};

use crate::mistake::{Mistake, Place};
use crate::tree::Node;

/// Reads one document.
pub(crate) fn one<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Mistake> {
    serde_saphyr::from_str_with_options(text, rules()).map_err(|error| mistake(file, &error))
}

/// Reads every document of a stream; empty ones are left out.
pub(crate) fn all(file: &str, text: &str) -> Result<Vec<Node>, Mistake> {
    let documents: Vec<Node> = serde_saphyr::from_multiple_with_options(text, rules())
        .map_err(|error| mistake(file, &error))?;
    let is_something = |document: &Node| !matches!(document, Node::Nothing);
    Ok(documents.into_iter().filter(is_something).collect())
}

fn rules() -> serde_saphyr::Options {
    options! {
        with_snippet: false,
        duplicate_keys: options::DuplicateKeyPolicy::Error,
        reject_unsupported_tags: true,
    }
}

fn mistake(file: &str, error: &Error) -> Mistake {
    let position = error.location().map(|at| (at.line(), at.column()));
    let place = Place::File { file: file.to_owned(), position: position.filter(|at| at.0 > 0) };
    Mistake { place, value: None, problem: problem(error.without_snippet()) }
}

/// What is wrong, without its position: the place tells that.
fn problem(error: &Error) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and grow")]
    match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("the key {key:?} is there twice; keep one")
        }
        other => UserMessageFormatter.format_message(other).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_lose_their_empty_documents() {
        let documents = all("x", "---\na: 1\n---\n# nothing\n---\nb: [2]\n...\n---\n").unwrap();
        let expected = [serde_json::json!({"a": 1}), serde_json::json!({"b": [2]})];
        let documents: Vec<_> = documents.iter().map(Node::to_json).collect();
        assert_eq!(documents, expected);
        let places: Vec<_> = all("x", "---\na: 1\n---\nb: [2]\n").unwrap();
        assert_eq!(places.last().unwrap().position("b"), Some((4, 1)));
    }

    #[test]
    fn a_mistake_has_its_place() {
        let check = |text: &str, expected: &str| {
            assert_eq!(one::<Node>("x.yaml", text).unwrap_err().to_string(), expected);
        };
        check("a: 1\na: 2\n", "x.yaml:2:1: the key \"a\" is there twice; keep one");
        check("a: [1\n", "x.yaml:1:4: unclosed bracket '['");
        check("a: &b [*b]", "x.yaml:1:8: Recursive reference not allowed here");
        check("a: !include x", "x.yaml:1:13: unsupported tag `!include`");
        check("a: .nan", "x.yaml:1:4: value `.nan` is not a finite number");
        check("a: b: c", "x.yaml:1:5: mapping values are not allowed in this context");
        check(
            "a: b\n---\nc: d",
            "x.yaml:3:1: only single YAML document expected but multiple found",
        );
    }

    #[test]
    fn nothing_is_no_mistake() {
        assert!(matches!(one::<Node>("x", "# a comment\n"), Ok(Node::Nothing)));
        assert!(matches!(one::<Node>("x", ""), Ok(Node::Nothing)));
    }
}
