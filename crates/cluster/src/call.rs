//! Single calls to the API: bounded in time and size, and read without a word of them in a log.
//!
//! `kube::Client` reads answers itself as well, but without a bound, and it logs those it cannot
//! read, which for a token review would be the token. So only its transport is used.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use kube::Client;
use kube::client::Body;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::error::{CallFailure, chain};

/// What a call may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The longest answer, in bytes.
    pub(crate) longest: usize,
    /// How long the whole of it may take.
    pub(crate) within: Duration,
}

/// Gets `path` and reads it as JSON; `expected` says what of, for the error.
pub(crate) async fn get<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    bounds: Bounds,
    expected: &'static str,
) -> Result<T, CallFailure> {
    read(&get_bytes(client, path, bounds).await?, expected)
}

/// Gets `path` unread.
pub(crate) async fn get_bytes(
    client: &Client,
    path: &str,
    bounds: Bounds,
) -> Result<Bytes, CallFailure> {
    call(client, request(Method::GET, path, Body::empty())?, bounds).await
}

/// Posts JSON to `path`.
pub(crate) async fn post<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    json: Vec<u8>,
    bounds: Bounds,
    expected: &'static str,
) -> Result<T, CallFailure> {
    let request = request(Method::POST, path, Body::from(json))?;
    read(&call(client, request, bounds).await?, expected)
}

/// Sends a body of some type to `path` by some method; the answer unread.
pub(crate) async fn send_bytes(
    client: &Client,
    method: Method,
    path: &str,
    (body, content_type): (Vec<u8>, &'static str),
    bounds: Bounds,
) -> Result<Bytes, CallFailure> {
    let mut request = request(method, path, Body::from(body))?;
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    call(client, request, bounds).await
}

/// Gets `path` up to the head of the answer, which is a good one.
pub(crate) async fn open(
    client: &Client,
    path: &str,
    within: Duration,
) -> Result<Response<Body>, CallFailure> {
    let request = request(Method::GET, path, Body::empty())?;
    timeout(within, async { good(send(client, request).await?).await })
        .await
        .map_err(|_elapsed| CallFailure::TimedOut)?
}

/// The whole of a body, if it is no longer than `longest`.
pub(crate) async fn collect<B>(body: B, longest: usize) -> Result<Bytes, CallFailure>
where
    B: HttpBody,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let collected = Limited::new(body, longest).collect().await;
    collected.map(http_body_util::Collected::to_bytes).map_err(|error| {
        if error.is::<LengthLimitError>() {
            CallFailure::TooLong(longest)
        } else {
            CallFailure::Unreachable(chain(&*error))
        }
    })
}

async fn call(
    client: &Client,
    request: Request<Body>,
    bounds: Bounds,
) -> Result<Bytes, CallFailure> {
    let whole = async {
        let answer = good(send(client, request).await?).await?;
        collect(answer.into_body(), bounds.longest).await
    };
    timeout(bounds.within, whole).await.map_err(|_elapsed| CallFailure::TimedOut)?
}

fn request(method: Method, path: &str, body: Body) -> Result<Request<Body>, CallFailure> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .body(body)
        .map_err(|error| CallFailure::Unreachable(error.to_string()))?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.5"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(request)
}

async fn send(client: &Client, request: Request<Body>) -> Result<Response<Body>, CallFailure> {
    client.send(request).await.map_err(|error| CallFailure::Unreachable(chain(&error)))
}

/// The answer if it is a good one; else what the server says is wrong.
async fn good(answer: Response<Body>) -> Result<Response<Body>, CallFailure> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let code = answer.status().as_u16();
    let body = collect(answer.into_body(), LONGEST_ERROR).await.unwrap_or_default();
    let status: Status = serde_json::from_slice(&body).unwrap_or_default();
    Err(CallFailure::Refused { code, message: shortened(&status.message) })
}

fn read<T: DeserializeOwned>(json: &[u8], expected: &'static str) -> Result<T, CallFailure> {
    // The parser's own text may quote the answer.
    serde_json::from_slice(json).map_err(|_quoting| CallFailure::Garbage(expected))
}

/// One line of text of others, fit for a log.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_MESSAGE).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The part of a `metav1.Status` that is told to the operator.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    message: String,
}

const LONGEST_ERROR: usize = 64 << 10;
const LONGEST_MESSAGE: usize = 400;
