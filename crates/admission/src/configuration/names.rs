//! Names that Kubernetes gives to things, after RFC 1123.

/// Whether it can be the name of a namespace.
pub(super) fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_dashed(text)
}

/// Whether it can be the name of a runtime class.
pub(super) fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_dashed)
}

/// Small letters, digits, and dashes between them.
fn is_dashed(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|byte| is_plain(byte) || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_names_from_others() {
        let check = |text: &str, label: bool, subdomain: bool| {
            assert_eq!((is_label(text), is_subdomain(text)), (label, subdomain), "{text}");
        };
        check("a", true, true);
        check("kube-system", true, true);
        check("a.b-c.0", false, true);
        check(&"a".repeat(63), true, true);
        check(&"a".repeat(64), false, true);
        check(&"a".repeat(254), false, false);
        for text in ["", "-a", "a-", "A", "a_b", "a..b", ".a", "a.", "é", "a b"] {
            check(text, false, false);
        }
    }
}
