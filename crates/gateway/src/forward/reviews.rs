//! Access reviews where rules of the gateway's own take away some of what the cluster allows. The
//! cluster answers, as it would the caller; its answer is changed where the gateway is narrower, so
//! that `kubectl auth can-i` tells what the gateway will really do.
//!
//! Such an answer is read, so it is asked for and given in JSON, which every client of reviews takes,
//! even those that would rather have protobuf.

use authz::Narrowed;
use authz::review::{NonResourceRule, ResourceRule, Rules};
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use model::attributes::{Resource, Target};
use model::{Attributes, Call, Status, UserInfo};
use serde_json::{Map, Value, json};

use super::{LONGEST_READ, Passage};
use crate::answer::{AnswerBody, Encoding};
use crate::ending::Holds;
use crate::metrics::Timing;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::upstream::{Cause, Failure, Lane, Step, UpstreamBody};
use crate::wire;

mod namespace;

/// What is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Review {
    /// One question: `SelfSubjectAccessReview`.
    Access,
    /// Everything in a namespace: `SelfSubjectRulesReview`.
    Rules,
}

impl Review {
    /// The review that `call` asks for, if its answer may have to be changed.
    pub(super) fn of(call: &Call, method: &Method, rules: &Narrowed) -> Option<Self> {
        let is_create = rules.folder.is_some()
            && method == Method::POST
            && call.is_resource
            && call.api_group == "authorization.k8s.io"
            && call.subresource.is_empty();
        match call.resource.as_str() {
            "selfsubjectaccessreviews" if is_create => Some(Self::Access),
            "selfsubjectrulesreviews" if is_create => Some(Self::Rules),
            _ => None,
        }
    }
}

/// Has the cluster answer a review, and takes away what the gateway would not let through.
pub(super) async fn answer(
    passage: &Passage<'_>,
    (review, rules): (Review, Narrowed),
    (mut request, body): (Request<()>, Incoming),
    record: Record,
    holding: (Holds, Timing),
) -> Result<Response<AnswerBody>, Refusal> {
    let Some(encoding) = wire::json_of(request.uri(), request.headers()) else {
        let refusal = Refusal::Upstream(Box::new(Status::not_acceptable(&["application/json"])));
        return Err(passage.close(record, refusal).await);
    };
    let sent = match read(body).await {
        Ok(sent) => sent,
        Err(failure) => return Err(passage.refuse(record, &failure).await),
    };
    let kind = request.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let namespace = match (review, namespace::of(kind, &sent)) {
        (Review::Access, _) => String::new(),
        (Review::Rules, Some(namespace)) => namespace,
        (Review::Rules, None) => {
            let read = ["application/json", "application/vnd.kubernetes.protobuf"];
            let refusal = Refusal::Upstream(Box::new(Status::unsupported_media_type(&read)));
            return Err(passage.close(record, refusal).await);
        }
    };
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.remove(ACCEPT_ENCODING);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(sent.len()));
    let outcome = passage.gate.upstream.send(request.map(|()| Full::new(sent)), Lane::Short);
    let (mut head, body) = match passage.in_time(outcome).await {
        Ok(answer) => answer.into_parts(),
        Err(failure) => return Err(passage.refuse(record, &failure).await),
    };
    super::cleanse(&mut head.headers);
    let mut bytes = match read_answer(body).await {
        Ok(bytes) => bytes,
        Err(failure) => return Err(passage.refuse(record, &failure).await),
    };
    if head.status == StatusCode::CREATED {
        let Ok(mut told) = serde_json::from_slice::<Value>(&bytes) else {
            let failure =
                Failure::Garbage(Cause::new(std::io::Error::other("a review that is no JSON")));
            return Err(passage.refuse(record, &failure).await);
        };
        match review {
            Review::Access => narrow_access(&mut told, &rules, &passage.user),
            Review::Rules => narrow_rules(&mut told, &rules.rules(&passage.user, &namespace)),
        }
        bytes = written(&told, encoding).into();
    }
    head.headers.remove(TRANSFER_ENCODING);
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    passage.whole((head, bytes), record, holding).await
}

async fn read(body: Incoming) -> Result<bytes::Bytes, Failure> {
    let read = Limited::new(body, LONGEST_REVIEW).collect();
    match tokio::time::timeout(LONGEST_READ, read).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(problem)) => Err(Failure::Unsendable(Cause::new(std::io::Error::other(problem)))),
        Err(_elapsed) => Err(Failure::TimedOut(Step::Answer)),
    }
}

async fn read_answer(body: UpstreamBody) -> Result<bytes::Bytes, Failure> {
    let read = Limited::new(body, LONGEST_ANSWER).collect();
    match tokio::time::timeout(LONGEST_READ, read).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(problem)) => Err(Failure::Garbage(Cause::new(std::io::Error::other(problem)))),
        Err(_elapsed) => Err(Failure::TimedOut(Step::Answer)),
    }
}

/// Says no where the cluster says yes and the gateway would not.
fn narrow_access(told: &mut Value, rules: &Narrowed, user: &UserInfo) {
    if told.pointer("/status/allowed") != Some(&Value::Bool(true)) {
        return;
    }
    let decision = match attributes(told.get("spec"), user) {
        Some(asked) => {
            let decision = rules.decide(&asked);
            if decision.is_allow() {
                return;
            }
            decision.to_string()
        }
        None => "the review cannot be read".to_owned(),
    };
    if let Some(status) = told.get_mut("status").and_then(Value::as_object_mut) {
        *status = Map::from_iter([
            ("allowed".to_owned(), Value::Bool(false)),
            ("reason".to_owned(), Value::String(decision)),
        ]);
    }
}

fn attributes<'a>(spec: Option<&'a Value>, user: &'a UserInfo) -> Option<Attributes<'a>> {
    let text =
        |part: &'a Value, key: &str| part.get(key).and_then(Value::as_str).unwrap_or_default();
    let spec = spec?;
    if let Some(asked) = spec.get("nonResourceAttributes") {
        let target = Target::Path(text(asked, "path"));
        return Some(Attributes { user, verb: text(asked, "verb"), target });
    }
    let asked = spec.get("resourceAttributes")?;
    let target = Target::Resource(Resource {
        group: text(asked, "group"),
        version: text(asked, "version"),
        resource: text(asked, "resource"),
        subresource: text(asked, "subresource"),
        namespace: text(asked, "namespace"),
        name: text(asked, "name"),
    });
    Some(Attributes { user, verb: text(asked, "verb"), target })
}

/// Lists what both allow in place of what the cluster allows.
fn narrow_rules(told: &mut Value, rules: &Rules) {
    let resource = |rule: &ResourceRule| {
        let mut out = Map::new();
        for (key, values) in [
            ("verbs", &rule.verbs),
            ("apiGroups", &rule.api_groups),
            ("resources", &rule.resources),
            ("resourceNames", &rule.resource_names),
        ] {
            if !values.is_empty() {
                out.insert(key.to_owned(), json!(values));
            }
        }
        Value::Object(out)
    };
    let path = |rule: &NonResourceRule| json!({"verbs": rule.verbs, "nonResourceURLs": rule.non_resource_urls});
    let listed = json!({
        "resourceRules": rules.resource_rules.iter().map(resource).collect::<Vec<_>>(),
        "nonResourceRules": rules.non_resource_rules.iter().map(path).collect::<Vec<_>>(),
    });
    let (Some(status), Value::Object(listed)) =
        (told.get_mut("status").and_then(Value::as_object_mut), listed)
    else {
        return;
    };
    status.extend(listed);
    if rules.incomplete {
        status.insert("incomplete".to_owned(), Value::Bool(true));
    }
}

fn written(told: &Value, encoding: Encoding) -> Vec<u8> {
    if encoding == Encoding::PrettyJson {
        return serde_json::to_vec_pretty(told).unwrap_or_default();
    }
    let mut bytes = serde_json::to_vec(told).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

const LONGEST_REVIEW: usize = 256 << 10;
const LONGEST_ANSWER: usize = 16 << 20;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use authz::{ClusterRole, ClusterRoleBinding, Policy, PolicyRule, RoleRef, Snapshot, Subject};

    use super::*;

    /// Rules by which jane may `verbs` pods.
    fn rules(verbs: &[&str]) -> Arc<Snapshot> {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let allowed = PolicyRule {
            verbs: texts(verbs),
            api_groups: texts(&[""]),
            resources: texts(&["pods"]),
            ..PolicyRule::default()
        };
        let role =
            ClusterRole { name: "r".to_owned(), rules: vec![allowed], ..ClusterRole::default() };
        let binding = ClusterRoleBinding {
            name: "b".to_owned(),
            subjects: vec![Subject {
                kind: "User".to_owned(),
                name: "jane".to_owned(),
                ..Subject::default()
            }],
            role: RoleRef { kind: "ClusterRole".to_owned(), name: "r".to_owned() },
        };
        Arc::new(Snapshot::build(Policy {
            cluster_roles: vec![role],
            cluster_role_bindings: vec![binding],
            ..Policy::default()
        }))
    }

    fn jane() -> UserInfo {
        UserInfo { name: "jane".to_owned(), ..UserInfo::default() }
    }

    #[test]
    fn a_yes_of_the_cluster_becomes_a_no_where_the_gateway_is_narrower() {
        let narrowed =
            Narrowed { cluster: rules(&["get", "delete"]), folder: Some(rules(&["get"])) };
        let check = |verb: &str, allowed: bool, expected: bool| {
            let mut told = json!({
                "spec": {"resourceAttributes": {"verb": verb, "resource": "pods", "namespace": "a"}},
                "status": {"allowed": allowed, "reason": "the cluster's"},
            });
            narrow_access(&mut told, &narrowed, &jane());
            assert_eq!(told["status"]["allowed"], expected, "{verb}");
            let is_changed = told["status"]["reason"] != "the cluster's";
            assert_eq!(is_changed, allowed != expected, "{verb}");
        };
        check("get", true, true);
        check("delete", true, false);
        check("create", false, false);
    }

    #[test]
    fn a_list_of_rules_holds_what_both_allow() {
        let narrowed =
            Narrowed { cluster: rules(&["get", "delete"]), folder: Some(rules(&["get"])) };
        let mut told =
            json!({"status": {"resourceRules": [], "nonResourceRules": [], "incomplete": false}});
        narrow_rules(&mut told, &narrowed.rules(&jane(), "a"));
        let expected = json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]);
        assert_eq!(told["status"]["resourceRules"], expected);
    }

    #[test]
    fn only_reviews_of_oneself_are_looked_at_and_only_with_rules_of_our_own() {
        let narrowed = Narrowed { cluster: rules(&["get"]), folder: Some(rules(&["get"])) };
        let wide = Narrowed { folder: None, ..narrowed.clone() };
        let of = |target: &str, rules: &Narrowed| {
            Review::of(&Call::parse("POST", target).unwrap(), &Method::POST, rules)
        };
        let base = "/apis/authorization.k8s.io/v1";
        assert_eq!(
            of(&format!("{base}/selfsubjectaccessreviews"), &narrowed),
            Some(Review::Access)
        );
        assert_eq!(of(&format!("{base}/selfsubjectrulesreviews"), &narrowed), Some(Review::Rules));
        assert_eq!(of(&format!("{base}/subjectaccessreviews"), &narrowed), None);
        assert_eq!(of(&format!("{base}/selfsubjectaccessreviews"), &wide), None);
    }
}
