//! What an answer says of the request's body: whether the cluster ever read it.

use crate::event::ResponseStatus;

/// Whether the cluster answered before it had decoded the body. kube-apiserver records only what it
/// has decoded; where its answer does not tell, the body is recorded.
pub(crate) fn is_of_unread_body(status: &ResponseStatus) -> bool {
    match status.code {
        // Not there, not allowed, not acceptable, too large, in no known language.
        405 | 406 | 413 | 415 => true,
        400 => UNDECODED.iter().any(|words| status.message.contains(words)),
        404 => status.status.is_empty() || status.message == UNKNOWN_RESOURCE,
        422 => status.details.as_ref().is_some_and(|details| OPTIONS.contains(&&*details.kind)),
        _ => false,
    }
}

/// In the messages of kube-apiserver for a body that it cannot decode.
const UNDECODED: &[&str] = &[
    "cannot be handled as a",
    "the object provided is unrecognized",
    "does not match the expected API version",
    "couldn't get version/kind",
];

const UNKNOWN_RESOURCE: &str = "the server could not find the requested resource";

/// The options in the query, which are checked before the body is read.
const OPTIONS: &[&str] = &["CreateOptions", "UpdateOptions", "PatchOptions"];
