//! One request, from top to bottom: read, authenticated, authorized, answered.

use std::sync::Arc;

use http::header::HeaderName;
use http::{HeaderValue, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use model::{Attributes, BadRequestInfo, Call, Status};

use crate::answer::Answer;
use crate::asked::Asked;
use crate::caller::{self, Peer};
use crate::refusal::Refusal;
use crate::world::World;
use crate::{guard, paths, resources};

/// What a client sends beside the request line and its headers.
pub(crate) struct Sent {
    pub(crate) body: Incoming,
    /// The connection itself, once the answer is 101.
    pub(crate) upgrade: OnUpgrade,
}

/// Answers a request. Dropping this leaves a write either done or not begun.
pub(crate) async fn answer(
    world: Arc<World>,
    peer: Arc<Peer>,
    mut request: Request<Incoming>,
) -> Response<UnsyncBoxBody<bytes::Bytes, std::convert::Infallible>> {
    let upgrade = hyper::upgrade::on(&mut request);
    let audit = request.headers().get(AUDIT_ID).cloned();
    let (head, body) = request.into_parts();
    let answer = match allowed(world, &peer, head) {
        Ok(asked) => settle(asked, Sent { body, upgrade }).await,
        Err(refusal) => refusal.into(),
    };
    let mut response = answer.0;
    let audit = audit.or_else(|| HeaderValue::try_from(uuid::Uuid::new_v4().to_string()).ok());
    response.headers_mut().extend(audit.map(|audit| (AUDIT_ID, audit)));
    response
}

/// Who asks for what, if they may.
fn allowed(world: Arc<World>, peer: &Peer, head: http::request::Parts) -> Result<Asked, Refusal> {
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let call = Call::parse(head.method.as_str(), &target).map_err(|bad| unreadable(&bad))?;
    let caller = caller::of(peer, &head.headers)?;
    let rules = world.rules.current(&world.store);
    let user = guard::effective(&world, &rules, caller, &head.headers, &call)?;
    guard::check(&rules, &Attributes::of(&call, &user))?;
    Ok(Asked { world, rules, user, call, target, headers: head.headers })
}

async fn settle(asked: Asked, sent: Sent) -> Answer {
    let answer = if asked.call.is_resource {
        resources::answer(asked, sent).await
    } else {
        paths::answer(&asked)
    };
    answer.unwrap_or_else(Answer::from)
}

fn unreadable(bad: &BadRequestInfo) -> Refusal {
    match bad {
        BadRequestInfo::Malformed => Refusal::bad_request(bad.to_string()),
        BadRequestInfo::NoResource { .. } => {
            Status::internal_error(&format!("failed to create RequestInfo: {bad}")).into()
        }
    }
}

const AUDIT_ID: HeaderName = HeaderName::from_static("audit-id");
