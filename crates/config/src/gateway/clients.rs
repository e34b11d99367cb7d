//! Whose client certificates are taken, and which of them are revoked.

use std::path::{Path, PathBuf};

use authn::ClientCertificates;
use jiff::Timestamp;
use pki::Facts;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use x509_parser::prelude::{CertificateRevocationList, FromDer};

use crate::files;
use crate::gateway::Section;
use crate::gateway::certificate::{self, BROKEN, certificates};
use crate::given::Reader;
use crate::setting::Setting;

/// Client authorities and revocation lists.
#[derive(Debug, Clone, Default)]
pub struct ClientAuthorities {
    /// Where the authorities are, for reloads.
    pub ca_files: Vec<PathBuf>,
    /// Where the revocation lists are, for reloads.
    pub crl_files: Vec<PathBuf>,
    /// The authorities with their lists; `None` takes no certificate.
    pub certificates: Option<ClientCertificates>,
    /// The subjects of the authorities, for people.
    pub subjects: Vec<String>,
}

/// The options of this section.
pub const SECTION: Section =
    Section { title: "Client certificates", settings: &[CLIENT_CA_FILE, CLIENT_CRL_FILE] };

pub(crate) const CLIENT_CA_FILE: Setting = Setting::several(
    "client-ca-file",
    "FILE",
    "Authorities in PEM whose client certificates are taken: the common name is the user, each \
     organization a group. May be repeated. Read again when it changes",
)
.differs("takes one file");

pub(crate) const CLIENT_CRL_FILE: Setting = Setting::several(
    "client-crl-file",
    "FILE",
    "Revocation lists in PEM, issued by the authorities of --client-ca-file. May be repeated. Read \
     again when it changes",
)
.ours();

/// Reads the files named; at the start and at each reload. What is wrong with them is told to
/// `reader`.
pub(crate) fn load(
    reader: &mut Reader<'_>,
    ca_files: Vec<PathBuf>,
    crl_files: Vec<PathBuf>,
) -> ClientAuthorities {
    let found = each(reader, &CLIENT_CA_FILE, &ca_files, authorities);
    let lists = each(reader, &CLIENT_CRL_FILE, &crl_files, revocations);
    let mut loaded = ClientAuthorities { ca_files, crl_files, ..ClientAuthorities::default() };
    let (Some(found), Some(lists)) = (found, lists) else { return loaded };
    let (subjects, authorities): (_, Vec<_>) = found.into_iter().unzip();
    loaded.subjects = subjects;
    if authorities.is_empty() {
        return loaded;
    }
    match ClientCertificates::new(authorities, lists) {
        Ok(certificates) => loaded.certificates = Some(certificates),
        Err(problems) => {
            for problem in problems {
                reader.reject(&CLIENT_CA_FILE, problem.to_string());
            }
        }
    }
    loaded
}

pub(crate) fn read(reader: &mut Reader<'_>) -> ClientAuthorities {
    let (ca_files, crl_files) = (reader.paths(&CLIENT_CA_FILE), reader.paths(&CLIENT_CRL_FILE));
    if ca_files.is_empty() {
        reader.only_with(&CLIENT_CRL_FILE, "with --client-ca-file");
    }
    load(reader, ca_files, crl_files)
}

/// What all the files hold; `None` if one of them is wrong.
fn each<T>(
    reader: &mut Reader<'_>,
    setting: &Setting,
    paths: &[PathBuf],
    load: fn(&mut Reader<'_>, &Path) -> Result<Vec<T>, String>,
) -> Option<Vec<T>> {
    let mut all = Some(Vec::new());
    for path in paths {
        match load(reader, path) {
            Ok(found) => {
                if let Some(all) = &mut all {
                    all.extend(found);
                }
            }
            Err(problem) => {
                reader.reject_path(setting, path, problem);
                all = None;
            }
        }
    }
    all
}

/// Every certificate of an authorities' file, with its subject. One that is over is left out: a
/// bundle in which an old authority waits for its removal must not stop a restart.
fn authorities(
    reader: &mut Reader<'_>,
    path: &Path,
) -> Result<Vec<(String, CertificateDer<'static>)>, String> {
    let now = reader.environment.now;
    let mut current = Vec::new();
    for certificate in certificates(&files::read(path, LONGEST)?)? {
        let facts = Facts::of_der(&certificate).map_err(|fault| fault.to_string())?;
        if !facts.is_authority {
            return Err(format!(
                "{:?} is not the certificate of an authority; give that of its issuer, {:?}",
                facts.subject, facts.issuer
            ));
        }
        certificate::too_early(&facts, now)?;
        if certificate::is_over(&facts, now) {
            let (end, path) = (certificate::timestamp(facts.not_after), path.display());
            let subject = &facts.subject;
            reader.warn(format!(
                "{path}: the authority {subject:?} expired at {end}, it is left out"
            ));
        } else {
            current.push((facts.subject, certificate));
        }
    }
    if current.is_empty() {
        return Err("every authority in it has expired; give a current one".to_owned());
    }
    Ok(current)
}

/// Every list of a revocation lists' file.
fn revocations(
    reader: &mut Reader<'_>,
    path: &Path,
) -> Result<Vec<CertificateRevocationListDer<'static>>, String> {
    let text = files::read(path, LONGEST)?;
    let read: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(&text).collect();
    let lists = read.map_err(|_malformed| BROKEN.to_owned())?;
    if lists.is_empty() {
        return Err("no revocation list in PEM found".to_owned());
    }
    lists.iter().try_for_each(|list| is_fresh(list, reader.environment.now))?;
    Ok(lists)
}

/// An outdated list says nothing of what was revoked since.
fn is_fresh(list: &CertificateRevocationListDer<'_>, now: Timestamp) -> Result<(), String> {
    let Ok(([], list)) = CertificateRevocationList::from_der(list) else {
        return Err("malformed revocation list".to_owned());
    };
    let end = list.next_update().and_then(|end| Timestamp::from_second(end.timestamp()).ok());
    match end {
        Some(end) if end < now => {
            let issuer = list.issuer().to_string();
            Err(format!("the list of {issuer:?} ended at {end}; give a current one"))
        }
        Some(_) | None => Ok(()),
    }
}

const LONGEST: u64 = 64 << 20;
