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

    /// The first value of a parameter, decoded; bytes that are not UTF-8 read as U+FFFD.
    pub fn first(self, key: &str) -> Option<Cow<'a, str>> {
        self.all(key).next()
    }

    /// The first values of several parameters, in one pass.
    pub fn firsts<const N: usize>(self, keys: [&str; N]) -> [Option<Cow<'a, str>>; N] {
        let mut found = [const { None }; N];
        for (name, raw) in self.raw_pairs() {
            let wanted = keys.iter().zip(&mut found).find(|(key, _)| is_key(name, key));
            if let Some((_, value @ None)) = wanted {
                *value = decode(raw);
            }
        }
        found
    }

    /// All values of a parameter, in order.
    pub fn all(self, key: &str) -> impl Iterator<Item = Cow<'a, str>> {
        self.raw_pairs()
            .filter(move |(name, _)| is_key(name, key))
            .filter_map(|(_, raw)| decode(raw))
    }

    /// Whether a boolean parameter is true, by [`is_true`].
    pub fn flag(self, key: &str) -> bool {
        self.first(key).is_some_and(|value| is_true(&value))
    }

    /// All parameters that decode, in order.
    pub fn pairs(self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
        self.raw_pairs().filter_map(|(key, value)| Some((decode(key)?, decode(value)?)))
    }

    fn raw_pairs(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let pairs = self.0.as_bytes().split(|&byte| byte == b'&');
        pairs.filter(|pair| !pair.is_empty() && !pair.contains(&b';')).map(|pair| {
            let mut parts = pair.splitn(2, |&byte| byte == b'=');
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
        })
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

fn is_key(raw: &[u8], key: &str) -> bool {
    raw == key.as_bytes() || (is_encoded(raw) && decode(raw).is_some_and(|name| name == key))
}

fn is_encoded(raw: &[u8]) -> bool {
    raw.iter().any(|byte| matches!(byte, b'%' | b'+'))
}

fn decode(raw: &[u8]) -> Option<Cow<'_, str>> {
    if !is_encoded(raw) {
        return Some(String::from_utf8_lossy(raw));
    }
    let spaced = raw.iter().map(|&byte| if byte == b'+' { b' ' } else { byte });
    path::unescape(spaced).map(|bytes| Cow::Owned(path::text(bytes)))
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
        let firsts = Query::of("b=1&c=%zz&%63=3&b=2&c=4").firsts(["a", "b", "c"]);
        assert_eq!(firsts, [None, Some("1".into()), Some("3".into())]);
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
