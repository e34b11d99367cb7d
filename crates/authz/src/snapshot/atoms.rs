//! An index over many rules: each combination of verb, group, resource and name that they spell
//! out, and who spells it first. It answers in a handful of look-ups, however many rules there are.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::asked::{Asked, AskedResource, AskedTarget};
use super::rules::{Rule, RuleBook};
use super::symbols::Symbol;

/// The first of several holders that allows a call. Holders are numbered in their order.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    first: HashMap<Atom, u32, RandomState>,
    /// Rules that spell out too many combinations, and paths with a star at the end: tried one by
    /// one, in order of holders.
    others: Vec<(u32, u32)>,
    wildcards: Wildcards,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Atom {
    verb: Symbol,
    group: Symbol,
    resource: Symbol,
    name: Symbol,
}

/// Which look-ups can find anything at all.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four facts, each independent of the others")]
struct Wildcards {
    verb: bool,
    group: bool,
    resource: bool,
    any_name: bool,
}

/// How many combinations all indexes of a snapshot together may still hold.
#[derive(Debug)]
pub(super) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(ATOMS_IN_ALL)
    }
}

impl Atoms {
    /// Adds a rule of `holder`. Holders come in ascending order.
    pub(super) fn add(
        &mut self,
        book: &RuleBook,
        holder: u32,
        rule: (u32, &Rule),
        room: &mut Room,
    ) {
        let (number, rule) = rule;
        let needed = combinations(book, rule);
        let spelt_out = needed <= ATOMS_A_RULE.min(room.0);
        if spelt_out {
            room.0 -= needed;
            self.add_resources(book, holder, rule);
            self.add_paths(book, holder, rule);
        }
        if !spelt_out || !book.prefixes(rule).is_empty() {
            self.others.push((holder, number));
        }
    }

    /// The first holder that allows what is asked.
    pub(super) fn first(&self, book: &RuleBook, asked: &Asked<'_>) -> Option<u32> {
        let found = match &asked.target {
            AskedTarget::Resource(what) => self.first_for_resource(asked.verb, what),
            AskedTarget::Path { exact, .. } => self.first_for_path(asked.verb, *exact),
        };
        let bound = found.unwrap_or(u32::MAX);
        let other =
            self.others.iter().take_while(|(holder, _)| *holder < bound).find(|(_, number)| {
                book.rule(*number).is_some_and(|rule| book.allows(rule, asked))
            });
        other.map(|(holder, _)| *holder).or(found)
    }

    fn first_for_resource(&self, verb: Symbol, what: &AskedResource) -> Option<u32> {
        let resources = [
            (what.resource, what.resource.is_known()),
            (what.any_with_subresource, what.any_with_subresource.is_known()),
            (Symbol::STAR, self.wildcards.resource),
        ];
        let names =
            [(Symbol::ANY_NAME, self.wildcards.any_name), (what.name, what.name.is_known())];
        let mut best = None;
        for verb in usable(self.either(verb, self.wildcards.verb)) {
            for group in usable(self.either(what.group, self.wildcards.group)) {
                for resource in usable(resources) {
                    for name in usable(names) {
                        let held = self.first.get(&Atom { verb, group, resource, name }).copied();
                        best = earlier(best, held);
                    }
                }
            }
        }
        best
    }

    fn first_for_path(&self, verb: Symbol, path: Symbol) -> Option<u32> {
        let mut best = None;
        for verb in usable(self.either(verb, self.wildcards.verb)) {
            for resource in usable(self.either(path, true)) {
                best = earlier(best, self.first.get(&Atom::path(verb, resource)).copied());
            }
        }
        best
    }

    fn either(&self, asked: Symbol, wildcard: bool) -> [(Symbol, bool); 2] {
        [(asked, asked.is_known()), (Symbol::STAR, wildcard && !self.first.is_empty())]
    }

    fn add_resources(&mut self, book: &RuleBook, holder: u32, rule: &Rule) {
        let names = match book.names(rule) {
            [] => &[Symbol::ANY_NAME],
            names => names,
        };
        self.wildcards.any_name |= names.contains(&Symbol::ANY_NAME);
        for &verb in book.verbs(rule) {
            self.wildcards.verb |= verb == Symbol::STAR;
            for &group in book.groups(rule) {
                self.wildcards.group |= group == Symbol::STAR;
                for &resource in book.resources(rule) {
                    self.wildcards.resource |= resource == Symbol::STAR;
                    for &name in names {
                        let atom = Atom { verb, group, resource, name };
                        self.first.entry(atom).or_insert(holder);
                    }
                }
            }
        }
    }

    fn add_paths(&mut self, book: &RuleBook, holder: u32, rule: &Rule) {
        for &verb in book.verbs(rule) {
            self.wildcards.verb |= verb == Symbol::STAR;
            for &path in book.paths(rule) {
                self.first.entry(Atom::path(verb, path)).or_insert(holder);
            }
        }
    }
}

impl Atom {
    fn path(verb: Symbol, path: Symbol) -> Self {
        Self { verb, group: Symbol::PATH, resource: path, name: Symbol::ANY_NAME }
    }
}

fn combinations(book: &RuleBook, rule: &Rule) -> usize {
    let verbs = book.verbs(rule).len();
    let resources =
        [book.groups(rule).len(), book.resources(rule).len(), book.names(rule).len().max(1)];
    let paths = verbs.saturating_mul(book.paths(rule).len());
    resources.into_iter().fold(verbs, usize::saturating_mul).saturating_add(paths)
}

fn usable<const N: usize>(candidates: [(Symbol, bool); N]) -> impl Iterator<Item = Symbol> {
    candidates.into_iter().filter_map(|(symbol, usable)| usable.then_some(symbol))
}

fn earlier(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// A rule with more combinations than this is tried by itself.
const ATOMS_A_RULE: usize = 1024;

/// About 60 MB; real policies need a thousandth of it.
const ATOMS_IN_ALL: usize = 2_000_000;
