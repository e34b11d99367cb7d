//! Durations as flags write them: `10m`, `1h30m`, `720h0m0s`.

use std::time::Duration;

/// The duration that `text` is; none if it is none. Negative ones read as nothing at all.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text.starts_with('-') {
        return Some(Duration::ZERO);
    }
    model::duration::parse(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_writes() {
        for (text, expected) in [
            ("2m", Some(120)),
            ("1h30m", Some(5400)),
            ("24h0m0s", Some(86400)),
            ("1.5h", Some(5400)),
            ("0", Some(0)),
            ("-1s", Some(0)),
            ("90", None),
            ("", None),
            ("h", None),
            ("5 m", None),
        ] {
            assert_eq!(duration(text), expected.map(Duration::from_secs), "{text}");
        }
    }
}
