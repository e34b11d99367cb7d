//! The ways to act as somebody else, and whom each is for.

use model::UserInfo;

use crate::names;

/// A way, in upstream's words an impersonation mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// A service account acts as the node its pod runs on.
    AssociatedNode,
    /// Somebody acts as any node.
    ArbitraryNode,
    /// Somebody acts as a service account.
    ServiceAccount,
    /// Somebody acts as a user who is neither.
    UserInfo,
    /// Anything, by the verb `impersonate` alone.
    Legacy,
}

impl Way {
    /// In the order they are tried.
    pub(super) const ALL: [Self; 5] = [
        Self::AssociatedNode,
        Self::ArbitraryNode,
        Self::ServiceAccount,
        Self::UserInfo,
        Self::Legacy,
    ];

    /// Whether this way is for `requestor` to act as `wanted`. For nodes and service accounts the
    /// cluster knows the rest, so only the name may be given.
    pub(super) fn applies(self, requestor: &UserInfo, wanted: &UserInfo) -> bool {
        let node = names::node(&wanted.name);
        let service_account = names::service_account(&wanted.name);
        match self {
            Self::AssociatedNode => {
                is_name_only(wanted) && node.is_some() && node == node_of(requestor)
            }
            Self::ArbitraryNode => is_name_only(wanted) && node.is_some(),
            Self::ServiceAccount => is_name_only(wanted) && service_account.is_some(),
            Self::UserInfo => node.is_none() && service_account.is_none(),
            Self::Legacy => true,
        }
    }

    /// The verb for each part of the identity wanted.
    pub(super) fn verb(self) -> &'static str {
        self.constraint().unwrap_or("impersonate")
    }

    /// The constraint that the audit record shows.
    pub(super) fn constraint(self) -> Option<&'static str> {
        match self {
            Self::AssociatedNode => Some("impersonate:associated-node"),
            Self::ArbitraryNode => Some("impersonate:arbitrary-node"),
            Self::ServiceAccount => Some("impersonate:serviceaccount"),
            Self::UserInfo => Some("impersonate:user-info"),
            Self::Legacy => None,
        }
    }

    /// What the verb of a call becomes where the call itself must be allowed too.
    pub(super) fn verb_on(self, verb: &str) -> Option<String> {
        let way = self.constraint()?.strip_prefix("impersonate:")?;
        Some(format!("impersonate-on:{way}:{verb}"))
    }

    /// The API group that names and groups are checked in.
    pub(super) fn group(self) -> &'static str {
        if self.is_constrained() { "authentication.k8s.io" } else { "" }
    }

    pub(super) fn is_constrained(self) -> bool {
        self.constraint().is_some()
    }
}

fn is_name_only(wanted: &UserInfo) -> bool {
    wanted.uid.is_empty() && wanted.groups.is_empty() && wanted.extra.is_empty()
}

/// The node that a service account's token is bound to.
fn node_of(requestor: &UserInfo) -> Option<&str> {
    names::service_account(&requestor.name)?;
    match requestor.extra.get("authentication.kubernetes.io/node-name")?.as_slice() {
        [node] => Some(node),
        [] | [_, _, ..] => None,
    }
}
