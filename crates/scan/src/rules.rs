//! What the catalogue says about each check, for formats that carry it.

use std::collections::BTreeMap;

/// The texts of one check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleText {
    /// The check, such as RB-009.
    pub id: String,
    /// The check in a few words.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// How to mend it, in general.
    pub fix: String,
    /// Benchmarks and pages that say the same.
    pub references: Vec<String>,
}

/// The texts of all checks, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules(BTreeMap<String, RuleText>);

impl Rules {
    /// The texts of a check, if the catalogue has it.
    pub fn text(&self, id: &str) -> Option<&RuleText> {
        self.0.get(id)
    }
}

impl FromIterator<RuleText> for Rules {
    fn from_iter<T: IntoIterator<Item = RuleText>>(texts: T) -> Self {
        Self(texts.into_iter().map(|text| (text.id.clone(), text)).collect())
    }
}
