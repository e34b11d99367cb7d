//! Every credential that was seen: what it is for, where it stands, when it ends. Read once for
//! all checks. Nothing secret is kept: of a private key only the hash of its public half.

pub(crate) mod bundles;
pub(crate) mod configured;
mod files;
pub(crate) mod kubeconfigs;
mod reissue;
mod roles;
#[cfg(test)]
mod tests;

pub(crate) mod samples;

pub(crate) use reissue::reissue;

use inventory::{Kind, Object};
use pki::{Inspection, PemItem, Role, SpkiHash, Timeline};
use tree::Path;

use crate::{About, Seen};

/// Every credential that was seen.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    /// Certificates, in the order of files and objects.
    pub(crate) certificates: Vec<Certificate>,
    /// Keys in files.
    pub(crate) keys: Vec<Key>,
    /// All that ends or should, certificates included.
    pub(crate) dated: Vec<Dated>,
}

/// Where a credential stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The file or object.
    pub(crate) about: About,
    /// The field of the object.
    pub(crate) path: Option<Path>,
    /// For people: `/etc/kubernetes/pki/ca.crt`, `Secret apps/web-tls, tls.crt`.
    pub(crate) text: String,
    /// What tells it from others of the same file or object.
    pub(crate) detail: String,
    /// What a certificate and its key have in common.
    pub(crate) pair: String,
}

/// What a certificate is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// Shown to others, with a key of its own.
    Shown,
    /// Sent along to link another to its authority.
    Linking,
    /// Believed in.
    Trusted,
    /// A record that it was issued.
    Issued,
    /// Nothing tells.
    Untold,
}

/// A certificate that was seen.
#[derive(Debug)]
pub(crate) struct Certificate {
    /// Where.
    pub(crate) place: Place,
    /// What it is for, where its place or a flag tells.
    pub(crate) role: Option<Role>,
    /// What it is there for.
    pub(crate) used: Use,
    /// Its bytes.
    pub(crate) der: Vec<u8>,
    /// What it says.
    pub(crate) inspection: Inspection,
}

/// A key that was seen in a file.
#[derive(Debug)]
pub(crate) struct Key {
    /// Where.
    pub(crate) place: Place,
    /// What it is for.
    pub(crate) role: Option<Role>,
    /// Whether it is the private half.
    pub(crate) is_private: bool,
    /// Its public half, if it can be read.
    pub(crate) spki: Option<SpkiHash>,
}

/// A credential on the timeline, and where it stands.
#[derive(Debug)]
pub(crate) struct Dated {
    /// The credential.
    pub(crate) credential: pki::Credential,
    /// Where.
    pub(crate) place: Place,
    /// Of what sort it is.
    pub(crate) sort: Sort,
}

/// The sorts of what is on the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A certificate: what it is there for, and its fingerprint.
    Certificate(Use, String),
    /// What cert-manager says of a certificate that was not seen itself.
    Kept,
    /// A bearer token.
    Token,
    /// A token to join with, which is made to end.
    Joining,
    /// A key, which carries no date.
    Key,
}

/// Every credential that was seen, soonest end first.
pub fn timeline(seen: &Seen<'_>) -> Timeline {
    seen.credentials().dated.iter().map(|dated| dated.credential.clone()).collect()
}

impl Credentials {
    /// Reads all there are.
    pub(crate) fn of(seen: &Seen<'_>) -> Self {
        let mut found = Self::default();
        files::read(seen, &mut found);
        kubeconfigs::read(seen, &mut found);
        bundles::read(seen, &mut found);
        configured::read(seen, &mut found);
        found
    }

    /// The certificates of a role that are at its own place: the first of each file.
    pub(crate) fn of_role(&self, role: Role) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().filter(move |one| one.role == Some(role))
    }

    fn add_certificate(&mut self, place: Place, role: Option<Role>, used: Use, der: Vec<u8>) {
        let Ok(inspection) = Inspection::of_der(&der) else { return };
        let credential = pki::Credential::of_certificate(role, &place.text, &inspection.facts);
        let sort = Sort::Certificate(used, inspection.facts.fingerprint.clone());
        self.dated.push(Dated { credential, place: place.clone(), sort });
        self.certificates.push(Certificate { place, role, used, der, inspection });
    }

    /// The certificates of a PEM text: all trusted, or the first shown and the others linking it.
    fn add_pem(&mut self, place: &Place, role: Option<Role>, used: Use, text: &str) {
        let mut number = 0_usize;
        for object in pki::pem_objects(text) {
            match object.item {
                PemItem::Certificate(der) => {
                    let used = if number > 0 && used == Use::Shown { Use::Linking } else { used };
                    let role = if used == Use::Linking { None } else { role };
                    let mut place = place.clone();
                    if number > 0 {
                        place.detail = format!("{}#{}", place.detail, number.saturating_add(1));
                    }
                    self.add_certificate(place, role, used, der);
                    number = number.saturating_add(1);
                }
                ref item @ (PemItem::PrivateKey(_) | PemItem::PublicKey { .. }) => {
                    self.add_key(place.clone(), role, item);
                }
                PemItem::Request(_)
                | PemItem::RevocationList(_)
                | PemItem::Other(_)
                | PemItem::Broken(_) => {}
            }
        }
    }

    fn add_key(&mut self, place: Place, role: Option<Role>, item: &PemItem) {
        let is_private = matches!(item, PemItem::PrivateKey(_));
        let spki = pki::key_facts(item).map(|facts| facts.spki);
        if role == Some(Role::ServiceAccountKey) {
            let half = if is_private { "private" } else { "public" };
            let what = format!("service account key ({half})");
            let renew = Role::ServiceAccountKey.renewal().text();
            self.add_endless(place.clone(), role, what, renew);
        }
        self.keys.push(Key { place, role, is_private, spki });
    }

    fn add_endless(&mut self, place: Place, role: Option<Role>, what: String, renew: String) {
        let credential = pki::Credential {
            what,
            role,
            place: place.text.clone(),
            not_before: None,
            ends: None,
            rotates: pki::Rotation::ByHand,
            renew,
        };
        self.dated.push(Dated { credential, place, sort: Sort::Key });
    }
}

impl Certificate {
    /// `certificate of kube-apiserver`, `CN=web`.
    pub(crate) fn what(&self) -> String {
        let subject = || {
            let subject = &self.inspection.facts.subject;
            format!("certificate of {}", if subject.is_empty() { "no subject" } else { subject })
        };
        self.role.map_or_else(subject, |role| role.title().to_owned())
    }
}

impl Place {
    /// A field of an object.
    pub(crate) fn field(object: &Object, path: Path, detail: &str) -> Self {
        let text = format!("{}, {detail}", object.describe());
        let pair = stem(&text).to_owned();
        let (about, detail) = (About::object(object), detail.to_owned());
        Self { about, path: Some(path), text, detail, pair }
    }
}

/// A name without what tells a certificate from its key.
fn stem(name: &str) -> &str {
    let endings = [".crt", ".key", ".pem", "client-certificate-data", "client-key-data"];
    endings.into_iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// What base64 in an object stands for, if it is text.
pub(crate) fn decoded(base64: &str) -> Option<String> {
    use base64::Engine as _;
    let plain: String = base64.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(plain).ok()?;
    String::from_utf8(bytes).ok()
}

/// Kinds that checks of credentials look at and the inventory does not name.
pub(crate) const CERT_MANAGER_CERTIFICATE: Kind<'static> =
    Kind { group: "cert-manager.io", kind: "Certificate" };
