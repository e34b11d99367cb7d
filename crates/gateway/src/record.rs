//! The audit record of one request: opened once it is known who asks, and closed whatever happens.
//!
//! Invariant: a record that was opened yields its last event exactly once: when it is completed, or
//! when it is dropped because the client hung up or a stage panicked.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use audit::{Asked, Draft, Policy, Receipt, RequestBody, ResponseBody, Sink, Stage, Verdict};
use model::{Call, Status, UserInfo};

use crate::refusal::Refusal;

/// What is recorded, and where to.
#[derive(Clone)]
pub struct Auditor {
    /// What is recorded. Swapped when the policy file changes.
    pub policy: Arc<ArcSwap<Policy>>,
    /// Where to.
    pub sink: Arc<dyn Sink>,
}

/// Where a request came from and what it says of itself; the same for all events of it.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The client's `Audit-ID`, or one made up.
    pub(crate) audit_id: String,
    /// Path and query as sent.
    pub(crate) uri: String,
    /// The client's address, and what stands between.
    pub(crate) source_ips: Vec<IpAddr>,
    /// The `User-Agent` as sent.
    pub(crate) user_agent: String,
    /// When the request was received.
    pub(crate) received: SystemTime,
}

impl Auditor {
    /// Opens the record of a call by `user`.
    pub(crate) fn open(&self, origin: &Origin, user: &UserInfo, call: &Call) -> Record {
        let verdict = self.policy.load().judge(Some(user), call);
        let asked = origin.asked(user.clone());
        Record {
            draft: Draft::new(verdict, asked, call),
            sink: Arc::clone(&self.sink),
            is_long_running: call.is_long_running(),
            has_started: false,
            is_closed: false,
        }
    }

    /// Records a request that nobody was authenticated for, or whose deadline cannot be read: one
    /// event, as kube-apiserver writes it. `attempted` is what the record says if the answer is no
    /// `Status` in an encoding that upstream negotiates.
    pub(crate) fn turned_away(
        &self,
        origin: &Origin,
        call: &Call,
        status: Result<&Status, (u16, &str)>,
    ) -> Receipt {
        let verdict = self.policy.load().judge(None, call);
        let mut draft = Draft::new(verdict, origin.asked(UserInfo::default()), call);
        match status {
            Ok(status) => draft.refused(status),
            Err((code, attempted)) => {
                draft.explained(attempted);
                draft.answered(code);
            }
        }
        kept(draft.event(Stage::ResponseStarted, SystemTime::now()), self.sink.as_ref())
    }
}

impl Origin {
    fn asked(&self, user: UserInfo) -> Asked {
        Asked {
            audit_id: self.audit_id.clone(),
            request_uri: self.uri.clone(),
            user,
            source_ips: self.source_ips.clone(),
            user_agent: self.user_agent.clone(),
            received: self.received,
        }
    }
}

/// An open record.
pub(crate) struct Record {
    draft: Draft,
    sink: Arc<dyn Sink>,
    is_long_running: bool,
    has_started: bool,
    is_closed: bool,
}

impl Record {
    /// Records that the request is here. In strict mode, what cannot be recorded is refused.
    pub(crate) async fn received(&mut self, target: &str) -> Result<(), Refusal> {
        let receipt =
            kept(self.draft.event(Stage::RequestReceived, SystemTime::now()), self.sink.as_ref());
        self.settled(receipt, target).await
    }

    /// Records the head of the answer, for what runs long: before its first byte leaves.
    pub(crate) async fn started(&mut self, code: u16, target: &str) -> Result<(), Refusal> {
        self.draft.answered(code);
        let receipt = self.start();
        self.settled(receipt, target).await
    }

    /// Notes the status code of an answer.
    pub(crate) fn answered(&mut self, code: u16) {
        self.draft.answered(code);
    }

    /// Closes the record of an answered request. The receipt is to be waited for before the end of
    /// the answer leaves.
    pub(crate) fn complete(mut self) -> Receipt {
        self.close(Stage::ResponseComplete)
    }

    /// Closes the record of a refused request.
    pub(crate) fn refused(mut self, refusal: &Refusal) -> Receipt {
        match refusal.status() {
            Some(status) => self.draft.refused(&status),
            None => self.draft.answered(refusal.code()),
        }
        if matches!(refusal, Refusal::Panic) {
            return self.panicked();
        }
        if self.is_long_running && !self.has_started {
            drop(self.start());
        }
        self.close(Stage::ResponseComplete)
    }

    /// Whether a request whose record is not kept must not be served.
    pub(crate) fn is_strict(&self) -> bool {
        self.sink.is_strict()
    }

    /// What the policy says of the request.
    pub(crate) fn verdict(&self) -> Verdict {
        self.draft.verdict()
    }

    /// See [`Draft::annotate`].
    pub(crate) fn annotate(&mut self, key: &str, value: impl Into<String>) {
        self.draft.annotate(key, value);
    }

    /// See [`Draft::impersonates`].
    pub(crate) fn impersonates(&mut self, user: &UserInfo, constraint: Option<&str>) {
        self.draft.impersonates(user, constraint);
    }

    /// See [`Draft::sent`].
    pub(crate) fn sent(&mut self, body: RequestBody) {
        self.draft.sent(body);
    }

    /// Notes a `Status` that the cluster would have answered with, had the answer a body.
    pub(crate) fn explained(&mut self, status: &Status) {
        self.draft.refused(status);
    }

    /// See [`Draft::received`].
    pub(crate) fn answered_with(&mut self, body: ResponseBody) {
        self.draft.received(body);
    }

    async fn settled(&self, receipt: Receipt, target: &str) -> Result<(), Refusal> {
        if !self.sink.waits() {
            return Ok(());
        }
        match receipt.await {
            Err(problem) if self.sink.is_strict() => {
                tracing::error!(%problem, "A request is refused because its audit event cannot be kept.");
                Err(Refusal::Audit(target.to_owned()))
            }
            Err(_) | Ok(()) => Ok(()),
        }
    }

    fn start(&mut self) -> Receipt {
        self.has_started = true;
        kept(self.draft.event(Stage::ResponseStarted, SystemTime::now()), self.sink.as_ref())
    }

    fn panicked(mut self) -> Receipt {
        self.draft.panicked("see the log of the gateway");
        self.close(Stage::Panic)
    }

    fn close(&mut self, stage: Stage) -> Receipt {
        self.is_closed = true;
        kept(self.draft.event(stage, SystemTime::now()), self.sink.as_ref())
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if self.is_closed {
            return;
        }
        if std::thread::panicking() {
            self.draft.panicked("see the log of the gateway");
            drop(self.close(Stage::Panic));
            return;
        }
        if self.draft.closed_early() && self.is_long_running && !self.has_started {
            drop(self.start());
        }
        drop(self.close(Stage::ResponseComplete));
    }
}

/// Closes the record of a refused request, and says what its client reads: the refusal, or, in
/// strict mode, that it could not be recorded.
pub(crate) async fn close(
    auditor: &Auditor,
    record: Record,
    refusal: Refusal,
    origin: &Origin,
) -> Refusal {
    let receipt = record.refused(&refusal);
    if !auditor.sink.waits() {
        return refusal;
    }
    match receipt.await {
        Err(_) if auditor.sink.is_strict() => Refusal::Audit(origin.uri.clone()),
        Err(_) | Ok(()) => refusal,
    }
}

fn kept(event: Option<audit::Event>, sink: &dyn Sink) -> Receipt {
    match event {
        Some(event) => sink.append(event),
        None => Receipt::settled(Ok(())),
    }
}
