//! One request's events in the making: what becomes known on the way is kept until a stage is due.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use model::{Call, UserInfo};

use crate::answer;
use crate::body::{Body, RequestBody, ResponseBody, Sent};
use crate::chain::ANNOTATION;
use crate::event::{Event, Facts, ObjectReference, ResponseStatus};
use crate::{Level, Stage, Verdict};

/// What is known of a request when it is received.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The client's `Audit-ID`, or a new random UUID.
    pub audit_id: String,
    /// Path and query as the client sent them.
    pub request_uri: String,
    /// Who was authenticated; the default if nobody was.
    pub user: UserInfo,
    /// See [`crate::source_ips`].
    pub source_ips: Vec<IpAddr>,
    /// The `User-Agent` header; any length.
    pub user_agent: String,
    /// When the request was received.
    pub received: SystemTime,
}

/// Gathers what becomes known of one request, and yields its events.
///
/// At [`Level::None`] nothing is kept and no event is made, so that callers need not ask.
#[derive(Debug)]
pub struct Draft {
    verdict: Verdict,
    facts: Arc<Facts>,
    /// What was sent, until the answer is known.
    sent: Option<Sent>,
}

impl Draft {
    /// Opens the record of `call`.
    pub fn new(verdict: Verdict, asked: Asked, call: &Call) -> Self {
        let facts = Facts {
            level: verdict.level,
            audit_id: asked.audit_id,
            request_uri: asked.request_uri,
            verb: call.verb.clone(),
            user: asked.user,
            impersonated_user: None,
            impersonation_constraint: None,
            source_ips: asked.source_ips,
            user_agent: cut(asked.user_agent),
            object: call.is_resource.then(|| reference(call)),
            status: None,
            request_object: None,
            response_object: None,
            received: asked.received,
            annotations: std::collections::BTreeMap::new(),
        };
        Self { verdict, facts: Arc::new(facts), sent: None }
    }

    /// What the policy said of the request.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// What is known so far.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Notes as whom the request is carried out, and the verb of constrained impersonation that
    /// allowed it (`impersonate:user-info`), if it was that.
    pub fn impersonates(&mut self, user: &UserInfo, constraint: Option<&str>) {
        if let Some(facts) = self.open() {
            facts.impersonated_user = Some(user.clone());
            facts.impersonation_constraint = constraint.map(str::to_owned);
        }
    }

    /// Adds an annotation. The first writer of a key wins, as upstream; false if that was another
    /// with another value, or the key is the hash chain's.
    pub fn annotate(&mut self, key: &str, value: impl Into<String>) -> bool {
        let Some(facts) = self.open() else { return true };
        let value = value.into();
        if key == ANNOTATION {
            return false;
        }
        if let Some(found) = facts.annotations.get(key) {
            return *found == value;
        }
        facts.annotations.insert(key.to_owned(), value);
        true
    }

    /// Notes the status code that is sent to the client (101 for an upgrade).
    pub fn answered(&mut self, code: u16) {
        if let Some(facts) = self.open() {
            facts.status.get_or_insert_default().code = i32::from(code);
        }
    }

    /// Notes a Status that the gateway itself answers with, in any encoding but text/plain; for
    /// that, [`Draft::answered`] alone.
    pub fn refused(&mut self, status: &model::Status) {
        let level = self.verdict.level;
        let Some(facts) = self.open() else { return };
        let status = ResponseStatus::from(status);
        if level == Level::RequestResponse {
            facts.response_object = Some(status.to_object());
        }
        facts.status = Some(status);
    }

    /// Notes what to say of an answer that is no Status (a failed login whose `Accept` names
    /// nothing we speak); the code comes with [`Draft::answered`].
    pub fn explained(&mut self, message: impl Into<String>) {
        if let Some(facts) = self.open() {
            facts.status.get_or_insert_default().message = message.into();
        }
    }

    /// Notes that the client hung up before anything was answered. False, and nothing changes, if
    /// something was; if true, a long-running request owes a `ResponseStarted` first, as upstream.
    pub fn closed_early(&mut self) -> bool {
        let Some(facts) = self.open() else { return false };
        if facts.status.is_some() {
            return false;
        }
        facts.status = Some(ResponseStatus {
            status: "Success".to_owned(),
            message: "Connection closed early".to_owned(),
            code: 200,
            ..ResponseStatus::default()
        });
        true
    }

    /// Notes that handling the request panicked; the next event is of [`Stage::Panic`].
    pub fn panicked(&mut self, message: &str) {
        if let Some(facts) = self.open() {
            facts.status = Some(ResponseStatus {
                status: "Failure".to_owned(),
                message: format!("APIServer panic'd: {message}"),
                reason: "InternalError".to_owned(),
                details: None,
                code: 500,
            });
        }
    }

    /// Notes what was sent: the object's name at any level, the object itself from
    /// [`Level::Request`] on. As kube-apiserver, the events show it only once the answer is known,
    /// and not at all if the answer is that it was never read.
    pub fn sent(&mut self, body: RequestBody) {
        if self.verdict.level > Level::None {
            self.sent = Some(body.finish());
        }
    }

    /// Notes what was answered: a Status at any level, the object from [`Level::RequestResponse`]
    /// on. Call it before the event of the stage that it belongs to.
    pub fn received(&mut self, body: ResponseBody) {
        let level = self.verdict.level;
        let Some(facts) = self.open() else { return };
        let answered = body.finish();
        if let Some(mut status) = answered.status {
            status.code = facts.status.as_ref().map_or(status.code, |known| known.code);
            facts.status = Some(status);
        }
        if level == Level::RequestResponse {
            facts.response_object = facts.keep(answered.body, "responseObject");
        }
    }

    /// The event of `stage`, or none if the policy wants none. What is known stays known for the
    /// stages that follow, whether or not this one is recorded.
    pub fn event(&mut self, stage: Stage, now: SystemTime) -> Option<Event> {
        let stage_timestamp = match stage {
            Stage::RequestReceived => self.facts.received,
            Stage::ResponseStarted | Stage::ResponseComplete | Stage::Panic => {
                self.settle();
                now
            }
        };
        let event = || Event { facts: Arc::clone(&self.facts), stage, stage_timestamp };
        self.verdict.records(stage).then(event)
    }

    /// Shows what was sent, now that the answer tells whether it was read.
    fn settle(&mut self) {
        let level = self.verdict.level;
        let Some(Sent { names, body }) = self.sent.take() else { return };
        let facts = Arc::make_mut(&mut self.facts);
        if facts.status.as_ref().is_some_and(answer::is_of_unread_body) {
            return;
        }
        if let (Some(names), Some(object)) = (names, &mut facts.object) {
            fill(&mut object.namespace, names.namespace);
            fill(&mut object.name, names.name);
            fill(&mut object.uid, names.uid);
            fill(&mut object.resource_version, names.resource_version);
        }
        if level >= Level::Request {
            facts.request_object = facts.keep(body, "requestObject");
        }
    }

    fn open(&mut self) -> Option<&mut Facts> {
        (self.verdict.level > Level::None).then(|| Arc::make_mut(&mut self.facts))
    }
}

impl Facts {
    /// Keeps a body, or an annotation that says why there is none.
    fn keep(&mut self, body: Body, field: &str) -> Option<Vec<u8>> {
        let (key, value) = match body {
            Body::Nothing => return None,
            Body::Object(json) => return Some(json),
            Body::Cut => (TRUNCATED, "true"),
            Body::Unread => (UNREAD, field),
        };
        let held = self.annotations.entry(key.to_owned()).or_default();
        if !held.is_empty() && held != value {
            held.push_str(", ");
        }
        if held != value {
            held.push_str(value);
        }
        None
    }
}

fn reference(call: &Call) -> ObjectReference {
    ObjectReference {
        resource: call.resource.clone(),
        namespace: call.namespace.clone(),
        name: call.name.clone(),
        uid: String::new(),
        api_group: call.api_group.clone(),
        api_version: call.api_version.clone(),
        resource_version: String::new(),
        subresource: call.subresource.clone(),
    }
}

fn fill(field: &mut String, value: String) {
    if field.is_empty() {
        *field = value;
    }
}

fn cut(agent: String) -> String {
    match agent.as_bytes().split_at_checked(MAX_USER_AGENT) {
        Some((kept, rest)) if !rest.is_empty() => {
            String::from_utf8_lossy(kept).into_owned() + "...TRUNCATED"
        }
        Some(_) | None => agent,
    }
}

/// kube-apiserver's own annotation for an event whose objects were too large to keep.
const TRUNCATED: &str = "audit.k8s.io/truncated";

/// Names the objects that an event lacks because they could not be read.
const UNREAD: &str = "ravelin.dev/unread";

const MAX_USER_AGENT: usize = 1024;

#[cfg(test)]
mod tests;
