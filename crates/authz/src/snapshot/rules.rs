//! The rules of all roles in one place, as symbols, and the test whether one matches a call.

use std::ops::Range;

use super::asked::{Asked, AskedResource, AskedTarget};
use super::symbols::{Symbol, Symbols};
use crate::policy::PolicyRule;

/// The rules of a policy, role after role.
#[derive(Debug, Default)]
pub(super) struct RuleBook {
    rules: Vec<Rule>,
    words: Vec<Symbol>,
    prefixes: Vec<Box<str>>,
}

/// A rule as stretches of the book's words. An empty stretch matches nothing, save names.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    verbs: Stretch,
    groups: Stretch,
    resources: Stretch,
    /// Empty for any name.
    names: Stretch,
    paths: Stretch,
    prefixes: Stretch,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: u32,
    to: u32,
}

impl RuleBook {
    /// Writes the rules of a role down; the range is where they are.
    pub(super) fn add(&mut self, rules: &[PolicyRule], symbols: &mut Symbols) -> Range<u32> {
        let from = super::position(self.rules.len());
        for rule in rules {
            let compiled = self.compile(rule, symbols);
            self.rules.push(compiled);
        }
        from..super::position(self.rules.len())
    }

    /// The rules in `range`, each with its number.
    pub(super) fn rules(&self, range: &Range<u32>) -> impl Iterator<Item = (u32, &Rule)> {
        let rules = self.rules.get(range.start as usize..range.end as usize).unwrap_or_default();
        (range.start..).zip(rules)
    }

    pub(super) fn rule(&self, number: u32) -> Option<&Rule> {
        self.rules.get(number as usize)
    }

    pub(super) fn allows(&self, rule: &Rule, asked: &Asked<'_>) -> bool {
        has(self.verbs(rule), asked.verb)
            && match &asked.target {
                AskedTarget::Resource(what) => self.covers_resource(rule, what),
                AskedTarget::Path { exact, text } => {
                    has(self.paths(rule), *exact)
                        || self.prefixes(rule).iter().any(|prefix| text.starts_with(&**prefix))
                }
            }
    }

    fn covers_resource(&self, rule: &Rule, what: &AskedResource) -> bool {
        has(self.groups(rule), what.group)
            && self.resources(rule).iter().any(|held| {
                *held == Symbol::STAR
                    || *held == what.resource
                    || *held == what.any_with_subresource
            })
            && (rule.names.is_empty() || self.names(rule).contains(&what.name))
    }

    pub(super) fn verbs(&self, rule: &Rule) -> &[Symbol] {
        self.words(rule.verbs)
    }

    pub(super) fn groups(&self, rule: &Rule) -> &[Symbol] {
        self.words(rule.groups)
    }

    pub(super) fn resources(&self, rule: &Rule) -> &[Symbol] {
        self.words(rule.resources)
    }

    /// Empty for any name.
    pub(super) fn names(&self, rule: &Rule) -> &[Symbol] {
        self.words(rule.names)
    }

    /// The paths without a star at the end, and `*`.
    pub(super) fn paths(&self, rule: &Rule) -> &[Symbol] {
        self.words(rule.paths)
    }

    /// The paths with a star at the end, without it.
    pub(super) fn prefixes(&self, rule: &Rule) -> &[Box<str>] {
        self.prefixes.get(rule.prefixes.range()).unwrap_or_default()
    }

    fn words(&self, stretch: Stretch) -> &[Symbol] {
        self.words.get(stretch.range()).unwrap_or_default()
    }

    fn compile(&mut self, rule: &PolicyRule, symbols: &mut Symbols) -> Rule {
        let (prefixes, exact): (Vec<&String>, Vec<&String>) =
            rule.non_resource_urls.iter().partition(|url| url.ends_with('*'));
        let trimmed: Vec<&str> = prefixes.iter().map(|url| url.trim_end_matches('*')).collect();
        // Stars alone trim to the empty prefix, which every path has.
        let everything = trimmed.contains(&"");
        let paths = if everything {
            self.write(&["*"], Stars::Absorb, symbols)
        } else {
            self.write(&exact, Stars::Absorb, symbols)
        };
        Rule {
            verbs: self.write(&rule.verbs, Stars::Absorb, symbols),
            groups: self.write(&rule.api_groups, Stars::Absorb, symbols),
            resources: self.write(&rule.resources, Stars::Absorb, symbols),
            names: self.write(&rule.resource_names, Stars::Plain, symbols),
            paths,
            prefixes: self.write_prefixes(if everything { &[] } else { &trimmed }),
        }
    }

    fn write(&mut self, texts: &[impl AsRef<str>], stars: Stars, symbols: &mut Symbols) -> Stretch {
        let from = self.words.len();
        let absorbed = stars == Stars::Absorb && texts.iter().any(|text| text.as_ref() == "*");
        if absorbed {
            self.words.push(Symbol::STAR);
        } else {
            self.words.extend(texts.iter().map(|text| symbols.add(text.as_ref())));
        }
        Stretch::new(from, self.words.len())
    }

    fn write_prefixes(&mut self, prefixes: &[&str]) -> Stretch {
        let from = self.prefixes.len();
        self.prefixes.extend(prefixes.iter().map(|prefix| Box::from(*prefix)));
        Stretch::new(from, self.prefixes.len())
    }
}

/// Whether `*` makes the rest of a list needless; a `*` among names is a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stars {
    Absorb,
    Plain,
}

impl Stretch {
    fn new(from: usize, to: usize) -> Self {
        Self { from: super::position(from), to: super::position(to) }
    }

    fn is_empty(self) -> bool {
        self.from == self.to
    }

    fn range(self) -> Range<usize> {
        self.from as usize..self.to as usize
    }
}

fn has(held: &[Symbol], asked: Symbol) -> bool {
    held.iter().any(|symbol| *symbol == Symbol::STAR || *symbol == asked)
}
