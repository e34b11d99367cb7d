//! Field and label selectors. Selectors that parse do so joined, too; a value that is escaped is
//! found again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::selector::{fields, labels};

fuzz_target!(|text: &str| {
    let (one, other) = text.split_once('\n').unwrap_or((text, "a=b"));
    let selects = |selector: &str| {
        let is_empty = !selector.contains(|letter: char| letter.is_ascii_alphanumeric());
        !is_empty && !selector.contains('\0') && labels::check(selector).is_ok()
    };
    if selects(one) && selects(other) {
        assert_eq!(labels::check(&format!("{one},{other}")), Ok(()));
    }
    let _ = labels::check(text);
    let _ = fields::exact(text, "metadata.name");

    let escaped: String = one.chars().map(escape).collect();
    let selector = format!("metadata.name={escaped},x!=y");
    let found = fields::exact(&selector, "metadata.name").expect("an escaped value parses");
    assert_eq!(found.as_deref(), Some(one));
});

fn escape(letter: char) -> String {
    if "\\,=".contains(letter) { format!("\\{letter}") } else { letter.to_string() }
}
