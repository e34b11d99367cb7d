//! Texts as numbers, so that matching a rule compares integers. A text the policy does not hold
//! has no number, and so matches wildcards only.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// A text of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Symbol(u32);

impl Symbol {
    /// `*`.
    pub(super) const STAR: Self = Self(0);
    /// Stands for a text that the policy does not hold. Never the symbol of one it does.
    pub(super) const UNKNOWN: Self = Self(u32::MAX);
    /// In place of an object's name: any name.
    pub(super) const ANY_NAME: Self = Self(u32::MAX - 1);
    /// In place of an API group: this is about a URL path.
    pub(super) const PATH: Self = Self(u32::MAX - 2);

    pub(super) fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }
}

/// The texts of a policy.
#[derive(Debug)]
pub(super) struct Symbols(HashMap<Box<str>, Symbol, RandomState>);

impl Symbols {
    pub(super) fn new() -> Self {
        let mut symbols = Self(HashMap::default());
        symbols.add("*");
        symbols
    }

    pub(super) fn add(&mut self, text: &str) -> Symbol {
        if let Some(known) = self.0.get(text) {
            return *known;
        }
        let symbol = Symbol(super::position(self.0.len()));
        self.0.insert(text.into(), symbol);
        symbol
    }

    pub(super) fn of(&self, text: &str) -> Symbol {
        self.0.get(text).copied().unwrap_or(Symbol::UNKNOWN)
    }

    /// The symbol of `left/right`. Allocates only for texts longer than any real resource name.
    pub(super) fn of_joined(&self, left: &str, right: &str) -> Symbol {
        let mut room = [0_u8; 256];
        let bytes = left.bytes().chain([b'/']).chain(right.bytes());
        let length = left.len() + 1 + right.len();
        if length > room.len() {
            return self.of(&format!("{left}/{right}"));
        }
        for (place, byte) in room.iter_mut().zip(bytes) {
            *place = byte;
        }
        let joined = room.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok());
        joined.map_or(Symbol::UNKNOWN, |text| self.of(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_texts_of_any_length() {
        let mut symbols = Symbols::new();
        for (left, right) in [("pods", "log"), ("*", "scale"), ("ö", ""), ("x", &"y".repeat(400))]
        {
            assert_eq!(symbols.of_joined(left, right), Symbol::UNKNOWN);
            let added = symbols.add(&format!("{left}/{right}"));
            assert_eq!(symbols.of_joined(left, right), added);
        }
        assert_eq!(symbols.of("*"), Symbol::STAR);
    }
}
