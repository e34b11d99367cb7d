//! A pod as the checks look at it: its annotations, its spec, and everything in it that has a
//! security context. What is not a pod at all reads as one that sets nothing.

use tree::{Path, Tree};

/// A pod to be judged, or the template of one. Borrows the tree; looks at it once.
#[derive(Debug, Clone)]
pub struct Pod<'t> {
    annotations: &'t Tree,
    /// The pod itself as a holder of a security context: its node is the spec.
    whole: Holder<'t>,
    containers: Vec<Holder<'t>>,
    defaults: Defaults,
}

/// Whether fields that are not set mean what kube-apiserver would set them to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Defaults {
    AreSet,
    AreMissing,
}

impl<'t> Pod<'t> {
    /// The pod exactly as the tree has it, as upstream's library looks at pods.
    pub fn exactly(tree: &'t Tree) -> Self {
        Self::new(tree, Defaults::AreSet)
    }

    /// The pod that kube-apiserver makes of a manifest or template, which is what admission sees:
    /// a volume without a source is an `emptyDir`, and ports of a pod in the network of its host
    /// are ports of the host. A pod that a cluster has stored is the same either way.
    pub fn created_from(tree: &'t Tree) -> Self {
        Self::new(tree, Defaults::AreMissing)
    }

    /// Its class, if it names one.
    pub fn runtime_class(&self) -> Option<&'t str> {
        self.spec().get("runtimeClassName").text().filter(|name| !name.is_empty())
    }

    fn new(tree: &'t Tree, defaults: Defaults) -> Self {
        let spec = tree.get("spec");
        let containers = LISTS.iter().flat_map(|list| {
            let items = spec.get(list).items().iter().enumerate();
            items.map(|(index, node)| Holder::new(Seat::Container(list, index), node))
        });
        Self {
            annotations: tree.at(&["metadata", "annotations"]),
            whole: Holder::new(Seat::Pod, spec),
            containers: containers.collect(),
            defaults,
        }
    }

    pub(crate) fn spec(&self) -> &'t Tree {
        self.whole.node
    }

    /// The pod itself, as a holder of a security context.
    pub(crate) fn whole(&self) -> &Holder<'t> {
        &self.whole
    }

    /// Its containers: those of the start, then the lasting ones, then the ephemeral ones.
    pub(crate) fn containers(&self) -> &[Holder<'t>] {
        &self.containers
    }

    /// The pod, then its containers.
    pub(crate) fn holders(&self) -> impl Iterator<Item = &Holder<'t>> {
        std::iter::once(&self.whole).chain(&self.containers)
    }

    /// Keys and values of its annotations.
    pub(crate) fn annotations(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.annotations.entries().iter().map(|(key, value)| (&**key, value.str()))
    }

    pub(crate) fn is_for_windows(&self) -> bool {
        self.spec().at(&["os", "name"]).text() == Some("windows")
    }

    /// Whether root inside it is nobody outside.
    pub(crate) fn has_own_users(&self) -> bool {
        self.spec().get("hostUsers").bool() == Some(false)
    }

    /// Whether a volume that names no source has one all the same.
    pub(crate) fn gives_volumes_a_source(&self) -> bool {
        self.defaults == Defaults::AreMissing
    }

    /// The port of the node that a port of a container takes; none for 0.
    pub(crate) fn host_port(&self, holder: &Holder<'t>, port: &'t Tree) -> Option<&'t Tree> {
        let taken = |node: &'t Tree| (!node.is_null() && !is_zero(node)).then_some(node);
        taken(port.get("hostPort")).or_else(|| {
            let is_defaulted = self.defaults == Defaults::AreMissing
                && self.spec().get("hostNetwork").is_true()
                && holder.seat.is_there_from_the_start();
            if is_defaulted { taken(port.get("containerPort")) } else { None }
        })
    }
}

/// What has a security context: the pod itself, or a container.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder<'t> {
    seat: Seat,
    node: &'t Tree,
    security: &'t Tree,
}

/// Where in the pod a holder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seat {
    Pod,
    Container(&'static str, usize),
}

impl Seat {
    /// Ephemeral containers come later, past what fills in defaults.
    fn is_there_from_the_start(self) -> bool {
        match self {
            Self::Pod => true,
            Self::Container(list, _) => list != EPHEMERAL,
        }
    }
}

impl<'t> Holder<'t> {
    fn new(seat: Seat, node: &'t Tree) -> Self {
        Self { seat, node, security: node.get("securityContext") }
    }

    pub(crate) fn seat(&self) -> Seat {
        self.seat
    }

    pub(crate) fn node(&self) -> &'t Tree {
        self.node
    }

    pub(crate) fn name(&self) -> &'t str {
        self.node.get("name").str()
    }

    pub(crate) fn security(&self) -> &'t Tree {
        self.security
    }

    /// Where in the pod something of this holder stands.
    pub(crate) fn path(&self, keys: &[&str]) -> Path {
        let spec = Path::of(&["spec"]);
        let own = match self.seat {
            Seat::Pod => spec,
            Seat::Container(list, index) => spec.then(list).then(index),
        };
        own.join(keys)
    }
}

/// Whether it is the number nought, however written.
pub(crate) fn is_zero(node: &Tree) -> bool {
    match node {
        Tree::Int(value) => *value == 0,
        Tree::Float(value) => *value == 0.0,
        Tree::Null | Tree::Bool(_) | Tree::Text(_) | Tree::List(_) | Tree::Map(_) => false,
    }
}

const EPHEMERAL: &str = "ephemeralContainers";

/// The lists of containers, in the order of upstream's texts.
const LISTS: [&str; 3] = ["initContainers", "containers", EPHEMERAL];

#[cfg(test)]
mod tests {
    use tree::{Keys, read};

    use super::*;

    #[test]
    fn a_class_is_one_that_has_a_name() {
        let check = |spec: &str, expected: Option<&str>| {
            let tree = read(&format!("spec: {{{spec}}}"), &mut Keys::default()).unwrap();
            assert_eq!(Pod::exactly(&tree).runtime_class(), expected, "{spec}");
        };
        check("runtimeClassName: sealed", Some("sealed"));
        check("runtimeClassName: ''", None);
        check("runtimeClassName: ~", None);
        check("", None);
    }
}
