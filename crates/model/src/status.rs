//! How a refusal reads: `metav1.Status`, with the texts of kube-apiserver.
//!
//! Source of the texts: k8s.io/apimachinery `pkg/api/errors/errors.go` and k8s.io/apiserver
//! `pkg/endpoints/handlers/{responsewriters,negotiation}/errors.go`.

use crate::Attributes;
use crate::attributes::{Resource, Target};
use crate::quote::Quoted;

/// A `metav1.Status` of kind Failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The HTTP status code.
    pub code: u16,
    /// Kubernetes' `StatusReason`, for example `Forbidden`; empty if there is none.
    pub reason: &'static str,
    /// The text for people.
    pub message: String,
    /// Machine-readable particulars.
    pub details: Option<Details>,
}

/// `metav1.StatusDetails`. Empty parts are left out on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Name of the object.
    pub name: String,
    /// API group of the object.
    pub group: String,
    /// Kind of the object or, for most refusals, its resource.
    pub kind: String,
    /// UID of the object.
    pub uid: String,
    /// What is wrong, part by part.
    pub causes: Vec<Cause>,
    /// Seconds to wait before another try; 0 is left out.
    pub retry_after_seconds: u32,
}

/// `metav1.StatusCause`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cause {
    /// Machine-readable type, Kubernetes' `CauseType`.
    pub reason: String,
    /// The text for people.
    pub message: String,
    /// The field at fault.
    pub field: String,
}

impl Status {
    /// 400: the request makes no sense.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::plain(400, "BadRequest", message)
    }

    /// 401: nobody is known to ask. The text never says why.
    pub fn unauthorized() -> Self {
        Self::plain(401, "Unauthorized", "Unauthorized")
    }

    /// 403: no rule allows the call. `reason` is the authorizer's and may be empty.
    pub fn forbidden(attributes: &Attributes<'_>, reason: &str) -> Self {
        let refused = sanitized(&attempt(attributes));
        let refused = if reason.is_empty() { refused } else { format!("{refused}: {reason}") };
        let resource = match attributes.target {
            Target::Resource(resource) => resource,
            Target::Path(_) => Resource::default(),
        };
        Self::forbidden_because(resource.group, resource.resource, resource.name, &refused)
    }

    /// 403 for a reason of one's own, in the same wrapping: `pods "web" is forbidden: …`.
    pub fn forbidden_because(group: &str, resource: &str, name: &str, reason: &str) -> Self {
        let kind = group_resource(group, resource);
        let message = match (kind.as_str(), name) {
            ("", _) => format!("forbidden: {reason}"),
            (_, "") => format!("{kind} is forbidden: {reason}"),
            _ => format!("{kind} {} is forbidden: {reason}", Quoted(name)),
        };
        let details = Details {
            name: name.to_owned(),
            group: group.to_owned(),
            kind: resource.to_owned(),
            ..Details::default()
        };
        Self { details: Some(details), ..Self::plain(403, "Forbidden", message) }
    }

    /// 405: what kube-apiserver says of a method that a resource does not have.
    pub fn method_not_allowed() -> Self {
        Self {
            code: 405,
            reason: "MethodNotAllowed",
            message: "the server does not allow this method on the requested resource".to_owned(),
            details: Some(Details::default()),
        }
    }

    /// 404 for an object: `pods "web" not found`.
    pub fn not_found(group: &str, resource: &str, name: &str) -> Self {
        let message = format!("{} {} not found", group_resource(group, resource), Quoted(name));
        let details = Details {
            name: name.to_owned(),
            group: group.to_owned(),
            kind: resource.to_owned(),
            ..Details::default()
        };
        Self { details: Some(details), ..Self::plain(404, "NotFound", message) }
    }

    /// 406: none of the media types asked for is spoken here.
    pub fn not_acceptable(spoken: &[&str]) -> Self {
        let spoken = spoken.join(", ");
        let message = format!("only the following media types are accepted: {spoken}");
        Self::plain(406, "NotAcceptable", message)
    }

    /// 413: the body is longer than `limit` bytes.
    pub fn too_large(limit: u64) -> Self {
        let message = format!("Request entity too large: limit is {limit}");
        Self::plain(413, "RequestEntityTooLarge", message)
    }

    /// 415: the body is in a format that is not read here.
    pub fn unsupported_media_type(read: &[&str]) -> Self {
        let read = read.join(", ");
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: \
             {read}"
        );
        Self::plain(415, "UnsupportedMediaType", message)
    }

    /// 429: the caller is asked to come back after some seconds.
    ///
    /// kube-apiserver's own in-flight refusals are plain text, not this.
    pub fn too_many_requests(message: impl Into<String>, retry_after: u32) -> Self {
        Self::plain(429, "TooManyRequests", message).retry_after(retry_after)
    }

    /// 500: the server is at fault; `problem` is for the client's eyes.
    pub fn internal_error(problem: &str) -> Self {
        let cause = Cause { message: problem.to_owned(), ..Cause::default() };
        let details = Details { causes: vec![cause], ..Details::default() };
        let message = format!("Internal error occurred: {problem}");
        Self { details: Some(details), ..Self::plain(500, "InternalError", message) }
    }

    /// 502: the server behind this one gave no usable answer. Kubernetes has no reason of its own
    /// for it; clients treat `ServiceUnavailable` as worth another try.
    pub fn bad_gateway(message: impl Into<String>) -> Self {
        Self::plain(502, "ServiceUnavailable", message)
    }

    /// 503: not now; after some seconds perhaps. 0 names no time.
    pub fn service_unavailable(message: impl Into<String>, retry_after: u32) -> Self {
        let status = Self::plain(503, "ServiceUnavailable", message);
        if retry_after == 0 { status } else { status.retry_after(retry_after) }
    }

    /// 504: the request outlived its deadline.
    pub fn timeout() -> Self {
        let message = "Timeout: request did not complete within the allotted timeout";
        Self::plain(504, "Timeout", message).retry_after(0)
    }

    fn plain(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: None }
    }

    fn retry_after(self, seconds: u32) -> Self {
        let details = Details { retry_after_seconds: seconds, ..Details::default() };
        Self { details: Some(details), ..self }
    }
}

/// Who could not do what: the words of a 403.
fn attempt(attributes: &Attributes<'_>) -> String {
    let user = Quoted(&attributes.user.name);
    let verb = attributes.verb;
    let asked = match attributes.target {
        Target::Path(path) => return format!("User {user} cannot {verb} path {}", Quoted(path)),
        Target::Resource(asked) => asked,
    };
    let resource = match asked.subresource {
        "" => asked.resource.to_owned(),
        subresource => format!("{}/{subresource}", asked.resource),
    };
    let (resource, group) = (Quoted(&resource), Quoted(asked.group));
    let place = match asked.namespace {
        "" => "at the cluster scope".to_owned(),
        namespace => format!("in the namespace {}", Quoted(namespace)),
    };
    format!("User {user} cannot {verb} resource {resource} in API group {group} {place}")
}

/// No error may look like HTML to a browser. Upstream leaves quotes, and the reason, as they are.
fn sanitized(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `pods`, `deployments.apps`; empty if both parts are.
fn group_resource(group: &str, resource: &str) -> String {
    if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
}

#[cfg(test)]
mod tests;
