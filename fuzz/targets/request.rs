//! Request lines. A target that hardening accepts reads the same however it is encoded.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{Call, Query, hardening};

fuzz_target!(|line: &str| {
    let (method, target) = line.split_once(' ').unwrap_or(("GET", line));
    let Ok(call) = Call::parse(method, target) else { return };
    assert_eq!(call.parts().next().is_some(), call.is_resource);
    if call.is_resource {
        assert_eq!(call.parts().next(), Some(call.resource.as_str()));
    }
    let decides = target.starts_with('/') && call.subresource != "proxy";
    if !decides || hardening::check(target, &call).is_err() {
        return;
    }
    for segment in call.path.split('/') {
        assert!(segment != "." && segment != ".." && !segment.contains(['\\', '\0']));
    }
    let plain = encoded(&call.path, b"/");
    assert!(hardening::check(&plain, &call).is_ok());
    assert_eq!(Call::parse(method, &with_query(&plain, target)), Ok(call));
});

/// The path with the parameters of a target, each encoded anew.
fn with_query(path: &str, target: &str) -> String {
    let pairs = Query::of_target(target)
        .pairs()
        .map(|(key, value)| format!("{}={}", encoded(&key, b""), encoded(&value, b"")));
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn encoded(text: &str, kept: &[u8]) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02x}")
        }
    };
    text.bytes().map(byte).collect()
}
