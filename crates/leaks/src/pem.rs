//! Private keys in PEM, and which certificates are none.

use crate::kind::{LeakKind, PemKey};
use crate::leak::{Confidence, Sighting};
use crate::shape::{Alphabet, decode64_text};

/// The first private key in `text`, in PEM or in base64 of PEM.
pub(crate) fn find(text: &str) -> Option<Sighting> {
    if let Some(at) = text.find("LS0tLS1CRUdJTi") {
        let run = Alphabet::Base64.run(text.get(at..)?);
        if let Some(found) = decode64_text(run).and_then(|text| plain(&text)) {
            return Some(found);
        }
    }
    plain(text)
}

/// A private key that begins on `line`, the first of `onward`.
pub(crate) fn beginning_on(line: &str, onward: &str) -> Option<Sighting> {
    let at = line.find(BEGIN).and_then(|_| onward.find(BEGIN))?;
    let mut block_text = onward.get(at..)?;
    if let Some((end, _)) = block_text.char_indices().nth(LONGEST) {
        block_text = block_text.get(..end)?;
    }
    block(block_text)
}

fn plain(text: &str) -> Option<Sighting> {
    text.match_indices(BEGIN).take(MOST).find_map(|(at, _)| block(text.get(at..)?))
}

/// A key at the beginning of `text`. Lines may be ended by `\n` in two characters, as in JSON.
fn block(text: &str) -> Option<Sighting> {
    let (label, rest) = text.strip_prefix(BEGIN)?.split_once("-----")?;
    let key = kind_of(label)?;
    let body = rest.split("-----END").next().unwrap_or_default();
    let is_encrypted = body.contains("ENCRYPTED");
    let is_base64 = |byte: &u8| Alphabet::Base64.has(*byte);
    let letters = body.bytes().filter(is_base64).count();
    let is_whole = letters >= SHORTEST && !body.contains("...") && !body.contains("{{");
    let key = if is_encrypted { PemKey::Encrypted } else { key };
    is_whole.then(|| {
        Sighting::new(
            LeakKind::PrivateKey(key),
            Confidence::High,
            body.trim_start_matches("\\n").trim(),
        )
    })
}

fn kind_of(label: &str) -> Option<PemKey> {
    match label {
        "RSA PRIVATE KEY" => Some(PemKey::Rsa),
        "EC PRIVATE KEY" => Some(PemKey::Ec),
        "DSA PRIVATE KEY" => Some(PemKey::Dsa),
        "PRIVATE KEY" => Some(PemKey::Pkcs8),
        "OPENSSH PRIVATE KEY" => Some(PemKey::OpenSsh),
        "PGP PRIVATE KEY BLOCK" => Some(PemKey::Pgp),
        "ENCRYPTED PRIVATE KEY" => Some(PemKey::Encrypted),
        _ => None,
    }
}

/// Whether `text` is certificates or public keys and nothing else.
pub(crate) fn is_public(text: &str) -> bool {
    let mut labels = text.split(BEGIN).skip(1).peekable();
    labels.peek().is_some()
        && labels.all(|rest| {
            ["CERTIFICATE", "TRUSTED CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "X509 CRL"]
                .iter()
                .any(|label| rest.strip_prefix(label).is_some_and(|rest| rest.starts_with("---")))
        })
}

const BEGIN: &str = "-----BEGIN ";

/// The shortest key there is, of a curve over 256 bits, has more letters.
const SHORTEST: usize = 56;
const MOST: usize = 64;

/// An RSA key of 16384 bits is shorter.
const LONGEST: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{base64, pem};

    #[test]
    fn tells_keys_apart() {
        let check = |label: &str, expected: Option<&str>| {
            let text = format!("x\n{}", pem(label));
            let named = |text: &str| find(text).map(|leak| leak.kind.name());
            assert_eq!(named(&text), expected, "{label}");
            assert_eq!(named(&base64(pem(label))), expected, "{label} in base64");
            assert_eq!(named(&text.replace('\n', "\\n")), expected, "{label} in JSON");
        };
        check("RSA PRIVATE KEY", Some("private-key-rsa"));
        check("EC PRIVATE KEY", Some("private-key-ec"));
        check("DSA PRIVATE KEY", Some("private-key-dsa"));
        check("PRIVATE KEY", Some("private-key-pkcs8"));
        check("OPENSSH PRIVATE KEY", Some("private-key-openssh"));
        check("PGP PRIVATE KEY BLOCK", Some("private-key-pgp"));
        check("ENCRYPTED PRIVATE KEY", Some("private-key-encrypted"));
        check("CERTIFICATE", None);
        check("PUBLIC KEY", None);
        check("CERTIFICATE REQUEST", None);
        check("PGP MESSAGE", None);
        assert!(is_public(&pem("CERTIFICATE")) && !is_public("x"));
        assert!(!is_public(&(pem("CERTIFICATE") + &pem("PRIVATE KEY"))));
    }

    #[test]
    fn a_key_left_out_is_none() {
        for body in ["...", "{{ .key }}", "<key>", ""] {
            let dashes = "-".repeat(5);
            let text = format!(
                "{dashes}BEGIN PRIVATE KEY{dashes}\n{body}\n{dashes}END PRIVATE KEY{dashes}"
            );
            assert_eq!(find(&text), None, "{body}");
        }
    }

    #[test]
    fn a_passphrase_is_told() {
        let text = pem("RSA PRIVATE KEY").replacen('\n', "\nProc-Type: 4,ENCRYPTED\n", 1);
        assert_eq!(find(&text).unwrap().kind.name(), "private-key-encrypted");
    }
}
