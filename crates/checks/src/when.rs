//! Days as people and Kubernetes write them.

use std::time::{Duration, SystemTime};

/// `2026-06-20`, in UTC.
pub(crate) fn date(time: SystemTime) -> String {
    let text = jiff::Timestamp::try_from(time).map(|time| time.to_string());
    text.ok().and_then(|text| Some(text.split('T').next()?.to_owned())).unwrap_or_default()
}

/// A time of RFC 3339, as `metadata.creationTimestamp` has it.
pub(crate) fn parse(text: &str) -> Option<SystemTime> {
    text.trim().parse::<jiff::Timestamp>().ok().map(SystemTime::from)
}

/// `18 days ago`, `in 61 days`, `today`.
pub(crate) fn away(time: SystemTime, now: SystemTime) -> String {
    let days = |span: Duration| match span.as_secs() / DAY.as_secs() {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    match (now.duration_since(time), time.duration_since(now)) {
        (Ok(past), _) if past >= DAY => format!("{} ago", days(past)),
        (_, Ok(ahead)) if ahead >= DAY => format!("in {}", days(ahead)),
        _ => "today".to_owned(),
    }
}

/// So many days.
pub(crate) const fn days(number: u64) -> Duration {
    Duration::from_hours(24 * number)
}

/// A day.
pub(crate) const DAY: Duration = days(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written() {
        let now = parse("2026-06-01T00:00:00Z").unwrap();
        let check = |text: &str, written: &str, from_now: &str| {
            let time = parse(text).unwrap();
            assert_eq!((date(time).as_str(), away(time, now).as_str()), (written, from_now));
        };
        check("2026-06-20T10:00:00Z", "2026-06-20", "in 19 days");
        check("2026-05-31T00:00:00Z", "2026-05-31", "1 day ago");
        check("2026-06-01T12:00:00+02:00", "2026-06-01", "today");
        check("2025-06-01T00:00:00.5Z", "2025-06-01", "364 days ago");
        assert_eq!(parse("yesterday"), None);
    }
}
