//! What the URL of an issuer must be.

/// Everything that is wrong with `url`.
pub(super) fn problems(url: &str) -> Vec<&'static str> {
    if url.chars().any(|letter| letter.is_ascii_control() || letter.is_whitespace()) {
        return vec!["must not contain spaces or control characters"];
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.split('/').next().unwrap_or_default();
    let (user, server) = authority.rsplit_once('@').unwrap_or(("", authority));
    let checks = [
        (scheme.eq_ignore_ascii_case("https"), "URL scheme must be https"),
        (
            !authority.contains('@') && user.is_empty(),
            "URL must not contain a username or password",
        ),
        (query.is_empty(), "URL must not contain a query"),
        (fragment.is_empty(), "URL must not contain a fragment"),
        (is_server(server), "URL must name a host, and if it names a port, a number"),
        (is_escaped_well(rest), "URL must have two hexadecimal digits after each %"),
    ];
    checks.into_iter().filter_map(|(is_right, problem)| (!is_right).then_some(problem)).collect()
}

fn is_server(server: &str) -> bool {
    // An address of version 6 has colons of its own, within brackets.
    let after_host = if let Some(rest) = server.strip_prefix('[') {
        rest.split_once(']').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port)
    } else {
        let (host, _) = server.split_once(':').unwrap_or((server, ""));
        server.strip_prefix(host).filter(|_| !host.is_empty())
    };
    after_host.is_some_and(|port| {
        port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
    })
}

fn is_escaped_well(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let digits = after.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(url: &str, expected: &[&str]) {
        assert_eq!(problems(url), expected, "{url}");
    }

    #[test]
    fn takes_what_names_a_server_and_a_path() {
        check("https://example.com", &[]);
        check("HTTPS://example.com/", &[]);
        check("https://example.com:8443/realms/one%2Ftwo", &[]);
        check("https://[::1]:8443", &[]);
        check("https://[::1]", &[]);
        check("https://10.0.0.1/a?#", &[]);
    }

    #[test]
    fn tells_everything_that_is_wrong() {
        check("http://example.com", &["URL scheme must be https"]);
        check("https://jane@example.com", &["URL must not contain a username or password"]);
        check("https://jane:secret@example.com", &["URL must not contain a username or password"]);
        check("https://example.com?a=b", &["URL must not contain a query"]);
        check("https://example.com/#a", &["URL must not contain a fragment"]);
        check("https://example.com/%zz", &["URL must have two hexadecimal digits after each %"]);
        check("https://example.com/%2", &["URL must have two hexadecimal digits after each %"]);
        check("https://a b", &["must not contain spaces or control characters"]);
        let host = "URL must name a host, and if it names a port, a number";
        check("https://", &[host]);
        check("https:///path", &[host]);
        check("https://:443", &[host]);
        check("https://example.com:https", &[host]);
        check("https://example.com:", &[host]);
        check("https://[]", &[host]);
        check("https://[::1", &[host]);
        check("example.com", &["URL scheme must be https"]);
        check(
            "ftp://u@:x?q#f",
            &[
                "URL scheme must be https",
                "URL must not contain a username or password",
                "URL must not contain a query",
                "URL must not contain a fragment",
                host,
            ],
        );
    }

    proptest! {
        #[test]
        fn never_panics(url in r"(https://)?[a-z0-9@:/?#%\[\]. é]{0,24}") {
            let _problems = problems(&url);
        }
    }
}
