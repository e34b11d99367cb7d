//! Label and field selectors, as list, watch and deletecollection take them.

use model::Call;
use model::selector::labels;
use serde_json::Value;

use crate::kind::Kind;
use crate::object;
use crate::refusal::Refusal;

/// What an object must be like to be in a list or a watch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<Requirement>,
}

#[derive(Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    rule: Rule,
}

#[derive(Debug, PartialEq, Eq)]
enum Rule {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
}

impl Selector {
    /// What a list, a watch or a deletecollection selects. A name that the path holds (as it does
    /// in `/api/v1/watch/…`) selects too.
    pub(crate) fn of(kind: &Kind, call: &Call) -> Result<Self, Refusal> {
        let mut selector = Self::parse(kind, &call.label_selector, &call.field_selector)?;
        if !call.name.is_empty() {
            let rule = Rule::In(vec![call.name.clone()]);
            selector.fields.push(Requirement { key: "metadata.name".to_owned(), rule });
        }
        Ok(selector)
    }

    /// Whether it selects whatever there is.
    pub(crate) fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Reads both selectors; a field that `kind` cannot be selected by is refused.
    pub(crate) fn parse(kind: &Kind, labels: &str, fields: &str) -> Result<Self, Refusal> {
        labels::check(labels).map_err(|_bad| unreadable(labels))?;
        let labels = split(labels)
            .map(|term| label(term).ok_or_else(|| unreadable(labels)))
            .collect::<Result<_, _>>()?;
        let fields: Vec<Requirement> = split(fields)
            .map(|term| compared(term).ok_or_else(|| unreadable(fields)))
            .collect::<Result<_, _>>()?;
        if let Some(unknown) = fields.iter().find(|field| !selectable(kind, &field.key)) {
            let message = format!("field label not supported: {}", unknown.key);
            return Err(Refusal::bad_request(message));
        }
        Ok(Self { labels, fields })
    }

    pub(crate) fn matches(&self, object: &Value) -> bool {
        let labels = object::map(object, "/metadata/labels");
        let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
        self.labels.iter().all(|requirement| requirement.holds(label(&requirement.key)))
            && self.fields.iter().all(|requirement| {
                let pointer = format!("/{}", requirement.key.replace('.', "/"));
                requirement.holds(Some(object::text(object, &pointer)))
            })
    }
}

impl Requirement {
    fn holds(&self, value: Option<&str>) -> bool {
        match &self.rule {
            Rule::Exists => value.is_some(),
            Rule::Absent => value.is_none(),
            Rule::In(wanted) => value.is_some_and(|value| wanted.iter().any(|one| one == value)),
            // As upstream, an object without the label is not among the unwanted.
            Rule::NotIn(unwanted) => {
                !value.is_some_and(|value| unwanted.iter().any(|one| one == value))
            }
        }
    }
}

fn unreadable(selector: &str) -> Refusal {
    Refusal::bad_request(format!("unable to parse requirement: {selector:?}"))
}

/// The terms between commas that are outside brackets.
fn split(selector: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    selector
        .split(move |letter| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            letter == ',' && depth == 0
        })
        .map(str::trim)
        .filter(|term| !term.is_empty())
}

fn label(term: &str) -> Option<Requirement> {
    if let Some(key) = term.strip_prefix('!') {
        return Some(Requirement { key: plain(key)?, rule: Rule::Absent });
    }
    if let Some(requirement) = compared(term) {
        return Some(requirement);
    }
    if let Some((key, values)) = term.split_once(" notin ") {
        return Some(Requirement { key: plain(key)?, rule: Rule::NotIn(values_of(values)?) });
    }
    if let Some((key, values)) = term.split_once(" in ") {
        return Some(Requirement { key: plain(key)?, rule: Rule::In(values_of(values)?) });
    }
    Some(Requirement { key: plain(term)?, rule: Rule::Exists })
}

fn compared(term: &str) -> Option<Requirement> {
    if term.contains('(') {
        return None;
    }
    let value = |value: &str| vec![value.trim().to_owned()];
    if let Some((key, unwanted)) = term.split_once("!=") {
        return Some(Requirement { key: plain(key)?, rule: Rule::NotIn(value(unwanted)) });
    }
    let (key, wanted) = term.split_once("==").or_else(|| term.split_once('='))?;
    Some(Requirement { key: plain(key)?, rule: Rule::In(value(wanted)) })
}

fn values_of(list: &str) -> Option<Vec<String>> {
    let inner = list.trim().strip_prefix('(')?.strip_suffix(')')?;
    Some(inner.split(',').map(|value| value.trim().to_owned()).collect())
}

fn plain(key: &str) -> Option<String> {
    let key = key.trim();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    (!key.is_empty() && key.chars().all(fits)).then(|| key.to_owned())
}

fn selectable(kind: &Kind, field: &str) -> bool {
    let of_kind: &[&str] = match kind.plural {
        "pods" => &["spec.nodeName", "status.phase", "status.podIP", "spec.serviceAccountName"],
        "secrets" => &["type"],
        "namespaces" => &["status.phase"],
        "nodes" => &["spec.unschedulable"],
        "events" => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "type",
        ],
        _ => &[],
    };
    field == "metadata.name"
        || field == "metadata.namespace" && kind.is_namespaced()
        || of_kind.contains(&field)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind;

    fn check(labels: &str, fields: &str, expected: bool) {
        let pods = kind::find("", "pods").unwrap();
        let pod = json!({
            "metadata": {"name": "web-1", "namespace": "demo", "labels": {"app": "web", "x/y": ""}},
            "status": {"phase": "Running"},
        });
        let selector = Selector::parse(pods, labels, fields).unwrap();
        assert_eq!(selector.matches(&pod), expected, "{labels} {fields}");
    }

    #[test]
    fn labels_select() {
        check("", "", true);
        check("app=web", "", true);
        check("app==web,x/y", "", true);
        check("app!=web", "", false);
        check("tier!=db", "", true);
        check("!tier", "", true);
        check("!app", "", false);
        check("app in (db, web),x/y=", "", true);
        check("app notin (db,web)", "", false);
        check("tier notin (db)", "", true);
        check("tier", "", false);
    }

    #[test]
    fn fields_select() {
        check("", "metadata.name=web-1,status.phase!=Failed", true);
        check("", "metadata.namespace=other", false);
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        let pods = kind::find("", "pods").unwrap();
        for (labels, fields) in
            [("a in b", ""), ("a b", ""), ("=x", ""), ("", "spec.magic=1"), ("", "x")]
        {
            assert!(Selector::parse(pods, labels, fields).is_err(), "{labels} {fields}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(labels in "[a!=,() in.]{0,24}", fields in "[a.=!,]{0,16}", any: String) {
            let pods = kind::find("", "pods").unwrap();
            Selector::parse(pods, &labels, &fields).ok();
            Selector::parse(pods, &any, &any).ok();
        }
    }
}
