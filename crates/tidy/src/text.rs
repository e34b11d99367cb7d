//! Rules for every text file: it holds on any machine, and leaves nothing undone unnumbered.

use crate::Violation;
use crate::tree::SourceFile;

/// Where people and build machines keep their files. In two pieces, so that this file may pass.
const FOREIGN: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Words that say a thing is not done.
const UNDONE: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

pub(crate) fn check(file: &SourceFile, found: &mut Vec<Violation>) {
    if file.path.ends_with("Cargo.lock") {
        return;
    }
    let mut say = |line: usize, what: String| {
        found.push(Violation { file: file.path.clone(), line, what });
    };
    for (index, line) in file.text.lines().enumerate() {
        let number = index.saturating_add(1);
        if let Some(foreign) = FOREIGN.iter().find(|path| line.contains(*path)) {
            say(number, format!("a path under {foreign} exists on one machine only"));
        }
        if let Some(word) = UNDONE.iter().find(|word| is_unnumbered(line, word)) {
            say(number, format!("{word} needs the number of an issue: {word}(#12)"));
        }
    }
}

fn is_unnumbered(line: &str, word: &str) -> bool {
    let mut pieces = line.split(word);
    let mut before = pieces.next().unwrap_or_default();
    for after in pieces {
        let is_word = !before.ends_with(char::is_alphanumeric)
            && !after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let number = after.strip_prefix("(#").and_then(|rest| rest.split_once(')'));
        let is_numbered = number.is_some_and(|(digits, _)| {
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        if is_word && !is_numbered {
            return true;
        }
        before = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let file = SourceFile { path: "a.rs".to_owned(), text: text.to_owned() };
        let mut found = Vec::new();
        check(&file, &mut found);
        found.into_iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn finds_paths_of_one_machine() {
        for path in FOREIGN {
            assert_eq!(lines(&format!("fine\nlet a = \"{path}x\";")), [2], "{path}");
        }
        assert_eq!(lines("/etc/kubernetes/ ../shared/vectors /var/lib/"), [0; 0]);
    }

    #[test]
    fn finds_what_is_undone_without_a_number() {
        for word in UNDONE {
            assert_eq!(lines(&format!("// {word}: later\n// {word}(#12): later")), [1], "{word}");
            assert_eq!(lines(&format!("// {word}(#12) and {word}\n{word}S A{word}")), [1]);
            assert_eq!(lines(&format!("// {word}(#x)\n// {word}()")), [1, 2]);
        }
    }
}
