//! How callers are known, besides client certificates.

use std::path::{Path, PathBuf};

use authn::configuration::{self, Configuration};
use authn::{Anonymous, Issuer};
use serde_json::Value;

use crate::document::Document;
use crate::gateway::Section;
use crate::given::Reader;
use crate::parse;
use crate::setting::Setting;

mod oidc;

/// How callers are known, besides client certificates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authentication {
    /// The `AuthenticationConfiguration`, for reloads; `None` if there is none.
    pub file: Option<PathBuf>,
    /// The issuers of OpenID Connect, of the file or of the `--oidc-*` flags.
    pub issuers: Vec<Issuer>,
    /// Who may come without credentials.
    pub anonymous: Anonymous,
    /// Tokens that the cluster vouches for; `None` takes none of them.
    pub cluster_tokens: Option<ClusterTokens>,
    /// What the file says of who may come without credentials, if it does.
    pub(crate) said_by_file: Option<Anonymous>,
}

/// Tokens that the cluster vouches for: those of service accounts, and all that no issuer claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterTokens {
    /// The issuers of the cluster's service accounts; none leaves them to what the cluster says of
    /// itself.
    pub issuers: Vec<String>,
    /// The audiences of which a token must have one; none leaves them to the cluster.
    pub api_audiences: Vec<String>,
}

/// The options of this section.
pub const SECTION: Section = Section {
    title: "Authentication",
    settings: &[
        AUTHENTICATION_CONFIG,
        ANONYMOUS_AUTH,
        AUTHENTICATION_TOKEN_WEBHOOK,
        API_AUDIENCES,
        SERVICE_ACCOUNT_ISSUER,
        oidc::ISSUER_URL,
        oidc::CLIENT_ID,
        oidc::CA_FILE,
        oidc::USERNAME_CLAIM,
        oidc::USERNAME_PREFIX,
        oidc::GROUPS_CLAIM,
        oidc::GROUPS_PREFIX,
        oidc::REQUIRED_CLAIM,
        oidc::SIGNING_ALGS,
    ],
};

pub(crate) const AUTHENTICATION_CONFIG: Setting = Setting::one(
    "authentication-config",
    "FILE",
    "AuthenticationConfiguration (apiserver.config.k8s.io): OpenID Connect issuers, and who may \
     come without credentials. Read again when it changes. Excludes the --oidc flags",
);

const ANONYMOUS_AUTH: Setting = Setting::switch(
    "anonymous-auth",
    "Let requests without credentials in, on every path, as system:anonymous. For health probes \
     name their paths in --authentication-config instead",
)
.differs("true");

const AUTHENTICATION_TOKEN_WEBHOOK: Setting = Setting::switch(
    "authentication-token-webhook",
    "Take tokens that the cluster vouches for (those of service accounts, and of the cluster's own \
     issuers and webhooks) by asking its TokenReview, as the kubelet's flag of this name does",
)
.or("true")
.ours();

const API_AUDIENCES: Setting = Setting::list(
    "api-audiences",
    "NAMES",
    "Audiences of which a service account's token must have one. Those of --service-account-issuer \
     if none are given; with neither, the cluster's own",
);

const SERVICE_ACCOUNT_ISSUER: Setting = Setting::several(
    "service-account-issuer",
    "NAME",
    "Issuer of the cluster's service account tokens, as the cluster's flag says. May be repeated. \
     If none is given, the cluster is asked",
)
.differs("needs one, and issues by the first");

pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Authentication> {
    let file = reader.path(&AUTHENTICATION_CONFIG);
    let from_flags = oidc::read(reader);
    let cluster_tokens = cluster_tokens(reader);
    let anonymous_flag = reader.switch(&ANONYMOUS_AUTH);
    let from_file = file.as_deref().and_then(|path| load(reader, path));
    exclude(reader, file.as_deref(), from_file.as_ref());
    if file.is_some() && from_file.is_none() {
        return None;
    }
    let said_by_file = from_file.as_ref().and_then(|found| found.anonymous.clone());
    let anonymous = match &said_by_file {
        Some(anonymous) => anonymous.clone(),
        None if anonymous_flag => Anonymous::DangerAnywhere,
        None => Anonymous::Refused,
    };
    if anonymous == Anonymous::DangerAnywhere {
        reader.warn(
            "requests without credentials are let in on every path as system:anonymous; only \
             rules stand between them and the cluster",
        );
    }
    let issuers = from_file.map_or_else(|| from_flags.into_iter().collect(), |found| found.issuers);
    are_apart(reader, &issuers, cluster_tokens.as_ref());
    Some(Authentication { file, issuers, anonymous, cluster_tokens, said_by_file })
}

/// Reads an `AuthenticationConfiguration`; at the start and at each reload. What is wrong is told
/// to `reader`.
pub(crate) fn load(reader: &mut Reader<'_>, path: &Path) -> Option<Configuration> {
    let document = Document::read(reader, &AUTHENTICATION_CONFIG, path, LONGEST)?;
    let value = document.value();
    match configuration::read(&value) {
        Ok(configuration) => {
            let mappings = value.get("jwt").and_then(Value::as_array).into_iter().flatten();
            mappings.for_each(|issuer| warn_of_free_names(reader, issuer));
            Some(configuration)
        }
        Err(problems) => {
            let mistakes =
                problems.iter().map(|found| document.mistake(&found.path, &found.problem));
            reader.add(mistakes);
            None
        }
    }
}

/// Reads the file again for its issuers. Who may come without credentials is for the start only, as
/// in kube-apiserver.
pub(crate) fn reload(
    reader: &mut Reader<'_>,
    path: &Path,
    said_at_start: Option<&Anonymous>,
    cluster: Option<&ClusterTokens>,
) -> Option<Vec<Issuer>> {
    let found = load(reader, path)?;
    if found.anonymous.as_ref() != said_at_start {
        let problem =
            "`anonymous` has changed in it, which takes a restart; until then put it back";
        reader.reject_path(&AUTHENTICATION_CONFIG, path, problem);
    }
    are_apart(reader, &found.issuers, cluster);
    Some(found.issuers)
}

/// Whoever rules an issuer whose names have no prefix can name users and groups of the cluster.
fn warn_of_free_names(reader: &mut Reader<'_>, issuer: &Value) {
    let url = issuer.pointer("/issuer/url").and_then(Value::as_str).unwrap_or_default();
    for (what, example) in FREE_NAMES {
        let prefix = issuer.pointer(&format!("/claimMappings/{what}/prefix"));
        if prefix.and_then(Value::as_str) == Some("") {
            reader.warn(format!(
                "claimMappings.{what} of {url} has no prefix, so its tokens can name {example}; \
                 give one, like \"oidc:\""
            ));
        }
    }
}

/// What one source says, another must not say as well.
fn exclude(reader: &mut Reader<'_>, file: Option<&Path>, found: Option<&Configuration>) {
    let Some(file) = file.map(Path::display) else { return };
    let flags = oidc::SETTINGS.iter().filter(|setting| reader.is_given(setting));
    let flags: Vec<String> = flags.map(|setting| format!("--{}", setting.name)).collect();
    if !flags.is_empty() {
        let flags = flags.join(", ");
        let problem =
            format!("excludes {flags}; move what they say into the file, and take them out");
        reader.reject(&AUTHENTICATION_CONFIG, problem);
    }
    if reader.is_given(&ANONYMOUS_AUTH) && found.is_some_and(|found| found.anonymous.is_some()) {
        let problem = format!("is said by `anonymous` in {file} as well; take one of the two out");
        reader.reject(&ANONYMOUS_AUTH, problem);
    }
}

fn cluster_tokens(reader: &mut Reader<'_>) -> Option<ClusterTokens> {
    let is_on = reader.switch(&AUTHENTICATION_TOKEN_WEBHOOK);
    let issuers = reader.many(&SERVICE_ACCOUNT_ISSUER, parse::text);
    let mut api_audiences = reader.many(&API_AUDIENCES, parse::text);
    let twice = |issuers: &[String]| {
        let mut seen = issuers.iter().enumerate();
        let twice =
            seen.find(|(place, one)| issuers.iter().take(*place).any(|other| other == *one));
        twice.map(|(_, issuer)| issuer.clone())
    };
    if let Some(issuer) = twice(&issuers) {
        let problem = "is given twice; give it once".to_owned();
        reader.reject_value(&SERVICE_ACCOUNT_ISSUER, &issuer, problem);
    }
    if !is_on {
        for setting in [SERVICE_ACCOUNT_ISSUER, API_AUDIENCES] {
            reader.only_with(&setting, "with --authentication-token-webhook");
        }
        return None;
    }
    if api_audiences.is_empty() {
        api_audiences.clone_from(&issuers);
    }
    Some(ClusterTokens { issuers, api_audiences })
}

/// A token must have one judge.
fn are_apart(reader: &mut Reader<'_>, issuers: &[Issuer], cluster: Option<&ClusterTokens>) {
    for issuer in issuers {
        if cluster.is_some_and(|cluster| cluster.issuers.iter().any(|one| one == issuer.url())) {
            let problem = "is an issuer of OpenID Connect as well; take one of the two out";
            reader.reject_value(&SERVICE_ACCOUNT_ISSUER, issuer.url(), problem);
        }
    }
}

const FREE_NAMES: [(&str, &str); 2] =
    [("username", "system:admin or a service account"), ("groups", "system:masters")];
const LONGEST: u64 = 1 << 20;
