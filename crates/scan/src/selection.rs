//! Which checks to run: by id, by name, or by practice.

use checks::{Check, Practice};

/// Which checks to run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// If any is named, only these.
    only: Vec<Chosen>,
    /// Not these.
    skipped: Vec<Chosen>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Chosen {
    Check(&'static str),
    Practice(Practice),
}

/// A word that names no check and no practice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no check and no practice; name an id such as RB-009, a practice by its number or letters (1, RB), or see `ravelin checks list`"
)]
pub struct UnknownCheck(String);

impl Selection {
    /// Reads what `--checks` and `--skip` name.
    ///
    /// # Errors
    /// If a word names nothing.
    pub fn read(only: &[String], skipped: &[String]) -> Result<Self, UnknownCheck> {
        let read = |words: &[String]| -> Result<Vec<Chosen>, UnknownCheck> {
            words.iter().map(|word| Chosen::read(word)).collect()
        };
        Ok(Self { only: read(only)?, skipped: read(skipped)? })
    }

    /// Whether a check is to be run. What is about the input itself always is.
    pub fn chooses(&self, check: &Check) -> bool {
        let named = |chosen: &[Chosen]| chosen.iter().any(|one| one.names(check));
        let is_input = check.practice == Practice::Input;
        (self.only.is_empty() || named(&self.only) || is_input) && !named(&self.skipped)
    }
}

impl Chosen {
    fn read(word: &str) -> Result<Self, UnknownCheck> {
        if let Some(check) = checks::find(word) {
            return Ok(Self::Check(check.id));
        }
        let practices = Practice::ALL.into_iter();
        let found = practices.into_iter().find(|practice| {
            word.eq_ignore_ascii_case(practice.prefix()) || word == practice.number().to_string()
        });
        found.map(Self::Practice).ok_or_else(|| UnknownCheck(word.to_owned()))
    }

    fn names(&self, check: &Check) -> bool {
        match self {
            Self::Check(id) => check.id == *id,
            Self::Practice(practice) => check.practice == *practice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_by_id_name_and_practice() {
        let check = |only: &[&str], skipped: &[&str], id: &str, expected: bool| {
            let words =
                |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
            let selection = Selection::read(&words(only), &words(skipped)).unwrap();
            assert_eq!(
                selection.chooses(checks::find(id).unwrap()),
                expected,
                "{only:?} {skipped:?}"
            );
        };
        check(&[], &[], "FL-010", true);
        check(&["FL-010"], &[], "FL-010", true);
        check(&["fl-010"], &[], "FL-011", false);
        check(&["apiserver-profiling"], &[], "FL-010", true);
        check(&["5"], &[], "FL-010", true);
        check(&["FL"], &["FL-010"], "FL-010", false);
        check(&[], &["5"], "FL-010", false);
        check(&["10"], &[], "FL-010", false);
        assert!(Selection::read(&["XX-001".to_owned()], &[]).is_err());
    }
}
