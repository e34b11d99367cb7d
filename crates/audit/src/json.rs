//! JSON written straight to bytes, byte for byte as Go's `encoding/json` writes it: that is what
//! readers of kube-apiserver's audit log have seen so far.

use std::time::{SystemTime, UNIX_EPOCH};

/// Writes the fields of one object; leaves out what is empty, as Go's `omitempty` does.
pub(crate) struct Fields<'a> {
    out: &'a mut Vec<u8>,
    is_first: bool,
}

impl<'a> Fields<'a> {
    /// Opens an object; [`Fields::end`] closes it.
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_first: true }
    }

    /// Writes a key; the caller writes its value to what is returned.
    pub(crate) fn key(&mut self, key: &str) -> &mut Vec<u8> {
        self.key_of_bytes(key.as_bytes())
    }

    /// Writes a key that should be text; the caller writes its value to what is returned.
    pub(crate) fn key_of_bytes(&mut self, key: &[u8]) -> &mut Vec<u8> {
        if !self.is_first {
            self.out.push(b',');
        }
        self.is_first = false;
        bytes(self.out, key);
        self.out.push(b':');
        self.out
    }

    /// How many bytes there are, of this object and what stands before it.
    pub(crate) fn written(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) {
        string(self.key(key), value);
    }

    pub(crate) fn text_if_any(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.text(key, value);
        }
    }

    pub(crate) fn number_if_any(&mut self, key: &str, value: i64) {
        if value != 0 {
            self.key(key).extend_from_slice(value.to_string().as_bytes());
        }
    }

    pub(crate) fn end(self) {
        self.out.push(b'}');
    }
}

/// Writes an array, one element a call of `write`.
pub(crate) fn array<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    write: impl Fn(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// Writes a string with its quotes.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escaped(out, text);
    out.push(b'"');
}

/// Writes bytes that should be text, with quotes; those that are not become replacement characters
/// one by one.
pub(crate) fn bytes(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        escaped(out, chunk.valid());
        chunk.invalid().iter().for_each(|_| out.extend_from_slice(b"\\ufffd"));
    }
    out.push(b'"');
}

fn escaped(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| needs_care(*byte)) {
        let (plain, careful) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        rest = escape(out, careful);
    }
    out.extend_from_slice(rest);
}

/// Writes a time as `metav1.MicroTime` does; one before the epoch as the epoch.
pub(crate) fn time(out: &mut Vec<u8>, time: SystemTime) {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    moment(out, seconds, since.subsec_micros(), Precision::Microseconds);
}

/// How much of a second is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    Seconds,
    Microseconds,
}

/// Writes a time, given from the epoch on.
pub(crate) fn moment(out: &mut Vec<u8>, seconds: i64, micros: u32, precision: Precision) {
    let (year, month, day) = date(seconds.div_euclid(SECONDS_A_DAY));
    let second = u32::try_from(seconds.rem_euclid(SECONDS_A_DAY)).unwrap_or_default();
    out.extend_from_slice(if year < 0 { b"\"-" } else { b"\"" });
    out.extend_from_slice(format!("{:04}-", year.unsigned_abs()).as_bytes());
    digits(out, month, 2, b'-');
    digits(out, day, 2, b'T');
    digits(out, second / 3600, 2, b':');
    digits(out, second / 60 % 60, 2, b':');
    match precision {
        Precision::Seconds => digits(out, second % 60, 2, b'Z'),
        Precision::Microseconds => {
            digits(out, second % 60, 2, b'.');
            digits(out, micros, 6, b'Z');
        }
    }
    out.push(b'"');
}

/// Year, month and day, given in days from the epoch on. Go writes the years before 0 and after
/// 9999 as well, hence no calendar of a library.
fn date(days: i64) -> (i64, u32, u32) {
    // Years begin in March here, so that the odd day is at their end; 400 of them repeat.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Of the months from March on, five have 153 days.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    let small = |number: i64| u32::try_from(number).unwrap_or_default();
    (400 * era + year, small(month), small(day))
}

const SECONDS_A_DAY: i64 = 86_400;

fn digits(out: &mut Vec<u8>, mut value: u32, count: usize, after: u8) {
    let start = out.len();
    out.resize(start.saturating_add(count), b'0');
    for place in out.iter_mut().skip(start).rev() {
        *place = b'0'.saturating_add(u8::try_from(value % 10).unwrap_or(0));
        value /= 10;
    }
    out.push(after);
}

/// Whether a byte is one that Go escapes, or may begin a character that it escapes.
fn needs_care(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2)
}

/// Writes the first character of `careful`, which [`needs_care`] found; returns what follows it.
fn escape<'a>(out: &mut Vec<u8>, careful: &'a [u8]) -> &'a [u8] {
    if let [0xe2, 0x80, last @ (0xa8 | 0xa9), rest @ ..] = careful {
        out.extend_from_slice(if *last == 0xa8 { b"\\u2028" } else { b"\\u2029" });
        return rest;
    }
    let Some((byte, rest)) = careful.split_first() else { return &[] };
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        8 => out.extend_from_slice(b"\\b"),
        12 => out.extend_from_slice(b"\\f"),
        0xe2 => out.push(0xe2),
        other => out.extend_from_slice(format!("\\u{other:04x}").as_bytes()),
    }
    rest
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &str) {
        let mut out = Vec::new();
        string(&mut out, text);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn escapes_strings_as_go_does() {
        check("", r#""""#);
        check("plain ü € 😀", r#""plain ü € 😀""#);
        check("a?b&c<d>e", r#""a?b\u0026c\u003cd\u003ee""#);
        check("\"\\/", r#""\"\\/""#);
        check("\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}", "\"\\b\\f\\n\\r\\t\\u0000\\u001f\u{7f}\"");
        check("\u{2028}\u{2029}\u{202a}", "\"\\u2028\\u2029\u{202a}\"");
    }

    #[test]
    fn writes_times_to_the_microsecond() {
        let check = |seconds, nanos, expected: &str| {
            let mut out = Vec::new();
            time(&mut out, UNIX_EPOCH + Duration::new(seconds, nanos));
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        };
        check(0, 0, r#""1970-01-01T00:00:00.000000Z""#);
        check(1_790_000_000, 1_999, r#""2026-09-21T14:13:20.000001Z""#);
        check(1_709_210_096, 999_999_999, r#""2024-02-29T12:34:56.999999Z""#);
    }

    fn check_seconds(seconds: i64, expected: &str) {
        let mut out = Vec::new();
        moment(&mut out, seconds, 0, Precision::Seconds);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn writes_times_of_all_years() {
        check_seconds(-1, r#""1969-12-31T23:59:59Z""#);
        check_seconds(-62_135_596_800, r#""0001-01-01T00:00:00Z""#);
        check_seconds(-62_167_219_201, r#""-0001-12-31T23:59:59Z""#);
        check_seconds(253_402_300_800, r#""10000-01-01T00:00:00Z""#);
        check_seconds(-900_000_000_000_000_000, r#""-28519862687-11-14T08:00:00Z""#);
        check_seconds(9_000_000_000_000_000_000, r#""285198648531-04-21T16:00:00Z""#);
    }

    #[test]
    fn replaces_bytes_that_are_no_text() {
        let check = |text: &[u8], expected: &str| {
            let mut out = Vec::new();
            bytes(&mut out, text);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        };
        check("\"ü".as_bytes(), r#""\"ü""#);
        check(b"a\xff<\xe2\x82", r#""a\ufffd\u003c\ufffd\ufffd""#);
        check(b"\xed\xa0\x80", r#""\ufffd\ufffd\ufffd""#);
    }

    proptest! {
        #[test]
        fn agrees_with_a_calendar(seconds in -62_135_596_800_i64..=253_402_300_799) {
            let time = jiff::Timestamp::from_second(seconds);
            // What jiff holds ends a day before its calendar does, for the time zones.
            if let Ok(time) = time {
                check_seconds(seconds, &format!("\"{time}\""));
            }
        }
    }
}
