//! What a service account's token says, as far as it can be refused for it. Names are matched as
//! they are, and what cannot be read is left to the cluster.

use crate::jwt::claims::{Claims, Value};
use crate::jwt::{Moment, TokenFailure};

/// The claims that count here.
pub(super) struct Seen {
    subject: String,
    audiences: Vec<String>,
    end: Option<i64>,
    start: Option<i64>,
    issued: Option<i64>,
    warn_after: Option<i64>,
    has_duplicates: bool,
}

impl Seen {
    pub(super) fn of(claims: &Claims) -> Self {
        let time = |name| claims.exact(name).and_then(Value::seconds);
        let audiences = claims
            .exact("aud")
            .and_then(|value| value.texts().or_else(|| value.text().map(|one| vec![one])));
        let private = claims.exact("kubernetes.io").and_then(Value::object);
        Self {
            subject: claims.exact("sub").and_then(Value::text).unwrap_or_default(),
            audiences: audiences.unwrap_or_default(),
            end: time("exp"),
            start: time("nbf"),
            issued: time("iat"),
            warn_after: private
                .and_then(|private| private.exact("warnafter").and_then(Value::seconds)),
            has_duplicates: claims.has_duplicates(),
        }
    }

    /// Whether the cluster would refuse the token for what it says. Each end of its time is a
    /// minute off, as there.
    pub(super) fn check(&self, api_audiences: &[String], now: Moment) -> Result<(), TokenFailure> {
        if self.has_duplicates {
            return Err(TokenFailure::Malformed("it has a claim twice"));
        }
        if self.end.is_some_and(|end| now.is_after(end, LEEWAY)) {
            return Err(TokenFailure::Expired);
        }
        if self.start.is_some_and(|start| now.is_before(start, LEEWAY)) {
            return Err(TokenFailure::NotYetValid);
        }
        if self.issued.is_some_and(|issued| now.is_before(issued, LEEWAY)) {
            return Err(TokenFailure::IssuedInTheFuture);
        }
        let is_for_us = self.audiences.is_empty()
            || api_audiences.is_empty()
            || self.audiences.iter().any(|audience| api_audiences.contains(audience));
        if is_for_us { Ok(()) } else { Err(TokenFailure::Audience) }
    }

    /// What upstream's audit records say of a token, once the cluster has vouched for it.
    pub(super) fn annotations(&self, now: Moment) -> Vec<(String, String)> {
        let mut annotations = Vec::new();
        if self.audiences.is_empty() {
            annotations.push((LEGACY.to_owned(), self.subject.clone()));
        }
        if let Some(warn_after) = self.warn_after
            && warn_after != 0
            && now.is_after(warn_after, 0)
        {
            let late = now.seconds().saturating_sub(warn_after);
            let text =
                format!("subject: {}, seconds after warning threshold: {late}", self.subject);
            annotations.push((STALE.to_owned(), text));
        }
        annotations
    }
}

const LEEWAY: i64 = 60;
const LEGACY: &str = "authentication.k8s.io/legacy-token";
const STALE: &str = "authentication.k8s.io/stale-token";
