//! kube-apiserver's `--oidc-*` flags: one issuer of OpenID Connect.

use authn::{Issuer, OidcFlags};

use crate::given::Reader;
use crate::parse;
use crate::setting::Setting;

pub(super) const ISSUER_URL: Setting = Setting::one(
    "oidc-issuer-url",
    "URL",
    "URL of an OpenID Connect issuer whose tokens are taken; https only",
);

pub(super) const CLIENT_ID: Setting = Setting::one(
    "oidc-client-id",
    "NAME",
    "Audience that the issuer's tokens must have: the client they were issued to",
);

pub(super) const CA_FILE: Setting = Setting::one(
    "oidc-ca-file",
    "FILE",
    "Authorities in PEM that vouch for the issuer's server; the machine's if none are given",
);

pub(super) const USERNAME_CLAIM: Setting =
    Setting::one("oidc-username-claim", "CLAIM", "Claim that is the user's name").or("sub");

pub(super) const USERNAME_PREFIX: Setting = Setting::one(
    "oidc-username-prefix",
    "TEXT",
    "What goes before the user's name; - is nothing. If not given, the issuer's URL and #, except \
     before the claim email",
);

pub(super) const GROUPS_CLAIM: Setting =
    Setting::one("oidc-groups-claim", "CLAIM", "Claim that holds the user's groups");

pub(super) const GROUPS_PREFIX: Setting = Setting::one(
    "oidc-groups-prefix",
    "TEXT",
    "What goes before each group. Without it, whoever rules the issuer can name system:masters",
);

pub(super) const REQUIRED_CLAIM: Setting = Setting::several(
    "oidc-required-claim",
    "CLAIM=VALUE",
    "Claim that a token must have with this value. May be repeated",
);

pub(super) const SIGNING_ALGS: Setting = Setting::list(
    "oidc-signing-algs",
    "NAMES",
    "Signature algorithms that are taken: RS256, RS384, RS512, ES256, ES384, ES512, PS256, PS384, \
     PS512",
)
.words(&["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"])
.or("RS256");

/// All of them.
pub(super) const SETTINGS: [Setting; 9] = [
    ISSUER_URL,
    CLIENT_ID,
    CA_FILE,
    USERNAME_CLAIM,
    USERNAME_PREFIX,
    GROUPS_CLAIM,
    GROUPS_PREFIX,
    REQUIRED_CLAIM,
    SIGNING_ALGS,
];

/// The issuer that the flags describe; `None` if none is given, or if they are wrong.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Issuer> {
    let ca = reader.path(&CA_FILE).and_then(|path| reader.text(&CA_FILE, &path, LONGEST));
    let flags = OidcFlags {
        issuer_url: one(reader, &ISSUER_URL),
        client_id: one(reader, &CLIENT_ID),
        ca: ca.unwrap_or_default(),
        username_claim: one(reader, &USERNAME_CLAIM),
        username_prefix: one(reader, &USERNAME_PREFIX),
        groups_claim: one(reader, &GROUPS_CLAIM),
        groups_prefix: one(reader, &GROUPS_PREFIX),
        required_claims: reader.many(&REQUIRED_CLAIM, claim),
        signing_algs: reader.many(&SIGNING_ALGS, parse::text),
    };
    if !SETTINGS.iter().any(|setting| reader.is_given(setting)) {
        return None;
    }
    reader.need(&ISSUER_URL, "every --oidc flag is about its tokens");
    reader.need(&CLIENT_ID, "without it, tokens for any other program would be taken");
    if flags.issuer_url.is_empty() || flags.client_id.is_empty() {
        return None;
    }
    if !flags.groups_claim.is_empty() && flags.groups_prefix.is_empty() {
        let url = &flags.issuer_url;
        reader.warn(format!(
            "--oidc-groups-prefix is not given, so tokens of {url} can name system:masters; give \
             one, like \"oidc:\""
        ));
    }
    match flags.issuer() {
        Ok(issuer) => Some(issuer),
        Err(problems) => {
            for found in problems {
                let name = found.path.trim_start_matches("--");
                let setting = SETTINGS.iter().find(|setting| setting.name == name);
                reader.reject(setting.unwrap_or(&ISSUER_URL), found.problem);
            }
            None
        }
    }
}

fn one(reader: &mut Reader<'_>, setting: &Setting) -> String {
    reader.one(setting, |text| Ok(text.to_owned())).unwrap_or_default()
}

fn claim(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((claim, value)) if !claim.is_empty() => Ok((claim.to_owned(), value.to_owned())),
        Some(_) | None => {
            Err("not a claim with its value; give one like hd=example.org".to_owned())
        }
    }
}

const LONGEST: u64 = 1 << 20;
