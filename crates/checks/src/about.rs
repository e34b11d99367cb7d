//! What a finding is about: an object, a file, a process, or the cluster as a whole. Its names
//! make the identity of the finding, its origin the place to point at.

use inventory::{Component, File, Inventory, Object, Origin, Started};
use tree::Place;

/// What a finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct About {
    /// `apiVersion` of the object; empty if it is about none.
    pub api_version: String,
    /// Kind of the object.
    pub kind: String,
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// The node, where it is about one.
    pub node: String,
    /// The path of the file as its node knows it, if it is about a file rather than what is in it.
    pub file: String,
    /// Where the object came from.
    pub origin: Option<Origin>,
    /// The place in the file, if it is about a file and one is known.
    pub place: Option<Place>,
}

impl About {
    /// The cluster as a whole.
    pub fn cluster() -> Self {
        Self::default()
    }

    /// An object.
    pub fn object(object: &Object) -> Self {
        Self {
            api_version: object.api_version().to_owned(),
            kind: object.kind().kind.to_owned(),
            namespace: object.namespace().to_owned(),
            name: object.name().to_owned(),
            origin: Some(object.origin().clone()),
            ..Self::default()
        }
    }

    /// A file.
    pub fn file(file: &File) -> Self {
        Self { file: file.path_on_node().to_owned(), ..Self::default() }
    }

    /// A process, and the object or file that starts it.
    pub fn component(component: &Component, inventory: &Inventory) -> Self {
        let node = component.node.clone().unwrap_or_default();
        if let Some(object) = component.object(inventory) {
            return Self { node, ..Self::object(object) };
        }
        let (kind, name) = ("Process".to_owned(), component.kind.program().to_owned());
        match &component.started {
            Started::File { path } => Self { node, file: path.clone(), ..Self::default() },
            Started::Container { .. } | Started::Process { .. } => {
                Self { kind, name, node, ..Self::default() }
            }
        }
    }

    /// Something that has a kind and a name but is no object that was seen: a user, a namespace.
    pub fn named(kind: &str, namespace: &str, name: &str) -> Self {
        let own = str::to_owned;
        let (kind, namespace, name) = (own(kind), own(namespace), own(name));
        Self { kind, namespace, name, ..Self::default() }
    }

    /// `Deployment apps/web`, `/etc/kubernetes/admin.conf`, `cluster`.
    pub fn describe(&self) -> String {
        let place = match (self.namespace.as_str(), self.name.as_str()) {
            ("", name) => name.to_owned(),
            (namespace, "") => namespace.to_owned(),
            (namespace, name) => format!("{namespace}/{name}"),
        };
        match (self.kind.as_str(), self.file.as_str()) {
            ("", "") => "cluster".to_owned(),
            ("", file) => file.to_owned(),
            (kind, _) => format!("{kind} {place}").trim_end().to_owned(),
        }
    }
}
