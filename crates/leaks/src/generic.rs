//! Secrets known by their name alone: the name promises one, and the value could be it. Never more
//! than medium confidence.

use crate::innocent::{is_innocent, is_stand_in, points_elsewhere};
use crate::kind::LeakKind;
use crate::leak::{Confidence, Sighting};
use crate::name::{Name, Promise};
use crate::shape::{Alphabet, Texture, decode64_text, texture};

/// What a name and a value together suggest.
pub(crate) fn find(name: &Name, value: &str) -> Option<Sighting> {
    let promise = name.promise();
    let is_shown = MOCKS.iter().any(|word| name.has(&[word]));
    if promise == Promise::Nothing || is_shown || is_innocent(value) || !could_be_typed(value) {
        return None;
    }
    if decode64_text(value).is_some_and(|plain| is_stand_in(&plain) || points_elsewhere(&plain)) {
        return None;
    }
    let texture = texture(value);
    let (kind, confidence) = match promise {
        Promise::Nothing => None,
        Promise::Perhaps => perhaps(value, texture),
        Promise::Credential => credential(name, value, texture),
        Promise::Password => password(name, value, texture),
    }?;
    Some(Sighting::new(kind, confidence, value))
}

fn perhaps(value: &str, texture: Texture) -> Option<(LeakKind, Confidence)> {
    let is_drawn = texture == Texture::Random && value.len() >= 32 && is_one_piece(value);
    (is_drawn && !value.contains(['.', ':'])).then_some((LeakKind::Credential, Confidence::Low))
}

fn credential(name: &Name, value: &str, texture: Texture) -> Option<(LeakKind, Confidence)> {
    let confidence = match texture {
        Texture::Random if is_uuid(value) || !is_one_piece(value) => Confidence::Low,
        Texture::Random => Confidence::Medium,
        Texture::Mixed if looks_like_address(value) => return None,
        Texture::Mixed => Confidence::Low,
        // A variable holds the secret itself; a field more often the name of a Secret.
        Texture::Words if name.is_variable() && is_single_word(value) && !name.says(value) => {
            Confidence::Low
        }
        Texture::Words => return None,
    };
    Some((LeakKind::Credential, confidence))
}

fn password(name: &Name, value: &str, texture: Texture) -> Option<(LeakKind, Confidence)> {
    let is_reference = texture == Texture::Words
        && (names_a_secret(value) || value.contains(['.', '/', ':']) || name.says(value));
    let confidence = match (is_reference, name.is_variable()) {
        (false, _) if looks_like_address(value) => return None,
        (false, _) => Confidence::Medium,
        (true, true) if name.says(value) => Confidence::Low,
        (true, _) => return None,
    };
    Some((LeakKind::Password, confidence))
}

/// Whether it is no prose, no code and no structure.
fn could_be_typed(value: &str) -> bool {
    let is_call = value.ends_with(')') && value.contains('(');
    let is_index = value.ends_with(']') && value.contains('[');
    let is_open = value.starts_with(['{', '[', '(', '|', '<', '*', '&'])
        && !value.ends_with(|c: char| c.is_alphanumeric());
    value.len() <= LONGEST
        && !value.chars().any(|c| c.is_whitespace() || c.is_control())
        && !is_call
        && !is_index
        && !is_open
        && !value.contains("://")
        && value.chars().any(char::is_alphanumeric)
        && !is_code(value)
}

/// `config.auth.password`, `req.headers["x"]`, `self->token`.
fn is_code(value: &str) -> bool {
    value.contains("->")
        || value.contains("::")
        || value.contains("&&")
        || value.contains("||")
        || value.ends_with(['{', ';', '(', '\\'])
        || value.starts_with("req.")
        || value.starts_with("this.")
        || value.starts_with("self.")
        || value.starts_with("os.")
}

/// A host, an address, a file by its ending.
fn looks_like_address(value: &str) -> bool {
    const ENDS: [&str; 22] = [
        ".pem", ".key", ".crt", ".json", ".yaml", ".yml", ".txt", ".conf", ".env", ".jks", ".p12",
        ".com", ".io", ".local", ".svc", ".org", ".net", ".sh", ".html", ".cnf", ".ini", ".toml",
    ];
    ENDS.iter().any(|end| value.ends_with(end))
}

fn names_a_secret(value: &str) -> bool {
    let pieces = value.split(['-', '_', '.']);
    value.contains(['-', '_', '.'])
        && pieces.into_iter().any(|piece| {
            ["secret", "secrets", "password", "passwd", "pass", "token", "key", "creds"]
                .contains(&piece.to_ascii_lowercase().as_str())
        })
}

fn is_single_word(value: &str) -> bool {
    value.chars().all(char::is_alphanumeric)
}

/// Whether nothing but the alphabets of generators is in it.
fn is_one_piece(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| Alphabet::Base64.has(byte) || matches!(byte, b'_' | b'-' | b'.' | b'~'))
}

fn is_uuid(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Words of names of values that are there to be seen.
const MOCKS: [&str; 5] = ["example", "mock", "fake", "dummy", "sample"];

/// A longer value is a document, not a secret that somebody typed.
const LONGEST: usize = 512;
