//! Refusals, worded as kube-apiserver words them.

use authz::policy::Problem;
use http::StatusCode;
use model::{Cause, Details, Status};
use serde_json::{Map, Value, json};

use crate::kind::Kind;

/// A refusal on its way to the client. Boxed: most answers are not refusals.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal(Box<Status>);

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self(Box::new(status))
    }
}

impl Refusal {
    pub(crate) fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Status { code: code.as_u16(), reason, message, details: None }))
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Status::bad_request(message).into()
    }

    /// The answer to a path that nothing serves.
    pub(crate) fn no_such_path() -> Self {
        let message = "the server could not find the requested resource";
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).with(Details::default())
    }

    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        Status::not_found(kind.group, kind.plural, name).into()
    }

    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        let message = format!("{} {name:?} already exists", kind.qualified());
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(kind, name)
    }

    pub(crate) fn conflict(kind: &Kind, name: &str, why: &str) -> Self {
        let message =
            format!("Operation cannot be fulfilled on {} {name:?}: {why}", kind.qualified());
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind, name)
    }

    pub(crate) fn forbidden(kind: &Kind, name: &str, why: &str) -> Self {
        Status::forbidden_because(kind.group, kind.plural, name, why).into()
    }

    /// A field that cannot be as it is.
    pub(crate) fn invalid(kind: &Kind, name: &str, field: &str, why: &str) -> Self {
        let qualified = if kind.group.is_empty() {
            kind.kind.to_owned()
        } else {
            format!("{}.{}", kind.kind, kind.group)
        };
        let message = format!("{qualified} {name:?} is invalid: {field}: {why}");
        let cause = Cause {
            reason: "FieldValueInvalid".to_owned(),
            message: why.to_owned(),
            field: field.to_owned(),
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message).with(Details {
            name: name.to_owned(),
            group: kind.group.to_owned(),
            kind: kind.kind.to_owned(),
            causes: vec![cause],
            ..Details::default()
        })
    }

    /// An RBAC object that no rules can be read from.
    pub(crate) fn unreadable_rules(kind: &Kind, problems: &[Problem]) -> Self {
        let first = problems.first();
        let (path, why) = first.map_or(("", ""), |first| (&first.path, &first.problem));
        Self::invalid(kind, "", path, &format!("Invalid value: {why}"))
    }

    pub(crate) fn expired(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "Expired", message)
    }

    pub(crate) fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
            .with(Details::default())
    }

    /// What the sandbox, unlike a cluster, does not do.
    pub(crate) fn not_in_the_sandbox(what: &str) -> Self {
        let message = format!("this is a sandbox: {what}");
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(crate) fn code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The refusal as the JSON of a `metav1.Status`.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.0.message, "code": self.0.code,
        });
        if !self.0.reason.is_empty() {
            crate::object::set(&mut body, &["reason"], self.0.reason);
        }
        if let Some(details) = &self.0.details {
            crate::object::set(&mut body, &["details"], written(details));
        }
        body
    }

    pub(crate) fn with(mut self, details: Details) -> Self {
        self.0.details = Some(details);
        self
    }

    fn about(self, kind: &Kind, name: &str) -> Self {
        self.with(Details {
            name: name.to_owned(),
            group: kind.group.to_owned(),
            kind: kind.plural.to_owned(),
            ..Details::default()
        })
    }
}

fn written(details: &Details) -> Value {
    let mut out = Map::new();
    let texts = [
        ("name", &details.name),
        ("group", &details.group),
        ("kind", &details.kind),
        ("uid", &details.uid),
    ];
    for (key, value) in texts {
        if !value.is_empty() {
            out.insert(key.to_owned(), value.clone().into());
        }
    }
    if !details.causes.is_empty() {
        let causes = details.causes.iter().map(
            |cause| json!({"reason": cause.reason, "message": cause.message, "field": cause.field}),
        );
        out.insert("causes".to_owned(), causes.collect());
    }
    if details.retry_after_seconds > 0 {
        out.insert("retryAfterSeconds".to_owned(), details.retry_after_seconds.into());
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind;

    #[test]
    fn reads_as_kube_apiserver_writes() {
        let kind = kind::find("apps", "deployments").unwrap();
        assert_eq!(
            Refusal::not_found(kind, "web").body(),
            json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": "deployments.apps \"web\" not found", "reason": "NotFound",
                "details": {"name": "web", "group": "apps", "kind": "deployments"}, "code": 404,
            })
        );
    }
}
