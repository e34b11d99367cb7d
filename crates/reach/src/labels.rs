//! Labels of a pod or a namespace, as far as they are known.

use std::collections::BTreeMap;

use tree::Tree;

/// Labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Labels {
    known: BTreeMap<String, String>,
    rest: Rest,
}

/// What holds for a key that is not among the known ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Rest {
    Absent,
    Unseen,
}

/// What is known of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label<'l> {
    Value(&'l str),
    Absent,
    Unseen,
}

impl Labels {
    pub(crate) fn of_pod(known: BTreeMap<String, String>) -> Self {
        Self { known, rest: Rest::Absent }
    }

    /// Labels of a namespace. Whatever its object says, the API server writes the name into one.
    pub(crate) fn of_namespace(name: &str, object: &Tree) -> Self {
        let labels = object.at(&["metadata", "labels"]);
        let read = labels.entries().iter().map(|(key, value)| Some((key, value.text()?)));
        let Some(read) = read.collect::<Option<Vec<_>>>() else { return Self::unseen(name) };
        if !labels.is_null() && !labels.is_map() {
            return Self::unseen(name);
        }
        let known = read.into_iter().map(|(key, value)| (key.to_string(), value.to_owned()));
        let mut known: BTreeMap<String, String> = known.collect();
        known.insert(NAME.to_owned(), name.to_owned());
        Self { known, rest: Rest::Absent }
    }

    /// Labels of a namespace that nobody saw: its name alone is known.
    pub(crate) fn unseen(name: &str) -> Self {
        let known = BTreeMap::from([(NAME.to_owned(), name.to_owned())]);
        Self { known, rest: Rest::Unseen }
    }

    pub(crate) fn get(&self, key: &str) -> Label<'_> {
        match (self.known.get(key), self.rest) {
            (Some(value), _) => Label::Value(value),
            (None, Rest::Absent) => Label::Absent,
            (None, Rest::Unseen) => Label::Unseen,
        }
    }
}

const NAME: &str = "kubernetes.io/metadata.name";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_carries_its_name() {
        let check = |object: serde_json::Value, name: Label<'_>, team: Label<'_>| {
            let labels = Labels::of_namespace("a", &Tree::from_json(&object));
            assert_eq!((labels.get(NAME), labels.get("team")), (name, team), "{object}");
        };
        let labels =
            |labels: serde_json::Value| serde_json::json!({"metadata": {"labels": labels}});
        check(serde_json::json!({}), Label::Value("a"), Label::Absent);
        check(labels(serde_json::json!({"team": "x"})), Label::Value("a"), Label::Value("x"));
        check(labels(serde_json::json!({NAME: "other"})), Label::Value("a"), Label::Absent);
        check(labels(serde_json::json!({"team": 1})), Label::Value("a"), Label::Unseen);
        check(labels(serde_json::json!(["team"])), Label::Value("a"), Label::Unseen);
    }
}
