//! Service accounts' tokens. The cluster alone knows whether the account, and the pod or secret a
//! token is bound to, still exist; so its TokenReview decides, and says who the caller is. What can
//! be seen here is used to refuse early, and for nothing else.

mod claims;

use std::sync::Arc;
use std::time::SystemTime;

use model::UserInfo;
use secrecy::SecretString;

use crate::authenticator::Failure;
use crate::jwt::{self, Algorithm, Compact, Keys, Moment, TokenFailure};
use crate::review::Reviewer;
use claims::Seen;

/// How tokens of service accounts, and tokens that no issuer claims, are verified.
pub struct ServiceAccounts {
    /// The cluster's issuers. A token of one of them is looked at here before it is reviewed.
    pub issuers: Vec<String>,
    /// The audiences the API server answers to; with none, audiences are left to the review.
    pub api_audiences: Vec<String>,
    /// The cluster's public keys, if they are to be used.
    pub keys: Option<Arc<dyn Keys>>,
    /// Asks the cluster.
    pub reviewer: Arc<dyn Reviewer>,
}

impl ServiceAccounts {
    /// Whether a token that names `issuer` is one of the cluster's own.
    pub(crate) fn issues(&self, issuer: &str) -> bool {
        issuer == LEGACY_ISSUER || self.issuers.iter().any(|held| held == issuer)
    }

    /// Whom the cluster says `token` belongs to, and what an audit record should say of it, unless
    /// it can be refused without asking. The future may be dropped at any time.
    pub(crate) async fn authenticate(
        &self,
        token: &SecretString,
        compact: Compact<'_>,
        now: SystemTime,
    ) -> Result<(UserInfo, Vec<(String, String)>), Failure> {
        let issuer = compact.unverified_issuer().unwrap_or_default();
        let seen = Seen::of(compact.unverified_claims());
        let now = Moment::of(now);
        // Tokens from Secrets have no end, and upstream does not look for one.
        let checked =
            if issuer == LEGACY_ISSUER { Ok(()) } else { seen.check(&self.api_audiences, now) };
        let checked = match checked {
            Ok(()) => self.check_signature(compact).await,
            Err(failure) => Err(failure),
        };
        checked.map_err(|failure| Failure::Token { issuer, failure })?;
        Ok((self.review(token).await?, seen.annotations(now)))
    }

    /// Who the cluster says the token belongs to.
    pub(crate) async fn review(&self, token: &SecretString) -> Result<UserInfo, Failure> {
        let user = self.reviewer.review(token).await.map_err(Failure::Review)?;
        user.ok_or(Failure::UnknownToken)
    }

    /// Refuses a token that a known key did not sign. One of an unknown key is left to the cluster:
    /// it may have a new key that it does not publish yet.
    async fn check_signature(&self, token: Compact<'_>) -> Result<(), TokenFailure> {
        let Some(keys) = &self.keys else { return Ok(()) };
        match jwt::verify(token, &**keys, &Algorithm::ALL).await {
            Ok(_) | Err(TokenFailure::UnknownKey | TokenFailure::NoKeys) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

/// The issuer of tokens that are kept in Secrets.
const LEGACY_ISSUER: &str = "kubernetes/serviceaccount";
