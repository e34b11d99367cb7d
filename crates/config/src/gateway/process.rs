//! What the process says of itself.

use crate::gateway::Section;
use crate::given::Reader;
use crate::parse;
use crate::setting::Setting;

/// What the process says of itself, on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logging {
    /// How much, from 0.
    pub verbosity: u32,
    /// In which form.
    pub format: Format,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// The options of this section.
pub const SECTION: Section = Section { title: "Logging", settings: &[V, LOGGING_FORMAT] };

const V: Setting = Setting::one(
    "v",
    "LEVEL",
    "How much the process logs of itself: 0 changes of state, 2 also what it coped with in detail, \
     4 for looking for a fault. Requests are in the audit log, not here",
)
.or("0");

const LOGGING_FORMAT: Setting =
    Setting::one("logging-format", "FORMAT", "Form of the log lines: text or json")
        .words(&["text", "json"])
        .or("text");

pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Logging> {
    let verbosity = reader.one(&V, parse::count);
    let words = [("text", Format::Text), ("json", Format::Json)];
    let format = reader.one(&LOGGING_FORMAT, |text| parse::word(text, &words));
    Some(Logging { verbosity: verbosity?, format: format? })
}
