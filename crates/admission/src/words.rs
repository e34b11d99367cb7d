//! The turns of phrase that upstream's texts are made of.

/// The singular for exactly one, else the plural.
pub(crate) fn plural(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// `"a", "b"`. Nothing inside the quotes is escaped, as upstream escapes nothing.
pub(crate) fn quoted<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let mut list = String::new();
    for text in texts {
        list.push_str(if list.is_empty() { "\"" } else { ", \"" });
        list.push_str(text.as_ref());
        list.push('"');
    }
    list
}

/// `a, b`.
pub(crate) fn listed<T: AsRef<str>>(texts: impl IntoIterator<Item = T>, between: &str) -> String {
    let mut texts = texts.into_iter();
    let mut list = texts.next().map_or_else(String::new, |first| first.as_ref().to_owned());
    for text in texts {
        list.push_str(between);
        list.push_str(text.as_ref());
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_with_and_without_quotes() {
        let check = |texts: &[&str], with: &str, without: &str| {
            assert_eq!(quoted(texts), with);
            assert_eq!(listed(texts, "; "), without);
        };
        check(&[], "", "");
        check(&[""], "\"\"", "");
        check(&["", ""], "\"\", \"\"", "; ");
        check(&["a", "b\"c"], "\"a\", \"b\"c\"", "a; b\"c");
    }

    #[test]
    fn only_one_is_singular() {
        assert_eq!([0, 1, 2].map(|count| plural(count, "a", "b")), ["b", "a", "b"]);
    }
}
