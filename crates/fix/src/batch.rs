//! Changes of one document that can be made together: none touches what another one names.

use edit::Edit;
use tree::{Path, Step};

/// Changes that go together.
#[derive(Debug, Default)]
pub(crate) struct Batch(Vec<Edit>);

impl Batch {
    /// Takes the edits of one problem, if they go with those that are there: all or none.
    pub(crate) fn take(&mut self, edits: &[Edit]) -> bool {
        let fits = |edit: &Edit| self.0.iter().all(|other| edit == other || !meet(edit, other));
        if !edits.iter().all(fits) {
            return false;
        }
        for edit in edits {
            if !self.0.contains(edit) {
                self.0.push(edit.clone());
            }
        }
        true
    }

    /// The edits in an order in which none moves what a later one names: what is set, then what is
    /// added behind, then what goes, from the back of each list to its front.
    pub(crate) fn in_order(&self) -> Vec<Edit> {
        let mut edits = self.0.clone();
        edits.sort_by(|one, other| {
            let (first, second) = (rank(one), rank(other));
            let backwards = first == 2 && second == 2;
            let paths = path(one).cmp(path(other));
            first.cmp(&second).then(if backwards { paths.reverse() } else { paths })
        });
        edits
    }
}

fn rank(edit: &Edit) -> u8 {
    match edit {
        Edit::Set { .. } => 0,
        Edit::Append { .. } | Edit::Insert { .. } => 1,
        Edit::Remove { .. } => 2,
    }
}

fn path(edit: &Edit) -> &Path {
    match edit {
        Edit::Set { path, .. }
        | Edit::Remove { path }
        | Edit::Append { path, .. }
        | Edit::Insert { path, .. } => path,
    }
}

/// Whether two edits that differ touch the same place. Two items may be added to one list.
fn meet(one: &Edit, other: &Edit) -> bool {
    let lies_in = |inner: &[Step], outer: &[Step]| inner.starts_with(outer);
    let (first, second) = (path(one).steps(), path(other).steps());
    if let (Edit::Append { .. }, Edit::Append { .. }) = (one, other) {
        return first != second && (lies_in(first, second) || lies_in(second, first));
    }
    match (one, other) {
        // Behind the last item is not in any item.
        (Edit::Append { .. }, _) if second.len() > first.len() && lies_in(second, first) => false,
        (_, Edit::Append { .. }) if first.len() > second.len() && lies_in(first, second) => false,
        _ => lies_in(first, second) || lies_in(second, first),
    }
}

/// Edits of an object as edits of the document that it stands in.
pub(crate) fn below(root: &Path, edits: &[Edit]) -> Vec<Edit> {
    let at = |path: &Path| root.steps().iter().chain(path.steps()).cloned().collect::<Path>();
    let moved = |edit: &Edit| match edit {
        Edit::Set { path, value } => Edit::Set { path: at(path), value: value.clone() },
        Edit::Remove { path } => Edit::Remove { path: at(path) },
        Edit::Append { path, value } => Edit::Append { path: at(path), value: value.clone() },
        Edit::Insert { path, index, value } => {
            Edit::Insert { path: at(path), index: *index, value: value.clone() }
        }
    };
    edits.iter().map(moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(path: &[&str]) -> Edit {
        Edit::set(Path::of(path), true)
    }

    fn append(path: &[&str], value: &str) -> Edit {
        Edit::Append { path: Path::of(path), value: value.into() }
    }

    #[test]
    fn edits_that_meet_wait() {
        let check = |one: Edit, other: Edit, fits: bool| {
            let mut batch = Batch::default();
            assert!(batch.take(std::slice::from_ref(&one)));
            assert_eq!(batch.take(std::slice::from_ref(&other)), fits, "{one:?} {other:?}");
        };
        let item = |index: usize| Edit::Remove { path: Path::of(&["a"]).then(index) };
        check(set(&["a"]), set(&["b"]), true);
        check(set(&["a"]), set(&["a", "b"]), false);
        check(set(&["a"]), set(&["a"]), true);
        check(set(&["a"]), Edit::set(Path::of(&["a"]), false), false);
        check(append(&["a"], "x"), append(&["a"], "y"), true);
        check(append(&["a"], "x"), item(0), true);
        check(append(&["a"], "x"), set(&["a"]), false);
        check(item(0), item(1), true);
    }

    #[test]
    fn nothing_moves_what_is_named_later() {
        let item = |index: usize| Edit::Remove { path: Path::of(&["a"]).then(index) };
        let mut batch = Batch::default();
        assert!(batch.take(&[item(1), item(3), append(&["a"], "x"), set(&["b"])]));
        let order = batch.in_order();
        assert_eq!(order, [set(&["b"]), append(&["a"], "x"), item(3), item(1)]);
    }
}
