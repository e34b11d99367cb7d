//! Changes of objects in a running cluster: a JSON patch that fails if the object is not the one
//! that was judged.

use checks::About;
use edit::{Edit, Refusal};
use inventory::Object;
use serde_json::{Value, json};
use tree::{Path, Step, Tree};

use crate::Mended;

/// An object of a running cluster to be changed.
#[derive(Debug, Clone)]
pub struct LiveChange {
    /// The object.
    pub about: About,
    /// What that mends.
    pub mended: Vec<Mended>,
    /// What to do with it.
    pub patch: Patch,
}

/// What to do with a live object.
#[derive(Debug, Clone, PartialEq)]
pub enum Patch {
    /// Change it: operations of RFC 6902, the first of which test that it is what was seen.
    Change(Vec<Value>),
    /// Take it away.
    Delete,
}

/// The patch that makes some edits of an object.
pub(crate) fn patch(object: &Object, edits: &[Edit]) -> Result<Vec<Value>, Refusal> {
    let old = object.tree();
    let new = edit::expected(old, edits)?;
    let mut operations = Vec::new();
    if let Some(version) = old.at(&["metadata", "resourceVersion"]).text() {
        let path = "/metadata/resourceVersion";
        operations.push(json!({"op": "test", "path": path, "value": version}));
    }
    difference(old, &new, &Path::root(), &mut operations);
    Ok(operations)
}

/// The operations that make one tree of the other: as deep as both are mappings, or lists of the
/// same length.
fn difference(old: &Tree, new: &Tree, at: &Path, operations: &mut Vec<Value>) {
    if edit::same(old, new) {
        return;
    }
    match (old, new) {
        (Tree::Map(before), Tree::Map(after)) => {
            for (key, _) in
                before.iter().filter(|(key, _)| after.iter().all(|(name, _)| name != key))
            {
                operations.push(json!({"op": "remove", "path": pointer(&at.then(&**key))}));
            }
            for (key, value) in after {
                let at = at.then(&**key);
                match before.iter().find(|(name, _)| name == key) {
                    Some((_, old)) => difference(old, value, &at, operations),
                    None => operations
                        .push(json!({"op": "add", "path": pointer(&at), "value": value.to_json()})),
                }
            }
        }
        (Tree::List(before), Tree::List(after)) if before.len() == after.len() => {
            for (index, (old, new)) in before.iter().zip(after).enumerate() {
                difference(old, new, &at.then(index), operations);
            }
        }
        _ => operations.push(json!({"op": "replace", "path": pointer(at), "value": new.to_json()})),
    }
}

/// The path as RFC 6901 writes it.
fn pointer(path: &Path) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Step::Index(index) => format!("/{index}"),
    };
    path.steps().iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use inventory::Origin;
    use tree::Keys;

    use super::*;

    #[test]
    fn parents_are_made_once_and_the_version_is_tested() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, resourceVersion: \"7\"}\nspec:\n  hostPID: true\n  containers: [{name: a, ports: [1, 2]}]\n";
        let tree = tree::read(text, &mut Keys::default()).unwrap();
        let object = Object::new(tree, Origin::Live).unwrap();
        let container = Path::of(&["spec", "containers"]).then(0);
        let edits = [
            Edit::set(container.join(&["securityContext", "privileged"]), false),
            Edit::set(Path::of(&["metadata", "annotations", "a/b~c"]), "x"),
            Edit::Append {
                path: container.join(&["securityContext", "drop"]),
                value: "ALL".into(),
            },
            Edit::Remove { path: container.then("ports").then(0) },
            Edit::Remove { path: Path::of(&["spec", "hostPID"]) },
        ];
        let expected = json!([
            {"op": "test", "path": "/metadata/resourceVersion", "value": "7"},
            {"op": "add", "path": "/metadata/annotations", "value": {"a/b~c": "x"}},
            {"op": "remove", "path": "/spec/hostPID"},
            {"op": "replace", "path": "/spec/containers/0/ports", "value": [2]},
            {"op": "add", "path": "/spec/containers/0/securityContext", "value": {"privileged": false, "drop": ["ALL"]}},
        ]);
        assert_eq!(Value::from(patch(&object, &edits).unwrap()), expected);
        assert_eq!(pointer(&Path::of(&["a/b~c"])), "/a~1b~0c");
    }
}
