//! A tree of fields, looked through for secrets: each text under the name of its field, or under
//! the name that stands beside it, as in lists of variables.

use tree::{Path, Tree};

use crate::document;
use crate::leak::{Confidence, Sighting};
use crate::text::{Depth, within};

/// How much is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Everything.
    Open,
    /// The structure of a credential alone: the object is made to hold references or ciphertext.
    Certain,
}

/// What lies in a tree, each with its path.
pub(crate) struct Walk {
    manner: Manner,
    depth: Depth,
    found: Vec<(Path, Sighting)>,
}

/// Looks through `tree`, which stands under `name` and at `path`.
pub(crate) fn walk(
    tree: &Tree,
    name: &str,
    path: &Path,
    (manner, depth): (Manner, Depth),
) -> Vec<(Path, Sighting)> {
    let mut walk = Walk { manner, depth, found: Vec::new() };
    walk.node(tree, name, path, 0);
    walk.found
}

impl Walk {
    fn node(&mut self, tree: &Tree, name: &str, path: &Path, level: usize) {
        if level > DEEPEST || self.found.len() >= MOST {
            return;
        }
        match tree {
            Tree::Null | Tree::Bool(_) | Tree::Int(_) | Tree::Float(_) => {}
            Tree::Text(text) => self.text(text, name, path),
            Tree::List(items) => {
                for (number, item) in items.iter().enumerate() {
                    self.node(item, name, &path.then(number), level.saturating_add(1));
                }
            }
            Tree::Map(_) => self.map(tree, path, level),
        }
    }

    fn map(&mut self, tree: &Tree, path: &Path, level: usize) {
        let whole = document::credentials(tree);
        let known: Vec<Path> = whole.iter().map(|(below, _)| extend(path, below)).collect();
        self.found.extend(known.iter().cloned().zip(whole.into_iter().map(|(_, found)| found)));
        if document::is_encryption_configuration(tree) {
            return;
        }
        let sealed = if is_sealed(tree) { Manner::Certain } else { self.manner };
        let outside = std::mem::replace(&mut self.manner, sealed);
        let label = label_of(tree);
        for (key, node) in tree.entries() {
            let below = path.then(&**key);
            if points_to(key) || known.contains(&below) || is_under(&known, &below) {
                continue;
            }
            let name = if &**key == "value" { label.unwrap_or(key) } else { key };
            self.node(node, name, &below, level.saturating_add(1));
        }
        self.manner = outside;
    }

    fn text(&mut self, value: &str, name: &str, path: &Path) {
        for found in within(name, value, self.depth) {
            if self.manner == Manner::Open || found.confidence == Confidence::High {
                self.found.push((path.clone(), found));
            }
        }
    }
}

/// One path behind another.
pub(crate) fn extend(path: &Path, below: &Path) -> Path {
    path.steps().iter().chain(below.steps()).cloned().collect()
}

fn is_under(known: &[Path], path: &Path) -> bool {
    let is_above = |long: &Path| long.steps().starts_with(path.steps());
    // The user of a kubeconfig, the login of a registry: one finding says it.
    known.iter().any(is_above)
}

/// `{name: PASSWORD, value: x}`
fn label_of(tree: &Tree) -> Option<&str> {
    ["name", "key", "Name", "Key"].into_iter().find_map(|field| tree.get(field).text())
}

/// Fields below which references stand.
fn points_to(key: &str) -> bool {
    key == "valueFrom"
        || key == "sops"
        || key == "encryptedData"
        || key == "caBundle"
        || key.ends_with("Ref")
        || key.ends_with("Refs")
        || key.ends_with("KeySelector")
}

/// Whether SOPS wrote it.
fn is_sealed(tree: &Tree) -> bool {
    tree.get("sops").is_map()
}

const DEEPEST: usize = 64;

/// One object with more of them is told by these.
const MOST: usize = 1000;
