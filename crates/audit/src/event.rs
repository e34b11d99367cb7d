//! The `audit.k8s.io/v1` Event: one stage of one request.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use model::UserInfo;

use crate::json::{self, Fields};
use crate::{Level, Stage};

/// One stage of one request, as kube-apiserver's audit log holds it.
///
/// Cheap to clone: what is known of the request is shared with the draft it comes from.
#[derive(Debug, Clone)]
pub struct Event {
    pub(crate) facts: Arc<Facts>,
    pub(crate) stage: Stage,
    pub(crate) stage_timestamp: SystemTime,
}

/// What is known of a request. Empty parts are left out of the JSON.
#[derive(Debug, Clone)]
pub struct Facts {
    /// How much is recorded.
    pub level: Level,
    /// Names the request, here and in the log of the cluster behind.
    pub audit_id: String,
    /// Path and query as the client sent them.
    pub request_uri: String,
    /// The verb of the call.
    pub verb: String,
    /// Who was authenticated; all empty if nobody was.
    pub user: UserInfo,
    /// As whom the request is carried out, if not as `user`.
    pub impersonated_user: Option<UserInfo>,
    /// The verb of constrained impersonation that allowed it.
    pub impersonation_constraint: Option<String>,
    /// Where the request came from, the last hop last.
    pub source_ips: Vec<IpAddr>,
    /// What the client calls itself, cut to 1024 bytes.
    pub user_agent: String,
    /// What the request is about, if it is about a resource.
    pub object: Option<ObjectReference>,
    /// How the request was answered.
    pub status: Option<ResponseStatus>,
    /// The object that was sent, as one line of JSON.
    pub request_object: Option<Vec<u8>>,
    /// The object that was answered, as one line of JSON.
    pub response_object: Option<Vec<u8>>,
    /// When the request was received.
    pub received: SystemTime,
    /// What the stages of the chain noted.
    pub annotations: BTreeMap<String, String>,
}

/// The `ObjectReference` of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectReference {
    /// Plural resource name.
    pub resource: String,
    /// Namespace.
    pub namespace: String,
    /// Object name.
    pub name: String,
    /// UID, as the object that was sent says.
    pub uid: String,
    /// API group.
    pub api_group: String,
    /// API version.
    pub api_version: String,
    /// Resource version, as the object that was sent says.
    pub resource_version: String,
    /// Subresource.
    pub subresource: String,
}

/// The part of an answer's `metav1.Status` that an event keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseStatus {
    /// `Success` or `Failure`; empty if the answer was no Status.
    pub status: String,
    /// The text for people.
    pub message: String,
    /// The `StatusReason`.
    pub reason: String,
    /// Machine-readable particulars.
    pub details: Option<model::Details>,
    /// The HTTP status code.
    pub code: i32,
}

impl Event {
    /// What is known of the request at this stage.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The stage.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// When the stage was reached.
    pub fn stage_timestamp(&self) -> SystemTime {
        self.stage_timestamp
    }

    /// The event as one line of JSON without its line break, in kube-apiserver's order of fields.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.facts.size_hint());
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        let facts = &*self.facts;
        let mut fields = Fields::new(out);
        fields.text("kind", "Event");
        fields.text("apiVersion", "audit.k8s.io/v1");
        fields.text("level", facts.level.as_str());
        fields.text("auditID", &facts.audit_id);
        fields.text("stage", self.stage.as_str());
        fields.text("requestURI", &facts.request_uri);
        fields.text("verb", &facts.verb);
        user(fields.key("user"), &facts.user);
        facts.write_impersonation(&mut fields);
        facts.write_origin(&mut fields);
        facts.write_objects(&mut fields);
        json::time(fields.key("requestReceivedTimestamp"), facts.received);
        json::time(fields.key("stageTimestamp"), self.stage_timestamp);
        // The annotations come last: the hash chain adds its own at the end of the line.
        if !facts.annotations.is_empty() {
            let mut annotations = Fields::new(fields.key("annotations"));
            facts.annotations.iter().for_each(|(key, value)| annotations.text(key, value));
            annotations.end();
        }
        fields.end();
    }
}

impl Facts {
    fn size_hint(&self) -> usize {
        let bodies = [&self.request_object, &self.response_object];
        let bodies = bodies.into_iter().flatten().map(Vec::len).sum::<usize>();
        bodies.saturating_add(self.request_uri.len()).saturating_add(1536)
    }

    fn write_impersonation(&self, fields: &mut Fields<'_>) {
        if let Some(impersonated) = &self.impersonated_user {
            user(fields.key("impersonatedUser"), impersonated);
        }
        if let Some(constraint) = &self.impersonation_constraint {
            let mut metadata = Fields::new(fields.key("authenticationMetadata"));
            metadata.text_if_any("impersonationConstraint", constraint);
            metadata.end();
        }
    }

    fn write_origin(&self, fields: &mut Fields<'_>) {
        if !self.source_ips.is_empty() {
            json::array(fields.key("sourceIPs"), &self.source_ips, |out, ip| {
                json::string(out, &ip.to_string());
            });
        }
        fields.text_if_any("userAgent", &self.user_agent);
    }

    fn write_objects(&self, fields: &mut Fields<'_>) {
        if let Some(object) = &self.object {
            object.write(fields.key("objectRef"));
        }
        if let Some(status) = &self.status {
            status.write(fields.key("responseStatus"));
        }
        if let Some(object) = &self.request_object {
            fields.key("requestObject").extend_from_slice(object);
        }
        if let Some(object) = &self.response_object {
            fields.key("responseObject").extend_from_slice(object);
        }
    }
}

fn user(out: &mut Vec<u8>, user: &UserInfo) {
    let mut fields = Fields::new(out);
    fields.text_if_any("username", &user.name);
    fields.text_if_any("uid", &user.uid);
    if !user.groups.is_empty() {
        strings(fields.key("groups"), &user.groups);
    }
    if !user.extra.is_empty() {
        let mut extra = Fields::new(fields.key("extra"));
        user.extra.iter().for_each(|(key, values)| strings(extra.key(key), values));
        extra.end();
    }
    fields.end();
}

fn strings(out: &mut Vec<u8>, values: &[String]) {
    json::array(out, values, |out, value| json::string(out, value));
}

impl ObjectReference {
    fn write(&self, out: &mut Vec<u8>) {
        let mut fields = Fields::new(out);
        fields.text_if_any("resource", &self.resource);
        fields.text_if_any("namespace", &self.namespace);
        fields.text_if_any("name", &self.name);
        fields.text_if_any("uid", &self.uid);
        fields.text_if_any("apiGroup", &self.api_group);
        fields.text_if_any("apiVersion", &self.api_version);
        fields.text_if_any("resourceVersion", &self.resource_version);
        fields.text_if_any("subresource", &self.subresource);
        fields.end();
    }
}

impl ResponseStatus {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut fields = Fields::new(out);
        self.write_fields(&mut fields);
        fields.end();
    }

    /// The fields of a `metav1.Status` after its kind.
    pub(crate) fn write_fields(&self, fields: &mut Fields<'_>) {
        Fields::new(fields.key("metadata")).end();
        fields.text_if_any("status", &self.status);
        fields.text_if_any("message", &self.message);
        fields.text_if_any("reason", &self.reason);
        if let Some(found) = &self.details {
            details(fields.key("details"), found);
        }
        fields.number_if_any("code", i64::from(self.code));
    }
}

impl ResponseStatus {
    /// The whole `metav1.Status` as JSON.
    pub(crate) fn to_object(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut fields = Fields::new(&mut out);
        fields.text("kind", "Status");
        fields.text("apiVersion", "v1");
        self.write_fields(&mut fields);
        fields.end();
        out
    }
}

impl From<&model::Status> for ResponseStatus {
    fn from(status: &model::Status) -> Self {
        Self {
            status: "Failure".to_owned(),
            message: status.message.clone(),
            reason: status.reason.to_owned(),
            details: status.details.clone(),
            code: i32::from(status.code),
        }
    }
}

fn details(out: &mut Vec<u8>, details: &model::Details) {
    let mut fields = Fields::new(out);
    fields.text_if_any("name", &details.name);
    fields.text_if_any("group", &details.group);
    fields.text_if_any("kind", &details.kind);
    fields.text_if_any("uid", &details.uid);
    if !details.causes.is_empty() {
        json::array(fields.key("causes"), &details.causes, |out, cause| {
            let mut fields = Fields::new(out);
            fields.text_if_any("reason", &cause.reason);
            fields.text_if_any("message", &cause.message);
            fields.text_if_any("field", &cause.field);
            fields.end();
        });
    }
    fields.number_if_any("retryAfterSeconds", i64::from(details.retry_after_seconds));
    fields.end();
}
