//! Durations as Go writes them: `300ms`, `1m30s`, `2h`, `1.5s`.

use std::fmt::{self, Write as _};
use std::time::Duration;

/// Reads a duration as Go's `time.ParseDuration` does; negative ones are refused, nothing here
/// may last less than no time.
pub fn parse(text: &str) -> Result<Duration, BadDuration> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut nanos: u128 = 0;
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return Err(BadDuration);
    }
    while !rest.is_empty() {
        let (part, left) = leading_part(rest)?;
        nanos = nanos.checked_add(part).ok_or(BadDuration)?;
        rest = left;
    }
    // Go's limit, some 292 years.
    let nanos = i64::try_from(nanos).ok().and_then(|nanos| u64::try_from(nanos).ok());
    nanos.map(Duration::from_nanos).ok_or(BadDuration)
}

/// Writes a duration so that [`parse`] reads it back, in the largest whole units.
pub fn write(duration: Duration) -> String {
    if duration.is_zero() {
        return "0s".to_owned();
    }
    let mut left = duration.as_nanos();
    let mut text = String::new();
    for (name, nanos) in UNITS.iter().rev() {
        if let (Some(count), Some(rest)) = (left.checked_div(*nanos), left.checked_rem(*nanos))
            && count > 0
        {
            // Writing to a String cannot fail.
            write!(text, "{count}{name}").unwrap_or_default();
            left = rest;
        }
    }
    text
}

/// Not a duration in Go's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadDuration;

impl fmt::Display for BadDuration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not a duration; write it like 300ms, 45s, 1m30s or 2h")
    }
}

impl std::error::Error for BadDuration {}

/// The first number with its unit, in nanoseconds, and what follows it.
fn leading_part(text: &str) -> Result<(u128, &str), BadDuration> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(BadDuration)?;
    let (number, rest) = text.split_at_checked(end).ok_or(BadDuration)?;
    let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
    let (unit, left) = rest.split_at_checked(end).ok_or(BadDuration)?;
    let (_, nanos) = UNITS.iter().find(|(name, _)| is_unit(name, unit)).ok_or(BadDuration)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return Err(BadDuration);
    }
    let whole =
        if whole.is_empty() { 0 } else { whole.parse::<u128>().map_err(|_huge| BadDuration)? };
    let whole = whole.checked_mul(*nanos).ok_or(BadDuration)?;
    whole.checked_add(part_of(fraction, *nanos)).ok_or(BadDuration).map(|sum| (sum, left))
}

/// `0.fraction` of `nanos`, rounded down to whole nanoseconds.
fn part_of(fraction: &str, nanos: u128) -> u128 {
    let digits = fraction.bytes().take(18).map(|byte| u128::from(byte.saturating_sub(b'0')));
    let (sum, scale) = digits.fold((0_u128, 1_u128), |(sum, scale), digit| {
        (sum.saturating_mul(10).saturating_add(digit), scale.saturating_mul(10))
    });
    sum.saturating_mul(nanos).checked_div(scale).unwrap_or_default()
}

fn is_unit(name: &str, written: &str) -> bool {
    // Go takes the micro sign and the Greek letter as well.
    name == written || (name == "us" && matches!(written, "\u{b5}s" | "\u{3bc}s"))
}

const UNITS: [(&str, u128); 6] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, millis: u64, canonical: &str) {
        assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        assert_eq!(write(Duration::from_millis(millis)), canonical);
    }

    #[test]
    fn reads_what_go_writes() {
        check("0", 0, "0s");
        check("0s", 0, "0s");
        check("300ms", 300, "300ms");
        check("60s", 60_000, "1m");
        check("1m30s", 90_000, "1m30s");
        check("1m0s", 60_000, "1m");
        check("+5s", 5_000, "5s");
        check("1.5h", 5_400_000, "1h30m");
        check(".5s", 500, "500ms");
        check("1.s", 1_000, "1s");
        check("2h3m4.005s", 7_384_005, "2h3m4s5ms");
        check("1000us", 1, "1ms");
        check("1000µs", 1, "1ms");
    }

    #[test]
    fn refuses_what_go_refuses_and_negative_times() {
        for text in
            ["", "5", "s", ".s", "-5s", "5 s", "5d", "1.2.3s", "5sec", "+", "9999999h", "ms"]
        {
            assert_eq!(parse(text), Err(BadDuration), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reads_what_it_writes(nanos in 0..=i64::MAX.unsigned_abs()) {
            let duration = Duration::from_nanos(nanos);
            proptest::prop_assert_eq!(parse(&write(duration)), Ok(duration));
        }

        #[test]
        fn takes_any_text(text in "[0-9.+smhnuµ]{0,24}|.{0,40}") {
            let _read = parse(&text);
        }
    }
}
