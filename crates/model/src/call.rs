//! What is asked: a request line read exactly as kube-apiserver's `RequestInfo` reads it.
//!
//! Invariant: reading judges nothing. What is odd is read as upstream reads it; what is dangerous
//! is refused elsewhere, by [`crate::hardening`].

mod address;
mod asked;

use std::fmt;

use crate::path;
use crate::query::Query;
use address::{Address, Place};
use asked::Asked;

/// Kubernetes' `RequestInfo`. Absent parts are empty.
///
/// Source of the rules: k8s.io/apiserver `pkg/endpoints/request/requestinfo.go`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// Whether an API resource is addressed; else only `verb` and `path` mean anything.
    pub is_resource: bool,
    /// The decoded URL path. Bytes that are not UTF-8 read as U+FFFD.
    pub path: String,
    /// The Kubernetes verb, or the lower-case HTTP method of a non-resource call; empty for a
    /// resource call with a method Kubernetes knows no verb for.
    pub verb: String,
    /// `api` or `apis`.
    pub api_prefix: String,
    /// API group; empty for core.
    pub api_group: String,
    /// API version.
    pub api_version: String,
    /// Namespace; empty for cluster scope.
    pub namespace: String,
    /// Plural resource name.
    pub resource: String,
    /// Subresource.
    pub subresource: String,
    /// Object name.
    pub name: String,
    /// How many segments of the path come before the resource.
    pub resource_at: usize,
    /// The raw field selector of a list, watch or deletecollection.
    pub field_selector: String,
    /// The raw label selector of a list, watch or deletecollection.
    pub label_selector: String,
}

impl Call {
    /// Reads a request line: a method, and a target in origin form (`/path?query`) as received.
    pub fn parse(method: &str, target: &str) -> Result<Self, BadRequestInfo> {
        let path = path::decode(target).ok_or(BadRequestInfo::Malformed)?;
        let mut call = match Address::read(&path) {
            Address::Path { prefix } => Self {
                verb: method.to_ascii_lowercase(),
                api_prefix: prefix.to_owned(),
                ..Self::default()
            },
            Address::Nothing => {
                return Err(BadRequestInfo::NoResource { url: path::display(target) });
            }
            Address::Resource(place) => Self::of_resource(method, &place, Query::of_target(target)),
        };
        call.path = path;
        Ok(call)
    }

    /// Whether the request may last beyond the request timeout: watches, logs and upgrades.
    pub fn is_long_running(&self) -> bool {
        matches!(self.verb.as_str(), "watch" | "proxy")
            || (self.is_resource
                && matches!(
                    self.subresource.as_str(),
                    "attach" | "exec" | "proxy" | "log" | "portforward"
                ))
            || (!self.is_resource && self.path.starts_with("/debug/pprof/"))
    }

    /// Whether the verb changes nothing: get, list or watch.
    pub fn is_read_only(&self) -> bool {
        matches!(self.verb.as_str(), "get" | "list" | "watch")
    }

    /// The segments of the path from the resource on; none for a non-resource call.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        let skipped = if self.is_resource { self.resource_at } else { usize::MAX };
        self.path.trim_matches('/').split('/').skip(skipped)
    }

    fn of_resource(method: &str, place: &Place<'_>, query: Query<'_>) -> Self {
        let asked = Asked::read(method, place, query);
        Self {
            is_resource: true,
            path: String::new(),
            verb: asked.verb.to_owned(),
            api_prefix: place.prefix.to_owned(),
            api_group: place.group.to_owned(),
            api_version: place.version.to_owned(),
            namespace: place.namespace.to_owned(),
            resource: place.resource.to_owned(),
            subresource: place.subresource.to_owned(),
            name: asked.name.unwrap_or_else(|| place.name.to_owned()),
            resource_at: place.resource_at,
            field_selector: asked.field_selector,
            label_selector: asked.label_selector,
        }
    }
}

/// Why a request line has no reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadRequestInfo {
    /// An old path verb with nothing behind it (`/api/v1/watch`). Upstream answers 500, in plain
    /// text, and this error's text is what it puts after `failed to create RequestInfo: `.
    NoResource {
        /// The target as Go prints a URL.
        url: String,
    },
    /// A target that Go's HTTP server does not accept as a URL; it answers a bare 400.
    Malformed,
}

impl fmt::Display for BadRequestInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoResource { url } => {
                write!(out, "unable to determine kind and namespace from url, {url}")
            }
            Self::Malformed => write!(out, "invalid URL in the request line"),
        }
    }
}

impl std::error::Error for BadRequestInfo {}

#[cfg(test)]
mod tests;
