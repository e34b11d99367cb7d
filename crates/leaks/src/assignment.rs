//! What a line of a configuration file sets: `key = value`, `key: value`, `key value`, with the
//! words and quotes around them that each language wants.

/// A name and what is set to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Assignment<'t> {
    pub(crate) name: &'t str,
    pub(crate) value: &'t str,
    pub(crate) is_quoted: bool,
    /// Whether the words before the name are those of a programming language.
    pub(crate) is_code: bool,
}

/// What a line sets.
pub(crate) fn read(line: &str) -> Option<Assignment<'_>> {
    let line = line.trim().trim_start_matches("- ");
    let (key, rest) = tagged(line).or_else(|| divided(line)).or_else(|| spaced(line))?;
    let key = key.trim().trim_end_matches([':', '+', '?']);
    let name = key.rsplit(char::is_whitespace).next()?;
    let before = key.strip_suffix(name)?.trim();
    let name = name.trim_matches(['"', '\'', '`', '[', ']']);
    let is_name = |c: char| c.is_alphanumeric() || "_-./[]@".contains(c);
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_name) {
        return None;
    }
    let (value, is_quoted) = value_of(rest);
    let is_code =
        !["", "export", "set", "ENV", "ARG", "env", "declare", "-e", "local"].contains(&before);
    Some(Assignment { name, value, is_quoted, is_code })
}

/// Cut at the first `=` or `:` that is neither a comparison nor the middle of a URL.
fn divided(line: &str) -> Option<(&str, &str)> {
    let at = line.find(['=', ':'])?;
    let (key, rest) = line.split_at_checked(at)?;
    let rest =
        rest.strip_prefix(":=").or_else(|| rest.strip_prefix("=>")).or_else(|| rest.get(1..))?;
    let is_other = rest.starts_with(['=', '~']) || rest.starts_with("//");
    (!is_other && !key.contains(['(', '{', '$'])).then_some((key, rest))
}

/// `<password>value</password>`
fn tagged(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix('<')?.split_once('>')?;
    let (value, end) = rest.split_once("</")?;
    end.starts_with(name).then_some((name, value))
}

/// `requirepass value`: two words and nothing else.
fn spaced(line: &str) -> Option<(&str, &str)> {
    let (key, rest) = line.split_once(char::is_whitespace)?;
    let rest = rest.trim();
    (!rest.trim_end_matches(';').contains(char::is_whitespace)).then_some((key, rest))
}

/// The value without quotes, and without what ends it.
fn value_of(rest: &str) -> (&str, bool) {
    let rest = rest.trim();
    for quote in ['"', '\'', '`'] {
        if let Some((value, _)) = rest.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return (value, true);
        }
    }
    let end = rest.find(" #").unwrap_or(rest.len());
    let value =
        rest.get(..end).unwrap_or_default().trim().trim_end_matches([',', ';', '\\']).trim();
    (value, false)
}

const LONGEST_NAME: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_way_to_set_a_value() {
        let check = |line: &str, expected: Option<(&str, &str)>| {
            let found = read(line).map(|found| (found.name, found.value));
            assert_eq!(found, expected, "{line}");
        };
        check("a.b=c", Some(("a.b", "c")));
        check("a = \"c d\" # e", Some(("a", "c d")));
        check("export A='c'", Some(("A", "c")));
        check("  - a: c # d", Some(("a", "c")));
        check("\"a\": \"c\",", Some(("a", "c")));
        check("a := c;", Some(("a", "c")));
        check("'a' => 'c',", Some(("a", "c")));
        check("requirepass c", Some(("requirepass", "c")));
        check("auth_pass c;", Some(("auth_pass", "c")));
        check("<a>c</a>", Some(("a", "c")));
        check("<a>c</b>", None);
        check("if a == b", None);
        check("http://x", None);
        check("f(a = b)", None);
        check("a b c", None);
        check("", None);
    }

    #[test]
    fn knows_code_by_the_words_before_the_name() {
        assert!(read("const a = b").unwrap().is_code);
        assert!(!read("export a=b").unwrap().is_code);
    }
}
