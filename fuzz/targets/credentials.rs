//! Headers that say who asks, or as whom: `Authorization`, `Sec-WebSocket-Protocol`,
//! `Impersonate-*`. One header a line.

#![no_main]

use authn::bearer;
use authz::Wanted;
use libfuzzer_sys::fuzz_target;

const TOKEN: &[u8] = b"base64url.bearer.authorization.k8s.io.";

fuzz_target!(|bytes: &[u8]| {
    let lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
    let _ = bearer::from_authorization(&lines);
    let subprotocols = bearer::subprotocol::from_subprotocols(&lines);
    if let Some(replacement) = subprotocols.replacement {
        // What goes on to the cluster has no token in it.
        for protocol in replacement.split(|&byte| byte == b',') {
            let is_token = protocol.trim_ascii().starts_with(TOKEN);
            assert!(!is_token, "{}", String::from_utf8_lossy(&replacement));
        }
    }
    let headers = lines.iter().filter_map(|line| {
        let at = line.iter().position(|&byte| byte == b':')?;
        let name = std::str::from_utf8(&line[..at]).ok()?;
        Some((name, &line[at + 1..]))
    });
    if let Ok(Some(wanted)) = Wanted::from_headers(headers) {
        assert!(!wanted.name().is_empty());
    }
});
