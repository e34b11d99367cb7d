//! Where a server is, read from its URL.

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use rustls_pki_types::ServerName;

use crate::ClusterError;

/// The address of the cluster behind the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// A name or an address; IPv6 without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The name its certificate must be for.
    pub server_name: ServerName<'static>,
    /// What stands in front of every path, without a slash at the end; usually empty.
    pub path_prefix: String,
}

impl Server {
    /// Reads `https://HOST[:PORT][/PATH]`; `tls_server_name` replaces the host in what the
    /// certificate must be for.
    pub(crate) fn parse(url: &str, tls_server_name: Option<&str>) -> Result<Self, ClusterError> {
        // A URL may hold a password; errors show none.
        let wrong = || ClusterError::Server(without_user(url));
        let uri: Uri = url.parse().map_err(|_ignored| wrong())?;
        let plain = uri.scheme() == Some(&Scheme::HTTPS)
            && uri.query().is_none()
            && !url.contains('#')
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        let host = uri.host().map(|host| host.trim_start_matches('[').trim_end_matches(']'));
        let host = host.filter(|host| plain && !host.is_empty()).ok_or_else(wrong)?;
        let name = tls_server_name.filter(|name| !name.is_empty()).unwrap_or(host).to_owned();
        Ok(Self {
            host: host.to_owned(),
            port: port(&uri).ok_or_else(wrong)?,
            server_name: ServerName::try_from(name).map_err(|_ignored| wrong())?,
            path_prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// `HOST:PORT` as it stands in a URL and in a `Host` header.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The URL of a path and query on this server.
    pub(crate) fn url(&self, path_and_query: &str) -> Result<Uri, http::Error> {
        let path = format!("{}{path_and_query}", self.path_prefix);
        Uri::builder()
            .scheme(Scheme::HTTPS)
            .authority(Authority::try_from(self.authority())?)
            .path_and_query(PathAndQuery::try_from(path)?)
            .build()
    }
}

/// The port of an HTTPS URL; none for a port that is not a number.
fn port(uri: &Uri) -> Option<u16> {
    let authority = uri.authority()?;
    let port = match authority.as_str().strip_prefix(authority.host())? {
        "" => "443",
        port => port.strip_prefix(':').filter(|port| port.bytes().all(|b| b.is_ascii_digit()))?,
    };
    port.parse().ok().filter(|port| *port != 0)
}

fn without_user(url: &str) -> String {
    match url.split_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(url: &str, expected: Option<(&str, u16, &str)>) {
        let server = Server::parse(url, None).ok();
        let read = server
            .as_ref()
            .map(|server| (server.host.as_str(), server.port, server.path_prefix.as_str()));
        assert_eq!(read, expected, "{url}");
    }

    #[test]
    fn reads_addresses() {
        check("https://10.0.0.1:6443", Some(("10.0.0.1", 6443, "")));
        check("https://api.example.com", Some(("api.example.com", 443, "")));
        check("https://api.example.com/", Some(("api.example.com", 443, "")));
        check("https://api.example.com/k8s/c-1/", Some(("api.example.com", 443, "/k8s/c-1")));
        check("https://[::1]:6443", Some(("::1", 6443, "")));
        check("HTTPS://api.example.com", Some(("api.example.com", 443, "")));
    }

    #[test]
    fn refuses_what_is_no_https_address() {
        for url in [
            "",
            "http://10.0.0.1:6443",
            "10.0.0.1:6443",
            "api.example.com",
            "https://",
            "https://:6443",
            "https://host:",
            "https://host:99999",
            "https://host:0",
            "https://host:+443",
            "https://host/?x=y",
            "https://host/#x",
            "https://jane:canary@host",
            "https://a_b c",
            "unix:///run/api",
        ] {
            check(url, None);
            let error = Server::parse(url, None).unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn another_name_may_stand_in_the_certificate() {
        let server = Server::parse("https://10.0.0.1:6443", Some("kubernetes")).unwrap();
        assert_eq!(server.server_name, ServerName::try_from("kubernetes").unwrap());
        let server = Server::parse("https://10.0.0.1:6443", Some("")).unwrap();
        assert_eq!(server.server_name, ServerName::try_from("10.0.0.1").unwrap());
        assert!(Server::parse("https://10.0.0.1:6443", Some("no name")).is_err());
    }

    #[test]
    fn builds_urls_below_its_prefix() {
        let server = Server::parse("https://[::1]/k8s/", None).unwrap();
        assert_eq!(server.url("/version?x=1").unwrap(), "https://[::1]:443/k8s/version?x=1");
        assert!(server.url("/ver sion").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(url in ".{0,60}", name in proptest::option::of(".{0,20}")) {
            let _server = Server::parse(&url, name.as_deref());
            let _server = Server::parse(&format!("https://{url}"), name.as_deref());
        }
    }
}
