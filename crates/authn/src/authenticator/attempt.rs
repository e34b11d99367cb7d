//! What a request tried to authenticate with, for the record of a refusal. Looks at what
//! kube-apiserver looks at, which is less than what the authenticators do.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::Presented;

/// A kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attempt {
    /// A name and a password; not supported, as in Kubernetes.
    Basic,
    /// A bearer token in the `Authorization` header.
    Bearer,
    /// A client certificate.
    X509,
}

impl fmt::Display for Attempt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Basic => "basic",
            Self::Bearer => "bearer",
            Self::X509 => "x509",
        })
    }
}

pub(super) fn of(presented: &Presented<'_>) -> Vec<Attempt> {
    let authorization = presented.authorization.first().copied().unwrap_or_default();
    let has_certificate = presented.certificates.is_some_and(|peer| !peer.is_empty());
    let attempts = [
        (is_basic(authorization), Attempt::Basic),
        (is_bearer(authorization), Attempt::Bearer),
        (has_certificate, Attempt::X509),
    ];
    attempts.into_iter().filter_map(|(is_made, attempt)| is_made.then_some(attempt)).collect()
}

/// Go's `Request.BasicAuth`.
fn is_basic(value: &[u8]) -> bool {
    let Some((scheme, encoded)) = value.split_at_checked(b"basic ".len()) else { return false };
    scheme.eq_ignore_ascii_case(b"basic ")
        && BASE64_STANDARD.decode(encoded).is_ok_and(|decoded| decoded.contains(&b':'))
}

fn is_bearer(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value
        .split(|byte| *byte == b' ')
        .next()
        .is_some_and(|scheme| scheme.len() < value.len() && scheme.eq_ignore_ascii_case(b"bearer"))
}
