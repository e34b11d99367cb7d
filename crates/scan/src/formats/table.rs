//! The table that people read in a terminal: the score and the practices, then what is open, the
//! worst first, then what is waived, what could not be decided and what would show it.

mod body;
mod fit;
mod head;
mod paint;

use paint::Paint;

use crate::report::Report;

/// How the table looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// How many columns the terminal has.
    pub columns: usize,
    /// Whether to use colour: on a terminal, unless `NO_COLOR` is set.
    pub colour: bool,
    /// How many findings of each check to show; all if none.
    pub most: Option<usize>,
}

/// Without a terminal: 100 columns, plain, five findings of each check.
impl Default for Look {
    fn default() -> Self {
        Self { columns: 100, colour: false, most: Some(5) }
    }
}

impl Look {
    /// The columns to fill: never so few that nothing can be read, nor so many that lines cannot.
    fn width(self) -> usize {
        self.columns.clamp(60, 140)
    }

    fn paint(self) -> Paint {
        Paint(self.colour)
    }
}

/// The report as a table.
pub fn write(report: &Report, look: Look) -> String {
    [
        head::head(report, look),
        body::open(report, look),
        body::waived(report, look),
        body::baseline(report, look),
        body::unknown(report, look),
        body::coverage(report, look),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{self, golden};

    #[test]
    fn reads_well_at_any_width() {
        let sample = testkit::sample();
        golden("golden/table-100.txt", &write(&sample, Look::default()));
        let narrow = Look { columns: 64, ..Look::default() };
        golden("golden/table-64.txt", &write(&testkit::compared(), narrow));
        golden("golden/table-empty.txt", &write(&testkit::empty(), Look::default()));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for columns in [60, 64, 80, 100, 140] {
            let look = Look { columns, colour: false, most: None };
            for line in write(&testkit::compared(), look).lines() {
                assert!(fit::width(line) <= columns, "{columns}: {line}");
            }
        }
    }

    #[test]
    fn colour_changes_nothing_else() {
        let plain = write(&testkit::sample(), Look::default());
        let painted = write(&testkit::sample(), Look { colour: true, ..Look::default() });
        let mut pieces = painted.split("\u{1b}[");
        let mut stripped = pieces.next().unwrap().to_owned();
        for piece in pieces {
            stripped.push_str(piece.split_once('m').unwrap().1);
        }
        assert_eq!(stripped, plain);
        assert!(painted.contains('\u{1b}') && !plain.contains('\u{1b}'));
    }

    #[test]
    fn no_name_reaches_the_terminal_raw() {
        let text = write(&testkit::sample(), Look { most: None, ..Look::default() });
        assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()));
        assert!(!text.contains('\u{202e}'));
    }

    #[test]
    fn all_shows_all() {
        let text = |most| write(&testkit::sample(), Look { most, ..Look::default() });
        assert!(text(Some(5)).contains("… and 2 more; --all shows them"));
        assert!(!text(None).contains("--all"));
        assert!(text(None).contains("ops-7") && !text(Some(5)).contains("ops-7"));
    }
}
