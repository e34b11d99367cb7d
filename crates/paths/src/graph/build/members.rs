//! Who there is, and who is among many.

use std::collections::{BTreeMap, BTreeSet};

use super::super::node::Node;
use super::super::power::Many;
use super::super::surroundings::Surroundings;
use crate::grants::{Grants, Scope};
use crate::subject::{MASTERS, Subject};

#[derive(Debug, Default)]
pub(super) struct Members {
    subjects: BTreeSet<Subject>,
    accounts: ByNamespace,
    running: ByNamespace,
    in_secrets: ByNamespace,
}

/// Service accounts by their namespaces.
#[derive(Debug, Default, Clone)]
struct ByNamespace(BTreeMap<String, BTreeSet<Subject>>);

impl Members {
    pub(super) fn of(grants: &Grants, around: &Surroundings<'_>) -> Self {
        let mut members = Self::default();
        members.subjects.extend(grants.subjects().into_iter().cloned());
        for (namespace, name) in around.service_accounts {
            members.subjects.insert(Subject::service_account(namespace, name));
        }
        let pods = around.pods.unwrap_or_default().iter();
        for pod in pods.filter(|pod| !pod.service_account.is_empty()) {
            let account = Subject::service_account(&pod.namespace, &pod.service_account);
            members.subjects.insert(account.clone());
            members.running.add(&pod.namespace, account);
        }
        for subject in &members.subjects {
            if let Subject::ServiceAccount { namespace, .. } = subject {
                members.accounts.add(namespace, subject.clone());
            }
        }
        for token in around.token_secrets.unwrap_or_default() {
            let account = Subject::service_account(&token.namespace, &token.service_account);
            members.in_secrets.add(&token.namespace, account);
        }
        if around.pods.is_none() {
            members.running = members.accounts.clone();
        }
        if around.token_secrets.is_none() {
            members.in_secrets = members.accounts.clone();
        }
        members
    }

    pub(super) fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.subjects.iter()
    }

    /// The service accounts of one name.
    pub(super) fn namesakes(&self, wanted: &str) -> impl Iterator<Item = &Subject> {
        self.subjects.iter().filter(move |subject| match subject {
            Subject::ServiceAccount { name, .. } => **name == *wanted,
            Subject::User(_) | Subject::Group(_) => false,
        })
    }

    /// Who is among many: subjects, or fewer of the many.
    pub(super) fn inside(&self, many: &Many) -> Vec<Node> {
        match many {
            Many::Accounts(scope) => self.accounts.inside(scope, Many::Accounts),
            Many::Running(scope) => self.running.inside(scope, Many::Running),
            Many::InSecrets(scope) => self.in_secrets.inside(scope, Many::InSecrets),
            Many::Users => {
                let users = self.subjects.iter().filter(|one| matches!(one, Subject::User(_)));
                users.cloned().map(Node::Subject).collect()
            }
            Many::Groups => {
                let groups = self.subjects.iter().filter(|one| match one {
                    Subject::Group(name) => **name != *MASTERS,
                    Subject::User(_) | Subject::ServiceAccount { .. } => false,
                });
                groups.cloned().map(Node::Subject).collect()
            }
        }
    }
}

impl ByNamespace {
    fn add(&mut self, namespace: &str, account: Subject) {
        self.0.entry(namespace.to_owned()).or_default().insert(account);
    }

    fn inside(&self, scope: &Scope, part: fn(Scope) -> Many) -> Vec<Node> {
        match scope {
            Scope::Cluster => {
                let parts = self.0.keys().map(|name| part(Scope::Namespace(name.as_str().into())));
                parts.map(Node::Many).collect()
            }
            Scope::Namespace(name) => {
                let accounts = self.0.get(&**name).into_iter().flatten();
                accounts.cloned().map(Node::Subject).collect()
            }
        }
    }
}
