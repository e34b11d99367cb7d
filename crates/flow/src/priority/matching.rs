//! Whether a rule is about a call.

use model::attributes::{Resource, Target};
use model::{Attributes, UserInfo};

use super::{PathRule, ResourceRule, Rule, Subject};

impl Rule {
    /// The rule that is about all that members of `group` ask.
    pub(super) fn all_by(group: &str) -> Self {
        let all = || vec![ALL.to_owned()];
        let resources = ResourceRule {
            verbs: all(),
            api_groups: all(),
            resources: all(),
            cluster_scope: true,
            namespaces: all(),
        };
        Self {
            subjects: vec![Subject::Group(group.to_owned())],
            resources: vec![resources],
            paths: vec![PathRule { verbs: all(), urls: all() }],
        }
    }

    pub(super) fn is_about(&self, call: &Attributes<'_>) -> bool {
        self.subjects.iter().any(|subject| subject.is(call.user))
            && match &call.target {
                Target::Resource(resource) => {
                    self.resources.iter().any(|rule| rule.is_about(call.verb, resource))
                }
                Target::Path(path) => self.paths.iter().any(|rule| rule.is_about(call.verb, path)),
            }
    }
}

impl Subject {
    fn is(&self, user: &UserInfo) -> bool {
        match self {
            Self::User(name) => name == ALL || *name == user.name,
            Self::Group(name) => name == ALL || user.is_in(name),
            Self::ServiceAccount { namespace, name } => {
                let account = user
                    .name
                    .strip_prefix(SERVICE_ACCOUNT)
                    .and_then(|rest| rest.strip_prefix(namespace.as_str()))
                    .and_then(|rest| rest.strip_prefix(':'));
                account.is_some_and(|account| name == ALL || name == account)
            }
        }
    }
}

impl ResourceRule {
    fn is_about(&self, verb: &str, asked: &Resource<'_>) -> bool {
        covers(&self.verbs, verb)
            && self.covers_resource(asked)
            && covers(&self.api_groups, asked.group)
            && if asked.namespace.is_empty() {
                self.cluster_scope
            } else {
                covers(&self.namespaces, asked.namespace)
            }
    }

    fn covers_resource(&self, asked: &Resource<'_>) -> bool {
        is_all(&self.resources)
            || self.resources.iter().any(|entry| {
                let rest = entry.strip_prefix(asked.resource);
                if asked.subresource.is_empty() {
                    rest == Some("")
                } else {
                    rest.and_then(|rest| rest.strip_prefix('/')) == Some(asked.subresource)
                }
            })
    }
}

impl PathRule {
    fn is_about(&self, verb: &str, path: &str) -> bool {
        covers(&self.verbs, verb)
            && self.urls.iter().any(|url| url == ALL || url == path || holds(url, path))
    }
}

/// Whether `path` is below `url`.
fn holds(url: &str, path: &str) -> bool {
    let above = url.strip_suffix('*').unwrap_or(url);
    path.strip_prefix(above).is_some_and(|rest| above.ends_with('/') || rest.starts_with('/'))
}

fn covers(list: &[String], value: &str) -> bool {
    is_all(list) || list.iter().any(|entry| entry == value)
}

/// A `*` among others is a name like any other; the API lets nobody write it.
fn is_all(list: &[String]) -> bool {
    matches!(list, [only] if only == ALL)
}

const ALL: &str = "*";
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
