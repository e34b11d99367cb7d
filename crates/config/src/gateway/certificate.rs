//! A certificate chain with its private key, as two PEM files. Read at the start and again at
//! each reload, with the same judgement.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use pki::{Facts, PrivateKey};
use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

use crate::files;

/// Where a certificate and its key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, the leaf first.
    pub certificate: PathBuf,
    /// The leaf's private key.
    pub key: PathBuf,
}

/// What a certificate is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A server's, to clients.
    Server,
    /// A client's, to a server.
    Client,
}

/// A certificate that was read and fits its key.
#[derive(Debug, Clone)]
pub struct LoadedCertificate {
    /// For rustls.
    pub certified: Arc<CertifiedKey>,
    /// What the leaf says.
    pub facts: Facts,
}

impl CertificateFiles {
    /// Reads both files. Refuses what a peer would refuse: a half-written file, a key of another
    /// certificate, a certificate for something else, or one whose time is over or has not come.
    pub fn load(
        &self,
        purpose: Purpose,
        provider: &CryptoProvider,
        now: Timestamp,
    ) -> Result<LoadedCertificate, BadCertificate> {
        let chain_text =
            files::read(&self.certificate, LONGEST).map_err(BadCertificate::Certificate)?;
        let chain = certificates(&chain_text).map_err(BadCertificate::Certificate)?;
        let key_text = files::read_text(&self.key, LONGEST).map_err(BadCertificate::Key)?;
        let key_text = PrivateKey::new(key_text);
        let key = PrivateKeyDer::from_pem_slice(key_text.expose().as_bytes())
            .map_err(|error| BadCertificate::Key(describe_key(&error)))?;
        let facts = judge(chain.first(), purpose, now).map_err(BadCertificate::Certificate)?;
        let certified =
            CertifiedKey::from_der(chain, key, provider).map_err(|error| describe(&error))?;
        Ok(LoadedCertificate { certified: Arc::new(certified), facts })
    }
}

impl LoadedCertificate {
    /// What the operator should know of the two files before it hurts.
    pub(crate) fn concerns(&self, files: &CertificateFiles, now: Timestamp) -> Vec<String> {
        let end = timestamp(self.facts.not_after);
        let certificate = files.certificate.display();
        let is_ending = now.checked_add(SOON).is_ok_and(|soon| end < soon);
        let ending = is_ending
            .then(|| format!("{certificate} ends soon, at {end}; put a new one in its place"));
        let key = files.key.display();
        let open = files::is_open_to_all(&files.key).then(|| {
            format!(
                "{key} can be read by every user of this machine; take that right away (chmod 600)"
            )
        });
        ending.into_iter().chain(open).collect()
    }
}

/// What is wrong, and with which of the two files.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadCertificate {
    /// The certificate.
    #[error("certificate: {0}")]
    Certificate(String),
    /// The key.
    #[error("private key: {0}")]
    Key(String),
}

/// Every certificate of a PEM file; none, or one that is malformed, is an error.
pub(crate) fn certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(text).collect();
    let certificates = read.map_err(|_malformed| BROKEN.to_owned())?;
    if certificates.is_empty() { Err(NONE.to_owned()) } else { Ok(certificates) }
}

/// Whether the certificate's time is over.
pub(crate) fn is_over(facts: &Facts, now: Timestamp) -> bool {
    timestamp(facts.not_after) < now
}

/// A certificate's time; beyond what can be told it is the end of all times.
pub(crate) fn timestamp(time: std::time::SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(Timestamp::MAX)
}

/// What is wrong with a certificate whose time has not come.
pub(crate) fn too_early(facts: &Facts, now: Timestamp) -> Result<(), String> {
    let start = timestamp(facts.not_before);
    if start > now {
        return Err(format!("{:?} is valid from {start} only; is the clock right?", facts.subject));
    }
    Ok(())
}

fn judge(
    leaf: Option<&CertificateDer<'_>>,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Facts, String> {
    let facts = leaf.map(|leaf| Facts::of_der(leaf)).ok_or_else(|| NONE.to_owned())?;
    let facts = facts.map_err(|fault| fault.to_string())?;
    if is_over(&facts, now) {
        let end = timestamp(facts.not_after);
        return Err(format!("{:?} expired at {end}; give a current certificate", facts.subject));
    }
    too_early(&facts, now)?;
    let (usage, who) = match purpose {
        Purpose::Server => ("serverAuth", "a server"),
        Purpose::Client => ("clientAuth", "a client"),
    };
    let usages = &facts.extended_key_usages;
    if !usages.is_empty() && !usages.iter().any(|found| found == usage || found == "any") {
        return Err(format!(
            "{:?} is for {}, not for {who}; give one with the extended key usage {usage}",
            facts.subject,
            usages.join(", ")
        ));
    }
    Ok(facts)
}

fn describe(error: &rustls::Error) -> BadCertificate {
    BadCertificate::Key(if matches!(error, rustls::Error::InconsistentKeys(_)) {
        "belongs to another certificate; give the key this one was issued for".to_owned()
    } else {
        format!("cannot be used ({error}); give an RSA, ECDSA or Ed25519 key")
    })
}

fn describe_key(error: &pem::Error) -> String {
    if matches!(error, pem::Error::NoItemsFound) {
        return "no unencrypted private key in PEM found".to_owned();
    }
    BROKEN.to_owned()
}

pub(crate) const BROKEN: &str = "not well-formed PEM; is the file whole?";
const NONE: &str = "no certificate in PEM found";
const LONGEST: u64 = 1 << 20;
/// Whoever renews certificates by themselves has done so before this.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);
