//! A kubeconfig for one user of one cluster, with everything it needs inside.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::Issued;

/// What a kubeconfig says: one cluster, one user with a client certificate, one context.
#[derive(Debug, Clone, Copy)]
pub struct Kubeconfig<'a> {
    /// Name of the cluster, and with the user the name of the context.
    pub cluster: &'a str,
    /// Where the API is, for example `https://127.0.0.1:6443`.
    pub server: &'a str,
    /// The certificates, in PEM, that the server's certificate is checked against.
    pub authority: &'a str,
    /// Name of the user, for people; the server reads the certificate.
    pub user: &'a str,
    /// The client certificate and its key.
    pub credential: &'a Issued,
    /// The namespace of the context.
    pub namespace: &'a str,
}

impl Kubeconfig<'_> {
    /// The file's text; it holds the private key and is wiped when dropped.
    pub fn text(&self) -> Zeroizing<String> {
        let context = format!("{}@{}", self.user, self.cluster);
        let key = Zeroizing::new(STANDARD.encode(self.credential.key.expose()));
        let mut out = Zeroizing::new(String::with_capacity(ROOM));
        out.push_str("apiVersion: v1\nkind: Config\nclusters:\n");
        line(&mut out, "- name", self.cluster);
        out.push_str("  cluster:\n");
        line(&mut out, "    server", self.server);
        line(&mut out, "    certificate-authority-data", &STANDARD.encode(self.authority));
        out.push_str("users:\n");
        line(&mut out, "- name", self.user);
        out.push_str("  user:\n");
        let certificate = STANDARD.encode(&self.credential.certificate);
        line(&mut out, "    client-certificate-data", &certificate);
        line(&mut out, "    client-key-data", &key);
        out.push_str("contexts:\n");
        line(&mut out, "- name", &context);
        out.push_str("  context:\n");
        line(&mut out, "    cluster", self.cluster);
        line(&mut out, "    user", self.user);
        line(&mut out, "    namespace", self.namespace);
        line(&mut out, "current-context", &context);
        out
    }
}

/// One key with a double-quoted scalar, so that no value is read as anything but text.
fn line(out: &mut String, key: &str, value: &str) {
    out.push_str(key);
    out.push_str(": \"");
    for letter in value.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            // Writing to a String cannot fail.
            control if control.is_control() => drop(write!(out, "\\u{:04x}", u32::from(control))),
            plain => out.push(plain),
        }
    }
    out.push_str("\"\n");
}

/// Enough for the text to be written without moving, which would leave copies of the key behind.
const ROOM: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_quotes() {
        let mut out = String::new();
        line(&mut out, "user", "a\"\n\\b: x");
        assert_eq!(out, "user: \"a\\\"\\u000a\\\\b: x\"\n");
    }
}
