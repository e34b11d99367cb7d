//! Names with a shape: DNS labels and subdomains, and the user names of nodes and service
//! accounts.

/// RFC 1123 label: lower-case letters, digits, dashes inside, at most 63.
pub(crate) fn is_dns_label(name: &str) -> bool {
    name.len() <= 63 && is_label(name)
}

/// RFC 1123 subdomain: labels of any length with dots between, at most 253 in all.
pub(crate) fn is_dns_subdomain(name: &str) -> bool {
    name.len() <= DNS_SUBDOMAIN_MAX && has_subdomain_shape(name)
}

/// A subdomain but for its length.
pub(crate) fn has_subdomain_shape(name: &str) -> bool {
    name.split('.').all(is_label)
}

/// Namespace and name of `system:serviceaccount:<namespace>:<name>`.
pub(crate) fn service_account(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    (is_dns_label(namespace) && is_dns_subdomain(name)).then_some((namespace, name))
}

/// The node of `system:node:<name>`.
pub(crate) fn node(user: &str) -> Option<&str> {
    user.strip_prefix("system:node:").filter(|name| is_dns_subdomain(name))
}

fn is_label(name: &str) -> bool {
    let is_end = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    bytes.iter().all(|byte| is_end(*byte) || *byte == b'-')
        && bytes.first().is_some_and(|byte| is_end(*byte))
        && bytes.last().is_some_and(|byte| is_end(*byte))
}

/// The longest subdomain, in bytes.
pub(crate) const DNS_SUBDOMAIN_MAX: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_labels_and_subdomains() {
        for good in ["a", "0", "a-b", &"a".repeat(63)] {
            assert!(is_dns_label(good) && is_dns_subdomain(good), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a_b", "a.b", "ä", "a\n", &"a".repeat(64)] {
            assert!(!is_dns_label(bad), "{bad}");
        }
        for good in ["a.b", "a-b.c-d.0", &"a".repeat(253)] {
            assert!(is_dns_subdomain(good), "{good}");
        }
        for bad in ["", ".", "a.", ".a", "a..b", "a.-b", &"a".repeat(254)] {
            assert!(!is_dns_subdomain(bad), "{bad}");
        }
    }

    #[test]
    fn reads_the_names_of_machines() {
        assert_eq!(service_account("system:serviceaccount:ns:sa.x"), Some(("ns", "sa.x")));
        for other in ["ns:sa", "system:serviceaccount:ns", "system:serviceaccount:a.b:c"] {
            assert_eq!(service_account(other), None);
        }
        assert_eq!(service_account("system:serviceaccount:ns:a:b"), None);
        assert_eq!(service_account("system:serviceaccount::b"), None);
        assert_eq!(node("system:node:n-1.x"), Some("n-1.x"));
        assert_eq!(node("system:node:N"), None);
        assert_eq!(node("system:nodes"), None);
    }
}
