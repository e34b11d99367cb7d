//! The smallest roles that cover what somebody did.

mod atoms;
mod rules;

use std::collections::BTreeSet;

use authz::{
    ClusterRole, ClusterRoleBinding, Policy, PolicyRule, Role, RoleBinding, RoleRef, Subject as Who,
};

use self::atoms::{Atoms, Paths};
use crate::audit::Event;
use crate::grants::Scope;
use crate::subject::Subject;

/// How roles are learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many names a rule may list; with more of them, or none, it is for any object.
    pub names: usize,
    /// What the roles and their bindings are called.
    pub role_name: String,
}

/// One role with its binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedRole {
    /// Where it holds.
    pub scope: Scope,
    /// The role and the binding, and nothing else.
    pub policy: Policy,
    /// How many of the events are in it.
    pub events: usize,
}

/// The roles that allow everything `subject` was allowed: for each namespace one, and one for what
/// was asked of the whole cluster. None of their rules can be left out, and none allows a verb on a
/// resource that was not used in that place. What no rule can name alone, as a request for the
/// resource `*`, is not learnt.
pub fn learn(events: &[Event], subject: &Subject, options: &Options) -> Vec<LearnedRole> {
    let is_own = |event: &&Event| event.is_allowed && event.is_by(subject) && event.is_plain();
    let own = || events.iter().filter(is_own);
    let everywhere =
        Atoms::of(own().filter(|event| event.namespace_of_resource().is_empty()), options.names);
    let paths = Paths::of(own());
    let mut learned = Vec::new();
    let rules = rules::of(&everywhere).into_iter().chain(paths.rules()).collect();
    let count = own().filter(|event| event.namespace_of_resource().is_empty()).count();
    learned.extend(role(Scope::Cluster, rules, subject, options, count));
    let namespaces: BTreeSet<&str> =
        own().map(Event::namespace_of_resource).filter(|name| !name.is_empty()).collect();
    for namespace in namespaces {
        // What is allowed everywhere needs no second rule here.
        let inside = || own().filter(move |event| event.namespace_of_resource() == namespace);
        let open = inside().filter(|event| !everywhere.allow(event));
        let count = open.clone().count();
        let rules = rules::of(&Atoms::of(open, options.names));
        let scope = Scope::Namespace(namespace.into());
        learned.extend(role(scope, rules, subject, options, count));
    }
    learned
}

fn role(
    scope: Scope,
    rules: Vec<PolicyRule>,
    subject: &Subject,
    options: &Options,
    events: usize,
) -> Option<LearnedRole> {
    if rules.is_empty() {
        return None;
    }
    let name = || options.role_name.clone();
    let mut policy = Policy::default();
    let subjects = vec![who(subject)];
    match &scope {
        Scope::Cluster => {
            policy.cluster_roles.push(ClusterRole { name: name(), rules, ..Default::default() });
            let role = RoleRef { kind: "ClusterRole".to_owned(), name: name() };
            policy.cluster_role_bindings.push(ClusterRoleBinding { name: name(), subjects, role });
        }
        Scope::Namespace(namespace) => {
            let namespace = namespace.to_string();
            policy.roles.push(Role { namespace: namespace.clone(), name: name(), rules });
            let role = RoleRef { kind: "Role".to_owned(), name: name() };
            policy.role_bindings.push(RoleBinding { namespace, name: name(), subjects, role });
        }
    }
    Some(LearnedRole { scope, policy, events })
}

fn who(subject: &Subject) -> Who {
    let (kind, namespace, name) = match subject {
        Subject::User(name) => ("User", String::new(), name),
        Subject::Group(name) => ("Group", String::new(), name),
        Subject::ServiceAccount { namespace, name } => {
            ("ServiceAccount", namespace.to_string(), name)
        }
    };
    Who { kind: kind.to_owned(), name: name.to_string(), namespace }
}

#[cfg(test)]
mod tests;
