//! The signature algorithms a token may use: those Kubernetes knows, all asymmetric. `none` and
//! the HMAC family have no name here, so no configuration can allow them.

use std::fmt;

use rustls_pki_types::SignatureVerificationAlgorithm;
use webpki::aws_lc_rs as provider;

/// A JWS algorithm that is allowed in Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// ECDSA with P-521 and SHA-512.
    Es512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
}

impl Algorithm {
    /// Every algorithm there is.
    pub const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
    ];

    /// The algorithm with this JWS name; names are case-sensitive.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The JWS name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
        }
    }

    /// The one kind of key the algorithm works with.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => {
                Kind::Rsa
            }
            Self::Es256 => Kind::P256,
            Self::Es384 => Kind::P384,
            Self::Es512 => Kind::P521,
        }
    }

    pub(crate) fn verifier(self) -> &'static dyn SignatureVerificationAlgorithm {
        match self {
            Self::Rs256 => provider::RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => provider::RSA_PKCS1_2048_8192_SHA384,
            Self::Rs512 => provider::RSA_PKCS1_2048_8192_SHA512,
            Self::Es256 => provider::ECDSA_P256_SHA256,
            Self::Es384 => provider::ECDSA_P384_SHA384,
            Self::Es512 => provider::ECDSA_P521_SHA512,
            Self::Ps256 => provider::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
            Self::Ps384 => provider::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
            Self::Ps512 => provider::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What a key is, and so which algorithms it can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rsa,
    P256,
    P384,
    P521,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symmetric_and_absent_signatures_have_no_name() {
        for name in ["none", "None", "NONE", "HS256", "HS384", "HS512", "EdDSA", "rs256", "", "RS1"]
        {
            assert_eq!(Algorithm::named(name), None, "{name}");
        }
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::named(algorithm.name()), Some(algorithm));
        }
    }
}
