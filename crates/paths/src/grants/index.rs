//! Holdings by who has them and where.

use std::collections::HashMap;
use std::sync::Arc;

use model::UserInfo;

use super::Scope;
use crate::subject::Subject;

#[derive(Debug, Default)]
pub(super) struct Index {
    users: HashMap<Box<str>, Places>,
    groups: HashMap<Box<str>, Places>,
}

/// The holdings of one user or group, each list in ascending order.
#[derive(Debug, Default)]
struct Places {
    cluster: Vec<usize>,
    namespaced: HashMap<Arc<str>, Vec<usize>>,
}

impl Index {
    pub(super) fn add(&mut self, subject: &Subject, scope: &Scope, holding: usize) {
        let (map, name) = match subject.user_name() {
            Some(name) => (&mut self.users, name),
            None => (&mut self.groups, group_name(subject)),
        };
        let places = map.entry(name.into()).or_default();
        match scope {
            Scope::Cluster => places.cluster.push(holding),
            Scope::Namespace(name) => {
                places.namespaced.entry(Arc::clone(name)).or_default().push(holding);
            }
        }
    }

    /// The holdings of a user and its groups that hold in `namespace`.
    pub(super) fn of_user(&self, user: &UserInfo, namespace: &str) -> Vec<usize> {
        let own = self.users.get(user.name.as_str()).into_iter();
        let groups = user.groups.iter().filter_map(|group| self.groups.get(group.as_str()));
        let mut found = Vec::new();
        for places in own.chain(groups) {
            found.extend(&places.cluster);
            found.extend(places.namespaced.get(namespace).into_iter().flatten());
        }
        found
    }

    /// All holdings of one subject, in order.
    pub(super) fn of_subject(&self, subject: &Subject) -> Vec<usize> {
        let places = match subject.user_name() {
            Some(name) => self.users.get(name.as_str()),
            None => self.groups.get(group_name(subject).as_str()),
        };
        let mut found: Vec<usize> = places
            .into_iter()
            .flat_map(|places| places.cluster.iter().chain(places.namespaced.values().flatten()))
            .copied()
            .collect();
        found.sort_unstable();
        found
    }
}

fn group_name(subject: &Subject) -> String {
    match subject {
        Subject::Group(name) => name.to_string(),
        Subject::User(_) | Subject::ServiceAccount { .. } => String::new(),
    }
}
