//! The configuration file: a flat mapping whose keys are the names of the flags.

use std::path::{Path, PathBuf};

use serde_saphyr::{Location, Spanned};

use crate::files;
use crate::given::Given;
use crate::mistake::{Mistake, Place};
use crate::setting::{Setting, Takes};
use crate::similar;
use crate::tree::Node;
use crate::yaml;

/// Reads the file: what it gives for each setting, and all that is wrong with it.
pub(crate) fn read(
    path: &Path,
    known: &[&'static Setting],
) -> (Vec<(&'static Setting, Vec<Given>)>, Vec<Mistake>) {
    let name = path.display().to_string();
    let text = match files::read_text(path, LONGEST) {
        Ok(text) => text,
        Err(problem) => {
            let place = Place::Flag { name: "config".to_owned() };
            return (Vec::new(), vec![Mistake { place, value: Some(name), problem }]);
        }
    };
    match yaml::one::<Node>(&name, &text) {
        Ok(Node::Mapping(entries)) => sort_out(entries, &Source { path, name }, known),
        // A file of comments alone is an empty document.
        Ok(Node::Nothing) => (Vec::new(), Vec::new()),
        Ok(Node::Plain(_) | Node::List(_)) => {
            let place = Place::File { file: name, position: None };
            (Vec::new(), vec![Mistake { place, value: None, problem: NO_MAPPING.to_owned() }])
        }
        Err(mistake) => (Vec::new(), vec![mistake]),
    }
}

struct Source<'a> {
    path: &'a Path,
    name: String,
}

impl Source<'_> {
    fn place(&self, key: &str, at: Location) -> Place {
        let (file, name) = (self.name.clone(), key.to_owned());
        Place::Key { file, line: at.line(), column: at.column(), name }
    }

    /// Where relative paths in the file start.
    fn folder(&self) -> PathBuf {
        self.path.parent().map(Path::to_path_buf).unwrap_or_default()
    }
}

fn sort_out(
    entries: Vec<(Spanned<String>, Spanned<Node>)>,
    source: &Source<'_>,
    known: &[&'static Setting],
) -> (Vec<(&'static Setting, Vec<Given>)>, Vec<Mistake>) {
    let (mut found, mut mistakes) = (Vec::new(), Vec::new());
    for (key, value) in entries {
        let place = source.place(&key.value, key.referenced);
        match known.iter().find(|setting| setting.name == key.value) {
            None => mistakes.push(Mistake { place, value: None, problem: unknown(&key, known) }),
            Some(setting) => match given(setting, &key.value, &value, source) {
                Ok(values) => found.push((*setting, values)),
                Err(problem) => {
                    mistakes.push(Mistake { place, value: None, problem: problem.to_owned() });
                }
            },
        }
    }
    (found, mistakes)
}

fn unknown(key: &Spanned<String>, known: &[&'static Setting]) -> String {
    if key.value == "config" || key.value == "check" {
        return "is a flag only; take it out of the file".to_owned();
    }
    let names = known.iter().filter(|setting| setting.takes != Takes::Refused);
    match similar::nearest(&key.value, names.map(|setting| setting.name)) {
        Some(name) => format!("no such option; did you mean {name}?"),
        None => "no such option; `ravelin gateway --help` lists them".to_owned(),
    }
}

/// Numbers and booleans are read as the texts they are written as.
fn given(
    setting: &Setting,
    key: &str,
    value: &Spanned<Node>,
    source: &Source<'_>,
) -> Result<Vec<Given>, &'static str> {
    let one = |node: &Spanned<Node>| {
        let text = node.value.text()?;
        Some(Given { text, place: source.place(key, node.referenced), folder: source.folder() })
    };
    match (&value.value, setting.takes) {
        (Node::List(items), _) if items.is_empty() => Err(NO_VALUE),
        (Node::Plain(_), _) => Ok(one(value).into_iter().collect()),
        (Node::List(items), Takes::List | Takes::Several) => {
            let items: Option<Vec<Given>> = items.iter().map(one).collect();
            items.ok_or("takes a list of plain values")
        }
        (Node::List(_), Takes::One | Takes::Switch | Takes::Refused) => {
            Err("takes one value, not a list")
        }
        (Node::Nothing, _) => Err(NO_VALUE),
        (Node::Mapping(_), _) => Err("takes a plain value, not a mapping"),
    }
}

const NO_VALUE: &str = "has no value; give one, or take the key out";
const NO_MAPPING: &str = "is not a mapping of option names to values, like `secure-port: 6443`";
const LONGEST: u64 = 1 << 20;
