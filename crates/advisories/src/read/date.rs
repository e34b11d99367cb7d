//! Dates of feeds, some of which are wrong.

use jiff::Timestamp;
use jiff::civil::Date;

/// The day of publication, unless it is before the year of the id: feeds have `0001-01-01`, and
/// slips of the keyboard.
pub(super) fn published(text: &str, ids: &[&str]) -> Option<Date> {
    let date = day(text)?;
    let named = ids.iter().filter_map(|id| year_of(id)).max().unwrap_or(FIRST_YEAR);
    (date.year() >= named.max(FIRST_YEAR)).then_some(date)
}

/// The instant of a change; the start of the day, where only a day is given.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let of_day = || Some(day(text)?.in_tz("UTC").ok()?.timestamp());
    text.parse().ok().or_else(of_day)
}

fn day(text: &str) -> Option<Date> {
    text.split(['T', ' ']).next()?.parse().ok()
}

fn year_of(id: &str) -> Option<i16> {
    id.strip_prefix("CVE-")?.split('-').next()?.parse().ok()
}

/// The year of the first ids of CVE.
const FIRST_YEAR: i16 = 1999;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn implausible_days_are_dropped() {
        let check = |text: &str, id: &str, expected: Option<&str>| {
            let found = published(text, &[id]).map(|date| date.to_string());
            assert_eq!(found.as_deref(), expected, "{text} {id}");
        };
        check("2024-04-16", "CVE-2024-3177", Some("2024-04-16"));
        check("2018-04-16", "CVE-2024-3177", None);
        check("2018-04-16T10:00:00Z", "CVE-2018-3177", Some("2018-04-16"));
        check("0001-01-01T00:00:00Z", "GO-2024-2748", None);
        check("2024-04-16T10:00:00.5Z", "GHSA-x", Some("2024-04-16"));
        check("", "CVE-2024-1", None);
        check("2024-13-01", "CVE-2024-1", None);
    }

    #[test]
    fn instants_are_read_with_and_without_time() {
        let check = |text: &str, expected: Option<&str>| {
            let found = instant(text).map(|instant| instant.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("2024-04-16T10:00:00Z", Some("2024-04-16T10:00:00Z"));
        check("2024-04-16T10:00:00+02:00", Some("2024-04-16T08:00:00Z"));
        check("2024-04-16", Some("2024-04-16T00:00:00Z"));
        check("yesterday", None);
    }
}
