//! Durations as Go writes them: `3s`, `1m30s`, `250ms`.

/// The nanoseconds of a duration of Go (`time.ParseDuration`); none of anything else.
pub(crate) fn nanoseconds(text: &str) -> Option<i64> {
    let (is_negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let (mut rest, mut sum) = (rest, 0_i128);
    while !rest.is_empty() {
        let (part, after) = part(rest)?;
        sum = sum.checked_add(part)?;
        rest = after;
    }
    i64::try_from(if is_negative { -sum } else { sum }).ok()
}

/// A number with its unit, in nanoseconds, and what follows.
fn part(text: &str) -> Option<(i128, &str)> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let end = rest.find(|letter: char| letter == '.' || letter.is_ascii_digit());
    let (unit, rest) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
    let unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, length)| *length)?;
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()?.into() };
    let part = i128::checked_mul(whole, unit)?.checked_add(fraction_of(fraction, unit))?;
    Some((part, rest))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// What the digits behind the point make of a unit, cut off below a nanosecond.
fn fraction_of(digits: &str, unit: i128) -> i128 {
    let (mut value, mut scale) = (0_i128, 1_i128);
    for digit in digits.bytes().take(18) {
        value = value.saturating_mul(10).saturating_add(i128::from(digit.saturating_sub(b'0')));
        scale = scale.saturating_mul(10);
    }
    value.saturating_mul(unit).checked_div(scale).unwrap_or_default()
}

const UNITS: [(&str, i128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(nanoseconds(text), expected, "{text}");
        };
        check("3s", Some(3_000_000_000));
        check("1m30s", Some(90_000_000_000));
        check("-1.5h", Some(-5_400_000_000_000));
        check("+250ms", Some(250_000_000));
        check(".5us", Some(500));
        check("1.s", Some(1_000_000_000));
        check("0", Some(0));
        check("-0", Some(0));
        check("2562047h47m16.854775807s", Some(i64::MAX));
        check("-9223372036854775808ns", Some(i64::MIN));
        check("9223372036854775808ns", None);
        for text in ["", "-", "3", "s", ".s", "3 s", "3d", "1e3s", "s3", "3s ", "99999999h", "--1s"]
        {
            check(text, None);
        }
    }

    proptest::proptest! {
        #[test]
        fn takes_any_text(text in "[-+.0-9nuµmsh ]{0,30}|\\PC{0,20}") {
            if let Some(found) = nanoseconds(&text) {
                proptest::prop_assert!(found == 0 || text.bytes().any(|byte| byte.is_ascii_digit()));
            }
        }
    }
}
