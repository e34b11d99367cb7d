//! The processes that make a cluster, with the flags they are started with.

use tree::Path;

use crate::{Container, Flags, Inventory, Minor, Object, Workload};

/// A process of Kubernetes, or etcd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComponentKind {
    /// kube-apiserver.
    ApiServer,
    /// kube-controller-manager.
    ControllerManager,
    /// kube-scheduler.
    Scheduler,
    /// etcd.
    Etcd,
    /// kubelet.
    Kubelet,
    /// kube-proxy.
    KubeProxy,
}

impl ComponentKind {
    /// All.
    pub const ALL: [Self; 6] = [
        Self::ApiServer,
        Self::ControllerManager,
        Self::Scheduler,
        Self::Etcd,
        Self::Kubelet,
        Self::KubeProxy,
    ];

    /// The name of the program.
    pub fn program(self) -> &'static str {
        match self {
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
            Self::Scheduler => "kube-scheduler",
            Self::Etcd => "etcd",
            Self::Kubelet => "kubelet",
            Self::KubeProxy => "kube-proxy",
        }
    }

    /// The component that a program is: its path, without folder.
    pub fn of_program(program: &str) -> Option<Self> {
        let name = program.rsplit('/').next().unwrap_or(program);
        Self::ALL.into_iter().find(|kind| kind.program() == name)
    }
}

/// How a process was started, and so where its flags can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// As a container of an object.
    Container {
        /// The object's index in the inventory.
        object: usize,
        /// Where in the object the container stands.
        container: Path,
    },
    /// As a process that was seen running.
    Process {
        /// Its number.
        pid: u32,
    },
    /// By a file of the service manager, or an environment file it reads.
    File {
        /// The file's path.
        path: String,
    },
}

/// One process of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Which.
    pub kind: ComponentKind,
    /// Its flags.
    pub flags: Flags,
    /// How it was started.
    pub started: Started,
    /// The node it runs on, where that is known.
    pub node: Option<String>,
    /// Its version, where its image's tag tells it.
    pub minor: Option<Minor>,
}

impl Component {
    /// The component that a container is, by the program it starts.
    pub(crate) fn of_container(
        index: usize,
        workload: &Workload<'_>,
        container: &Container<'_>,
    ) -> Option<Self> {
        let words = container.words();
        let (at, kind) = program(&words)?;
        let rest: Vec<_> = words
            .into_iter()
            .skip(at.saturating_add(1))
            .map(|(word, path)| (word, Some(path)))
            .collect();
        Some(Self {
            kind,
            flags: Flags::parse(&rest),
            started: Started::Container { object: index, container: container.path.clone() },
            node: workload.node().map(str::to_owned),
            minor: minor_of_image(kind, container.image()),
        })
    }

    /// The component that a process is, by its command line.
    pub fn of_process(pid: u32, node: Option<String>, words: &[String]) -> Option<Self> {
        let kind = ComponentKind::of_program(words.first()?)?;
        let rest: Vec<_> = words.iter().skip(1).map(|word| (word.clone(), None)).collect();
        let (flags, started) = (Flags::parse(&rest), Started::Process { pid });
        Some(Self { kind, flags, started, node, minor: None })
    }

    /// The object that starts it.
    pub fn object<'i>(&self, inventory: &'i Inventory) -> Option<&'i Object> {
        match &self.started {
            Started::Container { object, .. } => inventory.object(*object),
            Started::Process { .. } | Started::File { .. } => None,
        }
    }

    /// `kube-apiserver on node-1`, `etcd`.
    pub fn describe(&self) -> String {
        let program = self.kind.program();
        self.node.as_ref().map_or_else(|| program.to_owned(), |node| format!("{program} on {node}"))
    }
}

/// The first word that names a component: behind a shell or a wrapper too. A flag names none, though
/// its value may end like one: `--kubelet-service=kube-system/kubelet`.
fn program(words: &[(String, Path)]) -> Option<(usize, ComponentKind)> {
    words
        .iter()
        .take(4)
        .enumerate()
        .filter(|(_, (word, _))| !word.starts_with('-'))
        .find_map(|(at, (word, _))| ComponentKind::of_program(word).map(|kind| (at, kind)))
}

/// The version that the tag of an official image tells; that of etcd is etcd's own.
fn minor_of_image(kind: ComponentKind, image: &str) -> Option<Minor> {
    let image = image.split('@').next().unwrap_or(image);
    let (_, tag) = image.rsplit_once(':')?;
    (kind != ComponentKind::Etcd).then(|| tag.parse().ok()).flatten()
}
