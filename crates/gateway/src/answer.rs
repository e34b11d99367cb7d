//! Answers that the gateway makes itself, and the body type that all answers share.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response, StatusCode};
use model::Status;

pub(crate) mod accept;
mod body;
mod encode;

pub(crate) use accept::{Encoding, Wanted};
pub(crate) use body::{AnswerBody, Relayed};

/// A `Status` as an answer, in the encoding the client asked for.
pub(crate) fn of_status(status: &Status, encoding: Encoding) -> Response<AnswerBody> {
    let (kind, bytes) = encode::encode(status, encoding);
    let mut answer = whole(status.code, kind, bytes);
    let retry = status.details.as_ref().map_or(0, |details| details.retry_after_seconds);
    if retry > 0 {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry));
    }
    answer
}

/// A text as an answer, as Go's `http.Error` writes it.
pub(crate) fn of_text(code: u16, text: &str) -> Response<AnswerBody> {
    let mut answer = whole(code, "text/plain; charset=utf-8", format!("{text}\n").into_bytes());
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

fn whole(code: u16, kind: &'static str, bytes: Vec<u8>) -> Response<AnswerBody> {
    let mut answer = Response::new(AnswerBody::whole(Bytes::from(bytes)));
    *answer.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    answer
}
