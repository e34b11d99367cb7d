//! Paths as lines that a person reads.

use std::fmt;

use model::quote::Quoted;

use super::{AttackPath, Place, Sink, Step, StepKind};

impl fmt::Display for AttackPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.from)?;
        for (number, step) in self.steps.iter().enumerate() {
            write!(out, "{} {step}", if number == 0 { "" } else { ", which" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    /// Writes all but where it starts.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.kind)?;
        if let Some(group) = &self.through {
            write!(out, " as a member of {group}")?;
        }
        write!(out, " → {}", self.to)?;
        for (number, reason) in self.why.iter().enumerate() {
            let gap = if number == 0 { " (by " } else { " and " };
            write!(out, "{gap}{} of {}", reason.binding, reason.role)?;
        }
        out.write_str(if self.why.is_empty() { "" } else { ")" })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject(subject) => subject.fmt(out),
            Self::Pod { namespace, name } => {
                write!(out, "Pod {}", Quoted(&format!("{namespace}/{name}")))
            }
            Self::Sink(sink) => sink.fmt(out),
        }
    }
}

impl fmt::Display for Sink {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::ClusterAdmin => "cluster-admin",
            Self::SystemMasters => "system:masters",
            Self::NodeRoot => "root on a node",
            Self::KubeSystemSecrets => "the secrets of kube-system",
            Self::AllSecrets => "all secrets",
        })
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::RunAs => "runs as",
            Self::HoldEverything => "may do everything",
            Self::CreatePods => "creates pods",
            Self::WriteWorkloads => "writes workloads",
            Self::Exec => "runs commands in pods",
            Self::Attach => "attaches to pods",
            Self::AddEphemeralContainers => "adds containers to running pods",
            Self::ChangePods => "swaps images of pods",
            Self::ReadSecrets => "reads secrets",
            Self::MintLegacyTokens => "has a secret filled with a token and reads it",
            Self::CreateTokens => "creates tokens",
            Self::ImpersonateAccounts => "impersonates a service account",
            Self::ImpersonateUsers => "impersonates a user",
            Self::ImpersonateGroups => "impersonates a group",
            Self::ImpersonateInPart => "impersonates for some verbs",
            Self::BindRoles => "binds roles it does not hold",
            Self::Escalate => "writes rules it does not hold",
            Self::ApproveCertificates => "approves its own certificate",
            Self::UseNodesProxy => "runs commands through the kubelet",
            Self::StealPods => "evicts pods to a node of its own",
            Self::ChangeObjects => "alters objects in admission",
            Self::ReadObjects => "reads objects in admission",
            Self::ServeApis => "serves an API in the cluster's place",
            Self::MountHostPaths => "mounts a directory of the node",
            Self::RelaxNamespaces => "takes the Pod Security level off a namespace",
        })
    }
}
