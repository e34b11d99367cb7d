//! Durations as flags write them: `1h30m`, `90s`, `0`.

/// The seconds of a duration, rounded towards nothing; none of what is no duration.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    if sign < 0 && rest.starts_with('+') {
        return None;
    }
    let seconds = model::duration::parse(rest).ok()?.as_secs();
    i64::try_from(seconds).ok().map(|seconds| sign * seconds)
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
