//! Service accounts' tokens. The cluster alone knows whether the account, and the pod or secret a
//! token is bound to, still exist; so its TokenReview decides, and says who the caller is. What can
//! be seen here is used to refuse early, and for nothing else.

use std::sync::Arc;
use std::time::SystemTime;

use model::UserInfo;
use secrecy::SecretString;

use crate::authenticator::Failure;
use crate::jwt::{Compact, Keys};
use crate::review::Reviewer;

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
    pub(crate) fn issues(&self, issuer: &str) -> bool {
        self.issuers.iter().any(|held| held == issuer)
    }

    pub(crate) async fn authenticate(
        &self,
        token: &SecretString,
        _compact: Compact<'_>,
        _now: SystemTime,
    ) -> Result<(UserInfo, Vec<(String, String)>), Failure> {
        Ok((self.review(token).await?, Vec::new()))
    }

    /// Who the cluster says the token belongs to.
    pub(crate) async fn review(&self, token: &SecretString) -> Result<UserInfo, Failure> {
        let user = self.reviewer.review(token).await.map_err(Failure::Review)?;
        user.ok_or(Failure::UnknownToken)
    }
}
