//! Label selectors as objects: `matchLabels` and `matchExpressions`, all of which must hold.

use std::collections::BTreeSet;

use crate::Answer;
use crate::field::{Field, Problem};
use crate::labels::{Label, Labels};

mod syntax;

/// A label selector. The empty one selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Selector(BTreeSet<Requirement>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Test {
    In(BTreeSet<String>),
    NotIn(BTreeSet<String>),
    Exists,
    DoesNotExist,
}

impl Selector {
    pub(crate) fn read(field: &Field<'_>) -> Result<Self, Problem> {
        field.mapping(&["matchLabels", "matchExpressions"])?;
        let mut requirements = BTreeSet::new();
        let labels = field.get("matchLabels");
        if labels.is_set() && !labels.tree.is_map() {
            return Err(labels.problem("must be a mapping"));
        }
        for (key, _) in labels.tree.entries() {
            requirements.insert(Requirement::of_label(&labels, key)?);
        }
        for expression in field.get("matchExpressions").list()? {
            requirements.insert(Requirement::of_expression(&expression)?);
        }
        Ok(Self(requirements))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn selects(&self, labels: &Labels) -> Answer {
        let answers = self.0.iter().map(|requirement| requirement.holds(labels));
        answers.min().unwrap_or(Answer::Yes)
    }
}

impl Requirement {
    fn of_label(labels: &Field<'_>, key: &str) -> Result<Self, Problem> {
        let field = labels.get(key);
        checked_key(key, &field)?;
        let value = checked_value(&field)?;
        Ok(Self { key: key.to_owned(), test: Test::In(BTreeSet::from([value])) })
    }

    fn of_expression(field: &Field<'_>) -> Result<Self, Problem> {
        field.mapping(&["key", "operator", "values"])?;
        let (key, operator) = (field.get("key"), field.get("operator"));
        let name = key.needed_text()?;
        checked_key(name, &key)?;
        let values = field.get("values");
        let list = values.list()?;
        let set = list.iter().map(checked_value).collect::<Result<BTreeSet<_>, _>>()?;
        let test = match (operator.needed_text()?, set.is_empty()) {
            ("In", false) => Test::In(set),
            ("NotIn", false) => Test::NotIn(set),
            ("Exists", true) => Test::Exists,
            ("DoesNotExist", true) => Test::DoesNotExist,
            ("In" | "NotIn", true) => return Err(values.problem("must not be empty")),
            ("Exists" | "DoesNotExist", false) => return Err(values.problem("must be empty")),
            (_, _) => return Err(operator.problem("is not a known operator")),
        };
        Ok(Self { key: name.to_owned(), test })
    }

    fn holds(&self, labels: &Labels) -> Answer {
        let label = match labels.get(&self.key) {
            Label::Value(value) => Some(value),
            Label::Absent => None,
            Label::Unseen => return Answer::Unknown,
        };
        Answer::from(match &self.test {
            Test::In(values) => label.is_some_and(|value| values.contains(value)),
            Test::NotIn(values) => label.is_none_or(|value| !values.contains(value)),
            Test::Exists => label.is_some(),
            Test::DoesNotExist => label.is_none(),
        })
    }
}

fn checked_key(key: &str, field: &Field<'_>) -> Result<(), Problem> {
    if syntax::is_label_key(key) { Ok(()) } else { Err(field.problem("is not a key of a label")) }
}

fn checked_value(field: &Field<'_>) -> Result<String, Problem> {
    let value = field.needed_text()?;
    let valid = syntax::is_label_value(value);
    if valid { Ok(value.to_owned()) } else { Err(field.problem("is not a value of a label")) }
}

#[cfg(test)]
mod tests;
