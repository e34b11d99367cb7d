//! URL paths as Go's `net/url` reads and prints them: kube-apiserver decides on the decoded path
//! of a Go URL, so ours must be the same.

use std::fmt::Write;

/// Decodes the path of a request target; nothing if Go's HTTP server refuses the target.
///
/// Bytes that are not UTF-8 read as U+FFFD.
pub(crate) fn decode(target: &str) -> Option<String> {
    let raw = raw(target);
    if !(raw.starts_with('/') || target == "*") || target.bytes().any(|b| b.is_ascii_control()) {
        return None;
    }
    if !raw.contains('%') {
        return Some(raw.to_owned());
    }
    let bytes = unescape(raw.bytes())?;
    Some(text(bytes))
}

/// The path of a request target as it was sent.
pub(crate) fn raw(target: &str) -> &str {
    target.split_once('?').map_or(target, |(raw, _)| raw)
}

/// The target as Go's `URL.String` prints it: as sent, unless the path holds a byte that Go holds
/// for wrongly encoded; then decoded and encoded anew.
pub(crate) fn display(target: &str) -> String {
    let raw = raw(target);
    if raw.bytes().all(is_left_as_sent) {
        return target.to_owned();
    }
    let query = target.get(raw.len()..).unwrap_or_default();
    let mut shown = String::with_capacity(target.len());
    for byte in unescape(raw.bytes()).unwrap_or_default() {
        if is_never_escaped(byte) {
            shown.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            write!(shown, "%{byte:02X}").unwrap_or_default();
        }
    }
    shown + query
}

/// Replaces each `%xy`; nothing if two hexadecimal digits do not follow each `%`.
pub(crate) fn unescape(mut raw: impl ExactSizeIterator<Item = u8>) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(raw.len());
    while let Some(byte) = raw.next() {
        bytes.push(match byte {
            b'%' => digit(raw.next()?)? << 4 | digit(raw.next()?)?,
            other => other,
        });
    }
    Some(bytes)
}

/// Bytes as text, with U+FFFD for what is not UTF-8.
pub(crate) fn text(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(bad) => String::from_utf8_lossy(bad.as_bytes()).into_owned(),
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn is_never_escaped(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte)
}

fn is_left_as_sent(byte: u8) -> bool {
    is_never_escaped(byte) || b"!'()*[]%".contains(&byte)
}
