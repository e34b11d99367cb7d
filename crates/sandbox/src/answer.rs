//! Answers: JSON, text, and streams that end when the client leaves.

use std::convert::Infallible;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use serde_json::Value;

use crate::refusal::Refusal;

/// A response on its way to the client.
#[derive(Debug)]
pub(crate) struct Answer(pub(crate) Response<UnsyncBoxBody<Bytes, Infallible>>);

impl Answer {
    pub(crate) fn json(code: StatusCode, value: &Value) -> Self {
        Self::full(code, "application/json", value.to_string())
    }

    pub(crate) fn ok(value: &Value) -> Self {
        Self::json(StatusCode::OK, value)
    }

    pub(crate) fn text(text: impl Into<Bytes>) -> Self {
        Self::full(StatusCode::OK, "text/plain; charset=utf-8", text)
    }

    pub(crate) fn full(code: StatusCode, content: &'static str, body: impl Into<Bytes>) -> Self {
        Self::new(code, content, Full::new(body.into()).boxed_unsync())
    }

    pub(crate) fn stream(
        content: &'static str,
        chunks: impl Stream<Item = Bytes> + Send + 'static,
    ) -> Self {
        let frames = chunks.map(|chunk| Ok(Frame::data(chunk)));
        Self::new(StatusCode::OK, content, StreamBody::new(frames).boxed_unsync())
    }

    fn new(
        code: StatusCode,
        content: &'static str,
        body: UnsyncBoxBody<Bytes, Infallible>,
    ) -> Self {
        let mut response = Response::new(body);
        *response.status_mut() = code;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
        Self(response)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::json(refusal.code(), &refusal.body())
    }
}
