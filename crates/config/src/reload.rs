//! What may change while the gateway runs: which files to look at, and how to read them again with
//! the judgement of the start. A bad new file changes nothing: the old value stays in force.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use authn::{Anonymous, Issuer};
use flow::AccessRules;
use rustls::crypto::CryptoProvider;

use crate::gateway::authentication::{self, ClusterTokens};
use crate::gateway::authorization::{self, Narrowing};
use crate::gateway::certificate::{CertificateFiles, LoadedCertificate};
use crate::gateway::clients::{self, ClientAuthorities};
use crate::gateway::upstream::{self, FrontProxy, Identity};
use crate::gateway::{Environment, Gateway, audit, network, tls};
use crate::given::Reader;
use crate::mistake::{Mistakes, Note};

/// Files that belong together and may change.
#[derive(Debug, Clone)]
pub enum Watched {
    /// The certificate that clients are shown, and its key.
    ServingCertificate {
        /// The two files.
        files: CertificateFiles,
        /// The cryptography it must work with.
        provider: Arc<CryptoProvider>,
    },
    /// The client authorities and revocation lists.
    ClientAuthorities {
        /// The authorities' files.
        ca_files: Vec<PathBuf>,
        /// The lists' files.
        crl_files: Vec<PathBuf>,
    },
    /// The certificate that the gateway shows to the cluster as a front proxy, and its key.
    FrontProxy(CertificateFiles),
    /// The `AuthenticationConfiguration`.
    Authentication {
        /// The file.
        file: PathBuf,
        /// What it said at the start of who may come without credentials; that cannot change.
        anonymous: Option<Anonymous>,
        /// The cluster's issuers, which it must leave alone.
        cluster_tokens: Option<ClusterTokens>,
    },
    /// The folder of RBAC manifests.
    Manifests(PathBuf),
    /// The audit policy.
    AuditPolicy(PathBuf),
    /// The network rules.
    NetworkRules(PathBuf),
}

/// A value to put in force in place of the old one.
#[derive(Debug)]
pub enum Change {
    /// For the listener.
    ServingCertificate(LoadedCertificate),
    /// For the authenticator.
    ClientAuthorities(ClientAuthorities),
    /// For connections to the cluster.
    FrontProxy(Box<FrontProxy>),
    /// For the authenticator.
    Issuers(Vec<Issuer>),
    /// For the rules.
    Narrowing(Narrowing),
    /// For the auditor.
    AuditPolicy(::audit::Policy),
    /// For the network stage.
    NetworkRules(AccessRules),
}

/// What files looked like at one moment, without their contents. Two that differ mean that a file
/// was written, replaced, added or taken away in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(Vec<(PathBuf, Option<Stamp>)>);

impl Gateway {
    /// Everything that may change, in the order of the options.
    pub fn watched(&self) -> Vec<Watched> {
        let (tls, clients, audit) = (&self.tls, &self.clients, &self.audit);
        let serving = Watched::ServingCertificate {
            files: tls.files.clone(),
            provider: Arc::clone(&tls.provider),
        };
        let authorities = Watched::ClientAuthorities {
            ca_files: clients.ca_files.clone(),
            crl_files: clients.crl_files.clone(),
        };
        let front_proxy = match &self.upstream.identity {
            Identity::FrontProxy(proxy) => Some(Watched::FrontProxy(proxy.files.clone())),
            Identity::Impersonation { .. } => None,
        };
        let authentication = self.authentication.file.clone().map(|file| Watched::Authentication {
            file,
            anonymous: self.authentication.said_by_file.clone(),
            cluster_tokens: self.authentication.cluster_tokens.clone(),
        });
        let folder = self.authorization.narrowing.as_ref().map(|found| found.folder.clone());
        let all = [
            front_proxy,
            Some(serving),
            (!clients.ca_files.is_empty()).then_some(authorities),
            authentication,
            folder.map(Watched::Manifests),
            audit.policy_file.clone().map(Watched::AuditPolicy),
            self.network.rules_file.clone().map(Watched::NetworkRules),
        ];
        all.into_iter().flatten().collect()
    }
}

impl Watched {
    /// Reads the files again. Pure but for them: what was in force stays so until the caller puts
    /// the change in its place.
    pub fn reload(&self, environment: &Environment) -> Result<(Change, Vec<Note>), Mistakes> {
        let mut reader = Reader::new(environment);
        let change = self.read(&mut reader);
        reader.finish(change)
    }

    /// What the files look like now. To be taken before they are read, so that what is written
    /// while they are read shows the next time. After a bad reload read again although nothing
    /// changed: the files may have been caught half-written.
    pub fn fingerprint(&self) -> Fingerprint {
        let stamps = self.files().into_iter().map(|path| {
            let stamp = Stamp::of(&path);
            (path, stamp)
        });
        Fingerprint(stamps.collect())
    }

    /// The files to look at, and the folder.
    pub fn files(&self) -> Vec<PathBuf> {
        match self {
            Self::ServingCertificate { files, .. } | Self::FrontProxy(files) => {
                vec![files.certificate.clone(), files.key.clone()]
            }
            Self::ClientAuthorities { ca_files, crl_files } => {
                ca_files.iter().chain(crl_files).cloned().collect()
            }
            Self::Manifests(folder) => {
                let mut files = authorization::files(folder);
                files.push(folder.clone());
                files
            }
            Self::Authentication { file, .. }
            | Self::AuditPolicy(file)
            | Self::NetworkRules(file) => vec![file.clone()],
        }
    }

    fn read(&self, reader: &mut Reader<'_>) -> Option<Change> {
        match self {
            Self::ServingCertificate { files, provider } => {
                tls::load(reader, files, provider).map(Change::ServingCertificate)
            }
            Self::ClientAuthorities { ca_files, crl_files } => {
                let loaded = clients::load(reader, ca_files.clone(), crl_files.clone());
                Some(Change::ClientAuthorities(loaded))
            }
            Self::FrontProxy(files) => {
                upstream::load(reader, files.clone()).map(Box::new).map(Change::FrontProxy)
            }
            Self::Authentication { file, anonymous, cluster_tokens } => {
                let cluster = cluster_tokens.as_ref();
                authentication::reload(reader, file, anonymous.as_ref(), cluster)
                    .map(Change::Issuers)
            }
            Self::Manifests(folder) => authorization::load(reader, folder).map(Change::Narrowing),
            Self::AuditPolicy(file) => audit::load(reader, file).map(Change::AuditPolicy),
            Self::NetworkRules(file) => network::load(reader, file).map(Change::NetworkRules),
        }
    }
}

/// What tells one state of a file from another. The inode tells a replaced file (and a mounted
/// volume, whose links are swapped), the change time one that was written in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let found = path.metadata().ok()?;
        Some(Self {
            device: found.dev(),
            inode: found.ino(),
            length: found.len(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        })
    }
}
