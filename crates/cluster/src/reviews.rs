//! Token reviews: the cluster says who a token belongs to, and is believed for ten seconds.
//!
//! Only identities are kept, never refusals: a token may become good at any moment, and a bad one
//! costs the cluster what it would cost without the gateway. Tokens are kept as hashes under a key
//! of this process, never as they are.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use authn::{ReviewFailure, Reviewer};
use kube::Client;
use model::UserInfo;
use moka::future::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::ClusterError;
use crate::call::{self, Bounds};
use crate::error::CallFailure;

/// Asks the cluster who a token belongs to.
pub struct TokenReviews {
    client: Client,
    audiences: Vec<String>,
    known: Cache<[u8; 32], Arc<UserInfo>>,
    key: [u8; 32],
    /// Reviews that may be under way.
    running: Semaphore,
    /// Reviews that may be under way or wait for it.
    waiting: Semaphore,
    wait: Duration,
}

/// How much reviews may cost.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// How long an identity is believed.
    kept_for: Duration,
    /// Reviews that may be under way.
    running: usize,
    /// Reviews that may be under way or wait for it, and for how long.
    waiting: usize,
    wait: Duration,
}

/// How a review ends that gives no identity.
#[derive(Debug, Clone)]
enum Ending {
    NotAccepted,
    Failed(ReviewFailure),
}

impl TokenReviews {
    /// Reviews through `client`, whose user must be allowed to create `tokenreviews` of
    /// `authentication.k8s.io`. A token must be for one of `audiences`; without any, for the
    /// cluster's own API.
    pub fn new(client: Client, audiences: Vec<String>) -> Result<Self, ClusterError> {
        Self::within(client, audiences, LIMITS)
    }

    fn within(
        client: Client,
        audiences: Vec<String>,
        limits: Limits,
    ) -> Result<Self, ClusterError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)
            .map_err(|source| ClusterError::NoRandomness(source.to_string()))?;
        let known = Cache::builder()
            .time_to_live(limits.kept_for)
            .weigher(|_, user: &Arc<UserInfo>| weight(user))
            .max_capacity(KEPT_BYTES)
            .build();
        Ok(Self {
            client,
            audiences,
            known,
            key,
            running: Semaphore::new(limits.running),
            waiting: Semaphore::new(limits.waiting),
            wait: limits.wait,
        })
    }

    async fn ask(&self, token: &SecretString) -> Result<Arc<UserInfo>, Ending> {
        let failed = |failure| Ending::Failed(failure);
        let busy = || Ending::Failed(ReviewFailure::Busy);
        let _waiting = self.waiting.try_acquire().map_err(|_full| busy())?;
        let _running = timeout(self.wait, self.running.acquire())
            .await
            .map_err(|_elapsed| busy())?
            .map_err(|_closed| busy())?;
        let json = self.request(token).ok_or_else(|| {
            failed(ReviewFailure::Refused("the token cannot be sent as JSON".to_owned()))
        })?;
        let review: Review = call::post(&self.client, PATH, json, BOUNDS, "a TokenReview")
            .await
            .map_err(|failure| failed(told(&failure)))?;
        let user = review.status.accepted(&self.audiences).ok_or(Ending::NotAccepted)?;
        Ok(Arc::new(user))
    }

    fn request(&self, token: &SecretString) -> Option<Vec<u8>> {
        let spec = Spec { token: token.expose_secret(), audiences: &self.audiences };
        let api_version = "authentication.k8s.io/v1";
        serde_json::to_vec(&Request { api_version, kind: "TokenReview", spec }).ok()
    }

    fn fingerprint(&self, token: &SecretString) -> [u8; 32] {
        // Of fixed length in front, the key cannot run into the token.
        Sha256::new().chain_update(self.key).chain_update(token.expose_secret()).finalize().into()
    }
}

impl Reviewer for TokenReviews {
    /// One review serves all who ask for the same token while it is under way.
    fn review<'a>(
        &'a self,
        token: &'a SecretString,
    ) -> Pin<Box<dyn Future<Output = Result<Option<UserInfo>, ReviewFailure>> + Send + 'a>> {
        Box::pin(async move {
            let fingerprint = self.fingerprint(token);
            match self.known.try_get_with(fingerprint, self.ask(token)).await.as_deref() {
                Ok(user) => Ok(Some(user.clone())),
                Err(ending) => match ending.as_ref() {
                    Ending::NotAccepted => Ok(None),
                    Ending::Failed(failure) => Err(failure.clone()),
                },
            }
        })
    }
}

fn told(failure: &CallFailure) -> ReviewFailure {
    let text = failure.to_string();
    match failure {
        CallFailure::Refused { .. } | CallFailure::Garbage(_) | CallFailure::TooLong(_) => {
            ReviewFailure::Refused(text)
        }
        CallFailure::Unreachable(_) | CallFailure::TooMany(_) | CallFailure::TimedOut => {
            ReviewFailure::Unreachable(text)
        }
    }
}

fn weight(user: &UserInfo) -> u32 {
    let extra = user.extra.iter().flat_map(|(key, values)| [key].into_iter().chain(values));
    let texts = [&user.name, &user.uid].into_iter().chain(&user.groups).chain(extra);
    let bytes: usize = texts.map(|text| text.len() + size_of::<String>()).sum();
    u32::try_from(bytes + 128).unwrap_or(u32::MAX)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    api_version: &'static str,
    kind: &'static str,
    spec: Spec<'a>,
}

#[derive(Serialize)]
struct Spec<'a> {
    token: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    audiences: &'a [String],
}

/// The answer, without the token that it repeats.
#[derive(Deserialize)]
struct Review {
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    authenticated: bool,
    error: String,
    audiences: Vec<String>,
    user: User,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    username: String,
    uid: String,
    groups: Option<Vec<String>>,
    extra: Option<BTreeMap<String, Vec<String>>>,
}

impl Status {
    fn accepted(self, audiences: &[String]) -> Option<UserInfo> {
        let for_us =
            audiences.is_empty() || self.audiences.iter().any(|one| audiences.contains(one));
        if !self.authenticated || !self.error.is_empty() || !for_us {
            return None;
        }
        let User { username: name, uid, groups, extra } = self.user;
        let (groups, extra) = (groups.unwrap_or_default(), extra.unwrap_or_default());
        Some(UserInfo { name, uid, groups, extra })
    }
}

const PATH: &str = "/apis/authentication.k8s.io/v1/tokenreviews";
const BOUNDS: Bounds = Bounds { longest: 1 << 20, within: Duration::from_secs(10) };
const KEPT_BYTES: u64 = 16 << 20;
const LIMITS: Limits = Limits {
    // As long as kube-apiserver believes its own verdicts.
    kept_for: Duration::from_secs(10),
    running: 64,
    waiting: 1024,
    wait: Duration::from_secs(5),
};

#[cfg(test)]
mod tests;
