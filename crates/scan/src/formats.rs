//! How a report is written. Each format is a function of the report alone, and shows texts of
//! others in a way that its readers cannot be fooled by.

pub mod csv;
mod groups;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod table;
mod xml;

#[cfg(test)]
mod tests {
    use checks::{Practice, Severity};

    use super::*;
    use crate::report::{Coverage, Finding, ObjectRef, Report, SourceRef};
    use crate::rules::{RuleText, Rules};
    use crate::testkit;

    /// A report in which a stranger wrote every text.
    fn written_by(text: &str) -> Report {
        let object = ObjectRef {
            api_version: text.to_owned(),
            kind: text.to_owned(),
            namespace: Some(text.to_owned()),
            name: text.to_owned(),
        };
        let finding = Finding {
            title: text.to_owned(),
            message: text.to_owned(),
            object: Some(object),
            path: Some(text.to_owned()),
            node: Some(text.to_owned()),
            detail: text.to_owned(),
            subjects: vec![text.to_owned()],
            source: Some(SourceRef { file: text.to_owned(), line: 0, column: u64::MAX }),
            evidence: vec![text.to_owned()],
            fix: Some(text.to_owned()),
            ..Finding::new(text, Practice::Rbac, Severity::High)
        };
        let outcome = testkit::outcome(text, Severity::High, [0, 1, 1, 0]);
        let coverage = Coverage { incomplete: vec![text.to_owned()], ..Coverage::default() };
        Report::new(vec![finding], vec![outcome], coverage)
    }

    fn rules(text: &str) -> Rules {
        let text = text.to_owned();
        let references = vec![text.clone()];
        let rule = RuleText {
            id: text.clone(),
            title: text.clone(),
            why: text.clone(),
            fix: text,
            references,
        };
        [rule].into_iter().collect()
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_out_of_any_format(
            text in "([<>&\"'`|=@\\\\{}\\[\\]()#*_~!-]|\n|\r|\t|\u{1b}\\[31m|\u{202e}|\u{9b}|大|--|]]>|\\PC){0,24}"
        ) {
            let report = written_by(&text);
            let read = json::read(&json::write(&report)).unwrap();
            proptest::prop_assert_eq!(&read, &report);
            let sarif: serde_json::Value =
                serde_json::from_str(&sarif::write(&report, &rules(&text))).unwrap();
            proptest::prop_assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
            let junit = junit::write(&report);
            proptest::prop_assert_eq!(junit.matches("<testcase ").count(), 1);
            proptest::prop_assert!(!junit.contains("]]>") && !junit.contains("<!"));
            let html = html::write(&report, &rules(&text));
            let empty = html::write(&written_by("x"), &rules("x"));
            let elements = |page: &str| page.matches('<').count();
            let links = elements(&html).abs_diff(elements(&empty));
            // A text may leave a line out by being empty.
            proptest::prop_assert!(text.is_empty() || links == 0, "{}", html);
            let csv = csv::write(&report);
            proptest::prop_assert_eq!(csv.matches('\n').count(), 2);
            let table = table::write(&report, table::Look { columns: 80, ..Default::default() });
            let markdown = markdown::write(&report, 5);
            for shown in [&junit, &html, &csv.replace("\r\n", ""), &table, &markdown] {
                let is_hidden =
                    |letter| letter == '\u{202e}' || (letter != '\n' && char::is_control(letter));
                proptest::prop_assert!(!shown.contains(is_hidden));
            }
            let fits = |line: &str| unicode_width::UnicodeWidthStr::width(line) <= 80;
            proptest::prop_assert!(table.lines().all(fits), "{}", table);
        }
    }
}
