//! Durations as flags write them: `1h30m`, `90s`, `0`.

/// The seconds of a duration, rounded down; none of what is no duration.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, behind) = rest.split_at_checked(end)?;
        let unit_end = behind.find(|letter: char| letter.is_ascii_digit() || letter == '.');
        let (unit, after) = behind.split_at_checked(unit_end.unwrap_or(behind.len()))?;
        total += number.parse::<f64>().ok()? * of_unit(unit)?;
        rest = after;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a float is cut at the ends of the range")]
    Some((sign * total) as i64)
}

fn of_unit(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations_as_go_does() {
        let check =
            |text: &str, expected: Option<i64>| assert_eq!(seconds(text), expected, "{text}");
        check("1h30m", Some(5400));
        check("1m0s", Some(60));
        check("1.5h", Some(5400));
        check("8760h0m0s", Some(31_536_000));
        check("100ms", Some(0));
        check("0", Some(0));
        check("-1s", Some(-1));
        check("60", None);
        check("1d", None);
        check("", None);
        check("h", None);
        check("1µs", Some(0));
    }
}
