//! Asking an authenticator, with the outsiders it asks played.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use authn::{
    Authenticated, Authenticator, PeerCertificates, Presented, ReviewFailure, Reviewer,
    Unauthenticated,
};
use model::UserInfo;
use secrecy::{ExposeSecret, SecretString};

/// 2026-06-01T00:00:00Z, when all tests take place unless they say otherwise.
pub(crate) const NOW: u64 = 1_780_272_000;

pub(crate) fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// A request to be authenticated.
#[derive(Default)]
pub(crate) struct Request<'a> {
    pub(crate) certificates: Option<&'a PeerCertificates>,
    pub(crate) authorization: Vec<String>,
    pub(crate) subprotocols: Vec<String>,
    pub(crate) path: &'a str,
    pub(crate) now: Option<u64>,
}

impl<'a> Request<'a> {
    pub(crate) fn bearing(token: &str) -> Self {
        Self { authorization: vec![format!("Bearer {token}")], ..Self::default() }
    }

    pub(crate) fn over(certificates: &'a PeerCertificates) -> Self {
        Self { certificates: Some(certificates), ..Self::default() }
    }

    pub(crate) fn at(self, seconds: u64) -> Self {
        Self { now: Some(seconds), ..self }
    }

    pub(crate) fn of(
        &self,
        authenticator: &Authenticator,
    ) -> Result<Authenticated, Unauthenticated> {
        let authorization: Vec<&[u8]> = self.authorization.iter().map(String::as_bytes).collect();
        let subprotocols: Vec<&[u8]> = self.subprotocols.iter().map(String::as_bytes).collect();
        ready(authenticator.authenticate(&Presented {
            certificates: self.certificates,
            authorization: &authorization,
            subprotocols: &subprotocols,
            path: self.path,
            now: at(self.now.unwrap_or(NOW)),
        }))
    }
}

/// The output of a future that has nothing to wait for. It must be one that a server may run.
pub(crate) fn ready<T>(future: impl Future<Output = T> + Send) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}

type Verdict = Result<Option<UserInfo>, ReviewFailure>;

/// A cluster that knows some tokens.
#[derive(Default)]
pub(crate) struct Cluster {
    answers: Mutex<BTreeMap<String, Verdict>>,
    reviews: AtomicUsize,
}

impl Cluster {
    pub(crate) fn knows(self, token: &str, answer: Verdict) -> Self {
        self.answers.lock().unwrap().insert(token.to_owned(), answer);
        self
    }

    pub(crate) fn reviews(&self) -> usize {
        self.reviews.load(Ordering::SeqCst)
    }
}

impl Reviewer for Cluster {
    fn review<'a>(
        &'a self,
        token: &'a SecretString,
    ) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>> {
        self.reviews.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers.lock().unwrap().get(token.expose_secret()).cloned();
        Box::pin(std::future::ready(answer.unwrap_or(Ok(None))))
    }
}

pub(crate) fn user(name: &str, groups: &[&str]) -> UserInfo {
    UserInfo {
        name: name.to_owned(),
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        ..UserInfo::default()
    }
}
