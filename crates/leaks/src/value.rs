//! One value under one name. What has the structure of a credential is found whatever its name;
//! only then the name is asked.

use crate::innocent::{SHORTEST, is_stand_in, points_elsewhere};
use crate::kind::LeakKind;
use crate::leak::{Confidence, Sighting};
use crate::name::Name;
use crate::shape::{Alphabet, decode64_text, is_varied};
use crate::{connection, context, document, generic, jwt, pem, prefilter, token, url};

/// Whether `value`, which stands under `name` (of a variable, a key, an annotation, a flag), is or
/// holds a secret in plain sight.
pub fn scan_value(name: &str, value: &str) -> Option<Sighting> {
    if !(SHORTEST..=LONGEST).contains(&value.len()) {
        return None;
    }
    let value = unquoted(value.trim());
    let read = Name::of(name);
    let found = structured(value).or_else(|| by_name(&read, value))?;
    Some(found.named(name))
}

/// A value in JSON that is a credential as a whole, or else what a part of the text is.
pub(crate) fn structured(value: &str) -> Option<Sighting> {
    if !prefilter::is_worth_reading(value) {
        return None;
    }
    document::json(value)
        .or_else(|| pem::find(value))
        .or_else(|| jwt::find(value))
        .or_else(|| connection::find(value))
        .or_else(|| token::find(value))
        .or_else(|| url::find(value))
        .or_else(|| authorization(value))
        .or_else(|| password_hash(value))
}

fn by_name(name: &Name, value: &str) -> Option<Sighting> {
    if points_elsewhere(value) {
        return None;
    }
    context::find(name, value)
        .or_else(|| header_value(name, value))
        .or_else(|| generic::find(name, value))
}

/// `Authorization: Bearer …` and `Basic …` within a text.
fn authorization(text: &str) -> Option<Sighting> {
    let at = ["Authorization", "authorization", "AUTHORIZATION"]
        .into_iter()
        .find_map(|word| Some(text.find(word)?.saturating_add(word.len())))?;
    let rest = text.get(at..)?.trim_start_matches([':', '=', ' ', '"', '\'', ',', '\t']);
    scheme_and_secret(rest)
}

/// The same where the name is the header's.
fn header_value(name: &Name, value: &str) -> Option<Sighting> {
    name.has(&["authorization"]).then(|| scheme_and_secret(value))?
}

fn scheme_and_secret(text: &str) -> Option<Sighting> {
    let (scheme, rest) = text.split_once(' ')?;
    let secret =
        rest.trim_start().split(|c: char| c.is_whitespace() || "\"',;`\\".contains(c)).next()?;
    let is_secret = match scheme.to_ascii_lowercase().as_str() {
        "basic" => is_basic(secret),
        "bearer" | "token" | "apikey" | "splunk" | "genie" | "genie-key" => {
            secret.len() >= 16 && is_varied(secret) && secret.bytes().any(|b| b.is_ascii_digit())
        }
        _ => false,
    };
    let is_pointer = points_elsewhere(secret) || is_stand_in(secret);
    (is_secret && !is_pointer)
        .then(|| Sighting::new(LeakKind::AuthorizationHeader, Confidence::High, secret))
}

/// Base64 of `user:password`.
pub(crate) fn is_basic(secret: &str) -> bool {
    decode64_text(secret).is_some_and(|text| {
        text.split_once(':').is_some_and(|(user, password)| {
            !text.chars().any(char::is_control)
                && password.len() >= 4
                && password != user
                && !is_stand_in(password)
                && !points_elsewhere(password)
        })
    })
}

/// A line of htpasswd, or the hash alone.
fn password_hash(value: &str) -> Option<Sighting> {
    let line = value.lines().map(str::trim).find_map(|line| {
        let hash = line.split_once(':').map_or(line, |(_, hash)| hash);
        is_hash(hash.trim()).then_some(hash.trim())
    })?;
    Some(Sighting::new(LeakKind::PasswordHash, Confidence::Medium, line))
}

fn is_hash(text: &str) -> bool {
    let is_tail = |rest: &str, length: usize| {
        rest.len() == length
            && rest.bytes().all(|b| Alphabet::Alnum.has(b) || matches!(b, b'.' | b'/'))
            && is_varied(rest)
    };
    let bcrypt = ["$2a$", "$2b$", "$2y$"].iter().find_map(|start| text.strip_prefix(start));
    if let Some(rest) = bcrypt {
        return rest.get(2..3) == Some("$") && rest.get(3..).is_some_and(|rest| is_tail(rest, 53));
    }
    let salted = |start: &str, length: usize| {
        let tail = text.strip_prefix(start).and_then(|rest| rest.rsplit_once('$'));
        tail.is_some_and(|(_, tail)| is_tail(tail, length))
    };
    let sha = text
        .strip_prefix("{SHA}")
        .is_some_and(|rest| rest.len() == 28 && Alphabet::Base64.spells(rest));
    salted("$apr1$", 22) || salted("$5$", 43) || salted("$6$", 86) || sha
}

/// Without a pair of quotes around it.
pub(crate) fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).or_else(|| inner('`')).unwrap_or(value)
}

/// etcd holds no larger value.
const LONGEST: usize = 2 << 20;
