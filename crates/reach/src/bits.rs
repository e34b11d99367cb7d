//! A set of small numbers that is quick to compare and to ask.

/// A set of small numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn insert(&mut self, number: usize) {
        let word = number / WIDTH;
        if self.0.len() <= word {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (number % WIDTH);
        }
    }

    pub(crate) fn has(&self, number: usize) -> bool {
        self.0.get(number / WIDTH).is_some_and(|word| word >> (number % WIDTH) & 1 == 1)
    }
}

const WIDTH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in_and_nothing_else() {
        let mut bits = Bits::default();
        let members = [0, 1, 63, 64, 200];
        for number in members {
            bits.insert(number);
        }
        for number in 0..300 {
            assert_eq!(bits.has(number), members.contains(&number), "{number}");
        }
    }
}
