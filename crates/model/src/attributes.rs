//! What authorizers and audit policies look at: one call by one user, as borrowed parts.

use crate::{Call, UserInfo};

/// A call by a user, in the parts that rules are written about.
///
/// Mirrors `authorizer.Attributes` of k8s.io/apiserver. Built from a [`Call`], or by hand for
/// checks that no request line spells out (each part of an impersonation, an access review).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attributes<'a> {
    /// Who asks.
    pub user: &'a UserInfo,
    /// The Kubernetes verb, or the lower-case HTTP method of a non-resource call.
    pub verb: &'a str,
    /// What it is asked of.
    pub target: Target<'a>,
}

/// What a call is about: an API resource, or a bare URL path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// An API resource.
    Resource(Resource<'a>),
    /// A path outside the resource API, such as `/healthz`.
    Path(&'a str),
}

/// The parts of a resource call. Absent parts are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resource<'a> {
    /// API group; empty for core.
    pub group: &'a str,
    /// API version.
    pub version: &'a str,
    /// Plural resource name, for example `pods`.
    pub resource: &'a str,
    /// Subresource, for example `log`.
    pub subresource: &'a str,
    /// Namespace; empty for cluster scope.
    pub namespace: &'a str,
    /// Object name; empty for creations and collections.
    pub name: &'a str,
}

impl<'a> Attributes<'a> {
    /// The attributes of `call` when `user` makes it.
    pub fn of(call: &'a Call, user: &'a UserInfo) -> Self {
        let target = if call.is_resource {
            Target::Resource(Resource {
                group: &call.api_group,
                version: &call.api_version,
                resource: &call.resource,
                subresource: &call.subresource,
                namespace: &call.namespace,
                name: &call.name,
            })
        } else {
            Target::Path(&call.path)
        };
        Self { user, verb: &call.verb, target }
    }
}
