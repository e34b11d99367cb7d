//! Headers as load balancers write them, cut short at every byte, and spoilt.

use proptest::prelude::*;

use super::*;

fn check(bytes: &[u8], expected: Option<Source>) {
    let parsed = parse(bytes);
    match expected {
        None => assert_eq!(parsed, Parsed::Invalid, "{:?}", bytes.escape_ascii().to_string()),
        Some(source) => {
            let consumed = bytes.len();
            assert_eq!(parsed, Parsed::Complete { source, consumed });
            for cut in 0..consumed {
                assert_eq!(parse(&bytes[..cut]), Parsed::Incomplete, "cut at {cut}");
            }
            let followed = [bytes, b"\x16\x03\x01"].concat();
            assert_eq!(parse(&followed), Parsed::Complete { source, consumed });
        }
    }
}

fn client(text: &str) -> Source {
    Source::Client(text.parse().unwrap())
}

fn v2(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [SIGNATURE_V2, &[command, family], &length, body].concat()
}

#[test]
fn reads_version_1() {
    check(b"PROXY TCP4 192.0.2.1 10.0.0.1 56324 443\r\n", Some(client("192.0.2.1:56324")));
    check(b"PROXY TCP6 2001:db8::1 ::1 0 65535\r\n", Some(client("[2001:db8::1]:0")));
    check(b"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 443\r\n", Some(client("192.0.2.1:1")));
    check(b"PROXY UNKNOWN\r\n", Some(Source::Peer));
    check(b"PROXY UNKNOWN ffff::1 ffff::2 1 2 whatever\r\n", Some(Source::Peer));
}

#[test]
fn refuses_what_version_1_is_not() {
    check(b"GET / HTTP/1.1\r\n", None);
    check(b"PROXY TCP4 192.0.2.1 10.0.0.1 56324\r\n", None);
    check(b"PROXY TCP4 192.0.2.1 10.0.0.1 56324 443 9\r\n", None);
    check(b"PROXY TCP4  192.0.2.1 10.0.0.1 56324 443\r\n", None);
    check(b"PROXY TCP4 2001:db8::1 ::1 56324 443\r\n", None);
    check(b"PROXY TCP6 192.0.2.1 10.0.0.1 56324 443\r\n", None);
    check(b"PROXY TCP4 192.0.2.1 10.0.0.1 056 443\r\n", None);
    check(b"PROXY TCP4 192.0.2.1 10.0.0.1 +56 443\r\n", None);
    check(b"PROXY TCP4 192.0.2.1 10.0.0.1 65536 443\r\n", None);
    check(b"PROXY TCP4 192.0.2.256 10.0.0.1 1 443\r\n", None);
    check(b"PROXY UNKNOWNX\r\n", None);
    check(b"proxy TCP4 192.0.2.1 10.0.0.1 1 443\r\n", None);
    check(&[b"PROXY UNKNOWN ".as_slice(), &[b'x'; 200]].concat(), None);
}

#[test]
fn reads_version_2() {
    let ports = [0xdc, 0x04, 0x01, 0xbb];
    let v4 = [&[192, 0, 2, 1, 10, 0, 0, 1], ports.as_slice()].concat();
    check(&v2(PROXY, TCP_OVER_IPV4, &v4), Some(client("192.0.2.1:56324")));
    let tlvs = [v4.as_slice(), &[0x04, 0, 3, 1, 2, 3, 0x20, 0, 0]].concat();
    check(&v2(PROXY, TCP_OVER_IPV4, &tlvs), Some(client("192.0.2.1:56324")));
    let from: Ipv6Addr = "2001:db8::1".parse().unwrap();
    let v6 = [from.octets().as_slice(), &[0; 16], &ports].concat();
    check(&v2(PROXY, TCP_OVER_IPV6, &v6), Some(client("[2001:db8::1]:56324")));
    check(&v2(LOCAL, UNSPECIFIED, &[]), Some(Source::Peer));
    check(&v2(LOCAL, TCP_OVER_IPV4, &v4), Some(Source::Peer));
    check(&v2(PROXY, UNSPECIFIED, &[9; 5]), Some(Source::Peer));
}

#[test]
fn refuses_what_version_2_is_not() {
    check(&v2(PROXY, TCP_OVER_IPV4, &[1; 11]), None);
    check(&v2(PROXY, TCP_OVER_IPV6, &[1; 35]), None);
    check(&v2(PROXY, 0x12, &[1; 12]), None);
    check(&v2(PROXY, 0x31, &[1; 216]), None);
    check(&v2(0x22, TCP_OVER_IPV4, &[1; 12]), None);
    check(&v2(0x11, TCP_OVER_IPV4, &[1; 12]), None);
    check(&v2(PROXY, TCP_OVER_IPV4, &[1; LONGEST]), None);
}

#[test]
fn never_waits_for_more_than_the_longest() {
    let longest = v2(PROXY, TCP_OVER_IPV4, &[1; LONGEST - 16]);
    assert!(matches!(parse(&longest), Parsed::Complete { consumed: LONGEST, .. }));
    assert_eq!(parse(&longest[..LONGEST - 1]), Parsed::Incomplete);
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), kind in 0..3) {
        let bytes = match kind {
            0 => bytes,
            1 => [SIGNATURE_V1, &bytes].concat(),
            _ => [SIGNATURE_V2, &bytes].concat(),
        };
        if let Parsed::Complete { consumed, .. } = parse(&bytes) {
            prop_assert!(consumed <= bytes.len());
        }
    }
}
