//! The TLS that clients meet: certificate, versions, cipher suites.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::version::{TLS12, TLS13};
use rustls::{CipherSuite, SupportedCipherSuite, SupportedProtocolVersion};

use crate::gateway::Section;
use crate::gateway::certificate::{BadCertificate, CertificateFiles, LoadedCertificate, Purpose};
use crate::given::Reader;
use crate::setting::Setting;

/// The TLS that clients meet.
#[derive(Debug, Clone)]
pub struct Tls {
    /// Where the certificate is, for reloads.
    pub files: CertificateFiles,
    /// The certificate as it was read.
    pub certificate: LoadedCertificate,
    /// The cryptography, with the cipher suites that are on.
    pub provider: Arc<CryptoProvider>,
    /// The versions that are on.
    pub versions: Vec<&'static SupportedProtocolVersion>,
}

/// The options of this section.
pub const SECTION: Section = Section {
    title: "TLS",
    settings: &[TLS_CERT_FILE, TLS_PRIVATE_KEY_FILE, TLS_MIN_VERSION, TLS_CIPHER_SUITES],
};

pub(crate) const TLS_CERT_FILE: Setting = Setting::one(
    "tls-cert-file",
    "FILE",
    "Certificate chain in PEM that clients are shown, the leaf first. Read again when it changes",
)
.differs("makes up a self-signed certificate if none is given");

pub(crate) const TLS_PRIVATE_KEY_FILE: Setting = Setting::one(
    "tls-private-key-file",
    "FILE",
    "Private key in PEM of the certificate in --tls-cert-file",
);

const TLS_MIN_VERSION: Setting =
    Setting::one("tls-min-version", "VERSION", "Lowest TLS version: VersionTLS12 or VersionTLS13")
        .words(&["VersionTLS12", "VersionTLS13"])
        .or("VersionTLS12");

const TLS_CIPHER_SUITES: Setting = Setting::list(
    "tls-cipher-suites",
    "NAMES",
    "Cipher suites of TLS 1.2, by Go's names; all safe ones if none are given. Those of TLS 1.3 \
     are always on",
);

pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Tls> {
    let why = "clients need a certificate to know the gateway by";
    reader.need(&TLS_CERT_FILE, why);
    reader.need(&TLS_PRIVATE_KEY_FILE, "it is the key of --tls-cert-file");
    let (certificate, key) = (reader.path(&TLS_CERT_FILE), reader.path(&TLS_PRIVATE_KEY_FILE));
    let versions = reader.one(&TLS_MIN_VERSION, version);
    let names = reader.many(&TLS_CIPHER_SUITES, suite);
    let provider = Arc::new(provider(&names));
    let files = CertificateFiles { certificate: certificate?, key: key? };
    let certificate = load(reader, &files, &provider);
    let versions = versions?;
    if !names.is_empty() && versions.len() == 1 {
        reader.only_with(&TLS_CIPHER_SUITES, "with TLS 1.2, which --tls-min-version turns off");
    }
    Some(Tls { files, certificate: certificate?, provider, versions })
}

/// Reads both files; at the start and at each reload. What is wrong with them is told to `reader`.
pub(crate) fn load(
    reader: &mut Reader<'_>,
    files: &CertificateFiles,
    provider: &CryptoProvider,
) -> Option<LoadedCertificate> {
    match files.load(Purpose::Server, provider, reader.environment.now) {
        Ok(loaded) if loaded.facts.dns_names.is_empty() && loaded.facts.ip_addresses.is_empty() => {
            let problem = "has no subject alternative name, so no client accepts it for any \
                           address; give one with the gateway's names and addresses";
            reader.reject_path(&TLS_CERT_FILE, &files.certificate, problem);
            return None;
        }
        Ok(loaded) => {
            for concern in loaded.concerns(files, reader.environment.now) {
                reader.warn(concern);
            }
            return Some(loaded);
        }
        Err(BadCertificate::Certificate(problem)) => {
            reader.reject_path(&TLS_CERT_FILE, &files.certificate, problem);
        }
        Err(BadCertificate::Key(problem)) => {
            reader.reject_path(&TLS_PRIVATE_KEY_FILE, &files.key, problem);
        }
    }
    None
}

fn version(text: &str) -> Result<Vec<&'static SupportedProtocolVersion>, String> {
    match text {
        "VersionTLS12" => Ok(vec![&TLS13, &TLS12]),
        "VersionTLS13" => Ok(vec![&TLS13]),
        "VersionTLS10" | "VersionTLS11" => Err("TLS 1.0 and 1.1 rest on broken hashes and are \
             withdrawn (RFC 8996); give VersionTLS12 or VersionTLS13"
            .to_owned()),
        _ => Err("not one of VersionTLS12, VersionTLS13".to_owned()),
    }
}

fn suite(text: &str) -> Result<CipherSuite, String> {
    if let Some((_, suite)) = SUITES.iter().find(|(name, _)| *name == text) {
        return Ok(*suite);
    }
    let reason = FLAWS.iter().find(|(mark, _)| text.contains(mark)).map(|(_, reason)| *reason);
    let safe = SUITES.iter().map(|(name, _)| *name).filter(|name| name.contains("WITH"));
    let reason = reason.unwrap_or("not a cipher suite that is known here");
    Err(format!("{reason}; the safe ones are {}", safe.take(6).collect::<Vec<_>>().join(", ")))
}

/// aws-lc's cryptography with the suites of TLS 1.3 and, of TLS 1.2, those named; all if none are.
fn provider(names: &[CipherSuite]) -> CryptoProvider {
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    let is_on = |suite: &SupportedCipherSuite| match suite {
        SupportedCipherSuite::Tls13(_) => true,
        SupportedCipherSuite::Tls12(_) => names.is_empty() || names.contains(&suite.suite()),
    };
    provider.cipher_suites.retain(is_on);
    provider
}

/// Go's names. Those that end without a hash are its older names for the same suites.
const SUITES: &[(&str, CipherSuite)] = &[
    (
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ),
    (
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ),
    (
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),
    (
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ),
    (
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ),
    (
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ),
    ("TLS_AES_128_GCM_SHA256", CipherSuite::TLS13_AES_128_GCM_SHA256),
    ("TLS_AES_256_GCM_SHA384", CipherSuite::TLS13_AES_256_GCM_SHA384),
    ("TLS_CHACHA20_POLY1305_SHA256", CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
];

/// Why the suites are refused whose names hold these marks.
const FLAWS: &[(&str, &str)] = &[
    ("_RC4_", "RC4 is broken (RFC 7465)"),
    ("_3DES_", "3DES has blocks too short to be safe (Sweet32)"),
    ("_CBC_", "CBC suites leak the text through timing (Lucky Thirteen)"),
    ("TLS_RSA_", "without an ephemeral key exchange, a stolen key opens all past traffic"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_names_mean_all_safe_suites() {
        assert_eq!(
            provider(&[]).cipher_suites.len(),
            rustls::crypto::aws_lc_rs::default_provider().cipher_suites.len()
        );
    }

    #[test]
    fn every_listed_suite_exists_in_the_provider() {
        for (name, suite) in SUITES {
            assert!(provider(&[]).cipher_suites.iter().any(|on| on.suite() == *suite), "{name}");
        }
    }

    #[test]
    fn named_suites_narrow_tls_1_2_only() {
        let one = suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256").unwrap();
        let on = provider(&[one]).cipher_suites;
        let old = |suite: &&SupportedCipherSuite| matches!(suite, SupportedCipherSuite::Tls12(_));
        assert_eq!(
            on.iter().filter(old).map(SupportedCipherSuite::suite).collect::<Vec<_>>(),
            [one]
        );
        assert_eq!(on.len(), 4);
    }

    #[test]
    fn flawed_suites_are_refused_with_their_flaw() {
        let check = |name: &str, flaw: &str| assert!(suite(name).unwrap_err().starts_with(flaw));
        check("TLS_RSA_WITH_AES_128_GCM_SHA256", "without an ephemeral key exchange");
        check("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "CBC suites leak");
        check("TLS_ECDHE_RSA_WITH_RC4_128_SHA", "RC4 is broken");
        check("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "3DES has");
        check("TLS_NULL", "not a cipher suite");
    }
}
