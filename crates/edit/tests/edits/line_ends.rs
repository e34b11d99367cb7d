//! Bytes that a golden file does not show: line breaks, the end of the text, tabs, marks.

use edit::{Edit, apply, diff};
use serde_json::json;
use tree::Path;

use crate::patch::patched;

fn check(input: &str, edit: Edit, expected: &str) {
    let found = apply(input, 0, &[edit]).unwrap();
    assert_eq!(found, expected, "{input:?}");
    assert_eq!(patched(input, &diff("a", input, &found)), found);
}

fn set(keys: &[&str], value: serde_json::Value) -> Edit {
    Edit::Set { path: Path::of(keys), value }
}

fn remove(keys: &[&str]) -> Edit {
    Edit::Remove { path: Path::of(keys) }
}

#[test]
fn keeps_line_breaks_of_two_bytes() {
    check("a: 1\r\nb: 2\r\n", set(&["a"], json!(3)), "a: 3\r\nb: 2\r\n");
    check(
        "a: 1 # x\r\nb: 2\r\n",
        set(&["a"], json!({"c": [1]})),
        "a: # x\r\n  c:\r\n  - 1\r\nb: 2\r\n",
    );
    check(
        "a:\r\n  b: 1\r\nc: 2\r\n",
        set(&["a", "d"], json!(3)),
        "a:\r\n  b: 1\r\n  d: 3\r\nc: 2\r\n",
    );
    check("a: 1\r\nb: 2\r\n", remove(&["a"]), "b: 2\r\n");
    check("a: 1\r\nb: 2\r\n", remove(&["b"]), "a: 1\r\n");
    check("a: |\r\n  x\r\n  y\r\nb: 2\r\n", set(&["a"], json!("z")), "a: z\r\nb: 2\r\n");
    check("a:\r\n- b\r\n- c\r\n", set(&["a"], json!("x\ny\n")), "a: |\r\n  x\r\n  y\r\n");
    check("a: {}\r\n", set(&["a", "b", "c"], json!(true)), "a:\r\n  b:\r\n    c: true\r\n");
    check(
        "{\r\n  \"a\": 1\r\n}\r\n",
        set(&["b"], json!([1])),
        "{\r\n  \"a\": 1,\r\n  \"b\": [\r\n    1\r\n  ]\r\n}\r\n",
    );
}

#[test]
fn keeps_the_end_of_a_text_without_a_line_break() {
    check("a: 1", set(&["b"], json!(2)), "a: 1\nb: 2");
    check("a: 1\nb: 2", remove(&["b"]), "a: 1");
    check("a: 1\nb: 2", remove(&["a"]), "b: 2");
    check("a:\n- 1", Edit::Append { path: Path::of(&["a"]), value: json!(2) }, "a:\n- 1\n- 2");
    check("a:\n- 1", Edit::Remove { path: Path::of(&["a"]).then(0) }, "a: []");
    check("a:", set(&["a", "b"], json!(2)), "a:\n  b: 2");
    check("a: |-\n  x", set(&["b"], json!(2)), "a: |-\n  x\nb: 2");
    check("a: 1", set(&["a"], json!({"b": 1})), "a:\n  b: 1");
    check("a: 1", set(&["a"], json!("x\ny\n")), "a: \"x\\ny\\n\"");
}

#[test]
fn keeps_tabs_marks_and_letters_of_many_bytes() {
    check("a: 1\t# x\ty\nb: 2\n", set(&["a"], json!(3)), "a: 3\t# x\ty\nb: 2\n");
    check("a: 1\t# x\nb: 2\n", set(&["a"], json!([3])), "a:\t# x\n- 3\nb: 2\n");
    check("\u{feff}a: 1\n", set(&["b"], json!(2)), "\u{feff}a: 1\nb: 2\n");
    check("ä: \"ö\" # ü\nb: €\n", set(&["ä"], json!("ß")), "ä: \"ß\" # ü\nb: €\n");
    check("é: {ü: [ö]}\n", set(&["é", "ü"], json!(["ö", "€"])), "é: {ü: [ö, €]}\n");
    check("a: 1   \nb: 2\n", set(&["a"], json!(2)), "a: 2\nb: 2\n");
}

#[test]
fn changes_one_document_of_a_stream_with_line_breaks_of_two_bytes() {
    let stream = "a: 1\r\n---\r\n# x\r\nb: 2\r\n---\r\nc: 3";
    let found = apply(stream, 1, &[set(&["d"], json!(4))]).unwrap();
    assert_eq!(found, "a: 1\r\n---\r\n# x\r\nb: 2\r\nd: 4\r\n---\r\nc: 3");
    let found = apply(stream, 2, &[set(&["d"], json!(4))]).unwrap();
    assert_eq!(found, "a: 1\r\n---\r\n# x\r\nb: 2\r\n---\r\nc: 3\r\nd: 4");
}
