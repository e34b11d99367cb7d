//! What an audit log says that somebody did, as far as rights are learnt from it.

use model::UserInfo;
use model::attributes::{Resource, Target};

use crate::subject::Subject;

/// One request of an audit log, once: the event of its last stage.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Event {
    /// `user.username`, or that of `impersonatedUser` where there is one.
    pub user: String,
    /// `user.groups`, likewise.
    pub groups: Vec<String>,
    /// `verb`.
    pub verb: String,
    /// `objectRef.apiGroup`; empty for core.
    pub group: String,
    /// `objectRef.resource`; empty for a URL path.
    pub resource: String,
    /// `objectRef.subresource`.
    pub subresource: String,
    /// `objectRef.namespace`; empty for the cluster.
    pub namespace: String,
    /// `objectRef.name`.
    pub name: String,
    /// The path of `requestURI`; used where there is no resource.
    pub path: String,
    /// Whether it was allowed.
    pub is_allowed: bool,
}

impl Event {
    /// Whether `subject` made the request, or a member of it.
    pub fn is_by(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Group(name) => self.groups.iter().any(|group| **group == **name),
            Subject::User(_) | Subject::ServiceAccount { .. } => {
                subject.user_name().is_some_and(|name| name == self.user)
            }
        }
    }

    /// What was asked, as an authorizer was asked it. The name of a new object is in its body:
    /// audit events may show it, authorizers do not see it.
    pub fn target(&self) -> Target<'_> {
        if self.resource.is_empty() {
            return Target::Path(&self.path);
        }
        Target::Resource(Resource {
            group: &self.group,
            version: "",
            resource: &self.resource,
            subresource: &self.subresource,
            namespace: &self.namespace,
            name: self.authorized_name(),
        })
    }

    /// Who asked.
    pub fn asker(&self) -> UserInfo {
        let (name, groups) = (self.user.clone(), self.groups.clone());
        UserInfo { name, groups, ..UserInfo::default() }
    }

    /// Whether a rule can name just this. Whoever asks for `*` would otherwise be given it.
    pub(crate) fn is_plain(&self) -> bool {
        let is_word = |word: &str| word != "*";
        match self.resource.as_str() {
            "" => is_word(&self.verb) && !self.path.ends_with('*'),
            resource => [&self.verb, &self.group, resource].into_iter().all(is_word),
        }
    }

    /// The namespace it was asked in; none for a URL path.
    pub(crate) fn namespace_of_resource(&self) -> &str {
        if self.resource.is_empty() { "" } else { &self.namespace }
    }

    /// `resource` or `resource/subresource`.
    pub(crate) fn joined_resource(&self) -> String {
        match self.subresource.as_str() {
            "" => self.resource.clone(),
            sub => format!("{}/{sub}", self.resource),
        }
    }

    pub(crate) fn authorized_name(&self) -> &str {
        let is_nameless = match self.verb.as_str() {
            "create" => self.subresource.is_empty(),
            "deletecollection" => true,
            _ => false,
        };
        if is_nameless { "" } else { &self.name }
    }
}
