//! The embedded sandbox as the API behind the gateway.

use std::net::{Ipv4Addr, SocketAddr};

use sandbox::{Options, Sandbox, Settings};

use super::credentials::Credentials;
use super::real::{OWN_RIGHTS, RIGHTS};

/// Starts a sandbox with the rights of a trial in it.
pub(crate) async fn start(credentials: &Credentials) -> anyhow::Result<Sandbox> {
    let settings = Settings {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        identity: credentials.api.clone(),
        clients: credentials.authority.certificate().to_owned(),
        front_proxies: Some(credentials.front_proxy_authority.certificate().to_owned()),
        manifests: format!("{RIGHTS}---\n{OWN_RIGHTS}"),
        options: Options::default(),
    };
    Ok(Sandbox::start(settings).await?)
}
