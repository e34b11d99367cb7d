//! Which encoding an answer of the gateway's own is written in: content negotiation as
//! kube-apiserver does it for a `Status`.
//!
//! Rules: k8s.io/apiserver `pkg/endpoints/handlers/negotiation` and `github.com/munnerz/goautoneg`.

use std::borrow::Cow;

/// How a `Status` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// JSON on one line, ended by a line feed.
    Json,
    /// JSON indented by two spaces.
    PrettyJson,
    /// YAML, keys in alphabetical order.
    Yaml,
    /// Kubernetes' protobuf envelope.
    Protobuf,
    /// Nothing that the client accepts. A refusal is written all the same, as indented JSON, and
    /// the audit record does not learn of its text.
    Unacceptable,
}

/// What of a request decides the encoding of an answer that the gateway makes itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    /// The value of the first `Accept` header; `None` without one.
    pub(crate) accept: Option<&'a [u8]>,
    /// The `User-Agent`: command-line tools and browsers are answered in indented JSON.
    pub(crate) user_agent: &'a [u8],
    /// The value of the first `pretty` parameter of the query.
    pub(crate) pretty: Option<Cow<'a, str>>,
}

impl Wanted<'_> {
    /// The encoding that kube-apiserver would choose.
    pub(crate) fn encoding(&self) -> Encoding {
        let accept = self.accept.map(String::from_utf8_lossy).unwrap_or_default();
        if accept.is_empty() {
            return self.json(false);
        }
        let clauses = clauses(&accept);
        let taken = clauses.iter().find_map(|clause| Some((clause, clause.media()?)));
        match taken {
            Some((clause, Media::Json)) => self.json(clause.parameter("pretty") == Some("1")),
            Some((_, Media::Yaml)) => Encoding::Yaml,
            Some((_, Media::Protobuf)) => Encoding::Protobuf,
            None => Encoding::Unacceptable,
        }
    }

    /// How JSON is written for the client, if it takes JSON at all, even if it would rather have
    /// something else.
    pub(crate) fn in_json(&self) -> Option<Encoding> {
        let accept = self.accept.map(String::from_utf8_lossy).unwrap_or_default();
        if accept.is_empty() {
            return Some(self.json(false));
        }
        // JSON comes first among what is on offer, so a clause that takes it names it.
        let clauses = clauses(&accept);
        let taken = clauses.iter().find(|clause| clause.media() == Some(Media::Json))?;
        Some(self.json(taken.parameter("pretty") == Some("1")))
    }

    fn json(&self, is_asked: bool) -> Encoding {
        if is_asked || self.is_pretty() { Encoding::PrettyJson } else { Encoding::Json }
    }

    fn is_pretty(&self) -> bool {
        if let Some(asked) = self.pretty.as_deref().filter(|asked| !asked.is_empty()) {
            return matches!(asked, "1" | "t" | "T" | "true" | "TRUE" | "True");
        }
        TOOLS.iter().any(|tool| self.user_agent.starts_with(tool))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Media {
    Json,
    Yaml,
    Protobuf,
}

/// One clause of an `Accept` header.
#[derive(Debug)]
struct Clause<'a> {
    kind: &'a str,
    subtype: &'a str,
    quality: f64,
    parameters: Vec<(&'a str, &'a str)>,
}

impl Clause<'_> {
    /// The first of the encodings on offer that the clause takes, in the order of kube-apiserver's
    /// list.
    fn media(&self) -> Option<Media> {
        let offers = [("json", Media::Json), ("yaml", Media::Yaml), (PROTOBUF, Media::Protobuf)];
        let is_taken = |subtype: &str| match (self.kind, self.subtype) {
            ("*" | "application", "*") => true,
            (kind, wanted) => kind == "application" && wanted == subtype,
        };
        offers
            .into_iter()
            .find(|(subtype, media)| is_taken(subtype) && self.suits(*media))
            .map(|(_, media)| media)
    }

    /// Whether the parameters ask for a `Status` as it is: it is never transformed, has no server
    /// version, and YAML is not streamed.
    fn suits(&self, media: Media) -> bool {
        self.parameters.iter().all(|(name, value)| match *name {
            "as" | "g" | "v" => false,
            "stream" => value.is_empty() || (*value == "watch" && media != Media::Yaml),
            "sv" => value.is_empty(),
            _ => true,
        })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// Whether the clause goes before `other`. Not an order in the strict sense; it is upstream's.
    fn is_before(&self, other: &Self) -> bool {
        self.quality > other.quality
            || (self.kind != "*" && other.kind == "*")
            || (self.subtype != "*" && other.subtype == "*")
    }
}

/// The clauses in the order in which they are tried.
fn clauses(accept: &str) -> Vec<Clause<'_>> {
    let mut clauses: Vec<Clause<'_>> = Vec::new();
    for found in accept.split(',').take(MOST).filter_map(clause) {
        // An insertion sort, since the comparison is no order and the way it is applied shows.
        let behind = clauses.iter().rev().take_while(|before| found.is_before(before)).count();
        clauses.insert(clauses.len().saturating_sub(behind), found);
    }
    clauses
}

fn clause(text: &str) -> Option<Clause<'_>> {
    let (range, parameters) = text.split_once(';').unwrap_or((text, ""));
    let (kind, subtype) = range.split_once('/').unwrap_or((range, ""));
    let (kind, subtype) = (kind.trim_matches(' '), subtype.trim_matches(' '));
    let subtype = match (kind, subtype) {
        ("*", "") => "*",
        (_, "") => return None,
        (_, more) if more.contains('/') => return None,
        (_, subtype) => subtype,
    };
    let mut clause = Clause { kind, subtype, quality: 1.0, parameters: Vec::new() };
    for parameter in parameters.split(';').take(MOST) {
        match parameter.split_once('=') {
            Some((_, value)) if value.is_empty() || value.contains('=') => {}
            Some((name, value)) if name.trim_matches(' ') == "q" => {
                clause.quality = value.parse().unwrap_or(0.0);
            }
            Some((name, value)) => {
                clause.parameters.push((name.trim_matches(' '), value.trim_matches(' ')));
            }
            None => {}
        }
    }
    Some(clause)
}

/// More clauses, or parameters of one, than any client sends.
const MOST: usize = 64;
const PROTOBUF: &str = "vnd.kubernetes.protobuf";
/// `curl`, `Wget` and browsers are read by people.
const TOOLS: [&[u8]; 3] = [b"curl", b"Wget", b"Mozilla/5.0"];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &str, expected: Encoding) {
        let wanted = Wanted { accept: Some(accept.as_bytes()), ..Wanted::default() };
        assert_eq!(wanted.encoding(), expected, "{accept:?}");
    }

    #[test]
    fn chooses_as_upstream_does() {
        check("application/json", Encoding::Json);
        check("", Encoding::Json);
        check("*/*", Encoding::Json);
        check("application/*", Encoding::Json);
        check("application/yaml", Encoding::Yaml);
        check("application/vnd.kubernetes.protobuf", Encoding::Protobuf);
        check("application/vnd.kubernetes.protobuf,application/json", Encoding::Protobuf);
        check("application/json;q=0.5,application/yaml", Encoding::Yaml);
        check("text/html, */*;q=0.1", Encoding::Json);
        check("text/html", Encoding::Unacceptable);
        check("nonsense", Encoding::Unacceptable);
        check("application/json;q=0", Encoding::Json);
        check("application/yaml;stream=watch", Encoding::Unacceptable);
        check("*;stream=watch", Encoding::Json);
        check("application/json;as=Table;v=v1;g=meta.k8s.io", Encoding::Unacceptable);
        check("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", Encoding::Json);
        check("application/json;pretty=1", Encoding::PrettyJson);
    }

    #[test]
    fn finds_json_behind_what_is_preferred() {
        let check = |accept: &str, expected| {
            let wanted = Wanted { accept: Some(accept.as_bytes()), ..Wanted::default() };
            assert_eq!(wanted.in_json(), expected, "{accept:?}");
        };
        check("", Some(Encoding::Json));
        check("application/vnd.kubernetes.protobuf,application/json", Some(Encoding::Json));
        check("application/yaml, */*", Some(Encoding::Json));
        check("application/yaml,application/json;pretty=1", Some(Encoding::PrettyJson));
        check("application/vnd.kubernetes.protobuf", None);
        check("application/json;as=Table;v=v1;g=meta.k8s.io", None);
    }

    #[test]
    fn people_get_indented_json() {
        let check = |agent: &str, pretty: Option<&str>, expected| {
            let pretty = pretty.map(Cow::Borrowed);
            let wanted = Wanted { accept: None, user_agent: agent.as_bytes(), pretty };
            assert_eq!(wanted.encoding(), expected, "{wanted:?}");
        };
        check("curl/8.0", None, Encoding::PrettyJson);
        check("kubectl/v1.36", None, Encoding::Json);
        check("kubectl/v1.36", Some("true"), Encoding::PrettyJson);
        check("curl/8.0", Some("false"), Encoding::Json);
        check("curl/8.0", Some("nonsense"), Encoding::Json);
        check("curl/8.0", Some(""), Encoding::PrettyJson);
    }
}
