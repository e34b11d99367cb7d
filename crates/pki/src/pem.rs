//! Every block of a PEM text, in order, each with its line. Text around blocks is passed over, as
//! Kubernetes' own readers do; a broken block is told and spoils no other.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// One block of a PEM text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PemObject {
    /// The line its `BEGIN` stands in, from 1.
    pub line: usize,
    /// What it holds.
    pub item: PemItem,
}

/// What a block holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PemItem {
    /// A certificate in DER, not yet read.
    Certificate(Vec<u8>),
    /// A private key.
    PrivateKey(KeyBytes),
    /// A public key in DER.
    PublicKey {
        /// How it is written.
        kind: PublicKeyKind,
        /// Its bytes.
        der: Vec<u8>,
    },
    /// A certificate signing request in DER.
    Request(Vec<u8>),
    /// A revocation list in DER.
    RevocationList(Vec<u8>),
    /// A block with another label.
    Other(String),
    /// A block that cannot be read.
    Broken(PemFault),
}

/// How a private key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// `RSA PRIVATE KEY` (RFC 8017).
    Pkcs1,
    /// `EC PRIVATE KEY` (RFC 5915).
    Sec1,
    /// `PRIVATE KEY` (RFC 5958).
    Pkcs8,
    /// `DSA PRIVATE KEY`.
    Dsa,
    /// `OPENSSH PRIVATE KEY`; not DER.
    OpenSsh,
    /// Any of them behind a passphrase.
    Encrypted,
}

/// How a public key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicKeyKind {
    /// `PUBLIC KEY`: a `SubjectPublicKeyInfo`.
    Spki,
    /// `RSA PUBLIC KEY` (RFC 8017).
    Pkcs1,
}

/// The bytes of a private key, which never show themselves and are wiped when dropped.
#[derive(Clone, Eq)]
pub struct KeyBytes {
    kind: KeyKind,
    der: Zeroizing<Vec<u8>>,
}

impl KeyBytes {
    /// How it is written.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The bytes, for the one place that reads them.
    pub fn expose(&self) -> &[u8] {
        &self.der
    }
}

/// In constant time, so that nothing of a key shows in how long it takes.
impl PartialEq for KeyBytes {
    fn eq(&self, other: &Self) -> bool {
        let is_same = verify_slices_are_equal(&self.der, &other.der).is_ok();
        self.kind == other.kind && is_same
    }
}

impl fmt::Debug for KeyBytes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "KeyBytes({:?}, …)", self.kind)
    }
}

/// Why a block cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PemFault {
    /// The text, or the next block, comes before its end.
    #[error("the block {0:?} has no end")]
    Unended(String),
    /// It ends under another label.
    #[error("the block {began:?} ends as {ended:?}")]
    Mismatched {
        /// The label it began with.
        began: String,
        /// The label it ended with.
        ended: String,
    },
    /// Its content is not base64.
    #[error("the block {0:?} is not base64")]
    NotBase64(String),
    /// It holds nothing.
    #[error("the block {0:?} is empty")]
    Empty(String),
    /// There are more blocks than are read.
    #[error("more than {MOST} blocks")]
    TooMany,
}

/// The blocks of `text`, in order.
pub fn pem_objects(text: &str) -> Vec<PemObject> {
    let mut found = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (number, line) in (1..).zip(text.lines()) {
        if found.len() >= MOST {
            found.push(PemObject { line: number, item: PemItem::Broken(PemFault::TooMany) });
            return found;
        }
        match (mark(line), open.take()) {
            (Mark::Begin(label), before) => {
                found.extend(before.map(Block::unended));
                open = Some(Block::new(label, number));
            }
            (Mark::End(label), Some(block)) => found.push(block.close(label)),
            (Mark::Text(text), Some(mut block)) => {
                block.take(text);
                open = Some(block);
            }
            (Mark::End(_) | Mark::Text(_), None) => {}
        }
    }
    found.extend(open.map(Block::unended));
    found
}

enum Mark<'a> {
    Begin(&'a str),
    End(&'a str),
    Text(&'a str),
}

/// Marks begin their line, as in Go; a key indented in YAML is no block of the outer text.
fn mark(line: &str) -> Mark<'_> {
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    let label = |prefix| line.strip_prefix(prefix)?.trim_end().strip_suffix("-----");
    if let Some(label) = label("-----BEGIN ") {
        Mark::Begin(label)
    } else if let Some(label) = label("-----END ") {
        Mark::End(label)
    } else {
        Mark::Text(line)
    }
}

struct Block<'a> {
    label: &'a str,
    line: usize,
    body: Zeroizing<String>,
    is_encrypted: bool,
}

impl<'a> Block<'a> {
    fn new(label: &'a str, line: usize) -> Self {
        // Room for the usual key at once: growing would leave copies of it behind.
        let body = Zeroizing::new(String::with_capacity(ROOM));
        Self { label, line, body, is_encrypted: false }
    }

    /// One line of content. Headers (RFC 1421) hold a colon, which base64 never does.
    fn take(&mut self, line: &str) {
        if line.contains(':') {
            self.is_encrypted |= line.starts_with("Proc-Type:") && line.contains("ENCRYPTED");
        } else {
            self.body.extend(line.chars().filter(|letter| !letter.is_ascii_whitespace()));
        }
    }

    fn unended(self) -> PemObject {
        let fault = PemFault::Unended(self.label.to_owned());
        PemObject { line: self.line, item: PemItem::Broken(fault) }
    }

    fn close(self, ended: &str) -> PemObject {
        let line = self.line;
        let item = self.item(ended).unwrap_or_else(PemItem::Broken);
        PemObject { line, item }
    }

    fn item(self, ended: &str) -> Result<PemItem, PemFault> {
        let began = self.label.to_owned();
        if ended != self.label {
            return Err(PemFault::Mismatched { began, ended: ended.to_owned() });
        }
        let Ok(der) = STANDARD.decode(self.body.as_bytes()).map(Zeroizing::new) else {
            return Err(PemFault::NotBase64(began));
        };
        if der.is_empty() {
            return Err(PemFault::Empty(began));
        }
        Ok(named(self.label, self.is_encrypted, der))
    }
}

fn named(label: &str, is_encrypted: bool, der: Zeroizing<Vec<u8>>) -> PemItem {
    if let Some(kind) = key_kind(label) {
        let kind = if is_encrypted { KeyKind::Encrypted } else { kind };
        return PemItem::PrivateKey(KeyBytes { kind, der });
    }
    let der = der.to_vec();
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => PemItem::Certificate(der),
        "PUBLIC KEY" => PemItem::PublicKey { kind: PublicKeyKind::Spki, der },
        "RSA PUBLIC KEY" => PemItem::PublicKey { kind: PublicKeyKind::Pkcs1, der },
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => PemItem::Request(der),
        "X509 CRL" => PemItem::RevocationList(der),
        other => PemItem::Other(other.to_owned()),
    }
}

fn key_kind(label: &str) -> Option<KeyKind> {
    match label {
        "RSA PRIVATE KEY" => Some(KeyKind::Pkcs1),
        "EC PRIVATE KEY" => Some(KeyKind::Sec1),
        "PRIVATE KEY" => Some(KeyKind::Pkcs8),
        "DSA PRIVATE KEY" => Some(KeyKind::Dsa),
        "OPENSSH PRIVATE KEY" => Some(KeyKind::OpenSsh),
        "ENCRYPTED PRIVATE KEY" => Some(KeyKind::Encrypted),
        _ => None,
    }
}

/// A bundle of the whole web's authorities has about 150.
const MOST: usize = 10_000;

const ROOM: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(usize, String)> {
        pem_objects(text)
            .into_iter()
            .map(|object| (object.line, format!("{:?}", object.item)))
            .collect()
    }

    #[test]
    fn finds_every_block_with_its_line() {
        let check = |text: &str, expected: &[(usize, &str)]| {
            let expected: Vec<(usize, String)> =
                expected.iter().map(|(line, kind)| (*line, (*kind).to_owned())).collect();
            assert_eq!(kinds(text), expected, "{text}");
        };
        let block = |label: &str| format!("-----BEGIN {label}-----\nAQI=\n-----END {label}-----\n");
        check("", &[]);
        check("no block\n", &[]);
        check(&block("CERTIFICATE"), &[(1, "Certificate([1, 2])")]);
        check(
            &format!("subject: x\n\n{}words\n{}", block("CERTIFICATE"), block("PRIVATE KEY")),
            &[(3, "Certificate([1, 2])"), (7, "PrivateKey(KeyBytes(Pkcs8, …))")],
        );
        check(&block("RSA PRIVATE KEY"), &[(1, "PrivateKey(KeyBytes(Pkcs1, …))")]);
        check(&block("EC PRIVATE KEY"), &[(1, "PrivateKey(KeyBytes(Sec1, …))")]);
        check(&block("DSA PRIVATE KEY"), &[(1, "PrivateKey(KeyBytes(Dsa, …))")]);
        check(&block("OPENSSH PRIVATE KEY"), &[(1, "PrivateKey(KeyBytes(OpenSsh, …))")]);
        check(&block("ENCRYPTED PRIVATE KEY"), &[(1, "PrivateKey(KeyBytes(Encrypted, …))")]);
        check(
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAQI=\n-----END RSA PRIVATE KEY-----",
            &[(1, "PrivateKey(KeyBytes(Encrypted, …))")],
        );
        check(&block("PUBLIC KEY"), &[(1, "PublicKey { kind: Spki, der: [1, 2] }")]);
        check(&block("RSA PUBLIC KEY"), &[(1, "PublicKey { kind: Pkcs1, der: [1, 2] }")]);
        check(&block("CERTIFICATE REQUEST"), &[(1, "Request([1, 2])")]);
        check(&block("X509 CRL"), &[(1, "RevocationList([1, 2])")]);
        check(&block("EC PARAMETERS"), &[(1, "Other(\"EC PARAMETERS\")")]);
        check(&block("CERTIFICATE").replace('\n', "\r\n"), &[(1, "Certificate([1, 2])")]);
    }

    #[test]
    fn a_broken_block_is_told_and_spoils_no_other() {
        let good = "-----BEGIN CERTIFICATE-----\nAQI=\n-----END CERTIFICATE-----\n";
        let check = |broken: &str, fault: PemFault| {
            let found = pem_objects(&format!("x\n{broken}{good}"));
            let first = PemObject { line: 2, item: PemItem::Broken(fault) };
            assert_eq!(found.first(), Some(&first), "{broken}");
            assert_eq!(found.last().unwrap().item, PemItem::Certificate(vec![1, 2]), "{broken}");
            assert_eq!(found.len(), 2);
        };
        let label = || "PRIVATE KEY".to_owned();
        check("-----BEGIN PRIVATE KEY-----\nAQI=\n", PemFault::Unended(label()));
        check(
            "-----BEGIN PRIVATE KEY-----\nAQI=\n-----END CERTIFICATE-----\n",
            PemFault::Mismatched { began: label(), ended: "CERTIFICATE".to_owned() },
        );
        check(
            "-----BEGIN PRIVATE KEY-----\n<key>\n-----END PRIVATE KEY-----\n",
            PemFault::NotBase64(label()),
        );
        check("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", PemFault::Empty(label()));
    }

    #[test]
    fn stops_after_so_many_blocks() {
        let text = "-----BEGIN X-----\nAQI=\n-----END X-----\n".repeat(MOST + 2);
        let found = pem_objects(&text);
        assert_eq!(found.len(), MOST + 1);
        assert_eq!(found.last().unwrap().item, PemItem::Broken(PemFault::TooMany));
    }

    proptest::proptest! {
        #[test]
        fn takes_any_text(lines in proptest::collection::vec(
            "-----(BEGIN|END) (CERTIFICATE|PRIVATE KEY|[A-Z]?)-----|[A-Za-z0-9+/=:]{0,70}|\\PC{0,20}", 0..20,
        )) {
            let text = lines.join("\n");
            let begins = lines.iter().filter(|line| line.starts_with("-----BEGIN ")).count();
            proptest::prop_assert!(pem_objects(&text).len() <= begins);
        }
    }
}
