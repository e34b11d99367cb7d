//! Everything that makes pods, whatever its kind: where its pod template stands and what it says.

use tree::{Path, Tree};

use crate::{Container, ContainerKind, Kind, Object};

/// An object with a pod template in it, or a pod.
#[derive(Debug, Clone)]
pub struct Workload<'a> {
    object: &'a Object,
    template: &'a Tree,
    path: Path,
}

/// Where each kind keeps its pod template.
const TEMPLATES: [(Kind<'static>, &[&str]); 9] = [
    (Kind::POD, &[]),
    (Kind::DEPLOYMENT, &["spec", "template"]),
    (Kind::DAEMON_SET, &["spec", "template"]),
    (Kind::STATEFUL_SET, &["spec", "template"]),
    (Kind::REPLICA_SET, &["spec", "template"]),
    (Kind::REPLICATION_CONTROLLER, &["spec", "template"]),
    (Kind::JOB, &["spec", "template"]),
    (Kind::CRON_JOB, &["spec", "jobTemplate", "spec", "template"]),
    (Kind::POD_TEMPLATE, &["template"]),
];

impl<'a> Workload<'a> {
    /// The kinds that make pods.
    pub fn kinds() -> impl Iterator<Item = Kind<'static>> {
        TEMPLATES.iter().map(|(kind, _)| *kind)
    }

    /// The object as a workload, if it is one.
    pub fn of(object: &'a Object) -> Option<Self> {
        let (_, keys) = TEMPLATES.iter().find(|(kind, _)| *kind == object.kind())?;
        let template = object.tree().at(keys);
        template.get("spec").is_map().then(|| Self { object, template, path: Path::of(keys) })
    }

    /// The object.
    pub fn object(&self) -> &'a Object {
        self.object
    }

    /// The pod template: `metadata` and `spec` of its pods. Of a pod, the pod.
    pub fn template(&self) -> &'a Tree {
        self.template
    }

    /// Where in the object the template stands.
    pub fn template_path(&self) -> &Path {
        &self.path
    }

    /// The `spec` of its pods.
    pub fn spec(&self) -> &'a Tree {
        self.template.get("spec")
    }

    /// Where in the object that stands.
    pub fn spec_path(&self) -> Path {
        self.path.then("spec")
    }

    /// The namespace; empty where a file leaves it to whoever applies it.
    pub fn namespace(&self) -> &'a str {
        self.object.namespace()
    }

    /// The labels of its pods.
    pub fn labels(&self) -> &'a Tree {
        self.template.at(&["metadata", "labels"])
    }

    /// The value of an annotation of its pods.
    pub fn annotation(&self, key: &str) -> Option<&'a str> {
        self.template.at(&["metadata", "annotations"]).get(key).text()
    }

    /// The service account its pods run as, `default` if none is named.
    pub fn service_account(&self) -> &'a str {
        let spec = self.spec();
        let named = spec.get("serviceAccountName").text().filter(|name| !name.is_empty());
        let older = || spec.get("serviceAccount").text().filter(|name| !name.is_empty());
        named.or_else(older).unwrap_or("default")
    }

    /// Whether its pods use the network of their node.
    pub fn uses_host_network(&self) -> bool {
        self.spec().get("hostNetwork").is_true()
    }

    /// All its containers, those that run first in front.
    pub fn containers(&self) -> impl Iterator<Item = Container<'a>> {
        let (spec, path) = (self.spec(), self.spec_path());
        ContainerKind::ALL.into_iter().flat_map(move |kind| {
            let path = path.then(kind.field());
            spec.get(kind.field()).items().iter().enumerate().map(move |(index, tree)| Container {
                tree,
                kind,
                path: path.then(index),
            })
        })
    }

    /// All its containers as trees: for a first look, which costs nothing.
    pub fn container_trees(&self) -> impl Iterator<Item = &'a Tree> {
        let spec = self.spec();
        ContainerKind::ALL.into_iter().flat_map(move |kind| spec.get(kind.field()).items())
    }

    /// Its volumes, each with its place in the object.
    pub fn volumes(&self) -> impl Iterator<Item = (&'a Tree, Path)> {
        let path = self.spec_path().then("volumes");
        let volumes = self.spec().get("volumes").items();
        volumes.iter().enumerate().map(move |(index, volume)| (volume, path.then(index)))
    }

    /// Whether it is a mirror of a static pod, which a node keeps, not the API.
    pub fn is_mirror_pod(&self) -> bool {
        self.object.annotation("kubernetes.io/config.mirror").is_some()
    }

    /// The node that one pod runs on, where that is known.
    pub fn node(&self) -> Option<&'a str> {
        self.spec().get("nodeName").text()
    }
}
