//! Where a plugin listens: an address of which only the scheme matters to kube-apiserver.

use crate::Fault;

/// What kube-apiserver refuses of `endpoint`, as Go reads addresses.
pub(crate) fn check(endpoint: &str) -> Result<(), Fault> {
    if endpoint.is_empty() {
        return Err(Fault::Missing);
    }
    if endpoint.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(Fault::BadEndpoint);
    }
    let (endpoint, fragment) = endpoint.split_once('#').unwrap_or((endpoint, ""));
    let (scheme, rest) = scheme(endpoint)?;
    if !escapes_are_whole(fragment) || !rest_is_readable(scheme, rest) {
        return Err(Fault::BadEndpoint);
    }
    if scheme.eq_ignore_ascii_case("unix") {
        Ok(())
    } else {
        Err(Fault::EndpointScheme(scheme.to_ascii_lowercase()))
    }
}

/// The scheme, empty if there is none, and what follows its colon.
fn scheme(text: &str) -> Result<(&str, &str), Fault> {
    for (at, letter) in text.char_indices() {
        match letter {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at > 0 => {
                let rest = text.get(at.saturating_add(1)..).unwrap_or_default();
                return Ok((text.get(..at).unwrap_or_default(), rest));
            }
            ':' => return Err(Fault::BadEndpoint),
            _ => break,
        }
    }
    Ok(("", text))
}

fn rest_is_readable(scheme: &str, rest: &str) -> bool {
    let (rest, _query) = rest.split_once('?').unwrap_or((rest, ""));
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            // `unix:relative` is opaque and not looked at.
            return true;
        }
        let first = rest.split('/').next().unwrap_or_default();
        return !first.contains(':') && escapes_are_whole(rest);
    }
    let is_local = scheme.is_empty() && rest.starts_with("///");
    let Some(rest) = rest.strip_prefix("//").filter(|_| !is_local) else {
        return escapes_are_whole(rest);
    };
    let (authority, path) =
        rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    authority_is_readable(authority) && escapes_are_whole(path)
}

fn authority_is_readable(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    user.chars().all(is_user) && escapes_are_whole(user) && host_is_readable(host)
}

fn host_is_readable(host: &str) -> bool {
    if let Some(inside) = host.strip_prefix('[') {
        let Some((address, after)) = inside.rsplit_once(']') else { return false };
        let (address, zone) = address.split_once("%25").unwrap_or((address, "-"));
        let is_address = address.parse::<std::net::Ipv6Addr>().is_ok() && !zone.is_empty();
        return is_address && escapes_are_whole(zone) && port_is_readable(after);
    }
    let port = host.rfind(':').and_then(|at| host.get(at..)).unwrap_or_default();
    port_is_readable(port) && escapes_are_foreign(host) && host.chars().all(is_host)
}

fn port_is_readable(port: &str) -> bool {
    port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A percent sign begins two hexadecimal digits.
fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let mut digits = after.bytes();
        let mut is_digit = || digits.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        is_digit() && is_digit()
    })
}

/// In a host, only the percent sign itself and what is not ASCII may be escaped.
fn escapes_are_foreign(host: &str) -> bool {
    let is_foreign = |after: &str| {
        after.starts_with("25") || after.starts_with(|digit: char| "89abcdefABCDEF".contains(digit))
    };
    escapes_are_whole(host) && host.split('%').skip(1).all(is_foreign)
}

fn is_user(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(letter)
}

fn is_host(letter: char) -> bool {
    !letter.is_ascii()
        || letter.is_ascii_alphanumeric()
        || "-._~!$&'()*+,;=:]<>\"%".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unix_sockets_are_taken() {
        let scheme = |name: &str| Err(Fault::EndpointScheme(name.to_owned()));
        let is = |endpoint: &str, expected: Result<(), Fault>| {
            assert_eq!(check(endpoint), expected, "{endpoint}");
        };
        is("unix:///run/kms.sock", Ok(()));
        is("UNIX:///run/kms.sock", Ok(()));
        is("unix:kms.sock", Ok(()));
        is("unix:///@kms.sock", Ok(()));
        is("", Err(Fault::Missing));
        is("tcp://localhost:80", scheme("tcp"));
        is("/run/kms.sock", scheme(""));
        is("1unix:///a", Err(Fault::BadEndpoint));
        is("://a", Err(Fault::BadEndpoint));
        is("unix:///%zz", Err(Fault::BadEndpoint));
        is("unix:///a\u{7f}", Err(Fault::BadEndpoint));
        is("unix://a:b/c", Err(Fault::BadEndpoint));
        is("unix://[::1/c", Err(Fault::BadEndpoint));
        is("unix://a b/c", Err(Fault::BadEndpoint));
        is("unix://a[::1]/c", Err(Fault::BadEndpoint));
        is("unix://%41/c", Err(Fault::BadEndpoint));
        is("unix://[fe80::1%25en0]:1/c", Ok(()));
    }

    proptest::proptest! {
        #[test]
        fn takes_any_text(text in "(unix:|x)?[-/:%@\\[\\]#?a-c0-2 ]{0,20}|\\PC{0,20}") {
            if check(&text).is_ok() {
                proptest::prop_assert!(text.to_ascii_lowercase().starts_with("unix:"));
            }
        }
    }
}
