//! A gateway's whole configuration: the sections it is made of, and how they are resolved.

use std::path::{Path, PathBuf};

use crate::arguments::GatewayArgs;
use crate::file;
use crate::given::{Given, Reader};
use crate::mistake::{Mistakes, Note, Place};
use crate::setting::{Setting, Takes};

pub mod audit;
pub mod authentication;
pub mod authorization;
pub mod certificate;
pub mod clients;
pub mod limits;
pub mod listener;
pub mod network;
pub mod process;
pub mod refused;
pub mod tls;
pub mod upstream;

use self::audit::Audit;
use self::authentication::Authentication;
use self::authorization::Authorization;
use self::clients::ClientAuthorities;
use self::limits::Limits;
use self::listener::Listener;
use self::network::Network;
use self::process::Logging;
use self::tls::Tls;
use self::upstream::Upstream;

/// A configuration in which everything is read and fits together.
#[derive(Debug)]
pub struct Gateway {
    /// Where the gateway listens, and how long it waits.
    pub listener: Listener,
    /// The certificate it shows and the TLS it speaks.
    pub tls: Tls,
    /// Whose client certificates it takes.
    pub clients: ClientAuthorities,
    /// How else callers are known.
    pub authentication: Authentication,
    /// What decides.
    pub authorization: Authorization,
    /// The cluster behind it.
    pub upstream: Upstream,
    /// What is recorded, and where.
    pub audit: Audit,
    /// How much may be asked.
    pub limits: Limits,
    /// From where.
    pub network: Network,
    /// What the process says of itself.
    pub logging: Logging,
}

/// What a configuration is judged by besides itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Environment {
    /// What time it is.
    pub now: jiff::Timestamp,
}

/// Some options under one title.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The title in help texts and on the reference page.
    pub title: &'static str,
    /// The options.
    pub settings: &'static [Setting],
}

/// Every option there is, in the order of the help text.
pub const SECTIONS: &[Section] = &[
    upstream::SECTION,
    listener::SECTION,
    tls::SECTION,
    clients::SECTION,
    authentication::SECTION,
    authorization::SECTION,
    audit::SECTION,
    limits::SECTION,
    network::SECTION,
    process::SECTION,
    refused::SECTION,
];

impl GatewayArgs {
    /// Reads flags, configuration file and all files they name. Finds every mistake before it
    /// gives up; what is allowed but worth knowing is among the notes.
    pub fn resolve(&self, environment: &Environment) -> Result<(Gateway, Vec<Note>), Mistakes> {
        let mut reader = Reader::new(environment);
        let gateway = self.read(&mut reader);
        reader.finish(gateway)
    }

    fn read(&self, reader: &mut Reader<'_>) -> Option<Gateway> {
        self.offer_flags(reader);
        if let Some(path) = &self.config {
            offer_file(path, reader);
        }
        read(reader)
    }

    fn offer_flags(&self, reader: &mut Reader<'_>) {
        for (setting, values) in &self.flags {
            let given = |text: &String| Given {
                text: text.clone(),
                place: Place::Flag { name: setting.name.to_owned() },
                folder: PathBuf::new(),
            };
            reader.offer(setting, values.iter().map(given).collect());
        }
    }
}

fn offer_file(path: &Path, reader: &mut Reader<'_>) {
    let known: Vec<&'static Setting> = settings().collect();
    let (found, mistakes) = file::read(path, &known);
    for (setting, values) in found {
        reader.offer(setting, values);
    }
    reader.add(mistakes);
}

/// Every option, in order.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SECTIONS.iter().flat_map(|section| section.settings)
}

/// Reads all sections, whatever is wrong with those before.
fn read(reader: &mut Reader<'_>) -> Option<Gateway> {
    for setting in settings().filter(|setting| setting.takes == Takes::Refused) {
        refused::read(reader, setting);
    }
    let upstream = upstream::read(reader);
    let listener = listener::read(reader);
    let tls = tls::read(reader);
    let clients = clients::read(reader);
    let authentication = authentication::read(reader);
    let authorization = authorization::read(reader);
    if let Some(authentication) = &authentication {
        somebody_can_log_in(reader, &clients, authentication);
    }
    let audit = audit::read(reader);
    let limits = limits::read(reader);
    let network = network::read(reader);
    let logging = process::read(reader);
    Some(Gateway {
        listener: listener?,
        tls: tls?,
        clients,
        authentication: authentication?,
        authorization: authorization?,
        upstream: upstream?,
        audit: audit?,
        limits: limits?,
        network,
        logging: logging?,
    })
}

/// A gateway that nobody can log in to is surely not meant.
fn somebody_can_log_in(
    reader: &mut Reader<'_>,
    clients: &ClientAuthorities,
    authentication: &Authentication,
) {
    let is_possible = !clients.ca_files.is_empty()
        || !authentication.issuers.is_empty()
        || authentication.cluster_tokens.is_some();
    if !is_possible {
        let problem = "is not given, and there is no other way to log in; give it, an issuer of \
                       OpenID Connect, or --authentication-token-webhook";
        reader.reject(&clients::CLIENT_CA_FILE, problem);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_option_is_read_whatever_is_wrong_with_others() {
        let environment = Environment { now: jiff::Timestamp::UNIX_EPOCH };
        let mut reader = Reader::new(&environment);
        assert!(GatewayArgs::default().read(&mut reader).is_none());
        let used = settings().filter(|setting| setting.takes != Takes::Refused);
        let used: BTreeSet<&str> = used.map(|setting| setting.name).collect();
        assert_eq!(reader.asked(), &used);
    }

    #[test]
    fn names_are_told_apart() {
        let names: BTreeSet<&str> = settings().map(|setting| setting.name).collect();
        assert_eq!(names.len(), settings().count());
    }

    #[test]
    fn defaults_are_words_where_words_are_listed() {
        for setting in settings().filter(|setting| !setting.words.is_empty()) {
            assert!(setting.words.contains(&setting.default), "{}", setting.name);
        }
    }
}
