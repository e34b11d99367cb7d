//! What is not a secret though it stands where one could: pointers to secrets, templates,
//! stand-ins, and values that are something else.

use crate::shape::{Alphabet, Texture, texture};

/// Whether a value under a name that promises a secret is none.
pub(crate) fn is_innocent(value: &str) -> bool {
    let value = value.trim();
    value.chars().count() < SHORTEST
        || points_elsewhere(value)
        || is_stand_in(value)
        || is_measure(value)
        || is_public(value)
}

/// Whether a value says where the secret is, or that it is filled in later.
pub(crate) fn points_elsewhere(value: &str) -> bool {
    let value = value.trim();
    let lower = head(value).to_ascii_lowercase();
    is_template(value)
        || lower.starts_with("enc[")
        || POINTERS.iter().any(|start| lower.starts_with(start))
        || (lower.starts_with("projects/") && lower.contains("/secrets/"))
        || (value.starts_with('/') && is_path(value))
}

/// Whether it is filled in by somebody else: `{{…}}`, `${…}`, `$(…)`, `<…>`, `%…%`, `$NAME`.
pub(crate) fn is_template(value: &str) -> bool {
    let encloses = |open: &str, close: &str| {
        value.starts_with(open) && value.ends_with(close) && value.len() > open.len()
    };
    ["{{", "${", "$(", "[[", "<%"].iter().any(|mark| value.contains(mark))
        || value.find('<').is_some_and(|at| value.rfind('>').is_some_and(|end| at < end))
        || encloses("%", "%")
        || encloses("__", "__")
        || encloses("@", "@")
        || encloses("[", "]")
        || encloses("{", "}")
        || value.strip_prefix('$').is_some_and(is_name)
}

/// The name of a variable, or as Argo CD has it, of an entry of a Secret.
fn is_name(text: &str) -> bool {
    let is_entry = text.bytes().all(|b| Alphabet::UrlDot.has(b) || matches!(b, b':' | b'/'));
    !text.is_empty() && is_entry && texture(text) == Texture::Words || Alphabet::Word.spells(text)
}

/// Whether it is a text that people put where a secret will be.
pub(crate) fn is_stand_in(value: &str) -> bool {
    let lower = head(value).to_ascii_lowercase();
    let squeezed: String = lower.chars().filter(|c| !matches!(c, '-' | '_' | ' ' | '.')).collect();
    STAND_INS.iter().any(|word| squeezed.contains(word))
        || (!value.is_empty() && is_one_letter(value))
        || ["my-password", "my-secret", "my-token"].contains(&lower.as_str())
        || RUNS.iter().any(|run| squeezed.contains(run))
        || matches!(squeezed.as_str(), "undefined" | "disabled" | "required" | "optional")
}

fn is_one_letter(value: &str) -> bool {
    let mut letters = value.chars();
    let first = letters.next();
    letters.all(|letter| Some(letter) == first)
}

/// Numbers, sizes, durations, dates, versions.
pub(crate) fn is_measure(value: &str) -> bool {
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let units = |byte: u8| byte.is_ascii_digit() || b"-+.:hmsdunKMGTi%".contains(&byte);
    (has_digit && value.bytes().all(units))
        || value.parse::<f64>().is_ok()
        || (value.get(4..5) == Some("-") && value.get(10..11) == Some("T"))
}

/// Certificates, public keys, digests, images, service addresses.
fn is_public(value: &str) -> bool {
    let marks = ["-----BEGIN CERT", "-----BEGIN PUBLIC", "-----BEGIN RSA PUBLIC", "ssh-", "ecdsa-"];
    let digests = ["sha256:", "sha512:", "sha1:", "md5:", "sha256-", "sha384-", "sha512-"];
    marks.iter().chain(&digests).any(|start| value.starts_with(start))
        || value.starts_with(CERTIFICATE64)
        || value.contains("@sha256:")
}

/// `/etc/secret/token`, and no base64 that happens to begin with a slash.
fn is_path(value: &str) -> bool {
    let pieces = value.split('/').skip(1);
    value.len() < 256
        && !value.contains(['=', '+', ' '])
        && pieces.filter(|piece| piece.len() > 24).count() == 0
}

fn head(value: &str) -> &str {
    let end = value.char_indices().nth(HEAD).map_or(value.len(), |(at, _)| at);
    value.get(..end).unwrap_or_default()
}

/// A shorter text guards nothing worth a report, and half of all short words would be one.
pub(crate) const SHORTEST: usize = 8;

const HEAD: usize = 512;

/// `-----BEGIN CERT` in base64.
const CERTIFICATE64: &str = "LS0tLS1CRUdJTiBDRVJU";

const POINTERS: [&str; 34] = [
    "vault:",
    "bao:",
    "ref+",
    "op://",
    "arn:aws",
    "aws-sm:",
    "awssm:",
    "awsssm:",
    "ssm:",
    "gcpsm:",
    "gcp-sm:",
    "gcp:secret",
    "sm://",
    "azurekv:",
    "akv:",
    "@microsoft.keyvault",
    "keyvault:",
    "secretref:",
    "secretkeyref:",
    "secret://",
    "secret:",
    "env:",
    "env.",
    "file:",
    "file/",
    "configmap:",
    "k8s:",
    "doppler:",
    "conjur:",
    "./",
    "../",
    "~/",
    "!vault",
    "process.env",
];

/// Without separators, in lower case.
const STAND_INS: [&str; 43] = [
    "changeme",
    "changeit",
    "changethis",
    "pleasechange",
    "tobechanged",
    "example",
    "dummy",
    "placeholder",
    "xxxx",
    "***",
    "redacted",
    "replaceme",
    "replacewith",
    "replacethis",
    "toreplace",
    "replacedefault",
    "insertyour",
    "inserthere",
    "yourpass",
    "yoursecret",
    "yourtoken",
    "yourapi",
    "yourkey",
    "youraccess",
    "yourclient",
    "yourgithub",
    "yourown",
    "yourstrong",
    "enteryour",
    "fillme",
    "fillin",
    "setme",
    "putyour",
    "goeshere",
    "sample",
    "notasecret",
    "notarealsecret",
    "notreal",
    "fakekey",
    "faketoken",
    "fakesecret",
    "fakepass",
    "foobar",
];

const RUNS: [&str; 4] = ["0123456789", "1234567890", "abcdefghij", "00000000000000"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_is_no_secret() {
        for value in INNOCENT.lines() {
            assert!(is_innocent(value), "{value}");
        }
        let git = crate::samples::drawn(3, 40, crate::samples::HEX);
        assert!(is_innocent(&format!("registry.k8s.io/pause:3.9@sha256:{git}")));
        assert!(is_innocent(&format!("sha256:{git}")));
        assert!(is_innocent(&format!("{CERTIFICATE64}JUZJ")));
    }

    #[test]
    fn a_password_is_none_of_these() {
        for value in ["hunter2hunter2", "P@ssw0rd!x", "s3cr3t-of-mine", "/aB3+xx/9==qqqqqqqqq"] {
            assert!(!is_innocent(value), "{value}");
        }
    }

    const INNOCENT: &str = "\n short\n{{ .Values.password }}\n{{password}}\n${DB_PASSWORD}\n$(DB_PASSWORD)\n<your password>\n<password>\n%DB_PASSWORD%\n__PASSWORD__\n@password@\n$DB_PASSWORD\nvault:secret/data/app#password\nref+vault://secret/app#/password\nop://vault/item/field\narn:aws:secretsmanager:eu-west-1:1:secret:x\nprojects/p/secrets/s/versions/1\nfile:/etc/token-x\n/etc/secret/token\n/var/run/secrets/kubernetes.io/serviceaccount/token\n./secrets/token\n~/.kube/config\nchangeme\nchange-me-please\nCHANGE_ME_NOW\nexample-password\ndummy-token\nplaceholder\nxxxxxxxxxxxx\n************\nREDACTED\nyour-password-here\nYOUR_API_KEY\nreplace-me-now\n12345678\n123456789012\n3600.5\n24h30m0s\n100000Mi\n1.2.3.4:8080\n2024-01-01T00:00:00Z\n-----BEGIN CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\nssh-ed25519 AAAA\nENC[AES256_GCM,data:abc]\nprocess.env.TOKEN\nenv:MY_TOKEN\nundefined\nfoobarbaz\nsecretref:name/key\nazurekv:vault/secret\n@Microsoft.KeyVault(SecretUri=x)\n{password}\n[password]";
}
