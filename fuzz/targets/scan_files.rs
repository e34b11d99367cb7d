//! Files that `ravelin scan` is given beside what it looks at: waivers, and an older report. What
//! is a report reads the same after it was written again, and every format can write it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scan::baseline::Baseline;
use scan::formats::{csv, html, json, junit, markdown, sarif, table};
use scan::report::Report;
use scan::rules::Rules;
use scan::waivers::Waivers;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let waivers = match Waivers::read("waivers.yaml", text) {
        Ok(waivers) => waivers,
        Err(mistakes) => {
            assert!(!mistakes.all().is_empty(), "refused for a reason");
            Waivers::default()
        }
    };
    if let Ok(report) = json::read(text) {
        let baseline = Baseline::read(text).expect("what is a report is a baseline");
        let now = "2027-01-01T00:00:00Z".parse().expect("a time");
        write_all(&baseline.compare(waivers.apply(report, now)));
    }
});

fn write_all(report: &Report) {
    let written = json::write(report);
    assert_eq!(json::read(&written).as_ref(), Ok(report), "{written}");
    let rules = Rules::default();
    let shown = [
        csv::write(report).replace("\r\n", "\n"),
        html::write(report, &rules),
        junit::write(report),
        markdown::write(report, 5),
        sarif::write(report, &rules),
        table::write(report, table::Look::default()),
    ];
    for text in shown {
        let is_hidden = |letter: char| letter != '\n' && letter.is_control();
        assert!(!text.contains(is_hidden), "{text}");
    }
}
