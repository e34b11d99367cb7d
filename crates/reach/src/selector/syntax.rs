//! What a key and a value of a label look like.

/// A name of at most 63 bytes, behind a DNS subdomain and a slash or not.
pub(super) fn is_label_key(key: &str) -> bool {
    match key.split_once('/') {
        Some((domain, name)) => is_subdomain(domain) && is_name(name),
        None => is_name(key),
    }
}

/// Nothing, or a name of at most 63 bytes.
pub(super) fn is_label_value(value: &str) -> bool {
    value.is_empty() || is_name(value)
}

fn is_name(name: &str) -> bool {
    name.len() <= 63
        && starts_and_ends(name, |byte| byte.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn is_subdomain(domain: &str) -> bool {
    let is_small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_part = |part: &str| {
        starts_and_ends(part, is_small) && part.bytes().all(|byte| is_small(byte) || byte == b'-')
    };
    domain.len() <= 253 && domain.split('.').all(is_part)
}

fn starts_and_ends(text: &str, with: impl Fn(u8) -> bool) -> bool {
    text.bytes().next().is_some_and(&with) && text.bytes().next_back().is_some_and(&with)
}
