//! The name somebody probably meant.

/// The nearest of `names` to `written`, if any is near; case, dashes and underscores do not count.
pub(crate) fn nearest<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(written);
    let near = plain.len() / 4;
    names
        .map(|name| (distance(&plain, &self::plain(name)), name))
        .filter(|(distance, _)| *distance <= near.max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn plain(name: &str) -> Vec<u8> {
    let bytes = name.bytes().filter(|byte| !matches!(byte, b'-' | b'_'));
    bytes.map(|byte| byte.to_ascii_lowercase()).take(LONGEST).collect()
}

/// Levenshtein's distance: how many letters to add, drop or change.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.iter().enumerate() {
        let mut diagonal = line;
        let mut left = line.saturating_add(1);
        for (above, against) in row.iter_mut().skip(1).zip(other) {
            let change = diagonal.saturating_add(usize::from(letter != against));
            diagonal = *above;
            left = change.min(left.saturating_add(1)).min(above.saturating_add(1));
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or_default()
}

const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_letters() {
        assert_eq!(distance(b"kitten", b"sitting"), 3);
        assert_eq!(distance(b"", b"abc"), 3);
        assert_eq!(distance(b"abc", b"abc"), 0);
    }

    #[test]
    fn finds_what_was_meant() {
        let names = ["secure-port", "bind-address", "tls-cert-file"];
        let check = |written, expected| {
            assert_eq!(nearest(written, names.into_iter()), expected, "{written}");
        };
        check("securePort", Some("secure-port"));
        check("secure_port", Some("secure-port"));
        check("secur-port", Some("secure-port"));
        check("bind-adress", Some("bind-address"));
        check("tls-cert-fiel", Some("tls-cert-file"));
        check("kubeconfig", None);
        check("", None);
    }
}
