//! The parts of a gateway, made of its configuration and joined.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use authn::{Authenticator, Issuer, Keys, OpenIdConnect, ServiceAccounts};
use authz::Snapshot;
use authz::impersonation::{Impersonator, Mode};
use cluster::{Access, OpenIdSource, PriorityCache, RemoteKeys, RuleCache, TokenReviews};
use config::Gateway;
use config::gateway::audit as audit_config;
use config::gateway::authentication::ClusterTokens;
use config::gateway::upstream::Identity as IdentityConfig;
use config::reload::Watched;
use flow::PeerLimits;
use gateway::upstream::{Settings, Upstream};
use gateway::{Auditor, Gate, Identity, Leave, Metrics};
use prometheus_client::registry::Registry;
use rustls::ServerConfig;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use store::AuditFile;

use super::credential::OwnCredential;

/// A gateway that is ready to listen.
pub(crate) struct Built {
    pub(crate) configuration: Gateway,
    pub(crate) gate: Arc<Gate>,
    pub(crate) tls: Arc<ArcSwap<ServerConfig>>,
    pub(crate) access: Access,
    pub(crate) rules: Arc<RuleCache>,
    pub(crate) audit_log: Arc<AuditFile>,
    pub(crate) logins: Logins,
    pub(crate) registry: Registry,
    pub(crate) watched: Vec<Watched>,
}

impl Built {
    /// Makes and joins the parts. Nothing listens yet; the cluster's rules are being read. Must be
    /// called on the runtime.
    pub(crate) fn new(configuration: Gateway) -> anyhow::Result<Self> {
        let access = Access::from_kubeconfig(&configuration.upstream.kubeconfig)?;
        let client = access.client();
        let narrowing = configuration.authorization.narrowing.as_ref();
        let narrowing = narrowing.map(|found| Arc::new(Snapshot::build(found.policy.clone())));
        let max_staleness = configuration.authorization.max_staleness;
        let rules = Arc::new(RuleCache::start(&client, max_staleness, narrowing));
        let audit_log = Arc::new(audit_log(&configuration.audit)?);
        let logins = Logins::new(&configuration, &access)?;
        let mut registry = Registry::default();
        let (limits, network) = (&configuration.limits, &configuration.network);
        let exempt = network.trusted_proxies.networks();
        let gate = Gate {
            authenticator: Arc::clone(&logins.current),
            rules: Arc::clone(&rules) as _,
            // Until the cluster's version is known: what every version knows.
            impersonator: Arc::new(ArcSwap::from_pointee(Impersonator::new(Mode::Legacy))),
            access: Arc::new(ArcSwap::from_pointee(network.rules.clone())),
            trusted_proxies: network.trusted_proxies.clone(),
            peers: PeerLimits::new(limits.peers(exempt)),
            callers: limits.callers(),
            in_flight: limits.requests(),
            watches: limits.watches(),
            upgrades: limits.upgrades(),
            auditor: Auditor {
                policy: Arc::new(ArcSwap::from_pointee(configuration.audit.policy.clone())),
                sink: Arc::clone(&audit_log) as _,
            },
            upstream: upstream(&configuration, &access)?,
            priorities: Arc::new(PriorityCache::start(&client)),
            identity: identity(&configuration.upstream.identity),
            streams: gateway::streams::Streams::default(),
            metrics: Metrics::new(&mut registry),
            request_timeout: configuration.listener.request_timeout,
        };
        let tls = serving(&configuration, &configuration.tls.certificate.certified)?;
        Ok(Self {
            gate: Arc::new(gate),
            tls: Arc::new(ArcSwap::from_pointee(tls)),
            access,
            rules,
            audit_log,
            logins,
            registry,
            watched: configuration.watched(),
            configuration,
        })
    }
}

/// The TLS that clients are spoken to with.
pub(crate) fn serving(
    configuration: &Gateway,
    certified: &Arc<CertifiedKey>,
) -> anyhow::Result<ServerConfig> {
    let tls = &configuration.tls;
    let shown = Arc::new(SingleCertAndKey::from(CertifiedKey::clone(certified)));
    let names = configuration.clients.certificates.as_ref();
    let names = names.map(authn::ClientCertificates::subjects).unwrap_or_default();
    gateway::server_config(Arc::clone(&tls.provider), &tls.versions, shown, names)
        .context("TLS cannot be set up")
}

/// The certificate by which the cluster believes this front proxy, or the kubeconfig's own.
pub(crate) fn towards_cluster(
    configuration: &Gateway,
    access: &Access,
) -> anyhow::Result<rustls::ClientConfig> {
    Ok(match &configuration.upstream.identity {
        IdentityConfig::Impersonation { .. } => access.tls(),
        IdentityConfig::FrontProxy(proxy) => {
            let files = &proxy.files;
            access.tls_as_files(files.certificate.clone(), files.key.clone())?
        }
    })
}

fn upstream(configuration: &Gateway, access: &Access) -> anyhow::Result<Upstream> {
    let server = access.server();
    let credential = match configuration.upstream.identity {
        // The certificate is the identity; a token beside it would be another one.
        IdentityConfig::FrontProxy(_) => Arc::new(gateway::upstream::CertificateOnly) as Arc<_>,
        IdentityConfig::Impersonation { .. } => Arc::new(OwnCredential(access.clone())) as Arc<_>,
    };
    let settings = Settings {
        host: server.host.clone(),
        port: server.port,
        server_name: server.server_name.clone(),
        path_prefix: server.path_prefix.clone(),
        tls: Arc::new(towards_cluster(configuration, access)?),
        credential,
        bounds: bounds(configuration),
    };
    Upstream::new(settings).context("the cluster's address cannot be used")
}

/// What the pool may use: no less than what is let in, or what is let in would wait there.
fn bounds(configuration: &Gateway) -> gateway::upstream::Bounds {
    let usual = gateway::upstream::Bounds::default();
    let limits = &configuration.limits;
    let room = |limit: u32, usual: usize| if limit == 0 { usual } else { limit as usize };
    let requests = room(limits.in_flight, usual.requests)
        .saturating_add(room(limits.mutating_in_flight, usual.requests));
    gateway::upstream::Bounds {
        // Members of system:masters pass the limits in flight by.
        requests: requests.max(usual.requests),
        streams: room(limits.watches.0, usual.streams),
        upgrades: room(limits.upgrades.0, usual.upgrades),
        // After a restart the watches of everybody come at once, and connections take a moment.
        waiting: (room(limits.watches.0, usual.streams) / 2).max(usual.waiting),
        answer: configuration.listener.request_timeout.saturating_add(AFTER_DEADLINE),
        ..usual
    }
}

fn identity(configured: &IdentityConfig) -> Identity {
    match configured {
        IdentityConfig::FrontProxy(_) => Identity::FrontProxy,
        IdentityConfig::Impersonation { allowed } => {
            Identity::Impersonation { leave: Leave::new(allowed.clone()) }
        }
    }
}

/// Who may log in, and what can be exchanged of it while the gateway runs.
pub(crate) struct Logins {
    pub(crate) current: Arc<ArcSwap<Authenticator>>,
    pub(crate) parts: LoginParts,
}

/// What an authenticator is made of. Key sets outlive it, so that a changed file does not make
/// issuers unknown for the moment it takes to fetch their keys anew.
pub(crate) struct LoginParts {
    pub(crate) certificates: Option<authn::ClientCertificates>,
    pub(crate) issuers: Vec<Issuer>,
    pub(crate) anonymous: authn::Anonymous,
    pub(crate) service_accounts: Option<ClusterTokens>,
    keys: BTreeMap<String, Arc<dyn Keys>>,
    access: Access,
    cluster_keys: Option<Arc<dyn Keys>>,
    reviews: Option<Arc<TokenReviews>>,
}

impl Logins {
    fn new(configuration: &Gateway, access: &Access) -> anyhow::Result<Self> {
        let authentication = &configuration.authentication;
        let cluster_tokens = authentication.cluster_tokens.clone();
        let reviews = cluster_tokens.as_ref().map(|tokens| {
            TokenReviews::new(access.client(), tokens.api_audiences.clone()).map(Arc::new)
        });
        let mut parts = LoginParts {
            certificates: configuration.clients.certificates.clone(),
            issuers: authentication.issuers.clone(),
            anonymous: authentication.anonymous.clone(),
            service_accounts: cluster_tokens,
            keys: BTreeMap::new(),
            access: access.clone(),
            cluster_keys: None,
            reviews: reviews.transpose()?,
        };
        let current = Arc::new(ArcSwap::from_pointee(parts.authenticator()?));
        Ok(Self { current, parts })
    }

    /// Puts changed parts in force.
    pub(crate) fn renew(&mut self) -> anyhow::Result<()> {
        self.current.store(Arc::new(self.parts.authenticator()?));
        Ok(())
    }
}

impl LoginParts {
    fn authenticator(&mut self) -> anyhow::Result<Authenticator> {
        let issuers = self.issuers.clone();
        let issuers: anyhow::Result<Vec<OpenIdConnect>> = issuers
            .into_iter()
            .map(|issuer| {
                let keys = self.keys_of(&issuer)?;
                Ok(OpenIdConnect::new(issuer, keys))
            })
            .collect();
        let service_accounts = match (&self.service_accounts, &self.reviews) {
            (Some(tokens), Some(reviews)) => {
                let keys = (!tokens.issuers.is_empty()).then(|| {
                    let client = self.access.client();
                    let fetch = || Arc::new(RemoteKeys::service_accounts(client)) as Arc<dyn Keys>;
                    Arc::clone(self.cluster_keys.get_or_insert_with(fetch))
                });
                Some(ServiceAccounts {
                    issuers: tokens.issuers.clone(),
                    api_audiences: tokens.api_audiences.clone(),
                    keys,
                    reviewer: Arc::clone(reviews) as _,
                })
            }
            (None, _) | (_, None) => None,
        };
        Ok(Authenticator {
            certificates: self.certificates.clone(),
            issuers: issuers?,
            service_accounts,
            anonymous: self.anonymous.clone(),
        })
    }

    fn keys_of(&mut self, issuer: &Issuer) -> anyhow::Result<Arc<dyn Keys>> {
        let source = OpenIdSource {
            issuer: issuer.url().to_owned(),
            discovery_url: Some(issuer.discovery_url()),
            authorities: issuer.certificate_authority().map(str::to_owned),
        };
        // The same issuer believed through another authority is another source.
        let name = format!("{source:?}");
        if let Some(keys) = self.keys.get(&name) {
            return Ok(Arc::clone(keys));
        }
        let keys: Arc<dyn Keys> = Arc::new(RemoteKeys::openid(source)?);
        self.keys.insert(name, Arc::clone(&keys));
        Ok(keys)
    }
}

/// The cluster answers a request whose time is over itself; its answer is the better one.
const AFTER_DEADLINE: std::time::Duration = std::time::Duration::from_secs(5);

fn audit_log(configured: &audit_config::Audit) -> anyhow::Result<AuditFile> {
    let mode = match configured.mode {
        audit_config::Mode::Batch { buffer, most, wait } => {
            store::Mode::Batch { buffer, most, wait }
        }
        audit_config::Mode::Blocking => store::Mode::Blocking,
        audit_config::Mode::BlockingStrict => store::Mode::BlockingStrict,
    };
    let output = match &configured.output {
        audit_config::Output::Stdout => store::Output::Stdout,
        audit_config::Output::File { path, rotation } => store::Output::File {
            path: path.clone(),
            rotation: store::Rotation {
                max_bytes: rotation.max_bytes,
                max_age: rotation.max_age,
                max_backups: rotation.max_backups,
            },
        },
    };
    Ok(AuditFile::open(&output, mode)?)
}
