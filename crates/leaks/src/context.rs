//! Secrets without a prefix of their own, known by their name and their exact shape.

use crate::innocent::is_stand_in;
use crate::kind::LeakKind;
use crate::leak::{Confidence, Sighting};
use crate::name::Name;
use crate::provider as by;
use crate::shape::Alphabet::{self, Alnum, Base64, Hex, Url, UrlDot};
use crate::shape::is_varied;

struct Rule {
    /// All of these are words of the name.
    words: &'static [&'static str],
    start: &'static str,
    alphabet: Alphabet,
    length: usize,
    kind: LeakKind,
}

const fn rule(
    words: &'static [&'static str],
    start: &'static str,
    (alphabet, length): (Alphabet, usize),
    kind: LeakKind,
) -> Rule {
    Rule { words, start, alphabet, length, kind }
}

const fn of(label: &'static crate::kind::Label) -> LeakKind {
    LeakKind::ProviderToken(label)
}

static RULES: &[Rule] = &[
    rule(&["aws", "secret"], "", (Base64, 40), LeakKind::AwsSecretKey),
    rule(&["secret", "access", "key"], "", (Base64, 40), LeakKind::AwsSecretKey),
    rule(&["s3", "secret"], "", (Base64, 40), LeakKind::AwsSecretKey),
    rule(&["account", "key"], "", (Base64, 88), LeakKind::AzureStorageKey),
    rule(&["storage", "key"], "", (Base64, 88), LeakKind::AzureStorageKey),
    rule(&["datadog", "api", "key"], "", (Hex, 32), of(&by::DATADOG)),
    rule(&["dd", "api", "key"], "", (Hex, 32), of(&by::DATADOG)),
    rule(&["datadog", "app", "key"], "", (Hex, 40), of(&by::DATADOG)),
    rule(&["dd", "app", "key"], "", (Hex, 40), of(&by::DATADOG)),
    rule(&["dd", "application", "key"], "", (Hex, 40), of(&by::DATADOG)),
    rule(&["twilio", "token"], "", (Hex, 32), of(&by::TWILIO)),
    rule(&["twilio", "secret"], "", (Alnum, 32), of(&by::TWILIO)),
    rule(&["cloudflare", "token"], "", (Url, 40), of(&by::CLOUDFLARE)),
    rule(&["cf", "api", "token"], "", (Url, 40), of(&by::CLOUDFLARE)),
    rule(&["cloudflare", "api", "key"], "", (Hex, 37), of(&by::CLOUDFLARE)),
    rule(&["vault", "token"], "s.", (Alnum, 26), of(&by::VAULT)),
    rule(&["vault", "secret", "id"], "", (Url, 36), of(&by::VAULT)),
    rule(&["approle", "secret", "id"], "", (Url, 36), of(&by::VAULT)),
    rule(&["secret", "id"], "", (Url, 36), of(&by::VAULT)),
    rule(&["okta", "token"], "00", (Url, 42), of(&by::OKTA)),
    rule(&["new", "relic", "key"], "", (Alnum, 40), of(&by::NEWRELIC)),
    rule(&["newrelic", "key"], "", (Alnum, 40), of(&by::NEWRELIC)),
    rule(&["fastly"], "", (Url, 32), of(&by::FASTLY)),
    rule(&["pagerduty"], "", (Url, 20), of(&by::PAGERDUTY)),
    rule(&["pagerduty"], "", (Hex, 32), of(&by::PAGERDUTY)),
    rule(&["hec", "token"], "", (Url, 36), of(&by::SPLUNK)),
    rule(&["splunk", "token"], "", (Url, 36), of(&by::SPLUNK)),
    rule(&["heroku", "key"], "", (Url, 36), of(&by::HEROKU)),
    rule(&["mailchimp"], "", (Url, 36), of(&by::MAILCHIMP)),
    rule(&["circle", "token"], "", (Hex, 40), of(&by::CIRCLECI)),
    rule(&["circleci", "token"], "", (Hex, 40), of(&by::CIRCLECI)),
    rule(&["sendgrid", "key"], "SG.", (UrlDot, 69), of(&by::SENDGRID)),
    rule(&["digitalocean", "token"], "", (Hex, 64), of(&by::DIGITALOCEAN)),
    rule(&["openai", "key"], "sk-", (Url, 51), of(&by::OPENAI)),
];

/// What a name and the exact shape of a value say.
pub(crate) fn find(name: &Name, value: &str) -> Option<Sighting> {
    bootstrap_token(name, value)
        .or_else(|| storage_key(name, value))
        .or_else(|| rancher_token(value))
        .or_else(|| {
            let rule = RULES.iter().find(|rule| rule.fits(name, value))?;
            Some(Sighting::new(rule.kind, Confidence::High, value))
        })
}

impl Rule {
    fn fits(&self, name: &Name, value: &str) -> bool {
        value.len() == self.length
            && name.has(self.words)
            && value.strip_prefix(self.start).is_some_and(|rest| {
                let rest = if self.start.is_empty() { value } else { rest };
                self.alphabet.spells(rest)
            })
            && value.bytes().any(|byte| byte.is_ascii_digit())
            && is_varied(value)
            && !is_stand_in(value)
    }
}

/// Six characters, a dot, sixteen more: too common a shape to be one without its name.
fn bootstrap_token(name: &Name, value: &str) -> Option<Sighting> {
    let named = ["token", "bootstrap", "discovery"].iter().any(|word| name.has(&[word]));
    (named && is_bootstrap_token(value))
        .then(|| Sighting::new(LeakKind::BootstrapToken, Confidence::High, value))
}

pub(crate) fn is_bootstrap_token(value: &str) -> bool {
    let lower = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    value.split_once('.').is_some_and(|(id, secret)| {
        (id.len(), secret.len()) == (6, 16)
            && lower(id)
            && lower(secret)
            && secret.bytes().any(|byte| byte.is_ascii_digit())
            && !is_stand_in(secret)
    })
}

/// 64 bytes in base64, under names that are written as one word.
fn storage_key(name: &Name, value: &str) -> Option<Sighting> {
    let named = ["accountkey", "storagekey"].iter().any(|end| name.last().ends_with(end));
    let fits = named && value.len() == 88 && value.ends_with("==") && Base64.spells(value);
    (fits && is_varied(value))
        .then(|| Sighting::new(LeakKind::AzureStorageKey, Confidence::High, value))
}

fn rancher_token(value: &str) -> Option<Sighting> {
    let (id, secret) = value.strip_prefix("token-")?.split_once(':')?;
    let fits = id.len() == 5 && secret.len() == 54 && Alnum.spells(secret) && is_varied(secret);
    fits.then(|| Sighting::new(of(&by::RANCHER), Confidence::High, value))
}
