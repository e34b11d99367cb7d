//! References to images, as container runtimes read them:
//! `[registry/]repository[:tag][@digest]`.

use std::fmt;

/// A reference to an image, its defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageReference {
    registry: Box<str>,
    repository: Box<str>,
    tag: Option<Box<str>>,
    digest: Option<Box<str>>,
}

/// Why a text is no reference to an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadImage {
    /// Nothing is there.
    #[error("the image is empty")]
    Empty,
    /// The registry is no host with an optional port.
    #[error("the registry is no host with an optional port")]
    Registry,
    /// The repository is not made of lowercase parts.
    #[error(
        "the repository is not made of parts of lowercase letters, digits and single separators"
    )]
    Repository,
    /// The tag has other characters than a tag may have, or too many.
    #[error("the tag is not up to 128 letters, digits, points, dashes and underscores")]
    Tag,
    /// The digest is no algorithm and hexadecimal number.
    #[error("the digest is not an algorithm, a colon, and hexadecimal digits of its length")]
    Digest,
}

impl ImageReference {
    /// Reads a reference.
    pub fn parse(text: &str) -> Result<Self, BadImage> {
        if text.is_empty() {
            return Err(BadImage::Empty);
        }
        let (name, digest) = split_last(text, '@');
        let (name, tag) = split_tag(name);
        let (registry, path) = split_registry(name);
        if !is_registry(registry) {
            return Err(BadImage::Registry);
        }
        let path = full_path(registry, path);
        if path.len() > LONGEST_NAME || !path.split('/').all(is_part) {
            return Err(BadImage::Repository);
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(BadImage::Tag);
        }
        if digest.is_some_and(|digest| !is_digest(digest)) {
            return Err(BadImage::Digest);
        }
        Ok(Self {
            registry: canonical(registry).into(),
            repository: path.into(),
            tag: tag.map(Into::into),
            digest: digest.map(Into::into),
        })
    }

    /// The registry with its port; `docker.io` if none is named.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The path in the registry, `library/` included where Docker Hub adds it.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag, if one is named. With a digest beside it, runtimes ignore it.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest with its algorithm, if one is named.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Whether it always names the same bytes.
    pub fn is_pinned(&self) -> bool {
        self.digest.is_some()
    }

    /// Whether it means the tag `latest`: named, or neither tag nor digest.
    pub fn is_latest(&self) -> bool {
        match (self.tag(), self.digest()) {
            (_, Some(_)) => false,
            (tag, None) => tag.unwrap_or("latest") == "latest",
        }
    }

    /// Registry and repository.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }
}

/// In full: `docker.io/library/nginx:1.25`.
impl fmt::Display for ImageReference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.registry, self.repository)?;
        self.tag.iter().try_for_each(|tag| write!(out, ":{tag}"))?;
        self.digest.iter().try_for_each(|digest| write!(out, "@{digest}"))
    }
}

fn split_last(text: &str, border: char) -> (&str, Option<&str>) {
    text.rsplit_once(border).map_or((text, None), |(head, tail)| (head, Some(tail)))
}

/// A colon before the last slash belongs to a port.
fn split_tag(name: &str) -> (&str, Option<&str>) {
    match split_last(name, ':') {
        (head, Some(tag)) if !tag.contains('/') => (head, Some(tag)),
        _ => (name, None),
    }
}

fn split_registry(name: &str) -> (&str, &str) {
    let is_host = |first: &str| {
        first.contains(['.', ':']) || first == "localhost" || first.contains(char::is_uppercase)
    };
    match name.split_once('/') {
        Some((first, path)) if is_host(first) => (first, path),
        _ => (DOCKER_HUB, name),
    }
}

fn canonical(registry: &str) -> &str {
    if registry == "index.docker.io" { DOCKER_HUB } else { registry }
}

fn full_path(registry: &str, path: &str) -> String {
    let is_official = canonical(registry) == DOCKER_HUB && !path.contains('/');
    if is_official { format!("library/{path}") } else { path.to_owned() }
}

fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_label = |label: &str| {
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty()
            && label.bytes().all(inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match bare {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(is_label),
    };
    is_host && port.is_none_or(is_port)
}

/// Lowercase letters and digits, between them one point, one or two underscores, or dashes.
fn is_part(part: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_separator =
        |run: &str| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|byte| byte == b'-');
    part.starts_with(is_plain) && part.ends_with(is_plain) && part.split(is_plain).all(is_separator)
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut bytes = tag.bytes();
    tag.len() <= LONGEST_TAG
        && bytes.next().is_some_and(is_word)
        && bytes.all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, number)) = digest.split_once(':') else { return false };
    let is_length = match algorithm {
        "sha256" => number.len() == 64,
        "sha384" => number.len() == 96,
        "sha512" => number.len() == 128,
        _ => number.len() >= 32,
    };
    let is_algorithm = algorithm.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && algorithm
            .split(['+', '.', '_', '-'])
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    is_length && is_algorithm && number.bytes().all(is_digit)
}

const DOCKER_HUB: &str = "docker.io";
const LONGEST_NAME: usize = 255;
const LONGEST_TAG: usize = 128;

#[cfg(test)]
mod tests;
