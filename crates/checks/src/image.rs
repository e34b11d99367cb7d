//! An image reference in its parts: `registry.example/web/shop:1.2@sha256:…`.

/// The parts of an image reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Image<'a> {
    /// Registry and repository.
    pub(crate) repository: &'a str,
    /// The tag, if one is named.
    pub(crate) tag: Option<&'a str>,
    /// The digest, if one is named.
    pub(crate) digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    /// The parts of a text. A colon before the last `/` is the port of a registry.
    pub(crate) fn of(text: &'a str) -> Self {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let (repository, tag) = match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            Some(_) | None => (name, None),
        };
        Self { repository, tag, digest }
    }

    /// The last part of the repository: `web`.
    pub(crate) fn name(self) -> &'a str {
        self.repository.rsplit('/').next().unwrap_or(self.repository)
    }

    /// Whether the last parts of the repository are these: `calico/node`. Registries are left
    /// out, since many keep copies of their own.
    pub(crate) fn is(self, repository: &str) -> bool {
        let before = self.repository.strip_suffix(repository);
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_no_tags() {
        let check = |text: &str, repository: &str, tag: Option<&str>, digest: Option<&str>| {
            assert_eq!(Image::of(text), Image { repository, tag, digest }, "{text}");
        };
        check("nginx", "nginx", None, None);
        check("nginx:1.29", "nginx", Some("1.29"), None);
        check("localhost:5000/web", "localhost:5000/web", None, None);
        check("localhost:5000/web:2", "localhost:5000/web", Some("2"), None);
        check("web@sha256:ab", "web", None, Some("sha256:ab"));
        check("r.example:1/a/b:2@sha256:ab", "r.example:1/a/b", Some("2"), Some("sha256:ab"));
        check("", "", None, None);
    }

    #[test]
    fn a_repository_is_known_by_whole_parts() {
        let check = |text: &str, repository: &str, expected: bool| {
            assert_eq!(Image::of(text).is(repository), expected, "{text} {repository}");
        };
        check("quay.io/calico/node:v3", "calico/node", true);
        check("calico/node", "calico/node", true);
        check("evilcalico/node", "calico/node", false);
        check("calico/node-exporter", "calico/node", false);
    }
}
