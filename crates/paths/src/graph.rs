//! Where grants lead: subjects and pods as nodes, what they can become as edges, and the ends that
//! matter. Paths are the shortest, and the same input gives the same ones.

mod build;
mod cut;
mod flow;
mod node;
mod power;
mod search;
mod surroundings;
mod text;

use std::collections::BTreeSet;

pub use self::cut::Cut;
use self::node::{Edge, Nodes};
pub use self::surroundings::{Pod, Surroundings, TokenSecret};
use crate::grants::{BindingKey, Grants, RoleKey};
use crate::subject::Subject;

/// The graph of a policy in its surroundings.
#[derive(Debug)]
pub struct Graph<'g> {
    grants: &'g Grants,
    surroundings: Surroundings<'g>,
    nodes: Nodes,
    edges: Vec<Edge>,
    outgoing: Vec<Vec<usize>>,
    incoming: Vec<Vec<usize>>,
    /// The bindings that are left out, as if they were not there.
    without: BTreeSet<usize>,
}

/// An end of a path: from there on everything is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sink {
    /// Every verb on every resource.
    ClusterAdmin,
    /// The group that no authorizer is asked about.
    SystemMasters,
    /// Root on a node.
    NodeRoot,
    /// All secrets of `kube-system`.
    KubeSystemSecrets,
    /// All secrets of all namespaces.
    AllSecrets,
}

/// A way to become something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// A pod has the token of its service account.
    RunAs,
    /// A binding gives every verb on every resource.
    HoldEverything,
    /// A new pod runs as any service account of its namespace.
    CreatePods,
    /// A workload makes such pods.
    WriteWorkloads,
    /// A command in a container reads the pod's token.
    Exec,
    /// So does a terminal attached to it.
    Attach,
    /// So does a container added to the pod.
    AddEphemeralContainers,
    /// So does a container whose image is replaced.
    ChangePods,
    /// Secrets hold tokens.
    ReadSecrets,
    /// A secret of the token type is filled by the cluster, and then read.
    MintLegacyTokens,
    /// Tokens are made on request.
    CreateTokens,
    /// Calls as a service account.
    ImpersonateAccounts,
    /// Calls as a user.
    ImpersonateUsers,
    /// Calls as a member of a group.
    ImpersonateGroups,
    /// Calls as somebody, for some verbs.
    ImpersonateInPart,
    /// Binds a role to itself that it does not hold.
    BindRoles,
    /// Writes rules that it does not hold into a role.
    Escalate,
    /// Asks for a client certificate and approves it.
    ApproveCertificates,
    /// Runs commands through the kubelet.
    UseNodesProxy,
    /// Moves pods to a node of its own.
    StealPods,
    /// Alters objects while they are admitted.
    ChangeObjects,
    /// Reads objects while they are admitted.
    ReadObjects,
    /// Answers for the API in its place.
    ServeApis,
    /// Mounts a directory of the node.
    MountHostPaths,
    /// Takes the Pod Security level off a namespace.
    RelaxNamespaces,
}

/// Where a step starts or ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// At a subject.
    Subject(Subject),
    /// In a pod.
    Pod {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// At an end.
    Sink(Sink),
}

/// One hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How.
    pub kind: StepKind,
    /// From where.
    pub from: Place,
    /// The group whose member `from` is by itself and whose grants it uses, if it uses those.
    pub through: Option<Subject>,
    /// To where.
    pub to: Place,
    /// The rules it takes, all of them; none where a pod has its token.
    pub why: Vec<Reason>,
}

/// A rule that a step takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// By which binding it is held.
    pub binding: BindingKey,
    /// In which role it stands.
    pub role: RoleKey,
    /// Which rule of the role, from 0.
    pub rule_index: usize,
}

/// A shortest path to an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttackPath {
    /// Who can walk it.
    pub from: Place,
    /// The hops, at least one.
    pub steps: Vec<Step>,
    /// The end.
    pub sink: Sink,
}

impl Sink {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::ClusterAdmin,
        Self::SystemMasters,
        Self::NodeRoot,
        Self::KubeSystemSecrets,
        Self::AllSecrets,
    ];
}

/// The longest path that is looked for.
pub const MAX_HOPS: usize = 6;

#[cfg(test)]
mod tests;
