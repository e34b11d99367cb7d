//! Whose a bearer token is. The issuer it names decides alone: a token that a configured issuer
//! claims and refuses is not offered to others, whose rules may be weaker. (kube-apiserver would
//! still ask its token webhook; here that would be the cluster behind, which may know the issuer
//! without the claims that are required here.)

use std::time::SystemTime;

use model::UserInfo;
use secrecy::{ExposeSecret, SecretString};

use super::{Authenticator, Failure, Found, Method};
use crate::identity;
use crate::jwt::Compact;

impl Authenticator {
    pub(super) async fn token(
        &self,
        token: &SecretString,
        now: SystemTime,
    ) -> Result<Found, Failure> {
        let compact = Compact::read(token.expose_secret());
        if let Some(compact) = compact {
            let issuer = compact.unverified_issuer().unwrap_or_default();
            if let Some(accounts) =
                self.service_accounts.as_ref().filter(|held| held.issues(&issuer))
            {
                let (user, annotations) = accounts.authenticate(token, compact, now).await?;
                return found(user, Method::ServiceAccount, annotations);
            }
            if let Some(openid) = self.issuers.iter().find(|openid| openid.issues(&issuer)) {
                let verified = openid.authenticate(compact, now).await;
                let user = verified.map_err(|failure| Failure::Token { issuer, failure })?;
                return found(user, Method::OpenIdConnect, Vec::new());
            }
        }
        let Some(accounts) = &self.service_accounts else { return Err(Failure::UnknownToken) };
        found(accounts.review(token).await?, Method::TokenReview, Vec::new())
    }
}

fn found(
    user: UserInfo,
    method: Method,
    annotations: Vec<(String, String)>,
) -> Result<Found, Failure> {
    let caller = identity::caller(user).map_err(Failure::Identity)?;
    Ok(Found { caller, method, annotations })
}
