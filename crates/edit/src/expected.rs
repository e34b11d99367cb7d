//! What a document has to say after some edits: computed on trees, with no text in sight, so that
//! it can be the judge of what was done to the text.

use tree::{Key, Path, Step, Tree};

use crate::{Edit, Refusal};

/// The tree after all edits, in their order; nothing is written for a path that makes no sense.
pub fn expected(tree: &Tree, edits: &[Edit]) -> Result<Tree, Refusal> {
    edits.iter().try_fold(tree.clone(), |tree, edit| after(&tree, edit))
}

/// Whether two trees say the same: the order of a map's keys says nothing.
pub fn same(one: &Tree, other: &Tree) -> bool {
    match (one, other) {
        (Tree::Map(left), Tree::Map(right)) => {
            let matches = |(index, (key, node)): (usize, &(Key, Tree))| {
                let is_named = |entry: &&(Key, Tree)| entry.0 == *key;
                let nearby = right.get(index).filter(is_named);
                let found = nearby.or_else(|| right.iter().find(is_named));
                found.is_some_and(|(_, found)| same(node, found))
            };
            left.len() == right.len() && left.iter().enumerate().all(matches)
        }
        (Tree::List(left), Tree::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        (Tree::Float(left), Tree::Float(right)) => left.to_bits() == right.to_bits(),
        (left, right) => left == right,
    }
}

fn after(tree: &Tree, edit: &Edit) -> Result<Tree, Refusal> {
    match edit {
        Edit::Set { path, value } => Way::to(path).alter(tree, &|_| Ok(Tree::from_json(value))),
        Edit::Append { path, value } => Way::to(path).alter(tree, &|node| {
            let length = node.items().len();
            with_item(node, path, length, Tree::from_json(value))
        }),
        Edit::Insert { path, index, value } => {
            Way::to(path).alter(tree, &|node| with_item(node, path, *index, Tree::from_json(value)))
        }
        Edit::Remove { path } => without(tree, path),
    }
}

fn with_item(node: &Tree, path: &Path, index: usize, item: Tree) -> Result<Tree, Refusal> {
    if !matches!(node, Tree::Null | Tree::List(_)) {
        return Err(Refusal::NotAList(path.clone()));
    }
    let mut items = node.items().to_vec();
    if index > items.len() {
        return Err(Refusal::NoItem(path.then(index)));
    }
    items.insert(index, item);
    Ok(Tree::List(items.into()))
}

fn without(tree: &Tree, path: &Path) -> Result<Tree, Refusal> {
    let Some((parent, last)) = path.split_last() else { return Err(Refusal::WholeDocument) };
    match (tree.follow(&parent), last) {
        (Tree::Map(entries), Step::Key(name)) if entries.iter().any(|(key, _)| key == name) => {
            let rest: Vec<_> = entries.iter().filter(|(key, _)| key != name).cloned().collect();
            Way::to(&parent).alter(tree, &|_| Ok(Tree::Map(rest.clone().into())))
        }
        (Tree::List(items), Step::Index(index)) if *index < items.len() => {
            let mut rest = items.to_vec();
            rest.remove(*index);
            Way::to(&parent).alter(tree, &|_| Ok(Tree::List(rest.clone().into())))
        }
        (Tree::Map(_) | Tree::Null, Step::Key(_)) => Ok(tree.clone()),
        (Tree::List(_), Step::Index(_)) => Err(Refusal::NoItem(path.clone())),
        (_, Step::Key(_)) => Err(Refusal::NotAMap(parent)),
        (_, Step::Index(_)) => Err(Refusal::NotAList(parent)),
    }
}

/// The steps still to go, and those already gone for the text of a refusal.
struct Way<'a> {
    path: &'a Path,
    gone: usize,
}

impl<'a> Way<'a> {
    fn to(path: &'a Path) -> Self {
        Self { path, gone: 0 }
    }

    fn alter(
        &self,
        node: &Tree,
        change: &dyn Fn(&Tree) -> Result<Tree, Refusal>,
    ) -> Result<Tree, Refusal> {
        let Some(step) = self.path.steps().get(self.gone) else { return change(node) };
        let below = Self { path: self.path, gone: self.gone.saturating_add(1) };
        match (node, step) {
            (Tree::Map(_) | Tree::Null, Step::Key(key)) => {
                let mut entries = node.entries().to_vec();
                let new = below.alter(node.get(key), change)?;
                match entries.iter_mut().find(|(name, _)| name == key) {
                    Some((_, old)) => *old = new,
                    None => entries.push((key.clone(), new)),
                }
                Ok(Tree::Map(entries.into()))
            }
            (Tree::List(items), Step::Index(index)) => {
                let mut items = items.to_vec();
                let item = items.get_mut(*index).ok_or_else(|| Refusal::NoItem(below.so_far()))?;
                *item = below.alter(item, change)?;
                Ok(Tree::List(items.into()))
            }
            (_, Step::Key(_)) => Err(Refusal::NotAMap(self.so_far())),
            (_, Step::Index(_)) => Err(Refusal::NotAList(self.so_far())),
        }
    }

    fn so_far(&self) -> Path {
        self.path.steps().iter().take(self.gone).cloned().collect()
    }
}
