//! A patch applied as `git apply` applies it, to hold the diffs against.

/// What `git apply` makes of a patch of one file.
pub(crate) fn patched(old: &str, patch: &str) -> String {
    let mut old = old.split_inclusive('\n');
    let (mut new, mut taken) = (String::new(), 0);
    let mut lines = patch.split_inclusive('\n').skip(2).peekable();
    while let Some(line) = lines.next() {
        if let Some(head) = line.strip_prefix("@@ -") {
            let range = head.split(' ').next().unwrap();
            let (start, length) = range.split_once(',').unwrap_or((range, "1"));
            let before: usize = start.parse().unwrap();
            let before = if length == "0" { before } else { before - 1 };
            while taken < before {
                new.push_str(old.next().unwrap());
                taken += 1;
            }
            continue;
        }
        let is_last = lines.peek().is_some_and(|next| next.starts_with('\\'));
        let text = if is_last { line.strip_suffix('\n').unwrap() } else { line };
        match text.as_bytes()[0] {
            b'+' => new.push_str(&text[1..]),
            b'\\' => {}
            sign => {
                let there = old.next().unwrap();
                taken += 1;
                assert_eq!(there, &text[1..], "the patch does not fit");
                if sign == b' ' {
                    new.push_str(there);
                }
            }
        }
    }
    new.extend(old);
    new
}
