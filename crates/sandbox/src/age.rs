//! How long ago something was, in the few letters of kubectl's AGE column.

use jiff::Timestamp;

/// The time between two moments as `12s`, `5m30s`, `3h`, `2d4h`.
pub(crate) fn between(then: &str, now: Timestamp) -> String {
    let Ok(then) = then.parse::<Timestamp>() else { return "<unknown>".to_owned() };
    let seconds = (now.as_second() - then.as_second()).max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        ..120 => format!("{seconds}s"),
        120..600 => with_rest(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => with_rest(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => with_rest(days, "d", hours % 24, "h"),
        _ => format!("{days}d"),
    }
}

fn with_rest(whole: i64, unit: &str, rest: i64, small: &str) -> String {
    if rest == 0 { format!("{whole}{unit}") } else { format!("{whole}{unit}{rest}{small}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_in_kubectl() {
        let now: Timestamp = "2030-01-31T12:00:00Z".parse().unwrap();
        for (then, expected) in [
            ("2030-01-31T12:00:05Z", "0s"),
            ("2030-01-31T11:58:01Z", "119s"),
            ("2030-01-31T11:55:30Z", "4m30s"),
            ("2030-01-31T11:00:00Z", "60m"),
            ("2030-01-31T08:30:00Z", "3h30m"),
            ("2030-01-30T12:00:00Z", "24h"),
            ("2030-01-28T10:00:00Z", "3d2h"),
            ("2030-01-01T12:00:00Z", "30d"),
            ("", "<unknown>"),
        ] {
            assert_eq!(between(then, now), expected);
        }
    }
}
