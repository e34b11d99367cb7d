//! Where a bearer token may stand in a request: the `Authorization` header, or a WebSocket
//! subprotocol. A token that was found is a secret from here on.

pub mod subprotocol;

use secrecy::SecretString;

/// The token of an `Authorization` header, read as kube-apiserver reads it: the first value alone
/// counts, the scheme is not case-sensitive, what follows a second space is ignored, and an empty
/// token is no attempt. `None` means that no bearer token was presented.
///
/// `values` are the values of all `Authorization` headers in their order.
pub fn from_authorization(values: &[&[u8]]) -> Option<SecretString> {
    let value = trim(values.first()?);
    let mut parts = value.splitn(3, |byte| *byte == b' ');
    let (scheme, token) = (parts.next()?, parts.next()?);
    if !scheme.eq_ignore_ascii_case(b"bearer") || token.is_empty() {
        return None;
    }
    // Upstream holds a token as bytes. No issuer makes one that is not UTF-8, so such a one becomes
    // a token nobody knows rather than no attempt: it must not end as an anonymous request.
    Some(SecretString::from(String::from_utf8_lossy(token).into_owned()))
}

/// Takes off what Go's `strings.TrimSpace` takes off, for the one-byte spaces that a header value
/// may hold.
fn trim(value: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ');
    let start = value.iter().position(|byte| !is_space(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    fn check(values: &[&str], expected: Option<&str>) {
        let values: Vec<&[u8]> = values.iter().map(|value| value.as_bytes()).collect();
        let token = from_authorization(&values);
        assert_eq!(token.as_ref().map(ExposeSecret::expose_secret), expected, "{values:?}");
    }

    #[test]
    fn reads_the_header_as_upstream_does() {
        check(&[], None);
        check(&[""], None);
        check(&["   "], None);
        check(&["Bearer"], None);
        check(&["Bearer "], None);
        check(&["Bearer  abc"], None);
        check(&["Bearer abc"], Some("abc"));
        check(&["bearer abc"], Some("abc"));
        check(&["BEARER abc"], Some("abc"));
        check(&["\t Bearer abc \r\n"], Some("abc"));
        check(&["Bearer abc def ghi"], Some("abc"));
        check(&["Bearer\tabc"], None);
        check(&["Bearer:abc"], None);
        check(&["Basic abc"], None);
        check(&["abc"], None);
        check(&["Bearer abc", "Bearer def"], Some("abc"));
        check(&["Basic abc", "Bearer def"], None);
        check(&["", "Bearer def"], None);
    }

    #[test]
    fn a_token_of_odd_bytes_is_still_an_attempt() {
        assert!(from_authorization(&[b"Bearer \xff\xfe"]).is_some());
    }

    #[test]
    fn debug_hides_the_token() {
        let token = from_authorization(&[b"Bearer canary"]);
        assert!(!format!("{token:?}").contains("canary"));
    }

    proptest! {
        #[test]
        fn never_panics(value in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _token = from_authorization(&[&value]);
        }
    }
}
