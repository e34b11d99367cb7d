//! Who can talk to whom under the `NetworkPolicies` of a cluster, by the documented semantics of
//! `networking.k8s.io/v1`: both the egress of the source and the ingress of the destination count.
//! What is not known stays unknown: a policy that cannot be read, a policy of another kind or an
//! address nobody saw never makes a verdict of allowed or denied. Pure: objects are arguments.
//!
//! The rules: <https://kubernetes.io/docs/concepts/services-networking/network-policies/> and the
//! API reference of `NetworkPolicySpec`.

mod answer;
mod bits;
mod block;
mod field;
mod foreign;
mod labels;
mod pod;
mod policy;
mod port;
pub mod remedy;
mod selector;
mod verdict;
mod world;

pub use answer::Answer;
pub use foreign::{Force, Foreign, foreign_policies};
pub use pod::{NamedPort, Pod};
pub use policy::{BadPolicy, PolicyName, Side};
pub use port::{Port, Protocol};
pub use verdict::{Allowance, Barrier, Reason, Verdict, Why};
pub use world::{
    Crossing, Extent, Isolation, Pairs, Peer, PodId, SilentRules, WidePeer, Width, World,
};
