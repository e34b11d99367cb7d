//! Access reviews: who am I, what may I, may they. Answered from the rules that decide requests.

use std::collections::BTreeMap;

use http::StatusCode;
use model::attributes::{Attributes, Resource, Target};
use model::{Details, UserInfo};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::asked::Asked;
use crate::object::{list, map, set, text};
use crate::refusal::Refusal;

/// A kind of review: its group, plural and kind.
pub(crate) type Review = (&'static str, &'static str, &'static str);

/// The review behind a path's group and resource.
pub(crate) fn find(group: &str, plural: &str) -> Option<Review> {
    KINDS.into_iter().find(|(of, name, _)| *of == group && *name == plural)
}

/// Answers a review; `asked` has been allowed to make it.
pub(crate) fn answer(
    asked: &Asked,
    (group, plural, kind): Review,
    body: &Value,
) -> Result<Answer, Refusal> {
    let version = format!("{group}/v1");
    if text(body, "/kind") != kind || text(body, "/apiVersion") != version {
        return Err(Refusal::bad_request(format!(
            "the body of the request is not a {kind} of {version}"
        )));
    }
    if !asked.call.name.is_empty() || !asked.call.subresource.is_empty() {
        return Err(Refusal::no_such_path());
    }
    let invalid = |field: &str, why: &str| {
        let message = format!("{kind}.{group} \"\" is invalid: {field}: {why}");
        let details =
            Details { group: group.to_owned(), kind: kind.to_owned(), ..Details::default() };
        let code = StatusCode::UNPROCESSABLE_ENTITY;
        Refusal::new(code, "Invalid", message).with(details)
    };
    let status = match plural {
        "selfsubjectreviews" => json!({"userInfo": user_info(&asked.user)}),
        "selfsubjectrulesreviews" => rules(asked, text(body, "/spec/namespace"))?,
        // Nothing here issues tokens, so that none is good.
        "tokenreviews" => json!({"user": {}, "error": "this is a sandbox: it issues no tokens"}),
        "selfsubjectaccessreviews" => access(asked, &asked.user, body, invalid)?,
        _ => {
            let user = user(body);
            if user.name.is_empty() && user.groups.is_empty() {
                return Err(invalid(
                    "spec.user",
                    "Invalid value: at least one of user or group must be specified",
                ));
            }
            let namespace = &asked.call.namespace;
            if plural.starts_with("local")
                && text(body, "/spec/resourceAttributes/namespace") != namespace
            {
                let why = format!("Invalid value: must match metadata.namespace: {namespace}");
                return Err(invalid("spec.resourceAttributes.namespace", &why));
            }
            access(asked, &user, body, invalid)?
        }
    };
    let mut answer = body.clone();
    if matches!(plural, "selfsubjectreviews" | "selfsubjectrulesreviews") {
        set(&mut answer, &["spec"], json!({}));
    }
    set(&mut answer, &["metadata", "creationTimestamp"], Value::Null);
    set(&mut answer, &["status"], status);
    Ok(Answer::json(StatusCode::CREATED, &answer))
}

fn access(
    asked: &Asked,
    user: &UserInfo,
    body: &Value,
    invalid: impl Fn(&str, &str) -> Refusal,
) -> Result<Value, Refusal> {
    let of = |part: &str| text(body, &format!("/spec/resourceAttributes/{part}"));
    let has = |part: &str| map(body, &format!("/spec/{part}")).is_some();
    let (verb, target) = match (has("resourceAttributes"), has("nonResourceAttributes")) {
        (true, false) => {
            let resource = Resource {
                group: of("group"),
                version: of("version"),
                resource: of("resource"),
                subresource: of("subresource"),
                namespace: of("namespace"),
                name: of("name"),
            };
            (of("verb"), Target::Resource(resource))
        }
        (false, true) => {
            let path = text(body, "/spec/nonResourceAttributes/path");
            (text(body, "/spec/nonResourceAttributes/verb"), Target::Path(path))
        }
        (_, _) => {
            let why = "Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified";
            return Err(invalid("spec.resourceAttributes", why));
        }
    };
    let decision = asked.rules.decide(&Attributes { user, verb, target });
    let mut status = json!({"allowed": decision.is_allow()});
    let reason = decision.to_string();
    if !reason.is_empty() {
        set(&mut status, &["reason"], reason);
    }
    Ok(status)
}

fn rules(asked: &Asked, namespace: &str) -> Result<Value, Refusal> {
    if namespace.is_empty() {
        return Err(Refusal::bad_request("no namespace on request"));
    }
    let rules = asked.rules.rules(&asked.user, namespace);
    let resources = rules.resource_rules.iter().map(|rule| {
        let mut told = json!({
            "verbs": rule.verbs, "apiGroups": rule.api_groups, "resources": rule.resources,
        });
        if !rule.resource_names.is_empty() {
            set(&mut told, &["resourceNames"], rule.resource_names.clone());
        }
        told
    });
    let urls = rules.non_resource_rules.iter();
    let urls =
        urls.map(|rule| json!({"verbs": rule.verbs, "nonResourceURLs": rule.non_resource_urls}));
    let mut status = json!({
        "resourceRules": resources.collect::<Vec<_>>(),
        "nonResourceRules": urls.collect::<Vec<_>>(),
        "incomplete": rules.incomplete,
    });
    if !rules.evaluation_error.is_empty() {
        set(&mut status, &["evaluationError"], rules.evaluation_error);
    }
    Ok(status)
}

/// The user that a review asks about.
fn user(body: &Value) -> UserInfo {
    let texts = |values: &[Value]| -> Vec<String> {
        values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let extra = map(body, "/spec/extra").into_iter().flatten();
    let extra: BTreeMap<String, Vec<String>> = extra
        .map(|(key, values)| {
            (key.to_lowercase(), texts(values.as_array().map_or(&[], Vec::as_slice)))
        })
        .collect();
    UserInfo {
        name: text(body, "/spec/user").to_owned(),
        uid: text(body, "/spec/uid").to_owned(),
        groups: texts(list(body, "/spec/groups")),
        extra,
    }
}

fn user_info(user: &UserInfo) -> Value {
    let mut info = json!({"username": user.name});
    if !user.uid.is_empty() {
        set(&mut info, &["uid"], user.uid.clone());
    }
    if !user.groups.is_empty() {
        set(&mut info, &["groups"], user.groups.clone());
    }
    if !user.extra.is_empty() {
        set(&mut info, &["extra"], json!(user.extra));
    }
    info
}

/// The groups of the reviews.
pub(crate) const GROUPS: [&str; 2] = [AUTHENTICATION, AUTHORIZATION];
const AUTHENTICATION: &str = "authentication.k8s.io";
const AUTHORIZATION: &str = "authorization.k8s.io";

/// Every review.
pub(crate) const KINDS: [Review; 6] = [
    (AUTHENTICATION, "selfsubjectreviews", "SelfSubjectReview"),
    (AUTHENTICATION, "tokenreviews", "TokenReview"),
    (AUTHORIZATION, "localsubjectaccessreviews", "LocalSubjectAccessReview"),
    (AUTHORIZATION, "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
    (AUTHORIZATION, "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
    (AUTHORIZATION, "subjectaccessreviews", "SubjectAccessReview"),
];
