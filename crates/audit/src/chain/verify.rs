//! Reading a chain again: which record is the first that is not as it was written.

use std::fmt;
use std::io::{self, BufRead, Read};

use super::digest::{self, Digest};
use super::link::{Link, split};
use super::{MOST_TORN, is_json};

/// What a log's chain shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Records that are as they were written.
    pub records: u64,
    /// The first of them; a sequence over 1 means that older files are not here.
    pub first: Option<Head>,
    /// The last of them; its hash, kept elsewhere, shows later whether the end was cut off.
    pub last: Option<Head>,
    /// Torn lines that the next record vouches for: a process was killed there, or the disk was
    /// full, and a process went on.
    pub torn: usize,
    /// How the log ends.
    pub end: End,
}

/// A record's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The number in the chain, from 1.
    pub sequence: u64,
    /// The hash, in hexadecimal digits.
    pub hash: String,
}

/// How a log ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With a whole record, or none at all.
    Whole,
    /// In the middle of a line: the process was killed while it wrote. No answer was given for that
    /// record in a mode that waits.
    Torn {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
    },
    /// With a record that is not as it was written. What comes after it was not looked at.
    Broken(Broken),
}

/// The first record that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The `auditID` that the line claims, if it has one.
    pub audit_id: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is no record of a chain: put in, or the rest of one that was damaged.
    Unchained,
    /// It does not match its own hash.
    Altered,
    /// It matches its own hash, but not the record before it.
    Unconnected,
    /// The records from the one number to the other are gone from before it.
    Missing(u64, u64),
    /// It stands after a record that it came before, or stands here again.
    OutOfOrder,
    /// A new chain starts here.
    Restarted,
    /// Records that came before it in its file are gone.
    Beheaded,
    /// It is longer than any record.
    TooLong,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unchained => out.write_str("it is no record of the chain: a line was put in"),
            Self::Altered => out.write_str("it was changed after it was written"),
            Self::Unconnected => out.write_str("it does not follow the record before it"),
            Self::Missing(from, to) if from == to => write!(out, "record {from} before it is gone"),
            Self::Missing(from, to) => write!(out, "records {from} to {to} before it are gone"),
            Self::OutOfOrder => out.write_str("it is out of order, or a second copy"),
            Self::Restarted => out.write_str("a new chain starts here"),
            Self::Beheaded => out.write_str("the records before it in its file are gone"),
            Self::TooLong => out.write_str("it is longer than any record"),
        }
    }
}

/// Verifies a log given as its files, oldest first, each with its name. An error is one of reading.
pub fn verify<R: BufRead>(files: impl IntoIterator<Item = (String, R)>) -> io::Result<Report> {
    let mut verifier = Verifier::default();
    for (name, file) in files {
        if verifier.file(&name, file)? == Went::Astray {
            break;
        }
    }
    Ok(verifier.finish())
}

/// Verifies a log file by file; see [`verify`].
#[derive(Debug, Default)]
pub struct Verifier {
    records: u64,
    first: Option<Head>,
    last: Option<(Link, Head)>,
    repaired: usize,
    torn: Option<Torn>,
    broken: Option<Broken>,
}

/// Whether a file could be verified to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// All of it.
    Well,
    /// A record is broken; more files change nothing.
    Astray,
}

/// Lines that are no records, and for which the next record may vouch.
#[derive(Debug)]
struct Torn {
    /// The first of them.
    broken: Broken,
    /// All of them.
    bytes: Vec<u8>,
    lines: usize,
    has_break: bool,
}

impl Verifier {
    /// Reads the next file.
    pub fn file(&mut self, name: &str, mut file: impl BufRead) -> io::Result<Went> {
        let mut line = Vec::new();
        let mut number = 0_u64;
        while self.broken.is_none() {
            line.clear();
            if file.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            number = number.saturating_add(1);
            let has_break = line.pop_if(|byte| *byte == b'\n').is_some();
            let place = Place { file: name, line: number, text: &line };
            if !has_break && u64::try_from(line.len()).is_ok_and(|length| length >= LONGEST) {
                self.broken = Some(place.broken(Fault::TooLong));
            } else {
                self.line(place, has_break);
            }
        }
        Ok(if self.broken.is_some() { Went::Astray } else { Went::Well })
    }

    /// What was found.
    pub fn finish(self) -> Report {
        let end = match (self.broken, self.torn) {
            (Some(broken), _) => End::Broken(broken),
            (None, None) => End::Whole,
            (None, Some(torn)) if torn.has_break => End::Broken(torn.broken),
            (None, Some(Torn { broken: Broken { file, line, .. }, .. })) => {
                End::Torn { file, line }
            }
        };
        let last = self.last.map(|(_, head)| head);
        Report { records: self.records, first: self.first, last, torn: self.repaired, end }
    }

    fn line(&mut self, place: Place<'_>, has_break: bool) {
        let Some((link, content)) = split(place.text) else {
            return self.no_record(place, has_break);
        };
        let torn = self.torn.take();
        if torn.as_ref().map(|torn| Digest::of([&*torn.bytes])) != link.torn {
            let broken = torn.map_or_else(|| place.broken(Fault::Unconnected), |torn| torn.broken);
            self.broken = Some(broken);
        } else if let Some(fault) = self.fault(link, content) {
            self.broken = Some(place.broken(fault));
        } else {
            self.repaired = self.repaired.saturating_add(torn.map_or(0, |torn| torn.lines));
            self.records = self.records.saturating_add(1);
            let head = place.head(link);
            self.first.get_or_insert_with(|| head.clone());
            self.last = Some((link, head));
        }
    }

    /// Only the next record can tell whether a kill or a hand left this line here; a line that is
    /// whole, or many of them, a kill does not leave.
    fn no_record(&mut self, place: Place<'_>, has_break: bool) {
        let mut torn = self.torn.take().unwrap_or_else(|| Torn {
            broken: place.broken(Fault::Unchained),
            bytes: Vec::new(),
            lines: 0,
            has_break,
        });
        if torn.lines > 0 {
            torn.bytes.push(b'\n');
        }
        torn.bytes.extend_from_slice(place.text);
        torn.lines = torn.lines.saturating_add(1);
        torn.has_break = has_break;
        if is_json(place.text) || torn.lines > MOST_TORN {
            self.broken = Some(torn.broken);
        } else {
            self.torn = Some(torn);
        }
    }

    fn fault(&self, link: Link, content: [&[u8]; 2]) -> Option<Fault> {
        let matches =
            |previous| digest::of_record(previous, link.sequence, link.torn, content) == link.hash;
        let is_whole = link.previous.is_some_and(matches);
        let Some((last, _)) = &self.last else {
            return match link.previous {
                None => Some(Fault::Beheaded),
                Some(_) => (!is_whole).then_some(Fault::Altered),
            };
        };
        let expected = last.sequence.saturating_add(1);
        if link.sequence == expected {
            return match matches(last.hash) {
                true if link.previous.is_none_or(|previous| previous == last.hash) => None,
                false if is_whole => Some(Fault::Unconnected),
                true | false => Some(Fault::Altered),
            };
        }
        if link.sequence == 1 && link.previous == Some(Digest::ZERO) && is_whole {
            return Some(Fault::Restarted);
        }
        Some(match link.sequence.checked_sub(1) {
            Some(before) if before >= expected => Fault::Missing(expected, before),
            Some(_) | None => Fault::OutOfOrder,
        })
    }
}

/// A line and where it is.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: &'a str,
    line: u64,
    text: &'a [u8],
}

impl Place<'_> {
    fn broken(self, fault: Fault) -> Broken {
        Broken { file: self.file.to_owned(), line: self.line, audit_id: audit_id(self.text), fault }
    }

    fn head(self, link: Link) -> Head {
        let hash = String::from_utf8_lossy(&link.hash.hex()).into_owned();
        Head { file: self.file.to_owned(), line: self.line, sequence: link.sequence, hash }
    }
}

fn audit_id(line: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Claims {
        #[serde(rename = "auditID")]
        audit_id: String,
    }
    serde_json::from_slice::<Claims>(line).ok().map(|claims| claims.audit_id)
}

/// No record is as long: its bodies and everything else in it are bounded well below this.
const LONGEST: u64 = 64 << 20;
