//! Requests that become tunnels: exec, attach, port-forward, WebSocket watches. Only 101 opens one.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use http::header::{CONNECTION, UPGRADE};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;

use super::{Passage, cleanse};
use crate::answer::AnswerBody;
use crate::ending::{Ending, Holds};
use crate::metrics::Timing;
use crate::peer::Peer;
use crate::record::{self, Record};
use crate::refusal::Refusal;
use crate::tunnel::tunnel;
use crate::upstream::{Failure, Step, UpgradeAnswer};

/// Asks the cluster to switch protocols. If it does, so does the client's connection, and bytes
/// pass both ways until an end closes; if it does not, its answer is relayed and the connection
/// ends.
pub(super) async fn open(
    passage: Passage<'_>,
    request: Request<()>,
    mut record: Record,
    (holds, timing): (Holds, Timing),
    upgrading: Option<(OnUpgrade, Arc<Peer>)>,
) -> Result<Response<AnswerBody>, Refusal> {
    let asked_for = request.headers().get(UPGRADE).cloned();
    let outcome =
        tokio::time::timeout(LONGEST_SWITCH, passage.gate.upstream.upgrade(request)).await;
    let (head, io) = match outcome.unwrap_or(Err(Failure::TimedOut(Step::Answer))) {
        Ok(UpgradeAnswer::Switched { head, io }) => (head, io),
        Ok(UpgradeAnswer::Refused(answer)) => {
            let mut answer = passage.relay(answer, record, None, (holds, timing)).await?;
            // Whatever the client sends next was meant for a tunnel.
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            return Ok(answer);
        }
        Err(failure) => return Err(passage.refuse(record, &failure).await),
    };
    let Some((upgrading, peer)) = upgrading else {
        return Err(passage.refuse(record, &Failure::NotSwitched(StatusCode::OK)).await);
    };
    let code = StatusCode::SWITCHING_PROTOCOLS.as_u16();
    if let Err(refusal) = record.started(code, &passage.arrival.origin.uri).await {
        return Err(
            record::close(&passage.gate.auditor, record, refusal, &passage.arrival.origin).await
        );
    }
    passage.gate.metrics.served(code);
    let mut answer = Response::new(AnswerBody::empty());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *answer.headers_mut() = head.headers;
    cleanse(answer.headers_mut());
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Some(protocol) = asked_for {
        answer.headers_mut().insert(UPGRADE, protocol);
    }
    let cancelled = holds.cancelled().unwrap_or_else(|| std::future::pending().boxed());
    let ending = Ending::new(record, holds, timing);
    tokio::spawn(async move {
        match tokio::time::timeout(LONGEST_SWITCH, upgrading).await {
            Ok(Ok(client)) => {
                let ended = tunnel(TokioIo::new(client), io, cancelled).await;
                tracing::debug!(?ended, "A tunnel ended.");
            }
            Ok(Err(problem)) => tracing::debug!(%problem, "A client did not switch protocols."),
            Err(_elapsed) => tracing::debug!("A client did not switch protocols in time."),
        }
        // The client's connection counted as one until now.
        drop(peer);
        if let Err(problem) = ending.complete().await {
            tracing::error!(%problem, "The last audit event of a tunnel is not kept.");
        }
    });
    Ok(answer)
}

/// How long each side may take to switch protocols. The cluster first connects to a node.
const LONGEST_SWITCH: Duration = Duration::from_mins(1);
