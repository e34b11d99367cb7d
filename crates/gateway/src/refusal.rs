//! Every way in which a request is not let through, and the one place that says what its client
//! reads. What the operator needs is in the log and in the audit record.

use authz::Unready;
use http::header::{CACHE_CONTROL, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response};
use model::Status;
use model::quote::Quoted;

use crate::answer::{self, AnswerBody, Encoding};

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    /// The request line or its framing can be read in more than one way. Ours.
    Malformed(String),
    /// kube-apiserver cannot make a request info of the path: 500, as plain text.
    RequestInfo {
        /// The request target as sent.
        target: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The `timeout` parameter is no duration.
    BadTimeout(String),
    /// The path is one that we choose not to let through. Ours.
    Hardened(String),
    /// No credentials, or none that hold.
    Unauthenticated,
    /// Too many logins of this address failed lately. Ours.
    FailedLogins(u64),
    /// A network rule. Ours.
    Network(Box<Status>),
    /// The caller's token bucket is empty. Ours.
    Rate(u64),
    /// Impersonation is malformed or not allowed.
    Impersonation(Box<Status>),
    /// No seat is free.
    InFlight,
    /// The budget for watches or upgrades is spent. Ours.
    Streams,
    /// No rule allows the request.
    Forbidden(Box<Status>),
    /// kube-apiserver's own handler would refuse it, in words of its own.
    Handler(Box<Status>),
    /// The caller is too powerful to be impersonated at the cluster. Ours.
    Powerful(Box<Status>),
    /// The rules are not known, or too old. Ours.
    NoRules(Unready),
    /// The record could not be written, in strict mode.
    Audit(String),
    /// The cluster gave no answer.
    Upstream(Box<Status>),
    /// A stage broke.
    Panic,
}

impl Refusal {
    /// The answer for the client.
    pub(crate) fn answer(&self, encoding: Encoding) -> Response<AnswerBody> {
        match self {
            Self::Malformed(problem) | Self::Hardened(problem) | Self::BadTimeout(problem) => {
                answer::of_status(&Status::bad_request(problem.as_str()), encoding)
            }
            Self::RequestInfo { target, problem } => internal_error(target, problem),
            Self::Audit(target) => internal_error(target, "failed to store audit event"),
            Self::Unauthenticated => answer::of_status(&Status::unauthorized(), encoding),
            Self::Network(status)
            | Self::Forbidden(status)
            | Self::Powerful(status)
            | Self::Impersonation(status) => nosniff(answer::of_status(status, encoding)),
            Self::Handler(status) | Self::Upstream(status) => answer::of_status(status, encoding),
            Self::FailedLogins(seconds) | Self::Rate(seconds) => too_many(*seconds),
            Self::InFlight | Self::Streams => too_many(1),
            Self::NoRules(problem) => {
                answer::of_status(&Status::service_unavailable(problem.to_string(), 1), encoding)
            }
            Self::Panic => answer::of_text(
                500,
                "This request caused the gateway to panic. Look in the logs for details.",
            ),
        }
    }

    /// What is known of the answer where it is a whole `Status`; the audit record holds it.
    pub(crate) fn status(&self) -> Option<Status> {
        match self {
            Self::Malformed(problem) | Self::Hardened(problem) | Self::BadTimeout(problem) => {
                Some(Status::bad_request(problem.as_str()))
            }
            Self::Unauthenticated => Some(Status::unauthorized()),
            Self::Network(status)
            | Self::Forbidden(status)
            | Self::Powerful(status)
            | Self::Handler(status)
            | Self::Impersonation(status)
            | Self::Upstream(status) => Some(Status::clone(status)),
            Self::NoRules(problem) => Some(Status::service_unavailable(problem.to_string(), 1)),
            Self::RequestInfo { .. }
            | Self::Audit(_)
            | Self::FailedLogins(_)
            | Self::Rate(_)
            | Self::InFlight
            | Self::Streams
            | Self::Panic => None,
        }
    }

    /// The status code of the answer.
    pub(crate) fn code(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::Hardened(_) | Self::BadTimeout(_) => 400,
            Self::RequestInfo { .. } | Self::Audit(_) | Self::Panic => 500,
            Self::Unauthenticated => 401,
            Self::FailedLogins(_) | Self::Rate(_) | Self::InFlight | Self::Streams => 429,
            Self::Network(status)
            | Self::Forbidden(status)
            | Self::Powerful(status)
            | Self::Handler(status)
            | Self::Impersonation(status)
            | Self::Upstream(status) => status.code,
            Self::NoRules(_) => 503,
        }
    }

    /// The label of the metric: a word for each way.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::RequestInfo { .. } => "request-info",
            Self::BadTimeout(_) => "timeout-parameter",
            Self::Hardened(_) => "path",
            Self::Unauthenticated => "unauthenticated",
            Self::FailedLogins(_) => "failed-logins",
            Self::Network(_) => "network",
            Self::Rate(_) => "rate",
            Self::Impersonation(_) => "impersonation",
            Self::InFlight => "in-flight",
            Self::Streams => "streams",
            Self::Forbidden(_) => "forbidden",
            Self::Handler(_) => "handler",
            Self::Powerful(_) => "powerful",
            Self::NoRules(_) => "no-rules",
            Self::Audit(_) => "audit",
            Self::Upstream(_) => "upstream",
            Self::Panic => "panic",
        }
    }
}

impl From<Unready> for Refusal {
    fn from(unready: Unready) -> Self {
        Self::NoRules(unready)
    }
}

/// kube-apiserver's `responsewriters.InternalError`.
fn internal_error(target: &str, problem: &str) -> Response<AnswerBody> {
    let text = format!("Internal Server Error: {}: {problem}", Quoted(target));
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut answer = answer::of_text(500, &text);
    // Upstream's filters that answer so stand before the one that forbids caching.
    answer.headers_mut().remove(CACHE_CONTROL);
    answer
}

/// kube-apiserver's answer of a full in-flight limit.
fn too_many(seconds: u64) -> Response<AnswerBody> {
    let mut answer = answer::of_text(429, "Too many requests, please try again later.");
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    answer
}

fn nosniff(mut answer: Response<AnswerBody>) -> Response<AnswerBody> {
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}
