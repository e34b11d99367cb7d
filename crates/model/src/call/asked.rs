//! What method and query add to the place a path names: the verb, selectors, and a name.

use std::borrow::Cow;

use super::address::Place;
use crate::query::{self, Query};
use crate::selector;

#[derive(Default)]
pub(super) struct Asked {
    pub(super) verb: &'static str,
    /// The name a field selector asks for, where the path has none.
    pub(super) name: Option<String>,
    pub(super) field_selector: String,
    pub(super) label_selector: String,
}

impl Asked {
    pub(super) fn read(method: &str, place: &Place<'_>, query: Query<'_>) -> Self {
        let verb = place.path_verb.unwrap_or_else(|| verb_of(method));
        match verb {
            "get" if place.name.is_empty() => Self::list_or_watch(query),
            "delete" if place.name.is_empty() => Self::delete_collection(query),
            _ => Self { verb, ..Self::default() },
        }
    }

    /// The selectors are kept even where an option does not decode; a name is not.
    fn list_or_watch(query: Query<'_>) -> Self {
        let [watch, fields, labels, limit, timeout] =
            query.firsts(["watch", "fieldSelector", "labelSelector", "limit", "timeoutSeconds"]);
        let (fields, labels) = (fields.unwrap_or_default(), labels.unwrap_or_default());
        let decodes = [limit, timeout].iter().flatten().all(|value| value.parse::<i64>().is_ok())
            && selector::labels::check(&labels).is_ok();
        let name = selector::fields::exact(&fields, "metadata.name").ok().filter(|_| decodes);
        let is_true = if name.is_some() { query::is_true } else { is_true_undecoded };
        let name = name.flatten().filter(|name| is_path_segment(name)).map(Cow::into_owned);
        Self {
            verb: if watch.is_some_and(|value| is_true(&value)) { "watch" } else { "list" },
            name,
            field_selector: fields.into_owned(),
            label_selector: labels.into_owned(),
        }
    }

    fn delete_collection(query: Query<'_>) -> Self {
        let [fields, labels] = query.firsts(["fieldSelector", "labelSelector"]);
        Self {
            verb: "deletecollection",
            name: None,
            field_selector: fields.unwrap_or_default().into_owned(),
            label_selector: labels.unwrap_or_default().into_owned(),
        }
    }
}

/// How upstream reads `watch` where an option does not decode: its other reading, which knows no
/// long s.
fn is_true_undecoded(value: &str) -> bool {
    !(value == "0" || value.eq_ignore_ascii_case("false"))
}

/// Whether a name could stand in a path: upstream takes no other from a field selector.
fn is_path_segment(name: &str) -> bool {
    !matches!(name, "." | "..") && !name.contains(['/', '%'])
}

fn verb_of(method: &str) -> &'static str {
    match method {
        "POST" => "create",
        "GET" | "HEAD" => "get",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "",
    }
}
