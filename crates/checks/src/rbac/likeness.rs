//! Whether a role or binding is one that Kubernetes makes: by its content, never by a label.

use authz::{ClusterRole, ClusterRoleBinding, Role, RoleBinding, RoleRef};
use inventory::{Kind, Object};
use paths::bootstrap::{self, Likeness};

/// How a role or binding compares with the default of its name.
pub(crate) fn likeness(object: &Object) -> Likeness {
    if !is_name_of_default(object) {
        return Likeness::NotBootstrap;
    }
    let Ok(policy) = authz::policy::from_objects(&[object.tree().to_json()]) else {
        return Likeness::NotBootstrap;
    };
    let roles = policy.cluster_roles.iter().map(bootstrap::Object::ClusterRole);
    let all = roles
        .chain(policy.roles.iter().map(bootstrap::Object::Role))
        .chain(policy.cluster_role_bindings.iter().map(bootstrap::Object::ClusterRoleBinding))
        .chain(policy.role_bindings.iter().map(bootstrap::Object::RoleBinding));
    all.map(|object| bootstrap::is_default(object, None)).next().unwrap_or(Likeness::NotBootstrap)
}

/// Whether any default has its name: a look at the name alone spares reading the rest.
fn is_name_of_default(object: &Object) -> bool {
    let (name, namespace) = (object.name().to_owned(), object.namespace().to_owned());
    let (subjects, role) = (Vec::new(), RoleRef { kind: String::new(), name: String::new() });
    let of = |object: bootstrap::Object<'_>| bootstrap::is_default(object, None);
    let likeness = match object.kind() {
        Kind::CLUSTER_ROLE => {
            of(bootstrap::Object::ClusterRole(&ClusterRole { name, ..ClusterRole::default() }))
        }
        Kind::ROLE => of(bootstrap::Object::Role(&Role { namespace, name, rules: Vec::new() })),
        Kind::CLUSTER_ROLE_BINDING => {
            let binding = ClusterRoleBinding { name, subjects, role };
            of(bootstrap::Object::ClusterRoleBinding(&binding))
        }
        _ => {
            let binding = RoleBinding { namespace, name, subjects, role };
            of(bootstrap::Object::RoleBinding(&binding))
        }
    };
    likeness != Likeness::NotBootstrap
}
