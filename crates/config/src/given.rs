//! What was given for each option, by flag or by file, and how a section reads it. Every mistake
//! is kept, so that the reading goes on and the next one is found too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::Environment;
use crate::files;
use crate::mistake::{Mistake, Mistakes, Note, Place, Weight};
use crate::setting::{Setting, Takes};

/// One value as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) text: String,
    pub(crate) place: Place,
    /// Where a relative path starts; empty for the working folder.
    pub(crate) folder: PathBuf,
}

/// All values, and what was found wrong with them so far.
pub(crate) struct Reader<'a> {
    pub(crate) environment: &'a Environment,
    given: BTreeMap<&'static str, Vec<Given>>,
    mistakes: Vec<Mistake>,
    notes: Vec<Note>,
    asked: BTreeSet<&'static str>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(environment: &'a Environment) -> Self {
        let (given, asked) = (BTreeMap::new(), BTreeSet::new());
        Self { environment, given, mistakes: Vec::new(), notes: Vec::new(), asked }
    }

    /// Adds values; those that were added first win, and a note says so where they differ.
    pub(crate) fn offer(&mut self, setting: &Setting, mut values: Vec<Given>) {
        if setting.takes == Takes::List {
            values = values.iter().flat_map(split).collect();
        }
        let texts = |values: &[Given]| {
            let texts: Vec<&str> = values.iter().map(|given| given.text.as_str()).collect();
            texts.join(",")
        };
        match self.given.get(setting.name) {
            None => drop(self.given.insert(setting.name, values)),
            Some(winner) => {
                let (kept, lost) = (texts(winner), texts(&values));
                let places = (winner.first().map(|g| &g.place), values.first().map(|g| &g.place));
                if let (Some(winner), Some(loser)) = places
                    && kept != lost
                {
                    let note = format!("{winner} {kept:?} wins over {loser} {lost:?}");
                    self.note(note);
                }
            }
        }
    }

    pub(crate) fn is_given(&self, setting: &Setting) -> bool {
        self.given.contains_key(setting.name)
    }

    /// The value, or the default's; `None` if there is neither, or if it is a mistake.
    pub(crate) fn one<T>(
        &mut self,
        setting: &Setting,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.located(setting, |given| parse(&given.text))
    }

    /// Notes a mistake if the setting has no value.
    pub(crate) fn need(&mut self, setting: &Setting, why: &str) {
        if !self.is_given(setting) {
            self.reject(setting, format!("is not given; {why}"));
        }
    }

    /// Every value of a list, or the default's.
    pub(crate) fn many<T>(
        &mut self,
        setting: &Setting,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let given = self.values(setting);
        given.iter().filter_map(|given| self.keep(given, parse(&given.text))).collect()
    }

    pub(crate) fn switch(&mut self, setting: &Setting) -> bool {
        let read = |text: &str| match text {
            "true" | "1" | "t" | "T" | "TRUE" | "True" => Ok(true),
            "false" | "0" | "f" | "F" | "FALSE" | "False" => Ok(false),
            _ => Err("neither true nor false; give one of the two".to_owned()),
        };
        self.one(setting, read).unwrap_or_default()
    }

    pub(crate) fn path(&mut self, setting: &Setting) -> Option<PathBuf> {
        self.located(setting, path_of)
    }

    pub(crate) fn paths(&mut self, setting: &Setting) -> Vec<PathBuf> {
        let given = self.values(setting);
        given.iter().filter_map(|given| self.keep(given, path_of(given))).collect()
    }

    /// The bytes of a file that an option names; a mistake if it cannot be read.
    pub(crate) fn contents(
        &mut self,
        setting: &Setting,
        path: &Path,
        limit: u64,
    ) -> Option<Vec<u8>> {
        match files::read(path, limit) {
            Ok(bytes) => Some(bytes),
            Err(problem) => {
                self.reject_path(setting, path, problem);
                None
            }
        }
    }

    /// As [`Reader::contents`], for text.
    pub(crate) fn text(&mut self, setting: &Setting, path: &Path, limit: u64) -> Option<String> {
        let bytes = self.contents(setting, path, limit)?;
        let text = String::from_utf8(bytes);
        if text.is_err() {
            self.reject_path(setting, path, files::NOT_TEXT);
        }
        text.ok()
    }

    /// Notes that the option's value is wrong as a whole, or missing.
    pub(crate) fn reject(&mut self, setting: &Setting, problem: impl Into<String>) {
        let problem = problem.into();
        let first = self.given.get(setting.name).and_then(|given| given.first());
        let (place, value) = match first {
            Some(given) => (given.place.clone(), Some(given.text.clone())),
            None => (Place::Flag { name: setting.name.to_owned() }, None),
        };
        self.mistakes.push(Mistake { place, value, problem });
    }

    /// As [`Reader::reject`], for one value of several.
    pub(crate) fn reject_value(
        &mut self,
        setting: &Setting,
        value: &str,
        problem: impl Into<String>,
    ) {
        let problem = problem.into();
        let mut given = self.given.get(setting.name).into_iter().flatten();
        let given = given.find(|given| given.folder.join(&given.text) == Path::new(value));
        let flag = || Place::Flag { name: setting.name.to_owned() };
        let place = given.map_or_else(flag, |given| given.place.clone());
        self.mistakes.push(Mistake { place, value: Some(value.to_owned()), problem });
    }

    /// As [`Reader::reject_value`], for a path.
    pub(crate) fn reject_path(
        &mut self,
        setting: &Setting,
        path: &Path,
        problem: impl Into<String>,
    ) {
        self.reject_value(setting, &path.display().to_string(), problem);
    }

    pub(crate) fn add(&mut self, mistakes: impl IntoIterator<Item = Mistake>) {
        self.mistakes.extend(mistakes);
    }

    /// Tells what is good to know.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(Note { weight: Weight::Hint, text: text.into() });
    }

    /// Tells what weakens safety, or will fail one day.
    pub(crate) fn warn(&mut self, text: impl Into<String>) {
        self.notes.push(Note { weight: Weight::Warning, text: text.into() });
    }

    /// Refuses an option that means something only together with another choice.
    pub(crate) fn only_with(&mut self, setting: &Setting, condition: &str) {
        if self.is_given(setting) {
            self.reject(setting, format!("has a meaning only {condition}; take it out"));
        }
    }

    /// What was read, unless there was a mistake.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<(T, Vec<Note>), Mistakes> {
        match read {
            Some(value) if self.mistakes.is_empty() => Ok((value, self.notes)),
            Some(_) | None => Err(Mistakes(self.mistakes)),
        }
    }

    /// The names of the options that were looked at.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> &BTreeSet<&'static str> {
        &self.asked
    }

    fn located<T>(
        &mut self,
        setting: &Setting,
        parse: impl Fn(&Given) -> Result<T, String>,
    ) -> Option<T> {
        let given = self.values(setting);
        let first = given.first()?;
        if given.len() > 1 {
            self.reject(setting, "is given more than once; give it once");
            return None;
        }
        self.keep(first, parse(first))
    }

    fn values(&mut self, setting: &Setting) -> Vec<Given> {
        self.asked.insert(setting.name);
        match self.given.get(setting.name) {
            Some(given) => given.clone(),
            None if setting.default.is_empty() => Vec::new(),
            None => {
                let place = Place::Flag { name: setting.name.to_owned() };
                let text = setting.default.to_owned();
                let whole = Given { text, place, folder: PathBuf::new() };
                if setting.takes == Takes::List { split(&whole) } else { vec![whole] }
            }
        }
    }

    fn keep<T>(&mut self, given: &Given, read: Result<T, String>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                let (place, value) = (given.place.clone(), Some(given.text.clone()));
                self.mistakes.push(Mistake { place, value, problem });
                None
            }
        }
    }
}

fn split(given: &Given) -> Vec<Given> {
    let parts = given.text.split(',').map(str::trim);
    parts.map(|part| Given { text: part.to_owned(), ..given.clone() }).collect()
}

fn path_of(given: &Given) -> Result<PathBuf, String> {
    if given.text.is_empty() {
        return Err("is empty; give a path, or take it out".to_owned());
    }
    Ok(given.folder.join(&given.text))
}
