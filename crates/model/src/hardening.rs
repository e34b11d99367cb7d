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
        // A broken escape never gets here: such a target has no reading.
        decoded = path::unescape(raw.as_bytes()).unwrap_or_default();
        std::str::from_utf8(&decoded).map_err(|_bytes| Hardened::NotUtf8)?
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
