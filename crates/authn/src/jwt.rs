//! JSON Web Tokens: the compact form, its keys and its signature. What a claim means to an issuer
//! is not decided here.

pub mod algorithm;
pub mod claims;
pub mod compact;
mod der;
mod jwk;
pub mod key_set;
pub mod keys;
mod memory;
mod moment;
mod verification;

use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

pub use algorithm::Algorithm;
pub use compact::{Compact, Payload};
pub use key_set::{BadKeySet, KeySet};
pub use keys::Keys;
pub(crate) use moment::Moment;
use thiserror::Error;
pub(crate) use verification::verify;

/// Why a token is refused. No variant holds the token or a claim's value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenFailure {
    /// The token is not three base64url parts of which the first two are JSON objects.
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// The header asks for something that is not supported, such as `crit`.
    #[error("the token's header has {0}, which is not supported")]
    Unsupported(&'static str),
    /// The signature algorithm is not among those allowed for the issuer.
    #[error("the token's signature algorithm is not allowed for its issuer")]
    Algorithm,
    /// No key of the issuer has the token's `kid`.
    #[error("no key of the issuer has the token's kid")]
    UnknownKey,
    /// No key of the issuer fits the signature.
    #[error("the token's signature is invalid")]
    Signature,
    /// The issuer's keys were never fetched.
    #[error("authenticator not initialized: the issuer's keys are not known yet")]
    NoKeys,
    /// The issuer is not the one that was expected.
    #[error("the token was issued by another issuer")]
    Issuer,
    /// None of the token's audiences is accepted.
    #[error("the token is for another audience")]
    Audience,
    /// The token's time is over.
    #[error("the token is expired")]
    Expired,
    /// The token's time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// The token says it was issued in the future.
    #[error("the token was issued in the future")]
    IssuedInTheFuture,
    /// A claim is absent, of the wrong type or of the wrong value.
    #[error("claim {claim:?} {problem}")]
    Claim {
        /// The claim's name, as the configuration spells it.
        claim: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The groups are a distributed claim, to be fetched from elsewhere, which is not supported.
    #[error(
        "claim {claim:?} is a distributed claim, to be fetched from an endpoint that the token \
         names; this is not supported: have the issuer put the claim into the token"
    )]
    Distributed {
        /// The claim's name.
        claim: String,
    },
}

/// Unpadded base64url as Go decodes it: spare bits in the last character are ignored. This changes
/// no verdict (a signature covers the encoded text of header and claims), save that a token is
/// refused here exactly where upstream refuses it.
pub(crate) const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);
