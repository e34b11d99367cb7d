//! How long a request may take: the `timeout` parameter, read as kube-apiserver reads it.
//!
//! Source: k8s.io/apiserver `pkg/endpoints/filters/request_deadline.go` and Go's
//! `time.ParseDuration`.

use std::fmt::Write as _;
use std::time::Duration;

use model::query::Query;

/// The time that the query asks for: `longest` if it asks for none, for no limit, or for more.
/// The error is the text for the client.
pub(crate) fn timeout(query: Query<'_>, longest: Duration) -> Result<Duration, String> {
    let Some(value) = query.first("timeout").filter(|value| !value.is_empty()) else {
        return Ok(longest);
    };
    let asked = go_duration(&value)
        .map_err(|problem| format!("invalid timeout specified in the request URL - {problem}"))?;
    Ok(match asked {
        Some(asked) if asked > Duration::ZERO && asked < longest => asked,
        Some(_) | None => longest,
    })
}

/// Go's duration; `None` if it is negative.
fn go_duration(text: &str) -> Result<Option<Duration>, String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let (is_negative, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Ok(Some(Duration::ZERO));
    }
    let mut left = rest;
    let mut nanoseconds: u128 = 0;
    if left.is_empty() {
        return Err(invalid());
    }
    while !left.is_empty() {
        let number_ends =
            left.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(left.len());
        let (number, after) = left.split_at_checked(number_ends).ok_or_else(invalid)?;
        let unit_ends = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(unit_ends).ok_or_else(invalid)?;
        let parts = decimal(number).ok_or_else(invalid)?;
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", quoted(text)));
        }
        let scale = scale(unit).ok_or_else(|| {
            format!("time: unknown unit {} in duration {}", quoted(unit), quoted(text))
        })?;
        nanoseconds = nanoseconds.saturating_add(in_nanoseconds(parts, scale));
        if nanoseconds > u128::from(i64::MAX.unsigned_abs()) {
            return Err(invalid());
        }
        left = next;
    }
    let duration = Duration::from_nanos(u64::try_from(nanoseconds).map_err(|_over| invalid())?);
    Ok((!is_negative).then_some(duration))
}

/// The digits before and after the point; at least one digit in all, and one point at most.
fn decimal(number: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let is_number = has_digits && !fraction.contains('.');
    is_number.then_some((whole, fraction))
}

fn in_nanoseconds((whole, fraction): (&str, &str), scale: u64) -> u128 {
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(u128::MAX) };
    let mut part: u128 = 0;
    let mut unit = u128::from(scale);
    for digit in fraction.bytes().take(18) {
        unit /= 10;
        part = part.saturating_add(unit.saturating_mul(u128::from(digit.saturating_sub(b'0'))));
    }
    whole.saturating_mul(u128::from(scale)).saturating_add(part)
}

fn scale(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// As Go's time package quotes in its errors.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            ' '..='~' => out.push(character),
            _ => {
                let mut bytes = [0; 4];
                for byte in character.encode_utf8(&mut bytes).bytes() {
                    let _never_fails = write!(out, "\\x{byte:02x}");
                }
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<u64, &str>) {
        let found = timeout(Query::of(query), Duration::from_mins(1));
        let expected = expected.map(Duration::from_millis).map_err(|problem| {
            format!("invalid timeout specified in the request URL - time: {problem}")
        });
        assert_eq!(found, expected, "{query}");
    }

    #[test]
    fn reads_the_parameter_as_upstream_does() {
        check("", Ok(60_000));
        check("limit=1", Ok(60_000));
        check("timeout=5s", Ok(5_000));
        check("timeout=1m", Ok(60_000));
        check("timeout=1h", Ok(60_000));
        check("timeout=0s", Ok(60_000));
        check("timeout=0", Ok(60_000));
        check("timeout=-1s", Ok(60_000));
        check("timeout=", Ok(60_000));
        check("timeout=1.5s", Ok(1_500));
        check("timeout=.5s", Ok(500));
        check("timeout=1s500ms", Ok(1_500));
        check("timeout=5", Err("missing unit in duration \"5\""));
        check("timeout=abc", Err("invalid duration \"abc\""));
        check("timeout=5x", Err("unknown unit \"x\" in duration \"5x\""));
        check("timeout=s", Err("invalid duration \"s\""));
        check("timeout=1..5s", Err("invalid duration \"1..5s\""));
        check("timeout=99999999999h", Err("invalid duration \"99999999999h\""));
        check("timeout=1s&timeout=abc", Ok(1_000));
    }
}
