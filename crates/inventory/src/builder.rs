//! Gathers what was found into an [`Inventory`]: texts are cut and read, lists opened, texts
//! inside objects that are configuration files read too.

mod embedded;
mod unit;

use tree::{Keys, Path, Tree};

use crate::{
    Component, Coverage, File, FileId, Inventory, Kind, Minor, Object, Origin, Unreadable, Workload,
};

/// Whether the objects that were given are all there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Completeness {
    /// There may be others: what is not seen is unknown.
    #[default]
    Partial,
    /// There are no others: what is not seen is not there.
    Everything,
}

/// Gathers what was found.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    keys: Keys,
    objects: Vec<Object>,
    files: Vec<File>,
    processes: Vec<Component>,
    unreadable: Vec<Unreadable>,
    coverage: Coverage,
    minor: Option<Minor>,
    version: Option<String>,
}

impl Builder {
    /// Adds a file and what its text holds.
    pub fn add_file(&mut self, mut file: File, text: &str) {
        let id = self.next_file();
        let found = self.objects.len();
        if is_pem(text) || is_plain(&file) {
            file.text = Some(text.into());
        } else {
            self.documents(&file, id, text);
        }
        if self.objects.len() == found && text.len() <= KEPT && file.text.is_none() {
            file.text = Some(text.into());
        }
        file.id = id;
        self.processes.extend(unit::component(&file));
        self.files.push(file);
    }

    /// Adds a file or folder of which only its existence and its rights matter.
    pub fn add_bare_file(&mut self, mut file: File) {
        file.id = self.next_file();
        self.files.push(file);
    }

    fn next_file(&self) -> FileId {
        FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX))
    }

    fn documents(&mut self, file: &File, id: FileId, text: &str) {
        for (number, document) in tree::documents(text).enumerate() {
            match tree::read(document.text, &mut self.keys) {
                Ok(tree) => {
                    let origin = |path| Origin::Document {
                        file: id,
                        document: number,
                        line: document.line,
                        path,
                    };
                    self.add_tree(tree, &origin, &Path::root());
                }
                // Of a file that does not say it is YAML, this says that it is none.
                Err(_) if !promises_yaml(file) => return,
                Err(error) => {
                    let is_template = is_template(document.text);
                    self.unreadable.push(Unreadable {
                        file: file.path.clone(),
                        line: document.line.saturating_add(error.line).saturating_sub(1).max(1),
                        column: error.column.max(1),
                        problem: error.problem,
                        is_template,
                    });
                    if is_template {
                        return;
                    }
                }
            }
        }
    }

    /// Adds a tree: an object, a list of objects, or neither.
    fn add_tree(&mut self, tree: Tree, origin: &dyn Fn(Path) -> Origin, path: &Path) {
        let is_list = tree.get("kind").str().ends_with("List") && !tree.get("items").is_null();
        if !is_list {
            self.objects.extend(Object::new(tree, origin(path.clone())));
            return;
        }
        let kind = tree.get("kind").str().strip_suffix("List").unwrap_or_default().to_owned();
        let version = tree.get("apiVersion").clone();
        let mut tree = tree;
        for (index, item) in tree.take("items").into_items().into_iter().enumerate() {
            let item = with_kind(item, &version, &kind, &mut self.keys);
            self.add_tree(item, origin, &path.then("items").then(index));
        }
    }

    /// Adds an object that a running cluster gave.
    pub fn add_live(&mut self, tree: Tree) {
        self.coverage.set_live();
        self.objects.extend(Object::new(tree, Origin::Live));
    }

    /// Adds the items of a list that a running cluster gave, which need not repeat version and
    /// kind. Who set which field is left out but for names and times: it is half of what a cluster
    /// answers.
    pub fn add_live_list(&mut self, mut list: Tree, api_version: &str, kind: &str) {
        self.coverage.set_live();
        let version = Tree::Text(api_version.into());
        for item in list.take("items").into_items() {
            let mut item = with_kind(item, &version, kind, &mut self.keys);
            slim(&mut item);
            self.objects.extend(Object::new(item, Origin::Live));
        }
    }

    /// The names of fields met so far, for trees that are read elsewhere.
    pub fn keys(&mut self) -> &mut Keys {
        &mut self.keys
    }

    /// Says that a kind was listed to the end, in a namespace or in all of them.
    pub fn add_listed(&mut self, kind: Kind<'_>, namespace: Option<&str>) {
        self.coverage.set_live();
        self.coverage.add_listed(kind, namespace);
    }

    /// Says which groups the cluster serves: of others it has no objects.
    pub fn set_served(&mut self, groups: impl IntoIterator<Item = String>) {
        self.coverage.set_live();
        self.coverage.set_served(groups.into_iter().collect());
    }

    /// Says why a kind could not be listed, in a namespace or anywhere.
    pub fn add_refused(&mut self, kind: Kind<'_>, namespace: Option<&str>, why: &str) {
        self.coverage.set_live();
        self.coverage.add_refused(kind, namespace, why);
    }

    /// Adds a process that was seen running.
    pub fn add_process(&mut self, process: Component) {
        self.processes.push(process);
    }

    /// Adds something that could not be read.
    pub fn add_unreadable(&mut self, unreadable: Unreadable) {
        self.unreadable.push(unreadable);
    }

    /// Says which version the cluster has.
    pub fn set_minor(&mut self, minor: Minor) {
        self.minor = Some(minor);
    }

    /// Says which version the cluster told, in its own words: `v1.36.2`.
    pub fn set_version(&mut self, version: impl Into<String>) {
        self.version = Some(version.into());
    }

    /// Says whether what was given is all there is.
    pub fn set_completeness(&mut self, completeness: Completeness) {
        if completeness == Completeness::Everything {
            self.coverage.set_everything();
        }
    }

    /// The inventory of all that was added.
    pub fn build(mut self) -> Inventory {
        let embedded = embedded::objects(&self.objects, &mut self.keys);
        self.objects.extend(embedded);
        self.order_files();
        self.objects.sort_by(|one, other| one.order().cmp(&other.order()));
        self.unreadable.sort();
        let components = self.components();
        let minor = self.minor.or_else(|| minor_of(&self.objects, &components));
        Inventory {
            objects: self.objects,
            files: self.files,
            components,
            unreadable: self.unreadable,
            coverage: self.coverage,
            minor,
            version: self.version,
        }
    }

    /// Numbers the files by their paths, so that the order they were added in is nowhere seen.
    fn order_files(&mut self) {
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        let mut numbers = vec![FileId(0); self.files.len()];
        for (new, file) in self.files.iter_mut().enumerate() {
            let number = FileId(u32::try_from(new).unwrap_or(u32::MAX));
            if let Some(place) = numbers.get_mut(file.id.index()) {
                *place = number;
            }
            file.id = number;
        }
        for object in &mut self.objects {
            let Origin::Document { file, document, line, path } = object.origin().clone() else {
                continue;
            };
            let file = numbers.get(file.index()).copied().unwrap_or(file);
            object.set_origin(Origin::Document { file, document, line, path });
        }
    }

    fn components(&mut self) -> Vec<Component> {
        let mut components = Vec::new();
        for (index, object) in self.objects.iter().enumerate() {
            let Some(workload) = Workload::of(object) else { continue };
            for container in workload.containers() {
                components.extend(Component::of_container(index, &workload, &container));
            }
        }
        components.append(&mut self.processes);
        components
            .sort_by_cached_key(|one| (one.kind, one.node.clone(), format!("{:?}", one.started)));
        components
    }
}

/// Items of a typed list need not repeat version and kind.
fn with_kind(item: Tree, version: &Tree, kind: &str, keys: &mut Keys) -> Tree {
    if kind.is_empty() || !item.get("kind").is_null() {
        return item;
    }
    let Tree::Map(entries) = item else { return item };
    let mut entries = entries.into_vec();
    entries.push((keys.key("apiVersion"), version.clone()));
    entries.push((keys.key("kind"), Tree::Text(kind.into())));
    Tree::Map(entries.into())
}

fn slim(object: &mut Tree) {
    let fields = object.get_mut("metadata").and_then(|metadata| metadata.get_mut("managedFields"));
    let Some(Tree::List(entries)) = fields else { return };
    for entry in entries.iter_mut() {
        let _fields = entry.take("fieldsV1");
    }
}

/// The version that a kubeadm configuration, a component's image or a node tells; the newest.
fn minor_of(objects: &[Object], components: &[Component]) -> Option<Minor> {
    let of_kubeadm = objects
        .iter()
        .filter(|object| object.kind() == Kind::CLUSTER_CONFIGURATION)
        .filter_map(|object| object.tree().get("kubernetesVersion").str().parse().ok());
    let of_images = components.iter().filter_map(|component| component.minor);
    of_images.chain(of_kubeadm).max()
}

fn is_pem(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line.starts_with("-----BEGIN "))
}

/// Whether a file is by its name one that holds no YAML.
fn is_plain(file: &File) -> bool {
    let name = file.name();
    let extension = name.rsplit_once('.').map_or(name, |(_, extension)| extension);
    PLAIN.contains(&extension) || (extension == "conf" && file.path.contains(".service.d/"))
}

/// Whether a file says by its name, or by where it lies on a node, that it is YAML or JSON.
fn promises_yaml(file: &File) -> bool {
    let name = file.name();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_named = ["yaml", "yml", "json", "kubeconfig"].contains(&extension);
    is_named || name == "<stdin>" || file.path_on_node().starts_with("/etc/kubernetes/")
}

/// Extensions, and names without one, of files that hold no YAML.
const PLAIN: [&str; 17] = [
    "crt",
    "pem",
    "key",
    "pub",
    "csr",
    "csv",
    "env",
    "service",
    "txt",
    "md",
    "log",
    "sh",
    "tpl",
    "kubelet",
    "group",
    "passwd",
    "sshd_config",
];

fn is_template(text: &str) -> bool {
    text.contains("{{") && text.contains("}}")
}

/// Texts up to this many bytes are kept for files that hold no object.
const KEPT: usize = 1 << 20;

#[cfg(test)]
mod tests;
