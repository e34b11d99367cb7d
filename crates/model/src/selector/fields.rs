//! Field selectors: `metadata.name=a,spec.nodeName!=b`.
//!
//! Source of the rules: k8s.io/apimachinery `pkg/fields/selector.go`.

use std::borrow::Cow;

use super::BadSelector;

/// The value a selector requires of `field` exactly, if it does.
///
/// Terms are sorted before they are read, as upstream does: of several values for one field the
/// first in byte order of its term wins.
pub fn exact<'a>(selector: &'a str, field: &str) -> Result<Option<Cow<'a, str>>, BadSelector> {
    let mut terms = split(selector);
    terms.sort_unstable();
    let mut found = None;
    for term in terms.into_iter().filter(|term| !term.is_empty()) {
        let (name, required, value) = read(term)?;
        if found.is_none() && required && name == field {
            found = Some(value);
        }
    }
    Ok(found)
}

/// Splits at the commas that no backslash escapes.
fn split(selector: &str) -> Vec<&str> {
    let mut escaped = false;
    let at_comma = |letter: char| {
        let splits = !escaped && letter == ',';
        escaped = !escaped && letter == '\\';
        splits
    };
    selector.split(at_comma).collect()
}

/// A term's field, whether the value is required (or else excluded), and the value.
///
/// The operators are `!=`, `==` and `=`: the first equals sign decides which, and where.
fn read(term: &str) -> Result<(&str, bool, Cow<'_, str>), BadSelector> {
    let (field, value) = term.split_once('=').ok_or(BadSelector)?;
    let (field, required, value) = match field.strip_suffix('!') {
        Some(field) => (field, false, value),
        None => (field, true, value.strip_prefix('=').unwrap_or(value)),
    };
    Ok((field, required, unescape(value)?))
}

fn unescape(value: &str) -> Result<Cow<'_, str>, BadSelector> {
    if !value.contains(['\\', ',', '=']) {
        return Ok(Cow::Borrowed(value));
    }
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => letters.next().filter(|next| "\\,=".contains(*next)).ok_or(BadSelector)?,
            ',' | '=' => return Err(BadSelector),
            other => other,
        });
    }
    Ok(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(selector: &str) -> Result<Option<Cow<'_, str>>, BadSelector> {
        exact(selector, "metadata.name")
    }

    #[test]
    fn finds_the_required_value() {
        for (selector, expected) in [
            ("", None),
            (",,", None),
            ("metadata.name=a", Some("a")),
            ("metadata.name==a", Some("a")),
            ("metadata.name!=a", None),
            ("metadata.name =a", None),
            ("metadata.name=", Some("")),
            ("spec.x!=1,metadata.name=b,metadata.name=a", Some("a")),
            ("metadata.name=a\\,b\\=c\\\\", Some("a,b=c\\")),
            ("=x", None),
        ] {
            assert_eq!(name(selector), Ok(expected.map(Cow::Borrowed)), "{selector}");
        }
    }

    #[test]
    fn refuses_what_upstream_refuses() {
        for selector in ["a", "metadata.name=a,b", "a=b=c", "a===b", "a=\\x", "a=b\\", "\\,"] {
            assert_eq!(name(selector), Err(BadSelector), "{selector}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(selector in "[a=!,\\\\é.]{0,24}", any in any::<String>()) {
            exact(&selector, "a").ok();
            exact(&any, "a").ok();
        }
    }
}
