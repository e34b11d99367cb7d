//! The chain: what every request goes through, top to bottom.
//!
//! Each stage takes what the stage before proved and returns a proof of its own: [`Asked`] (the
//! request makes sense), [`Known`] (who asks), [`Sound`] (the path is read in one way), [`Paced`]
//! (they may come from there, and now), [`Acting`] (as whom), [`Seated`] (there is room),
//! [`Allowed`] (a rule says so). Leaving one out, or swapping two, does not compile, and the cluster
//! is asked for nothing but an [`Allowed`].

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;

use crate::answer::AnswerBody;
use crate::forward;
use crate::gate::Gate;
use crate::peer::Peer;
use crate::record::{self, Record};
use crate::refusal::Refusal;
use crate::wire::Asked;

mod acting;
mod allowed;
mod arrival;
mod known;
mod paced;
mod seated;
mod sound;

pub(crate) use acting::Acting;
pub(crate) use allowed::Allowed;
pub(crate) use arrival::Arrival;
pub(crate) use known::Known;
pub(crate) use paced::Paced;
pub(crate) use seated::{Room, Seated};
pub(crate) use sound::Sound;

/// Answers a request, whatever happens.
pub(crate) async fn serve(
    gate: Arc<Gate>,
    peer: Arc<Peer>,
    request: Request<Incoming>,
) -> Response<AnswerBody> {
    let arrival = Arrival::of(&gate, &peer, &request);
    let outcome = AssertUnwindSafe(chain(&gate, &peer, &arrival, request)).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|_panic| {
        // What was thrown is on standard error already. The record closed as it was dropped.
        tracing::error!(audit_id = %arrival.origin.audit_id, "Handling a request panicked.");
        Err(Refusal::Panic)
    });
    let mut answer = match outcome {
        Ok(answer) => answer,
        Err(refusal) => {
            gate.metrics.refused(&refusal);
            if arrival.is_http2 && matches!(refusal, Refusal::Unauthenticated) {
                // HTTP/2 is cheap to abuse (CVE-2023-44487): a stranger gets one answer a
                // connection, as from kube-apiserver.
                peer.closing.notify_one();
            }
            let mut answer = refusal.answer(arrival.encoding);
            if !arrival.is_http2 && matches!(refusal, Refusal::Malformed(_)) {
                // Where one request ends and the next begins is in doubt, so there is no next.
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        }
    };
    arrival.mark(answer.headers_mut());
    answer
}

async fn chain(
    gate: &Gate,
    peer: &Arc<Peer>,
    arrival: &Arrival,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, Refusal> {
    let (mut parts, body) = request.into_parts();
    let asked = match Asked::read(&parts, arrival.received, gate.request_timeout) {
        Ok(asked) => asked,
        Err(refusal) => return Err(known::turned_away(gate, arrival, &parts, refusal).await),
    };
    let known = Known::authenticate(gate, peer, arrival, &parts, asked).await?;
    let mut record = gate.auditor.open(&arrival.origin, known.user(), known.call());
    match permitted(gate, arrival, known, &mut record).await {
        Ok(allowed) => {
            let upgrading = parts.extensions.remove::<OnUpgrade>();
            let upgrading = upgrading.map(|upgrade| (upgrade, Arc::clone(peer)));
            forward::to_cluster(gate, arrival, allowed, record, (body, upgrading)).await
        }
        Err(refusal) => Err(record::close(&gate.auditor, record, refusal, &arrival.origin).await),
    }
}

/// The stages between knowing who asks and asking the cluster.
async fn permitted(
    gate: &Gate,
    arrival: &Arrival,
    known: Known,
    record: &mut Record,
) -> Result<Allowed, Refusal> {
    known.annotate(record);
    record.received(&arrival.origin.uri).await?;
    let sound = Sound::check(known)?;
    let paced = Paced::admit(gate, arrival, sound)?;
    let acting = Acting::take_on(gate, paced, record)?;
    let seated = Seated::find(gate, arrival, acting)?;
    Allowed::decide(gate, arrival, seated, record)
}
