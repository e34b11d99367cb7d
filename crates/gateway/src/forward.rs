//! Asking the cluster, and relaying what it answers.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use audit::body::Head;
use audit::{RequestBody, ResponseBody};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use model::{Call, Status, UserInfo};

use crate::answer::{AnswerBody, Relayed};
use crate::chain::{Allowed, Arrival};
use crate::ending::{Ending, Holds, Sent};
use crate::gate::Gate;
use crate::metrics::Timing;
use crate::peer::Peer;
use crate::record::{self, Record};
use crate::refusal::Refusal;
use crate::upload::Upload;
use crate::upstream::{Cause, Failure, Lane, Step, UpstreamBody};
use crate::wire::firewall::{self, Scope};

use self::reviews::Review;

mod outbound;
mod reviews;
mod tunnelled;

/// Makes an allowed request of the cluster and relays the answer. The record closes with it.
///
/// What few requests take is boxed, so that the others need no room for it.
pub(crate) async fn to_cluster(
    gate: &Gate,
    arrival: &Arrival,
    allowed: Allowed,
    record: Record,
    (body, upgrading): (Incoming, Option<(OnUpgrade, Arc<Peer>)>),
) -> Result<Response<AnswerBody>, Refusal> {
    let caller = allowed.caller().to_owned();
    let (asked, user, room, rules) = allowed.into_parts();
    let request = match outbound::head(gate, arrival, &asked, &user) {
        Ok(request) => request,
        Err(refusal) => {
            arrival.classify(gate, &asked.call, &user);
            return Err(record::close(&gate.auditor, record, refusal, &arrival.origin).await);
        }
    };
    let holds = Holds::new(room, gate.streams.register(&caller, &asked.call));
    let timing = gate.metrics.timing(&asked.call);
    let is_head = asked.method == Method::HEAD;
    let (call, deadline) = (asked.call, asked.deadline);
    let passage = Passage { gate, arrival, call, user, deadline, is_head };
    if asked.upgrade.is_some() {
        let tunnel = tunnelled::open(passage, request, record, (holds, timing), upgrading);
        return Box::pin(tunnel).await;
    }
    if let Some(review) = Review::of(&passage.call, &asked.method, &rules) {
        let (reviewed, asked) = ((review, rules), (request, body));
        let answer = reviews::answer(&passage, reviewed, asked, record, (holds, timing));
        return Box::pin(answer).await;
    }
    let kind = request.headers().get(CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    let sent = RequestBody::of(record.verdict(), &passage.call, kind, LONGEST_OBJECT);
    let sent: Option<Sent> = sent.map(|body| Arc::new(Mutex::new(Some(body))));
    let upload = Upload::new(body, sent.clone());
    let progress = upload.progress();
    let outcome = pin!(gate.upstream.send(request.map(|()| upload), passage.lane()));
    match passage.in_time(outcome).await {
        Ok(answer) => {
            let mut answer = passage.relay(answer, record, sent, (holds, timing)).await?;
            if !arrival.is_http2 && progress.is_far_from_its_end() {
                // What is left of the body is not waited for, so nothing else can be asked on the
                // connection.
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        }
        Err(failure) => Err(passage.refuse(record, &failure).await),
    }
}

/// A request that is being made of the cluster.
struct Passage<'a> {
    gate: &'a Gate,
    arrival: &'a Arrival,
    call: Call,
    user: UserInfo,
    /// When the client's time is over; `None` for what runs long.
    deadline: Option<Instant>,
    /// Whether the answer is to have no body.
    is_head: bool,
}

impl Passage<'_> {
    /// What runs long never shares a connection with what does not.
    fn lane(&self) -> Lane {
        if self.call.is_long_running() { Lane::Stream } else { Lane::Short }
    }

    /// The cluster keeps the deadline itself; this is for one that does not answer at all.
    async fn in_time<T>(
        &self,
        outcome: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        match self.last_moment() {
            None => outcome.await,
            Some(at) => match tokio::time::timeout_at(at.into(), outcome).await {
                Ok(outcome) => outcome,
                Err(_elapsed) => Err(Failure::TimedOut(Step::Answer)),
            },
        }
    }

    fn last_moment(&self) -> Option<Instant> {
        self.deadline.and_then(|deadline| deadline.checked_add(GRACE))
    }

    async fn refuse(&self, record: Record, failure: &Failure) -> Refusal {
        let cause = std::error::Error::source(failure).map(ToString::to_string);
        tracing::warn!(problem = %failure, cause, audit_id = %self.arrival.origin.audit_id, "The cluster did not answer.");
        let refusal = Refusal::Upstream(Box::new(told(failure)));
        // kube-apiserver answers a request whose time is over from outside its classification.
        if !matches!(failure, Failure::TimedOut(_)) {
            self.arrival.classify(self.gate, &self.call, &self.user);
        }
        record::close(&self.gate.auditor, record, refusal, &self.arrival.origin).await
    }

    /// Relays an answer: its head now, its body frame by frame, its end once the record is kept.
    async fn relay(
        &self,
        answer: Response<UpstreamBody>,
        mut record: Record,
        sent: Option<Sent>,
        (holds, timing): (Holds, Timing),
    ) -> Result<Response<AnswerBody>, Refusal> {
        let (mut head, body) = answer.into_parts();
        if head.status == StatusCode::SWITCHING_PROTOCOLS {
            return Err(self.refuse(record, &Failure::NotSwitched(head.status)).await);
        }
        if head.status == StatusCode::UNAUTHORIZED && Scope::of(&self.call) == Scope::Own {
            // Callers were authenticated here: it is the gateway that the cluster does not know. To
            // tell the client so would have it throw its own credentials away.
            tracing::error!("The cluster does not accept the gateway's own credential (401).");
            self.gate.upstream.credential_refused();
            let status = Status::service_unavailable(UNREACHABLE, 1);
            return Err(self.close(record, Refusal::Upstream(Box::new(status))).await);
        }
        cleanse(&mut head.headers);
        let code = head.status.as_u16();
        record.answered(code);
        if self.is_head && code == Status::method_not_allowed().code {
            // The answer has no body, but kube-apiserver records the one it would have had.
            record.explained(&Status::method_not_allowed());
        }
        let answered = ResponseBody::of(
            record.verdict(),
            &self.call,
            Head {
                code,
                content_type: bytes_of(&head.headers, &CONTENT_TYPE),
                content_encoding: bytes_of(&head.headers, &CONTENT_ENCODING),
            },
            LONGEST_OBJECT,
        );
        self.gate.metrics.served(code);
        if self.call.is_long_running() {
            if code >= 400 {
                let error = self.relay_error((head, body), record, answered, (holds, timing));
                return Box::pin(error).await;
            }
            if let Err(refusal) = record.started(code, &self.arrival.origin.uri).await {
                return Err(self.close(record, refusal).await);
            }
        }
        let ending = Ending::new(record, holds, timing).capturing(sent, answered);
        if !body.is_end_stream() {
            let has_length = head.headers.contains_key(CONTENT_LENGTH);
            let mut relayed = Relayed::new(body, has_length, Box::new(ending), self.last_moment());
            if relayed.begin().await.is_err() {
                return Err(Refusal::Audit(self.arrival.origin.uri.clone()));
            }
            return Ok(Response::from_parts(head, AnswerBody::Relayed(Box::new(relayed))));
        }
        self.finish(ending, Response::from_parts(head, AnswerBody::empty())).await
    }
}

impl Passage<'_> {
    /// Relays the refusal of a request that would run long. It is short and read at once, since
    /// kube-apiserver's event of its start says what it is.
    async fn relay_error(
        &self,
        (head, body): (http::response::Parts, UpstreamBody),
        mut record: Record,
        answered: Option<ResponseBody>,
        (holds, timing): (Holds, Timing),
    ) -> Result<Response<AnswerBody>, Refusal> {
        let read = Limited::new(body, LONGEST_ERROR).collect();
        let bytes = match tokio::time::timeout(LONGEST_READ, read).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(problem)) => {
                let failure = Failure::Garbage(Cause::new(std::io::Error::other(problem)));
                return Err(self.refuse(record, &failure).await);
            }
            Err(_elapsed) => {
                return Err(self.refuse(record, &Failure::TimedOut(Step::Answer)).await);
            }
        };
        if let Some(mut answered) = answered {
            answered.push(&bytes);
            record.answered_with(answered);
        }
        if let Err(refusal) = record.started(head.status.as_u16(), &self.arrival.origin.uri).await {
            return Err(self.close(record, refusal).await);
        }
        self.whole((head, bytes), record, (holds, timing)).await
    }

    /// Answers with a body that is whole, once the record is kept.
    async fn whole(
        &self,
        (head, bytes): (http::response::Parts, Bytes),
        record: Record,
        (holds, timing): (Holds, Timing),
    ) -> Result<Response<AnswerBody>, Refusal> {
        let answer = Response::from_parts(head, AnswerBody::whole(bytes));
        self.finish(Ending::new(record, holds, timing), answer).await
    }

    /// Ends a request whose answer is at hand: its last event is kept before it leaves.
    async fn finish(
        &self,
        ending: Ending,
        answer: Response<AnswerBody>,
    ) -> Result<Response<AnswerBody>, Refusal> {
        let (is_strict, receipt) = (ending.is_strict(), ending.complete());
        match if self.gate.auditor.sink.waits() { receipt.await } else { Ok(()) } {
            Err(_) if is_strict => Err(Refusal::Audit(self.arrival.origin.uri.clone())),
            Err(_) | Ok(()) => Ok(answer),
        }
    }

    async fn close(&self, record: Record, refusal: Refusal) -> Refusal {
        record::close(&self.gate.auditor, record, refusal, &self.arrival.origin).await
    }
}

/// Takes off what ends at this hop.
fn cleanse(headers: &mut HeaderMap) {
    let nominated = firewall::nominated(headers);
    let gone: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            firewall::ends_here(name) || nominated.iter().any(|n| n == name.as_str().as_bytes())
        })
        .cloned()
        .collect();
    for name in gone {
        headers.remove(name);
    }
}

fn bytes_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a [u8] {
    headers.get(name).map_or(b"", |value| value.as_bytes())
}

/// What the client reads of a failure; the log has the rest.
fn told(failure: &Failure) -> Status {
    match failure {
        Failure::TimedOut(_) => Status::timeout(),
        Failure::Unreachable(_) | Failure::Credential(_) => {
            Status::service_unavailable(UNREACHABLE, 1)
        }
        Failure::Saturated => Status::service_unavailable(
            "too many requests wait for the cluster behind the gateway",
            1,
        ),
        // It did not act on the request; client-go tries again after the time it is told.
        Failure::Refused(_) => Status::too_many_requests(
            "the cluster behind the gateway is closing a connection, please try again later",
            1,
        ),
        Failure::Reset(_) => {
            Status::bad_gateway("the cluster behind the gateway broke off before it answered")
        }
        Failure::Garbage(_) => {
            Status::bad_gateway("the cluster behind the gateway gave no answer that makes sense")
        }
        Failure::NotSwitched(_) => Status::bad_gateway(
            "the cluster behind the gateway did not switch protocols as it was asked to",
        ),
        Failure::Unsendable(_) => Status::bad_request("the request cannot be sent on"),
        Failure::Request(_) => Status::bad_request("the body of the request ended early"),
    }
}

const UNREACHABLE: &str = "the cluster behind the gateway cannot be reached";
/// The longest error of the cluster that is read before it is relayed, and the longest time for it.
const LONGEST_ERROR: usize = 1 << 20;
const LONGEST_READ: Duration = Duration::from_secs(15);
/// How much later than the client's deadline the cluster is given up: its own answer is the better one.
const GRACE: Duration = Duration::from_secs(1);
/// kube-apiserver takes no larger object (`MaxRequestBodyBytes`).
const LONGEST_OBJECT: usize = 3 << 20;
