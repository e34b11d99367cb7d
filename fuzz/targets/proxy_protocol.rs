//! PROXY protocol headers. What is read does not depend on how many bytes have arrived.

#![no_main]

use flow::forwarded::proxy_protocol::{LONGEST, Parsed, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match parse(bytes) {
        Parsed::Complete { consumed, .. } => {
            assert!(consumed > 0 && consumed <= bytes.len() && consumed <= LONGEST);
            assert_eq!(parse(&bytes[..consumed]), parse(bytes));
            for length in 0..consumed {
                assert_eq!(parse(&bytes[..length]), Parsed::Incomplete, "after {length} bytes");
            }
        }
        Parsed::Incomplete => assert!(bytes.len() <= LONGEST),
        Parsed::Invalid => {}
    }
});
