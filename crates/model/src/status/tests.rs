//! The words of refusals.

use super::*;
use crate::UserInfo;

fn forbidden(verb: &str, target: Target<'_>, reason: &str) -> Status {
    let user = UserInfo { name: "<jane>&".to_owned(), ..UserInfo::default() };
    Status::forbidden(&Attributes { user: &user, verb, target }, reason)
}

#[test]
fn forbids_resources() {
    let pods = Resource { version: "v1", resource: "pods", ..Resource::default() };
    let message = |resource, reason| forbidden("get", Target::Resource(resource), reason).message;
    assert_eq!(
        message(pods, ""),
        "pods is forbidden: User \"&lt;jane&gt;&amp;\" cannot get resource \"pods\" in API group \
         \"\" at the cluster scope"
    );
    let exec = Resource { namespace: "a", name: "web", subresource: "exec", ..pods };
    assert_eq!(
        message(exec, "no <rule>"),
        "pods \"web\" is forbidden: User \"&lt;jane&gt;&amp;\" cannot get resource \"pods/exec\" \
         in API group \"\" in the namespace \"a\": no <rule>"
    );
    let scale = Resource { group: "apps", resource: "deployments", name: "web", ..pods };
    let status = forbidden("update", Target::Resource(scale), "");
    assert_eq!((status.code, status.reason), (403, "Forbidden"));
    assert!(status.message.starts_with("deployments.apps \"web\" is forbidden: User"));
    let details = Details {
        name: "web".to_owned(),
        group: "apps".to_owned(),
        kind: "deployments".to_owned(),
        ..Details::default()
    };
    assert_eq!(status.details, Some(details));
}

#[test]
fn forbids_paths() {
    let status = forbidden("get", Target::Path("/a&\n"), "");
    assert_eq!(
        status.message,
        "forbidden: User \"&lt;jane&gt;&amp;\" cannot get path \"/a&amp;\\n\""
    );
    assert_eq!(status.details, Some(Details::default()));
}

#[test]
fn says_what_upstream_says() {
    let cases = [
        (Status::bad_request("no"), "400 BadRequest: no"),
        (Status::unauthorized(), "401 Unauthorized: Unauthorized"),
        (Status::not_found("", "pods", "a"), "404 NotFound: pods \"a\" not found 0"),
        (
            Status::not_acceptable(&["application/json", "application/yaml"]),
            "406 NotAcceptable: only the following media types are accepted: application/json, \
             application/yaml",
        ),
        (
            Status::too_large(3_145_728),
            "413 RequestEntityTooLarge: Request entity too large: limit is 3145728",
        ),
        (
            Status::unsupported_media_type(&["application/json"]),
            "415 UnsupportedMediaType: the body of the request was in an unknown format - accepted \
             media types include: application/json",
        ),
        (Status::too_many_requests("later", 1), "429 TooManyRequests: later 1"),
        (
            Status::internal_error("broken"),
            "500 InternalError: Internal error occurred: broken 0 [broken]",
        ),
        (Status::bad_gateway("gone"), "502 ServiceUnavailable: gone"),
        (Status::service_unavailable("not yet", 1), "503 ServiceUnavailable: not yet 1"),
        (Status::service_unavailable("never", 0), "503 ServiceUnavailable: never"),
        (
            Status::timeout(),
            "504 Timeout: Timeout: request did not complete within the allotted timeout 0",
        ),
    ];
    for (status, expected) in cases {
        assert_eq!(line(&status), expected);
    }
}

/// A status in one line, with the seconds to wait if there are details, and the causes.
fn line(status: &Status) -> String {
    let Status { code, reason, message, details } = status;
    let details = details.iter().flat_map(|details| {
        let wait = format!(" {}", details.retry_after_seconds);
        let causes = details.causes.iter().map(|cause| format!(" [{}]", cause.message));
        std::iter::once(wait).chain(causes)
    });
    format!("{code} {reason}: {message}{}", details.collect::<String>())
}
