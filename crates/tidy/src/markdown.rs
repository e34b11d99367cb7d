//! Tables of Markdown pages.

/// A row of a table: its line, from 1, and its cells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) cells: Vec<String>,
}

/// The rows of the table whose heading is `heading`, without heading and rule; nothing if there is
/// no such table.
pub(crate) fn table(page: &str, heading: &[&str]) -> Option<Vec<Row>> {
    let mut lines = page.lines().enumerate();
    lines.find(|(_, line)| cells(line).is_some_and(|cells| cells == heading))?;
    let rows = lines.skip(1).map_while(|(index, line)| {
        Some(Row { line: index.saturating_add(1), cells: cells(line)? })
    });
    Some(rows.collect())
}

/// The names a cell lists: separated by commas, in backticks or not; a dash lists none.
pub(crate) fn names(cell: &str) -> Vec<&str> {
    let names = cell.split(',').map(|name| name.trim().trim_matches('`'));
    names.filter(|name| !matches!(*name, "" | "–" | "-" | "—")).collect()
}

fn cells(line: &str) -> Option<Vec<String>> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split('|').map(|cell| cell.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_table_with_a_heading() {
        let page = "# A\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n| a | b |\n|---|---|\n| c | `d`, e |\n\
                    | f | – |\nend\n| g | h |\n";
        let rows = table(page, &["a", "b"]).expect("a table");
        let row = |line, one: &str, two: &str| Row { line, cells: vec![one.into(), two.into()] };
        assert_eq!(rows, [row(9, "c", "`d`, e"), row(10, "f", "–")]);
        assert_eq!(table(page, &["b", "a"]), None);
    }

    #[test]
    fn reads_names() {
        assert_eq!(names("`a`, b,c"), ["a", "b", "c"]);
        assert_eq!(names("–"), [""; 0]);
        assert_eq!(names(" "), [""; 0]);
    }
}
