//! Credential bytes to a caller, decision-equal to kube-apiserver: X.509, OpenID Connect, service
//! accounts, anonymous. Pure: the time is an argument, and what others must answer (key sets, token
//! reviews) comes through the traits [`Keys`] and [`Reviewer`].

pub mod anonymous;
pub mod authenticator;
pub mod bearer;
pub mod configuration;
mod identity;
pub mod jwt;
pub mod oidc;
pub mod review;
pub mod service_account;
pub mod x509;

pub use anonymous::Anonymous;
pub use authenticator::{
    Attempt, Authenticated, Authenticator, Failure, Method, Presented, Unauthenticated,
};
pub use jwt::{KeySet, Keys, TokenFailure};
pub use oidc::{Issuer, OidcFlags, OpenIdConnect};
pub use review::{ReviewFailure, Reviewer};
pub use service_account::ServiceAccounts;
pub use x509::{
    AnyClientCertificate, BadAuthority, ClientCertificates, PeerCertificates, X509Failure,
};
