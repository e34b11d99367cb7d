//! Kubeconfigs: whose they are, by where they lie, and the tokens in them.

use inventory::{File, Kubeconfig, NamedUser, Object};

use crate::{About, Seen};

/// Whose a kubeconfig is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A person's.
    Person,
    /// The administrator's that the installer left on a control plane node.
    Administrator,
    /// A program's: below the folders of a node's services, or in an object.
    Program,
}

/// Whose a kubeconfig is.
pub(crate) fn place(seen: &Seen<'_>, object: &Object) -> Place {
    let Some(file) = file(seen, object) else { return Place::Program };
    let path = file.path_on_node();
    if ADMINISTRATORS.contains(&path) {
        return Place::Administrator;
    }
    if PROGRAMS.iter().any(|folder| path.starts_with(folder)) {
        return Place::Program;
    }
    Place::Person
}

/// Where kubeadm, k3s and RKE2 leave the administrator's.
const ADMINISTRATORS: [&str; 4] = [
    "/etc/kubernetes/admin.conf",
    "/etc/kubernetes/super-admin.conf",
    "/etc/rancher/k3s/k3s.yaml",
    "/etc/rancher/rke2/rke2.yaml",
];

/// Where services of a node keep theirs.
const PROGRAMS: [&str; 5] = ["/etc/", "/var/lib/", "/var/run/", "/run/", "/opt/"];

/// The file it is.
pub(crate) fn file<'s>(seen: &Seen<'s>, object: &Object) -> Option<&'s File> {
    seen.inventory().file_at(object.origin().file()?)
}

/// A kubeconfig has no name of its own: its file tells it from others.
pub(crate) fn about(seen: &Seen<'_>, object: &Object) -> About {
    let name = file(seen, object).map(|file| file.path_on_node().to_owned()).unwrap_or_default();
    About { name, ..About::object(object) }
}

/// The users of an object, if it is a kubeconfig.
pub(crate) fn users(object: &Object) -> Vec<NamedUser<'_>> {
    Kubeconfig::of(object).map(|one| one.users().collect()).unwrap_or_default()
}

/// What a token in a kubeconfig claims, if it is a JSON Web Token, with the field it stands in.
pub(crate) fn tokens(user: &NamedUser<'_>) -> Vec<(pki::jwt::Claims, tree::Path)> {
    let fields: [&[&str]; 2] = [&["token"], &["auth-provider", "config", "id-token"]];
    let read =
        |keys: &[&str]| Some((pki::jwt::claims(user.user.at(keys).text()?)?, user.path.join(keys)));
    fields.into_iter().filter_map(read).collect()
}

/// The service account that a token is of.
pub(crate) fn service_account(claims: &pki::jwt::Claims) -> Option<String> {
    let subject = claims.subject.as_deref()?;
    subject.strip_prefix("system:serviceaccount:").map(|name| name.replace(':', "/"))
}
