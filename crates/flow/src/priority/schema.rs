//! Flow schemas and priority levels as plain values: what classification reads of the API's
//! objects. A `*` that stands alone in a list means everything.

/// A `FlowSchema`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlowSchema {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// `spec.matchingPrecedence`: lower is tried first, and of equals the first by name.
    pub precedence: i32,
    /// `spec.priorityLevelConfiguration.name`.
    pub level: String,
    /// `spec.rules`: the schema is about the calls that any of them is about.
    pub rules: Vec<Rule>,
}

/// A `PriorityLevelConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriorityLevel {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
}

/// A `PolicyRulesWithSubjects`: about a call if one subject and one rule for what is asked match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Who asks.
    pub subjects: Vec<Subject>,
    /// What is asked of resources.
    pub resources: Vec<ResourceRule>,
    /// What is asked of other paths.
    pub paths: Vec<PathRule>,
}

/// A subject. A name that is `*` means any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A user by name.
    User(String),
    /// The members of a group.
    Group(String),
    /// A service account.
    ServiceAccount {
        /// Its namespace, always exact.
        namespace: String,
        /// Its name.
        name: String,
    },
}

/// A `ResourcePolicyRule`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceRule {
    /// Kubernetes verbs.
    pub verbs: Vec<String>,
    /// API groups; empty text for core.
    pub api_groups: Vec<String>,
    /// `pods`, `pods/status`. No part of an entry can be `*`.
    pub resources: Vec<String>,
    /// Whether calls without a namespace match.
    pub cluster_scope: bool,
    /// The namespaces of the calls with one.
    pub namespaces: Vec<String>,
}

/// A `NonResourcePolicyRule`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathRule {
    /// Lower-case HTTP methods.
    pub verbs: Vec<String>,
    /// Paths; each also stands for those below it, with or without `/*` at its end.
    pub urls: Vec<String>,
}
