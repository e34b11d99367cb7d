//! Cipher suites, by the names that Go gives them, and what is to be said of each.

/// What is to be said of a cipher suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suite {
    /// Key exchange with forward secrecy and an authenticated cipher.
    Fine,
    /// Why it is weak.
    Weak(&'static str),
    /// One of TLS 1.3: they are always on, and naming them does nothing.
    Always,
    /// Not a name that Go knows.
    Unknown,
}

/// What is to be said of the suite of a name.
pub(super) fn suite(name: &str) -> Suite {
    if FINE.contains(&name) || ALIASES.contains(&name) {
        return Suite::Fine;
    }
    if ALWAYS.contains(&name) {
        return Suite::Always;
    }
    let weak = WEAK.iter().find(|(known, _)| *known == name);
    weak.map_or(Suite::Unknown, |(_, why)| Suite::Weak(why))
}

/// The suites to offer.
pub(super) const FINE: [&str; 6] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/// Older names of the last two.
const ALIASES: [&str; 2] =
    ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"];

const ALWAYS: [&str; 3] =
    ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];

const RC4: &str = "RC4 can be read";
const DES: &str = "3DES can be read in long connections";
const CBC: &str = "CBC with a MAC leaks by its timing";
const RSA: &str = "whoever gets the key later reads what was recorded";

const WEAK: [(&str, &str); 16] = [
    ("TLS_RSA_WITH_RC4_128_SHA", RC4),
    ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", DES),
    ("TLS_RSA_WITH_AES_128_CBC_SHA", CBC),
    ("TLS_RSA_WITH_AES_256_CBC_SHA", CBC),
    ("TLS_RSA_WITH_AES_128_CBC_SHA256", CBC),
    ("TLS_RSA_WITH_AES_128_GCM_SHA256", RSA),
    ("TLS_RSA_WITH_AES_256_GCM_SHA384", RSA),
    ("TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", RC4),
    ("TLS_ECDHE_RSA_WITH_RC4_128_SHA", RC4),
    ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", DES),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", CBC),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", CBC),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", CBC),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", CBC),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", CBC),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", CBC),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_judged_by_their_whole_name() {
        let check = |name: &str, expected: Suite| assert_eq!(suite(name), expected, "{name}");
        check("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", Suite::Fine);
        check("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", Suite::Fine);
        check("TLS_RSA_WITH_AES_128_GCM_SHA256", Suite::Weak(RSA));
        check("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", Suite::Weak(CBC));
        check("TLS_AES_256_GCM_SHA384", Suite::Always);
        check("TLS_AES_256_GCM", Suite::Unknown);
    }
}
