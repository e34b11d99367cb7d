//! Durations as flags write them: `10m`, `1h30m`, `720h0m0s`.

use std::time::Duration;

/// The duration that `text` is; none if it is none. Negative ones read as nothing at all.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text.starts_with('-') || text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text;
    let mut seconds = 0.0_f64;
    while !rest.is_empty() {
        let end = rest.find(|one: char| !one.is_ascii_digit() && one != '.')?;
        let (number, after) = rest.split_at_checked(end)?;
        let (size, after) =
            UNITS.iter().find_map(|(unit, size)| Some((size, after.strip_prefix(unit)?)))?;
        seconds += number.parse::<f64>().ok()? * size;
        rest = after;
    }
    (!text.is_empty()).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

/// Longer ones first where one begins another.
const UNITS: [(&str, f64); 7] = [
    ("ms", 1e-3),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("ns", 1e-9),
    ("h", 3600.0),
    ("m", 60.0),
    ("s", 1.0),
];

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
