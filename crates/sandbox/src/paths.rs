//! Answers to paths that are no resources: discovery, `OpenAPI`, version and health.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::{discovery, openapi};

/// Answers a request for a bare path.
pub(crate) fn answer(asked: &Asked) -> Result<Answer, Refusal> {
    if !matches!(asked.call.verb.as_str(), "get" | "head") {
        return Err(Refusal::method_not_allowed());
    }
    let path = asked.call.path.trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["api" | "apis"] if discovery::wants_aggregated(asked.accept()) => {
            let groups = discovery::aggregated(path == "/api");
            Ok(Answer::full(http::StatusCode::OK, discovery::AGGREGATED, groups.to_string()))
        }
        ["healthz" | "livez" | "readyz", ..] => Ok(Answer::text("ok")),
        parts => document(parts).map(|found| Answer::ok(&found)).ok_or_else(Refusal::no_such_path),
    }
}

fn document(parts: &[&str]) -> Option<Value> {
    match parts {
        [] => Some(json!({"paths": ROOTS})),
        ["api"] => Some(discovery::core_versions()),
        ["apis"] => Some(discovery::groups()),
        ["api", "v1"] => discovery::resources(""),
        ["apis", group] => discovery::one_group(group),
        ["apis", group, "v1"] => discovery::resources(group),
        ["openapi", "v3"] => Some(openapi::index()),
        ["openapi", "v3", at @ ..] => openapi::document(&at.join("/")),
        ["version"] => Some(version()),
        // The sandbox issues no tokens, so there is no key to check one by.
        ["openid", "v1", "jwks"] => Some(json!({"keys": []})),
        [".well-known", "openid-configuration"] => Some(json!({
            "issuer": ISSUER,
            "jwks_uri": format!("{ISSUER}/openid/v1/jwks"),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })),
        _ => None,
    }
}

/// The version of Kubernetes whose API this is modelled on, marked as what it is.
fn version() -> Value {
    json!({
        "major": "1", "minor": "36", "gitVersion": VERSION,
        "gitCommit": "", "gitTreeState": "", "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "none", "compiler": "none", "platform": "memory",
        "emulationMajor": "1", "emulationMinor": "36",
        "minCompatibilityMajor": "1", "minCompatibilityMinor": "36",
    })
}

/// What the sandbox, and its node, call their version.
pub(crate) const VERSION: &str = "v1.36.0+ravelin.sandbox";
const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";
const ROOTS: [&str; 8] = [
    "/.well-known/openid-configuration",
    "/api",
    "/apis",
    "/healthz",
    "/livez",
    "/openapi/v3",
    "/readyz",
    "/version",
];
