//! Everything a scan has seen, whatever its source: objects, files, processes, and how far the
//! looking went. Pure: whoever reads files or asks the API hands over what was found.
//!
//! The invariant: what was not looked at is never mistaken for what is not there. Reads that
//! depend on absence return a value or [`Unknown`].

mod builder;
mod component;
mod container;
mod coverage;
mod file;
mod flags;
mod kubeconfig;
mod object;
mod origin;
mod unknown;
mod unreadable;
mod version;
mod workload;

pub use builder::{Builder, Completeness};
pub use component::{Component, ComponentKind, Started};
pub use container::{Container, ContainerKind};
pub use coverage::{Coverage, KindCoverage};
pub use file::{File, Folder, Owner};
pub use flags::{Flag, Flags};
pub use kubeconfig::{Kubeconfig, NamedCluster, NamedUser};
pub use object::{Kind, Object};
pub use origin::{FileId, Origin};
pub use unknown::Unknown;
pub use unreadable::Unreadable;
pub use version::{BadVersion, Minor};
pub use workload::Workload;

use tree::Tree;

/// All that was seen. Ordered, so that the same input in another order is the same inventory.
#[derive(Debug)]
pub struct Inventory {
    objects: Vec<Object>,
    files: Vec<File>,
    components: Vec<Component>,
    unreadable: Vec<Unreadable>,
    coverage: Coverage,
    minor: Option<Minor>,
    version: Option<String>,
}

impl Inventory {
    /// Starts one.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// All objects, by group, kind, namespace and name.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The objects of a kind that were seen; there may be more unless [`Inventory::all`] says so.
    pub fn of(&self, kind: Kind<'_>) -> &[Object] {
        let start = self.objects.partition_point(|object| object.kind() < kind);
        let rest = self.objects.get(start..).unwrap_or_default();
        let length = rest.partition_point(|object| object.kind() == kind);
        rest.get(..length).unwrap_or_default()
    }

    /// The objects of a kind in a namespace that were seen; there may be more.
    pub fn of_in(&self, kind: Kind<'_>, namespace: &str) -> &[Object] {
        let all = self.of(kind);
        let start = all.partition_point(|object| object.namespace() < namespace);
        let rest = all.get(start..).unwrap_or_default();
        let length = rest.partition_point(|object| object.namespace() == namespace);
        rest.get(..length).unwrap_or_default()
    }

    /// All objects of a kind there are.
    ///
    /// # Errors
    /// If they were not listed to the end in every namespace.
    pub fn all(&self, kind: Kind<'_>) -> Result<&[Object], Unknown> {
        self.coverage.listed(kind, None)?;
        Ok(self.of(kind))
    }

    /// All objects of a kind there are in a namespace.
    ///
    /// # Errors
    /// If they were not listed to the end there.
    pub fn all_in(&self, kind: Kind<'_>, namespace: &str) -> Result<&[Object], Unknown> {
        self.coverage.listed(kind, Some(namespace))?;
        Ok(self.of_in(kind, namespace))
    }

    /// The object of that name, if it was seen.
    pub fn find(&self, kind: Kind<'_>, namespace: &str, name: &str) -> Option<&Object> {
        let all = self.of_in(kind, namespace);
        let start = all.partition_point(|object| object.name() < name);
        all.get(start).filter(|object| object.name() == name)
    }

    /// The object of that name, or that there is none.
    ///
    /// # Errors
    /// If it was not seen, and its kind was not listed to the end there either.
    pub fn get(
        &self,
        kind: Kind<'_>,
        namespace: &str,
        name: &str,
    ) -> Result<Option<&Object>, Unknown> {
        if let Some(object) = self.find(kind, namespace, name) {
            return Ok(Some(object));
        }
        self.coverage.listed(kind, Some(namespace)).map(|()| None)
    }

    /// The object at an index, as components refer to theirs.
    pub fn object(&self, index: usize) -> Option<&Object> {
        self.objects.get(index)
    }

    /// Everything that makes pods: each once, the controller rather than what it made.
    pub fn workloads(&self) -> impl Iterator<Item = Workload<'_>> {
        let seen = self.objects.iter().filter_map(Workload::of);
        seen.filter(|workload| !self.is_made_by_another(workload.object()))
    }

    /// Whether all that makes pods in a namespace was seen.
    ///
    /// # Errors
    /// If something of it was not listed to the end there.
    pub fn all_workloads_in(&self, namespace: &str) -> Result<(), Unknown> {
        let mut kinds = Workload::kinds().filter(|kind| *kind != Kind::POD_TEMPLATE);
        kinds.try_for_each(|kind| self.coverage.listed(kind, Some(namespace)))
    }

    /// Whether the controller that made an object was seen too.
    pub fn is_made_by_another(&self, object: &Object) -> bool {
        let owners = object.tree().at(&["metadata", "ownerReferences"]).items();
        owners.iter().filter(|owner| owner.get("controller").is_true()).any(|owner| {
            let (group, _) = object::group_and_version(owner.get("apiVersion").str());
            let kind = Kind { group, kind: owner.get("kind").str() };
            self.find(kind, object.namespace(), owner.get("name").str()).is_some()
        })
    }

    /// The running or configured processes of a kind that were seen.
    pub fn components(&self, kind: ComponentKind) -> impl Iterator<Item = &Component> {
        self.components.iter().filter(move |component| component.kind == kind)
    }

    /// All files that were seen, by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file of a path as the cluster's configuration names it. Where files were copied from a
    /// node, their paths below the folder that was given count from the node's root.
    pub fn file(&self, path: &str) -> Option<&File> {
        let at = self.files.partition_point(|file| file.path() < path);
        let exact = self.files.get(at).filter(|file| file.path() == path);
        exact.or_else(|| self.files.iter().find(|file| file.is_at(path)))
    }

    /// A file by its number.
    pub fn file_at(&self, id: FileId) -> Option<&File> {
        self.files.get(id.index())
    }

    /// The objects that a file holds.
    pub fn objects_of(&self, file: &File) -> impl Iterator<Item = &Object> {
        let id = file.id();
        self.objects.iter().filter(move |object| object.origin().file() == Some(id))
    }

    /// What could not be read.
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// How far the looking went.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The version of the cluster, if anything tells it.
    pub fn minor(&self) -> Option<Minor> {
        self.minor
    }

    /// The version that a running cluster told, in its own words: `v1.36.2`.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The labels of a namespace.
    ///
    /// # Errors
    /// If the namespace was not seen.
    pub fn namespace_labels(&self, namespace: &str) -> Result<&Tree, Unknown> {
        match self.get(Kind::NAMESPACE, "", namespace)? {
            Some(object) => Ok(object.labels()),
            None => Err(Unknown::new(
                format!("there is no namespace {namespace:?}"),
                "create the namespace, or name the one that objects are applied to",
            )),
        }
    }
}
