//! Random documents, random edits: each edit is refused or does exactly what is expected, and
//! refusals are few.

use edit::{
    Edit, Refusal, append_document, apply, diff, expected, remove_document, same, write_yaml,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tree::{Keys, Tree, documents};

use crate::dice::Dice;
use crate::patch::patched;

fn read(text: &str) -> Option<Tree> {
    tree::read(text, &mut Keys::default()).ok()
}

fn texts(stream: &str) -> Vec<String> {
    documents(stream).map(|document| document.text.to_owned()).collect()
}

/// The outcome for one document among others; nothing if the dice made no document.
fn outcome(mut dice: Dice<'_>) -> Option<Result<(), Refusal>> {
    let value = dice.map(3);
    let text = dice.document(&value);
    let tree = read(&text).filter(Tree::is_map)?;
    let edits = dice.edits(&tree);
    let (stream, index) = among_others(dice.below(4), &text);
    let whole = texts(&stream);
    assert!(same(&read(&whole[index])?, &tree), "{stream}");
    let new = match apply(&stream, index, &edits) {
        Ok(new) => new,
        Err(refusal) => return Some(Err(refusal)),
    };
    let wanted = expected(&tree, &edits).unwrap();
    let now = texts(&new);
    assert!(same(&read(&now[index]).unwrap(), &wanted), "{stream}\n{edits:?}\n{new}");
    assert_eq!(now.len(), whole.len());
    for other in (0..now.len()).filter(|other| *other != index) {
        assert_eq!(now[other], whole[other]);
    }
    assert_eq!(patched(&stream, &diff("a", &stream, &new)), new);
    let sets: Vec<Edit> = edits
        .iter()
        .rev()
        .take(1)
        .filter(|edit| matches!(edit, Edit::Set { .. }))
        .cloned()
        .collect();
    assert_eq!(apply(&new, index, &sets).as_deref(), Ok(&*new), "the second time changes more");
    Some(Ok(()))
}

fn among_others(place: usize, text: &str) -> (String, usize) {
    match place {
        0 => (format!("# first\nz: 1\n---\n{text}"), 1),
        1 if text.ends_with('\n') => (format!("{text}---\n# last\nz: 1 # end"), 0),
        2 if text.ends_with('\n') => (format!("---\nz: 1\n---\n{text}...\n---\nz: [1]\n"), 1),
        _ => (text.to_owned(), 0),
    }
}

/// How many of 3000 documents were edited, and why the others were not.
fn outcomes(dice: fn(&[u32]) -> Dice<'_>) -> (usize, Vec<Refusal>) {
    let (mut done, mut refused) = (0, Vec::new());
    let mut runner = TestRunner::deterministic();
    let numbers = proptest::collection::vec(any::<u32>(), 300);
    for _ in 0..3000 {
        match outcome(dice(&numbers.new_tree(&mut runner).unwrap().current())) {
            Some(Ok(())) => done += 1,
            Some(Err(refusal)) => refused.push(refusal),
            None => {}
        }
    }
    (done, refused)
}

#[test]
fn edits_do_what_is_expected_and_few_are_refused() {
    let (done, mut refused) = outcomes(|numbers| Dice::new(numbers));
    // A list or map that becomes something else cannot keep the comments inside it.
    refused.retain(|refusal| !matches!(refusal, Refusal::LosesComment(_)));
    assert_eq!(refused, []);
    assert!(done > 2900, "only {done} documents were edited");
}

#[test]
fn json_stays_json_and_is_never_refused() {
    let mut runner = TestRunner::deterministic();
    let numbers = proptest::collection::vec(any::<u32>(), 300);
    for _ in 0..1000 {
        let numbers = numbers.new_tree(&mut runner).unwrap().current();
        let mut dice = Dice::new(&numbers);
        let value = dice.map(3);
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let text = [value.to_string(), pretty.clone(), pretty.replace("  ", "\t")];
        let text = &text[dice.below(3)];
        let tree = read(text).unwrap();
        let edits: Vec<Edit> = dice
            .edits(&tree)
            .into_iter()
            .take_while(|edit| !matches!(edit, Edit::Set { path, value } if path.is_root() && !value.is_object()))
            .collect();
        let new = apply(text, 0, &edits).unwrap();
        let json: serde_json::Value = serde_json::from_str(&new).unwrap();
        assert_eq!(json, expected(&tree, &edits).unwrap().to_json(), "{text}\n{edits:?}");
        let is_spread = |text: &str| text.contains('\n');
        let grows = |edit: &Edit| matches!(edit, Edit::Append { .. } | Edit::Insert { .. });
        if edits.iter().all(grows) && !tree.entries().is_empty() {
            assert_eq!(is_spread(&new), is_spread(text), "{new}");
        }
    }
}

#[test]
fn what_is_shared_is_changed_nowhere_else() {
    let (done, mut refused) = outcomes(|numbers| Dice::new(numbers).with_anchors());
    refused.retain(|refusal| !matches!(refusal, Refusal::LosesComment(_)));
    let shared = refused.len();
    refused.retain(|refusal| !matches!(refusal, Refusal::Shared(_) | Refusal::Merged(_)));
    assert_eq!(refused, []);
    assert!(done > 2500 && shared > 40, "{done} documents were edited, {shared} were not");
}

proptest! {
    #[test]
    fn what_is_written_reads_as_the_same(numbers in proptest::collection::vec(any::<u32>(), 120)) {
        let value = Dice::new(&numbers).value(4);
        let text = write_yaml(&value);
        let tree = read(&text).unwrap();
        prop_assert!(same(&tree, &Tree::from_json(&value)), "{}", text);
    }

    #[test]
    fn any_text_that_is_written_reads_as_the_same(text in "\\PC{0,12}|[-:#?&*!|>'\"%@`{}\\[\\], \\n\\ta0.~=<_]{0,12}") {
        let value = serde_json::json!({"a": [text], "c": {"b": text}, text.as_str(): 1});
        let written = write_yaml(&value);
        let tree = read(&written);
        prop_assert!(tree.is_some_and(|tree| same(&tree, &Tree::from_json(&value))), "{}", written);
    }

    #[test]
    fn no_text_makes_it_stumble(
        text in "[-a&*!: \\n\\[\\]{},'\"#|>~0-9.<]{0,60}|\\PC{0,60}",
        numbers in proptest::collection::vec(any::<u32>(), 60),
    ) {
        let Some(tree) = documents(&text).next().and_then(|first| read(first.text)) else { return Ok(()) };
        let edits = Dice::new(&numbers).edits(&tree);
        if let Ok(new) = apply(&text, 0, &edits) {
            let now = documents(&new).next().and_then(|first| read(first.text)).unwrap_or_default();
            prop_assert!(same(&now, &expected(&tree, &edits).unwrap()), "{:?} {:?} {:?}", text, edits, new);
        }
    }

    #[test]
    fn documents_come_and_go(numbers in proptest::collection::vec(any::<u32>(), 120)) {
        let mut dice = Dice::new(&numbers);
        let value = dice.map(2);
        let text = dice.document(&value);
        let (stream, index) = among_others(dice.below(3), &text);
        if texts(&stream).len() < 2 {
            return Ok(());
        }
        let mut left = texts(&stream);
        left.remove(index);
        prop_assert_eq!(texts(&remove_document(&stream, index).unwrap()), left);
        let more = append_document(&stream, &serde_json::json!({"a": 1})).unwrap();
        prop_assert_eq!(texts(&more).len(), texts(&stream).len() + 1);
    }
}
