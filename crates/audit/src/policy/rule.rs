//! One rule of a policy: whom and what it matches.

use model::{Call, UserInfo};

use crate::{Level, Stages};

/// A rule; every list that is not empty must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) level: Level,
    pub(super) users: Vec<String>,
    pub(super) user_groups: Vec<String>,
    pub(super) verbs: Vec<String>,
    pub(super) target: Target,
    pub(super) omit_stages: Stages,
    pub(super) omit_managed_fields: Option<bool>,
}

/// What a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Everything.
    Any,
    /// Paths outside the resource API.
    Paths(Vec<String>),
    /// Resources; one list at least is not empty.
    Resources { namespaces: Vec<String>, resources: Vec<GroupResources> },
}

/// Resources of one API group; empty lists match everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GroupResources {
    pub(super) group: String,
    pub(super) resources: Vec<String>,
    pub(super) names: Vec<String>,
}

impl Rule {
    pub(super) fn any(level: Level) -> Self {
        Self {
            level,
            users: Vec::new(),
            user_groups: Vec::new(),
            verbs: Vec::new(),
            target: Target::Any,
            omit_stages: Stages::default(),
            omit_managed_fields: None,
        }
    }

    pub(super) fn matches(&self, user: Option<&UserInfo>, call: &Call) -> bool {
        let is_user = |user: &UserInfo| self.users.contains(&user.name);
        let is_member =
            |user: &UserInfo| user.groups.iter().any(|group| self.user_groups.contains(group));
        (self.users.is_empty() || user.is_some_and(is_user))
            && (self.user_groups.is_empty() || user.is_some_and(is_member))
            && (self.verbs.is_empty() || self.verbs.contains(&call.verb))
            && self.target.matches(call)
    }
}

impl Target {
    fn matches(&self, call: &Call) -> bool {
        match self {
            Self::Any => true,
            Self::Paths(patterns) => {
                !call.is_resource && patterns.iter().any(|pattern| covers(pattern, &call.path))
            }
            Self::Resources { namespaces, resources } => {
                call.is_resource
                    && (namespaces.is_empty() || namespaces.contains(&call.namespace))
                    && (resources.is_empty() || resources.iter().any(|group| group.matches(call)))
            }
        }
    }
}

/// Whether a path pattern covers a path: all stars at the end mean "whatever follows".
fn covers(pattern: &str, path: &str) -> bool {
    pattern == path || pattern.ends_with('*') && path.starts_with(pattern.trim_end_matches('*'))
}

impl GroupResources {
    fn matches(&self, call: &Call) -> bool {
        (self.group == call.api_group || self.group == "*")
            && (self.resources.is_empty()
                || (self.names.is_empty() || self.names.contains(&call.name))
                    && self.resources.iter().any(|pattern| is_resource(pattern, call)))
    }
}

/// Whether a pattern names the resource of a call. `pods/*` covers `pods` itself, as upstream.
fn is_resource(pattern: &str, call: &Call) -> bool {
    if pattern == "*" {
        return true;
    }
    if let Some(subresource) = pattern.strip_prefix("*/")
        && !call.subresource.is_empty()
        && subresource == call.subresource
    {
        return true;
    }
    if let Some(resource) = pattern.strip_suffix("/*")
        && resource == call.resource
    {
        return true;
    }
    match pattern.strip_prefix(call.resource.as_str()) {
        Some("") => call.subresource.is_empty(),
        Some(rest) => {
            !call.subresource.is_empty() && rest.strip_prefix('/') == Some(&call.subresource)
        }
        None => false,
    }
}
