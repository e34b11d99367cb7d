//! Why the cluster cannot be reached or asked, for the operator. No variant holds a secret.

use std::path::PathBuf;

use thiserror::Error;

/// Why access to a cluster cannot be set up, or a call to it failed.
#[derive(Debug, Error)]
pub enum ClusterError {
    /// The kubeconfig cannot be used.
    #[error("{} cannot be used: {problem}", path.display())]
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Something that is no certificate or key stands where one must be.
    #[error("{origin} is not what it should be: {expected} in PEM")]
    Pem {
        /// Where it stands.
        origin: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// TLS cannot be set up with these certificates.
    #[error("TLS cannot be set up with {origin}")]
    Tls {
        /// Where they came from.
        origin: String,
        /// What rustls says.
        #[source]
        source: rustls::Error,
    },
    /// Neither the configuration nor the platform names an authority to trust.
    #[error("no certificate authority is configured and the platform has none")]
    NoAuthorities,
    /// The kubeconfig turns the check of the server's certificate off.
    #[error(
        "the kubeconfig sets insecure-skip-tls-verify; give the cluster's certificate-authority \
         instead"
    )]
    Unverified,
    /// The server's address cannot be used.
    #[error("the server must be https://HOST[:PORT][/PATH], not {0:?}")]
    Server(String),
    /// The issuer's address cannot be used.
    #[error("an issuer's address must be https://HOST[:PORT][/PATH], not {0:?}")]
    Issuer(String),
    /// The kubeconfig asks for something the gateway does not do.
    #[error("the kubeconfig has {what}, which is not supported: {instead}")]
    Unsupported {
        /// What it has.
        what: &'static str,
        /// What would be right.
        instead: &'static str,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    NoRandomness(String),
    /// The gateway's own credential could not be had.
    #[error("cannot get the credential for the cluster: {0}")]
    Credential(String),
    /// A call to the cluster failed.
    #[error("cannot {what}")]
    Call {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: CallFailure,
    },
}

/// Why a call got no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallFailure {
    /// The server answered with an error.
    #[error("the server answered {code}: {message}")]
    Refused {
        /// The HTTP status.
        code: u16,
        /// What the server says of it, shortened.
        message: String,
    },
    /// There was no answer, or it broke off.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The answer is not what it should be.
    #[error("the server answered with something else than {0}")]
    Garbage(&'static str),
    /// The answer is longer than is read.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// There is more than is kept.
    #[error("there are more than {0} objects")]
    TooMany(usize),
    /// There was no answer in time.
    #[error("there was no answer in time")]
    TimedOut,
}

/// The text of `error` and of all its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        // Libraries that repeat their cause in their own text would say it twice.
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = next.source();
    }
    text
}
