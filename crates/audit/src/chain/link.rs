//! A record's link, and how it stands in the record's line: always the last annotation, so that it
//! is put in and taken out without reading the JSON.

use super::digest::Digest;

/// What a record says of its place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) sequence: u64,
    pub(super) hash: Digest,
    pub(super) previous: Option<Digest>,
    pub(super) torn: Option<Digest>,
}

impl Link {
    /// Writes `line` with the link in it.
    pub(super) fn splice(&self, line: &[u8], out: &mut Vec<u8>) {
        // An event ends with its annotations, and without any with a time: `}}` or `"}`.
        if let Some(start) = line.strip_suffix(b"}}") {
            out.extend_from_slice(start);
            out.push(b',');
            out.extend_from_slice(KEY);
            self.write(out);
            out.extend_from_slice(b"\"}}");
        } else {
            out.extend_from_slice(line.strip_suffix(b"}").unwrap_or(line));
            out.extend_from_slice(ANNOTATIONS);
            out.extend_from_slice(KEY);
            self.write(out);
            out.extend_from_slice(b"\"}}");
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.sequence.to_string().as_bytes());
        for digest in [Some(self.hash), self.previous, self.torn].into_iter().flatten() {
            out.push(b':');
            out.extend_from_slice(&digest.hex());
        }
    }

    fn read(text: &[u8]) -> Option<Self> {
        let mut parts = text.split(|byte| *byte == b':');
        let sequence = std::str::from_utf8(parts.next()?).ok()?;
        if sequence.starts_with(['0', '+']) {
            return None;
        }
        let mut digests = parts.map(Digest::from_hex);
        let link = Self {
            sequence: sequence.parse().ok()?,
            hash: digests.next()??,
            previous: digests.next().map_or(Some(None), |digest| digest.map(Some))?,
            torn: digests.next().map_or(Some(None), |digest| digest.map(Some))?,
        };
        digests.next().is_none().then_some(link)
    }
}

/// The link of a record, and its line without the link, in two parts.
pub(super) fn split(record: &[u8]) -> Option<(Link, [&[u8]; 2])> {
    let rest = record.strip_suffix(b"\"}}")?;
    let (before, value) = rest.split_at_checked(rest.iter().rposition(|byte| *byte == b'"')?)?;
    let link = Link::read(value.strip_prefix(b"\"")?)?;
    let before = before.strip_suffix(KEY.strip_suffix(b"\"")?)?;
    if let Some(start) = before.strip_suffix(ANNOTATIONS) {
        return Some((link, [start, b"}"]));
    }
    Some((link, [before.strip_suffix(b",")?, b"}}"]))
}

const KEY: &[u8] = br#""ravelin.dev/chain":""#;
const ANNOTATIONS: &[u8] = br#","annotations":{"#;
