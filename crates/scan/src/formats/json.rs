//! JSON: the promise to scripts. Fields stand in the order of [`crate::report`].

mod indented;

use std::io;

use serde::{Deserialize, Serialize as _};
use serde_json::Serializer;

use crate::report::{Report, SCHEMA_VERSION};
use indented::Indented;

/// The report as JSON, indented, with a line end. What terminals would not show is escaped.
pub fn write(report: &Report) -> String {
    // Writing fails for maps whose keys are no texts and for writers that fail: neither is here.
    let mut bytes = Vec::new();
    write_to(report, &mut bytes).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// As [`write()`], piece by piece: the text of a large report is never held as a whole.
pub fn write_to(report: &Report, out: &mut impl io::Write) -> io::Result<()> {
    report.serialize(&mut Serializer::with_formatter(&mut *out, Indented::default()))?;
    out.write_all(b"\n")
}

/// The report that such a JSON text is. Fields it does not know are passed over, so that reports of
/// later builds of the same schema version can be read.
pub fn read(text: &str) -> Result<Report, UnreadableReport> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head: Head = serde_json::from_str(text).map_err(UnreadableReport::of)?;
    match head.schema_version {
        Some(SCHEMA_VERSION) => serde_json::from_str(text).map_err(UnreadableReport::of),
        Some(version) => Err(UnreadableReport::Version(version)),
        None => Err(UnreadableReport::NoReport),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    schema_version: Option<u32>,
}

/// Why a text is no report that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableReport {
    /// It is not JSON, or a field is not what it should be.
    #[error("line {line}, column {column}: {problem}; write one with --format json --output FILE")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// It is JSON of another kind.
    #[error("no report: schemaVersion is missing; write one with --format json --output FILE")]
    NoReport,
    /// It is a report of another version.
    #[error("schemaVersion {0}: must be {SCHEMA_VERSION}; write the report anew with this version")]
    Version(u32),
}

impl UnreadableReport {
    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    fn of(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let problem = text.strip_suffix(&place).unwrap_or(&text).to_owned();
        Self::Malformed { line: error.line(), column: error.column(), problem }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::testkit::{self, golden};

    #[test]
    fn fields_stand_in_their_order() {
        golden("golden/report.json", &write(&testkit::sample()));
    }

    #[test]
    fn reads_what_it_writes() {
        for report in [testkit::sample(), testkit::empty(), testkit::compared()] {
            assert_eq!(read(&write(&report)).unwrap(), report);
        }
    }

    #[test]
    fn passes_over_fields_of_later_builds() {
        let mut value: Value = serde_json::from_str(&write(&testkit::empty())).unwrap();
        value["later"] = Value::Bool(true);
        assert_eq!(read(&value.to_string()).unwrap(), testkit::empty());
    }

    #[test]
    fn refuses_what_is_no_report() {
        let check = |text: &str, expected: &str| {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text:?}: {error}");
        };
        check("", "line 1, column 0: EOF");
        check("[]", "line 1, column 2: invalid length 0");
        check("{}", "no report: schemaVersion is missing");
        check(r#"{"schemaVersion": 2}"#, "schemaVersion 2: must be 1");
        check(r#"{"schemaVersion": "1"}"#, "line 1, column 21: invalid type: string");
        check(r#"{"schemaVersion": 1}"#, "line 1, column 20: missing field `findings`");
        let whole = write(&testkit::sample());
        let bad = |from: &str, to: &str| whole.replacen(from, to, 1);
        let error =
            read(&bad("\"severity\": \"critical\"", "\"severity\": \"awful\"")).unwrap_err();
        assert!(
            error.to_string().contains("severity \"awful\": must be critical, high"),
            "{error}"
        );
        let error = read(&bad("\"practice\": 1,", "\"practice\": 16,")).unwrap_err();
        assert!(error.to_string().contains("practice 16: must be 0 to 15"), "{error}");
        let error = read(&bad("\"confidence\": \"high\"", "\"confidence\": \"sure\"")).unwrap_err();
        assert!(error.to_string().contains("confidence \"sure\": must be high,"), "{error}");
    }

    #[test]
    fn the_published_schema_is_that_of_the_structs() {
        golden("../../docs/reference/scan-report.schema.json", &testkit::schema::published());
    }

    #[test]
    fn every_report_fits_the_schema() {
        let schema: Value = serde_json::from_str(&testkit::schema::published()).unwrap();
        for report in [testkit::sample(), testkit::empty(), testkit::compared()] {
            let value: Value = serde_json::from_str(&write(&report)).unwrap();
            assert_eq!(testkit::schema::mistakes(&schema, &value), [""; 0]);
        }
    }

    #[test]
    fn the_schema_refuses_what_is_no_report() {
        let schema: Value = serde_json::from_str(&testkit::schema::published()).unwrap();
        let report: Value = serde_json::from_str(&write(&testkit::sample())).unwrap();
        let check = |pointer: &str, value: Value| {
            let mut report = report.clone();
            *report.pointer_mut(pointer).unwrap() = value;
            let found = testkit::schema::mistakes(&schema, &report);
            assert!(!found.is_empty(), "{pointer}");
        };
        check("/schemaVersion", Value::from(2));
        check("/findings", Value::Null);
        check("/findings/0/severity", Value::from("awful"));
        check("/findings/0/practice", Value::from(16));
        check("/findings/0/status", Value::from("passed"));
        check("/findings/0/object/kind", Value::Null);
        check("/practices/1/checks", serde_json::json!({"passed": 1}));
        check("/coverage/versions", serde_json::json!({"ravelin": 1}));
        check("/score/low", Value::from(-1));
    }
}
