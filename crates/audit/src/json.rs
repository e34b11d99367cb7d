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
        if !self.is_first {
            self.out.push(b',');
        }
        self.is_first = false;
        string(self.out, key);
        self.out.push(b':');
        self.out
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
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| needs_care(*byte)) {
        let (plain, careful) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        rest = escape(out, careful);
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Writes a time as `metav1.MicroTime` does; one before the epoch as the epoch.
pub(crate) fn time(out: &mut Vec<u8>, time: SystemTime) {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    moment(out, seconds, since.subsec_nanos(), Precision::Microseconds);
}

/// How much of a second is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    Seconds,
    Microseconds,
}

/// Writes a time, given from the epoch on; past the year 9999 it is `null`.
pub(crate) fn moment(out: &mut Vec<u8>, seconds: i64, nanos: u32, precision: Precision) {
    let Ok(stamp) = jiff::Timestamp::new(seconds, 0) else {
        return out.extend_from_slice(b"null");
    };
    let date = stamp.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    out.push(b'"');
    digits(out, u32::from(date.year().unsigned_abs()), 4, b'-');
    digits(out, u32::from(date.month().unsigned_abs()), 2, b'-');
    digits(out, u32::from(date.day().unsigned_abs()), 2, b'T');
    digits(out, u32::from(date.hour().unsigned_abs()), 2, b':');
    digits(out, u32::from(date.minute().unsigned_abs()), 2, b':');
    match precision {
        Precision::Seconds => digits(out, u32::from(date.second().unsigned_abs()), 2, b'Z'),
        Precision::Microseconds => {
            digits(out, u32::from(date.second().unsigned_abs()), 2, b'.');
            digits(out, nanos / 1000, 6, b'Z');
        }
    }
    out.push(b'"');
}

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
        check(u64::MAX >> 1, 0, "null");
    }
}
