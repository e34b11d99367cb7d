//! How long lines of Kubernetes are supported: about fourteen months each.
//!
//! Dates are those of <https://kubernetes.io/releases/patch-releases/>: for lines that have ended,
//! the end it records (`data/releases/eol.yaml` of the site); for others, the planned one.

use jiff::civil::{Date, date};

use crate::Minor;

/// Whether a line of Kubernetes still gets fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It does, up to and including this day.
    Until(Date),
    /// It does not.
    Ended {
        /// The last day on which it did; none for lines older than the table.
        on: Option<Date>,
        /// How many lines it is behind the oldest one supported; at least 1.
        behind: u64,
    },
    /// It is newer than the table.
    Unknown,
}

/// Whether a line of Kubernetes is supported on a day.
pub fn support(line: Minor, today: Date) -> Support {
    match LINES.iter().find(|(minor, _)| line == kubernetes(*minor)) {
        Some((_, end)) if today <= *end => Support::Until(*end),
        Some((_, end)) => Support::Ended { on: Some(*end), behind: behind(line, today) },
        None if line < kubernetes(FIRST.0) => {
            Support::Ended { on: None, behind: behind(line, today) }
        }
        None => Support::Unknown,
    }
}

/// The oldest line that is supported on a day. Once all of the table have ended, the one after
/// them.
pub fn oldest_supported(today: Date) -> Minor {
    let supported = LINES.iter().find(|(_, end)| today <= *end).map(|(minor, _)| *minor);
    kubernetes(supported.unwrap_or(LAST.saturating_add(1)))
}

/// The lines of the table and the last day of each, oldest first.
pub fn lines() -> impl Iterator<Item = (Minor, Date)> {
    LINES.into_iter().map(|(minor, end)| (kubernetes(minor), end))
}

fn behind(line: Minor, today: Date) -> u64 {
    let minor = if line.major < 1 { 0 } else { line.minor };
    oldest_supported(today).minor.saturating_sub(minor).max(1)
}

const fn kubernetes(minor: u64) -> Minor {
    Minor { major: 1, minor }
}

const FIRST: (u64, Date) = (20, date(2022, 2, 28));
const LAST: u64 = 37;

const LINES: [(u64, Date); 18] = [
    FIRST,
    (21, date(2022, 6, 28)),
    (22, date(2022, 12, 8)),
    (23, date(2023, 2, 28)),
    (24, date(2023, 7, 28)),
    (25, date(2023, 10, 28)),
    (26, date(2024, 2, 28)),
    (27, date(2024, 7, 16)),
    (28, date(2024, 10, 22)),
    (29, date(2025, 2, 28)),
    (30, date(2025, 7, 15)),
    (31, date(2025, 11, 11)),
    (32, date(2026, 2, 28)),
    (33, date(2026, 6, 28)),
    (34, date(2026, 10, 27)),
    (35, date(2027, 2, 28)),
    (36, date(2027, 6, 28)),
    (LAST, date(2027, 10, 28)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_after_its_last_day() {
        let ended = |on: Date, behind| Support::Ended { on: Some(on), behind };
        let check = |minor: u64, today: Date, expected: Support| {
            assert_eq!(support(kubernetes(minor), today), expected, "1.{minor} on {today}");
        };
        let today = date(2026, 7, 1);
        check(34, today, Support::Until(date(2026, 10, 27)));
        check(34, date(2026, 10, 27), Support::Until(date(2026, 10, 27)));
        check(34, date(2026, 10, 28), ended(date(2026, 10, 27), 1));
        check(33, today, ended(date(2026, 6, 28), 1));
        check(32, today, ended(date(2026, 2, 28), 2));
        check(20, today, ended(date(2022, 2, 28), 14));
        check(19, today, Support::Ended { on: None, behind: 15 });
        check(37, today, Support::Until(date(2027, 10, 28)));
        check(38, today, Support::Unknown);
        check(37, date(2028, 1, 1), ended(date(2027, 10, 28), 1));
        assert_eq!(support(Minor { major: 2, minor: 0 }, today), Support::Unknown);
        let none = Support::Ended { on: None, behind: 34 };
        assert_eq!(support(Minor { major: 0, minor: 30 }, today), none);
    }

    #[test]
    fn the_table_has_no_gap_and_its_ends_rise() {
        let all: Vec<(Minor, Date)> = lines().collect();
        assert!(all.is_sorted_by(|one, two| one.0.minor + 1 == two.0.minor && one.1 < two.1));
        assert_eq!((all[0].0.minor, all[17].0.minor), (20, 37));
    }

    #[test]
    fn knows_the_oldest_supported_line() {
        assert_eq!(oldest_supported(date(2026, 11, 25)), kubernetes(35));
        assert_eq!(oldest_supported(date(2021, 1, 1)), kubernetes(20));
        assert_eq!(oldest_supported(date(2030, 1, 1)), kubernetes(38));
    }
}
