//! A file of waivers → waivers, with all its mistakes at once.

use std::collections::BTreeSet;

use checks::Practice;
use jiff::civil::Date;
use tree::{Keys, Path, Tree};

use super::{Glob, Mistake, Mistakes, ObjectPattern, Waiver, Waivers, What};
use crate::report::SourceRef;

impl Waivers {
    /// The waivers of a YAML or JSON document; `file` is how it is named in findings and mistakes.
    pub fn read(file: &str, text: &str) -> Result<Self, Mistakes> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader { file, text, mistakes: Vec::new() };
        let waivers = match tree::read(text, &mut Keys::default()) {
            Ok(root) => reader.waivers(&root),
            Err(error) => {
                reader.unreadable(&error);
                Vec::new()
            }
        };
        if reader.mistakes.is_empty() { Ok(Self(waivers)) } else { Err(Mistakes(reader.mistakes)) }
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn unreadable(&mut self, error: &tree::ReadError) {
        let number = |value: usize| u64::try_from(value.max(1)).unwrap_or(u64::MAX);
        let (line, column) = (number(error.line), number(error.column));
        let source = SourceRef { file: self.file.to_owned(), line, column };
        let problem = error.problem.clone();
        self.mistakes.push(Mistake { source, path: String::new(), value: None, problem });
    }

    fn source(&self, path: &Path) -> SourceRef {
        let place = tree::place(self.text, path);
        let number = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
        let (line, column) = (number(place.line), number(place.column));
        SourceRef { file: self.file.to_owned(), line, column }
    }

    fn say(&mut self, path: &Path, value: &Tree, problem: &str) {
        self.mistakes.push(Mistake {
            source: self.source(path),
            path: path.to_string(),
            value: value.plain(),
            problem: problem.to_owned(),
        });
    }

    fn waivers(&mut self, root: &Tree) -> Vec<Waiver> {
        let path = Path::root();
        if !self.is_map_of(root, &path, &["waivers"]) {
            return Vec::new();
        }
        let path = path.then("waivers");
        let list = root.get("waivers");
        if !matches!(list, Tree::List(_)) {
            self.say(&path, list, "must be a list of waivers; [] if there are none");
        }
        let entries = list.items().iter().enumerate();
        entries.filter_map(|(index, entry)| self.waiver(entry, &path.then(index))).collect()
    }

    fn waiver(&mut self, entry: &Tree, path: &Path) -> Option<Waiver> {
        if !self.is_map_of(entry, path, &KEYS) {
            return None;
        }
        let what = self.what(entry, path);
        let reason = self.required(entry, path, "reason", "must say why this is accepted");
        let owner = self.required(entry, path, "owner", "must name who answers for it");
        let expires = self.expires(entry, path);
        let source = self.source(path);
        Some(Waiver { what: what?, reason: reason?, owner: owner?, expires: expires?, source })
    }

    fn what(&mut self, entry: &Tree, path: &Path) -> Option<What> {
        let (check, finding) = (entry.get("check"), entry.get("finding"));
        match (check.is_null(), finding.is_null()) {
            (true, true) => {
                self.say(path, &Tree::Null, "must have check or finding: what is accepted");
                None
            }
            (false, false) => {
                self.say(&path.then("finding"), finding, "stands beside check; keep one of them");
                None
            }
            (true, false) => {
                if !entry.get("object").is_null() {
                    let problem = "goes with check; an id of a finding already says which object";
                    self.say(&path.then("object"), &Tree::Null, problem);
                }
                self.finding(finding, &path.then("finding"))
            }
            (false, true) => {
                let check = self.check(check, &path.then("check"));
                let object = self.object(entry.get("object"), &path.then("object"));
                Some(What::Check { check: check?, object: object? })
            }
        }
    }

    fn finding(&mut self, value: &Tree, path: &Path) -> Option<What> {
        let id = value.text().filter(|id| id.len() == 20 && id.bytes().all(is_hexadecimal));
        if id.is_none() {
            // YAML takes 01234567890123456789 for a number.
            self.say(
                path,
                value,
                "must be the id of a finding: 20 digits of 0-9 and a-f, in quotes",
            );
        }
        id.map(|id| What::Finding(id.to_owned()))
    }

    fn check(&mut self, value: &Tree, path: &Path) -> Option<Glob> {
        let practices = || [Practice::Input].into_iter().chain(Practice::ALL);
        let is_of_practice = |text: &str| {
            let prefix = text.split_once('-').map(|(prefix, _)| prefix);
            practices().any(|practice| Some(practice.prefix()) == prefix)
        };
        let check = value.text().filter(|text| is_of_practice(text));
        if check.is_none() {
            let problem = "must be the id of a check, such as RB-001, or a pattern within one \
                           practice, such as RB-*";
            self.say(path, value, problem);
        }
        check.map(Glob::new)
    }

    /// The pattern; `Some(None)` if there is none, `None` if it is wrong.
    #[expect(clippy::option_option, reason = "absent and wrong are two things")]
    fn object(&mut self, value: &Tree, path: &Path) -> Option<Option<ObjectPattern>> {
        if value.is_null() {
            return Some(None);
        }
        if !self.is_map_of(value, path, &["kind", "namespace", "name"]) {
            return None;
        }
        if value.entries().iter().all(|(_, value)| value.is_null()) {
            self.say(path, &Tree::Null, "must have kind, namespace or name; leave it out for any");
            return None;
        }
        let before = self.mistakes.len();
        let mut glob = |key: &str| {
            let node = value.get(key);
            let text = node.text().filter(|text| !text.is_empty());
            if text.is_none() && !node.is_null() {
                self.say(&path.then(key), node, "must be a text or a pattern with * and ?");
            }
            text.map(Glob::new)
        };
        let (kind, namespace, name) = (glob("kind"), glob("namespace"), glob("name"));
        let is_right = self.mistakes.len() == before;
        is_right.then_some(Some(ObjectPattern { kind, namespace, name }))
    }

    fn expires(&mut self, entry: &Tree, path: &Path) -> Option<Date> {
        let value = entry.get("expires");
        let date = value.text().filter(|text| is_date(text)).and_then(|text| text.parse().ok());
        if date.is_none() {
            self.say(&path.then("expires"), value, "must be the last day, as in 2027-03-31");
        }
        date
    }

    fn required(&mut self, entry: &Tree, path: &Path, key: &str, what: &str) -> Option<String> {
        let value = entry.get(key);
        let text = value.text().map(str::trim).filter(|text| !text.is_empty());
        if text.is_none() {
            self.say(&path.then(key), value, what);
        }
        text.map(str::to_owned)
    }

    /// Whether it is a mapping. Keys that are not among `keys` are mistakes, but do not keep the
    /// others from being judged.
    fn is_map_of(&mut self, value: &Tree, path: &Path, keys: &[&str]) -> bool {
        if !value.is_map() {
            let problem = format!("must be a mapping with {}", keys.join(", "));
            self.say(path, value, &problem);
            return false;
        }
        let mut seen = BTreeSet::new();
        for (key, value) in value.entries() {
            if !keys.contains(&&**key) {
                let problem = format!("no such key; known are {}", keys.join(", "));
                self.say(&path.then(&**key), value, &problem);
            } else if !seen.insert(key) {
                // YAML refuses this itself; JSON does not.
                self.say(&path.then(&**key), value, "is there twice; keep one");
            }
        }
        true
    }
}

fn is_hexadecimal(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

/// Whether it is written YYYY-MM-DD: the library takes more.
fn is_date(text: &str) -> bool {
    let bytes = text.bytes().enumerate();
    let is_right = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && bytes.into_iter().all(is_right)
}

const KEYS: [&str; 6] = ["check", "object", "finding", "reason", "owner", "expires"];

#[cfg(test)]
mod tests;
