//! What is refused by choice before anyone decides on a call: paths that two readers could read
//! differently.
//!
//! Invariant: in the part of a path that decides, raw and decoded segments are one to one.

use std::fmt;

use crate::{Call, path};

/// Refuses a target whose deciding part has empty segments, `.` or `..` segments, backslashes,
/// encoded slashes, NUL or bytes that are not UTF-8.
///
/// The whole path decides, but for a `proxy` subresource: what follows it belongs to another
/// server and is not looked at. `call` is what `target` was read as.
pub fn check(target: &str, call: &Call) -> Result<(), Hardened> {
    let raw = path::raw(target);
    let raw = raw.strip_prefix('/').unwrap_or(raw);
    if raw.is_empty() {
        return Ok(());
    }
    let proxied = call.is_resource && call.subresource == "proxy";
    let deciding = if proxied { call.resource_at.saturating_add(3) } else { usize::MAX };
    let mut segments = raw.split('/').take(deciding).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        if segment.is_empty() && is_last {
            continue;
        }
        segment_is_plain(segment)?;
    }
    Ok(())
}

/// What is wrong with a path, in words for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hardened {
    /// Two slashes with nothing between them.
    EmptySegment,
    /// A segment that some readers resolve: `.` or `..`, encoded or not.
    DotSegment,
    /// An encoded slash.
    EncodedSlash,
    /// A backslash, encoded or not.
    Backslash,
    /// An encoded NUL.
    Nul,
    /// Bytes that are not UTF-8.
    NotUtf8,
}

impl fmt::Display for Hardened {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::EmptySegment => "the path has an empty segment",
            Self::DotSegment => "the path has a \".\" or \"..\" segment",
            Self::EncodedSlash => "the path has an encoded slash",
            Self::Backslash => "the path has a backslash",
            Self::Nul => "the path has a NUL byte",
            Self::NotUtf8 => "the path is not UTF-8",
        })
    }
}

impl std::error::Error for Hardened {}

fn segment_is_plain(raw: &str) -> Result<(), Hardened> {
    if raw.is_empty() {
        return Err(Hardened::EmptySegment);
    }
    let decoded;
    let segment = if raw.contains('%') {
        let bytes = path::unescape(raw.bytes());
        decoded = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(Hardened::NotUtf8)?;
        decoded.as_str()
    } else {
        raw
    };
    match segment {
        "." | ".." => Err(Hardened::DotSegment),
        _ if segment.contains('/') => Err(Hardened::EncodedSlash),
        _ if segment.contains('\\') => Err(Hardened::Backslash),
        _ if segment.contains('\0') => Err(Hardened::Nul),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BadRequestInfo;
    use proptest::prelude::*;

    fn judge(target: &str) -> Result<(), Hardened> {
        let call = Call::parse("GET", target).expect("the target has a reading");
        check(target, &call)
    }

    #[test]
    fn takes_plain_paths() {
        for target in [
            "*",
            "/",
            "/healthz",
            "/api/v1/pods",
            "/api/v1/pods/?watch=1&a=../..//%00",
            "/api/v1/namespaces/a/services/https:web:8443/proxy",
            "/apis/custom.metrics.k8s.io/v1beta2/namespaces/a/pods/*/http%7Crequests",
            "/apis/g/v1/things/%E2%82%AC/é",
            "/.well-known/openid-configuration",
            "/api/v1/nodes/..n/.../x",
        ] {
            assert_eq!(judge(target), Ok(()), "{target}");
        }
    }

    #[test]
    fn refuses_paths_that_read_in_two_ways() {
        use Hardened::{Backslash, DotSegment, EmptySegment, EncodedSlash, NotUtf8, Nul};
        for (target, expected) in [
            ("//", EmptySegment),
            ("//api/v1/pods", EmptySegment),
            ("/api//v1/pods", EmptySegment),
            ("/api/v1/pods//", EmptySegment),
            ("/api/v1/./pods", DotSegment),
            ("/api/v1/namespaces/a/../../secrets", DotSegment),
            ("/api/v1/%2e%2E/pods", DotSegment),
            ("/healthz/.%2e", DotSegment),
            ("/api/v1/pods/a%2Flog", EncodedSlash),
            ("/api/v1/pods/a%2flog", EncodedSlash),
            ("/api/v1/pods/a\\b", Backslash),
            ("/api/v1/pods/a%5cb", Backslash),
            ("/api/v1/pods/a%00", Nul),
            ("/api/v1/pods/%ff", NotUtf8),
            ("/api/v1/pods/a/log/%C3%28", NotUtf8),
            ("/api/v1/proxy/namespaces/a/pods/b//c", EmptySegment),
        ] {
            assert_eq!(judge(target), Err(expected), "{target}");
        }
    }

    #[test]
    fn leaves_what_follows_a_proxy_subresource() {
        let proxy = "/api/v1/namespaces/a/services/b/proxy";
        for rest in ["/", "//", "/../x", "/%2e%2e/%00", "/a%2Fb\\%ff", "//?a"] {
            assert_eq!(judge(&format!("{proxy}{rest}")), Ok(()), "{rest}");
        }
        assert_eq!(judge("/api/v1/namespaces/../services/b/proxy//"), Err(Hardened::DotSegment));
        assert_eq!(judge("/api/v1/nodes/%2e/proxy/x"), Err(Hardened::DotSegment));
        assert_eq!(judge("//api/v1/nodes/a/proxy/x"), Err(Hardened::EmptySegment));
        // Here `proxy` is a name: nothing behind it is another server's.
        assert_eq!(judge("/api/v1/pods/proxy//x"), Err(Hardened::EmptySegment));
    }

    proptest! {
        /// What is accepted survives a reader that decodes, and one that resolves dots.
        #[test]
        fn accepted_paths_read_the_same_again(
            target in "(/(api|apis|v1|namespaces|a|pods|proxy|log|watch|\\.\\.?|%2[eEfF]|%5c|%[0-9a-f]{2}|\\\\|é)?){0,9}",
        ) {
            let call = match Call::parse("GET", &target) {
                Ok(call) => call,
                Err(BadRequestInfo::Malformed | BadRequestInfo::NoResource { .. }) => return Ok(()),
            };
            if check(&target, &call).is_ok() && call.subresource != "proxy" {
                let encoded: String = call.path.bytes().map(|byte| match byte {
                    b'/' => "/".to_owned(),
                    other => format!("%{other:02x}"),
                }).collect();
                prop_assert_eq!(Call::parse("GET", &encoded), Ok(call.clone()));
                prop_assert!(call.path.split('/').all(|segment| segment != "." && segment != ".."));
            }
        }
    }
}
