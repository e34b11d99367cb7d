//! Query strings as Go's `url.ParseQuery` and Kubernetes' parameter decoding read them.
//!
//! Invariant: what Go drops (a pair with `;` or a broken escape, all pairs of an endless query) is
//! absent here too, so that no parameter is seen here that the API server does not see.

use std::borrow::Cow;

use crate::path;

/// Go reads no query of more pairs than this.
const MAX_PAIRS: usize = 10_000;

/// The parameters of a request. The first value of a repeated parameter wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    /// The parameters of a raw query, without its `?`.
    pub fn of(raw: &'a str) -> Self {
        let pairs = raw.bytes().filter(|&byte| byte == b'&').count().saturating_add(1);
        Self(if pairs > MAX_PAIRS { "" } else { raw })
    }

    /// The parameters of a request target.
    pub fn of_target(target: &'a str) -> Self {
        target.split_once('?').map_or(Self(""), |(_, raw)| Self::of(raw))
    }

    /// Whether there is no parameter. Pairs that do not decode may make it untrue.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The first value of a parameter, decoded; bytes that are not UTF-8 read as U+FFFD.
    pub fn first(self, key: &str) -> Option<Cow<'a, str>> {
        self.all(key).next()
    }

    /// All values of a parameter, in order.
    pub fn all(self, key: &str) -> impl Iterator<Item = Cow<'a, str>> {
        self.pairs().filter_map(move |(name, value)| (name == key).then_some(value))
    }

    /// Whether a boolean parameter is true, by [`is_true`].
    pub fn flag(self, key: &str) -> bool {
        self.first(key).is_some_and(|value| is_true(&value))
    }

    /// All parameters that decode, in order.
    pub fn pairs(self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
        self.0.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';')).filter_map(
            |pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                Some((decode(key)?, decode(value)?))
            },
        )
    }
}

/// A boolean parameter as Kubernetes reads it: all is true but `0` and `false` in any case. The
/// empty value is true.
pub fn is_true(value: &str) -> bool {
    // Go's `EqualFold` also takes U+017F, the long s, for an s.
    let is_false = value.chars().map(|letter| match letter {
        'ſ' => 's',
        other => other.to_ascii_lowercase(),
    });
    !(value == "0" || is_false.eq("false".chars()))
}

fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains(['%', '+']) {
        return Some(Cow::Borrowed(raw));
    }
    let spaced = raw.replace('+', " ");
    path::unescape(spaced.as_bytes()).map(|bytes| Cow::Owned(path::text(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(raw: &str) -> Option<String> {
        Query::of(raw).first("a").map(Cow::into_owned)
    }

    #[test]
    fn reads_the_first_value() {
        assert_eq!(first("b=1&a=2&a=3"), Some("2".to_owned()));
        assert_eq!(first("a"), Some(String::new()));
        assert_eq!(first("%61=x%20y+z%3D"), Some("x y z=".to_owned()));
        assert_eq!(first("a=%ff"), Some("\u{fffd}".to_owned()));
        assert_eq!(first("b=a"), None);
        assert_eq!(Query::of("a=1&b&a=2").all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(Query::of_target("/x?a=b?c").first("a").as_deref(), Some("b?c"));
        assert_eq!(Query::of_target("/x"), Query::default());
    }

    #[test]
    fn drops_what_go_drops() {
        assert_eq!(first("a=1;b=2&a=3"), Some("3".to_owned()));
        assert_eq!(first("a=%zz&a=%4"), None);
        assert_eq!(first("a%=1"), None);
        let pairs = |count: usize| format!("a=1{}", "&b".repeat(count - 1));
        assert!(first(&pairs(10_000)).is_some());
        assert!(first(&pairs(10_001)).is_none());
    }

    #[test]
    fn reads_booleans() {
        for (query, expected) in [
            ("a", true),
            ("a=", true),
            ("a=no", true),
            ("a=0", false),
            ("a=False", false),
            ("b", false),
        ] {
            assert_eq!(Query::of(query).flag("a"), expected, "{query}");
        }
    }
}
