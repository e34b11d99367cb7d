//! The namespace that a `SelfSubjectRulesReview` asks about, which its answer does not repeat.

use serde_json::Value;

/// Reads it from the body of a request; `None` if that cannot be read.
pub(super) fn of(content_type: &[u8], body: &[u8]) -> Option<String> {
    let media = content_type.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    match media {
        b"" | b"application/json" => in_json(body),
        b"application/vnd.kubernetes.protobuf" => in_protobuf(body),
        _ => None,
    }
}

fn in_json(body: &[u8]) -> Option<String> {
    let review: Value = serde_json::from_slice(body).ok()?;
    let namespace = review.pointer("/spec/namespace").and_then(Value::as_str);
    Some(namespace.unwrap_or_default().to_owned())
}

/// The path is `runtime.Unknown.raw`, `SelfSubjectRulesReview.spec`, `.namespace`.
fn in_protobuf(body: &[u8]) -> Option<String> {
    let mut message = body.strip_prefix(b"k8s\0")?;
    for field in [RAW, SPEC, NAMESPACE] {
        message = last(message, field)?;
    }
    String::from_utf8(message.to_vec()).ok()
}

/// The last value of a field that holds bytes, empty if there is none; `None` if the message is
/// broken.
fn last(mut message: &[u8], field: u64) -> Option<&[u8]> {
    let mut found = &b""[..];
    while !message.is_empty() {
        let tag = varint(&mut message)?;
        match tag & 7 {
            VARINT => drop(varint(&mut message)?),
            FIXED_64 => drop(take(&mut message, 8)?),
            FIXED_32 => drop(take(&mut message, 4)?),
            BYTES => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                let value = take(&mut message, length)?;
                if tag >> 3 == field {
                    found = value;
                }
            }
            _ => return None,
        }
    }
    Some(found)
}

fn take<'a>(message: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some(taken)
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

const RAW: u64 = 2;
const SPEC: u64 = 2;
const NAMESPACE: u64 = 1;
const VARINT: u64 = 0;
const FIXED_64: u64 = 1;
const BYTES: u64 = 2;
const FIXED_32: u64 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

    fn check(content_type: &str, body: &[u8], expected: Option<&str>) {
        assert_eq!(
            of(content_type.as_bytes(), body).as_deref(),
            expected,
            "{content_type} {body:?}"
        );
    }

    fn field(number: u8, value: &[u8]) -> Vec<u8> {
        let head = [number << 3 | 2, u8::try_from(value.len()).unwrap()];
        [&head, value].concat()
    }

    /// As kubectl sends it.
    fn sent(namespace: &str) -> Vec<u8> {
        let kind = [field(1, b"authorization.k8s.io/v1"), field(2, b"SelfSubjectRulesReview")];
        let metadata =
            [field(1, b""), field(3, b"other"), vec![7 << 3, 0], field(8, &field(1, b""))];
        let spec = field(1, namespace.as_bytes());
        let status = [vec![3 << 3, 0], field(4, b"")].concat();
        let review = [field(1, &metadata.concat()), field(2, &spec), field(3, &status)];
        let unknown = [field(1, &kind.concat()), field(2, &review.concat()), field(3, b"")];
        [b"k8s\0", &unknown.concat()[..]].concat()
    }

    #[test]
    fn reads_both_languages_of_clients() {
        check("", br#"{"spec":{"namespace":"demo"}}"#, Some("demo"));
        check("application/json; charset=utf-8", br#"{"spec":{"namespace":"demo"}}"#, Some("demo"));
        check("application/json", b"{}", Some(""));
        check(PROTOBUF, &sent("demo"), Some("demo"));
        check(PROTOBUF, b"k8s\0", Some(""));
    }

    #[test]
    fn what_it_cannot_read_has_none() {
        check("application/json", b"{", None);
        check("application/yaml", b"spec: {namespace: demo}", None);
        check(PROTOBUF, b"{}", None);
        check(PROTOBUF, b"k8s\0\x13", None);
        check(PROTOBUF, &[b"k8s\0".as_slice(), &[0x80; 12]].concat(), None);
    }

    #[test]
    fn any_byte_may_be_wrong_and_any_part_missing() {
        let sent = sent("demo");
        for at in 0..sent.len() {
            let _whatever = of(PROTOBUF.as_bytes(), &sent[..at]);
            for byte in 0..=u8::MAX {
                let mut sent = sent.clone();
                sent[at] = byte;
                let _whatever = of(PROTOBUF.as_bytes(), &sent);
            }
        }
    }
}
