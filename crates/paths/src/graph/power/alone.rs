//! The rights that lead somewhere by themselves.

use super::super::{Sink, StepKind};
use super::{Aim, Held, Many, Power, World, secrets_of};
use crate::grants::Scope;
use crate::rights::{Names, Right};
use crate::subject::{MASTERS, Subject};

/// Where one right leads.
pub(in crate::graph) fn alone(held: &Held<'_>, world: World<'_>) -> Vec<Power> {
    let kinds = KINDS.iter().filter(|(right, _)| *right == held.right).map(|(_, kind)| *kind);
    let powers = kinds.flat_map(|kind| {
        let power = move |target| Power { kind, target, takes: vec![held.at] };
        aims(kind, held, world).into_iter().map(power)
    });
    powers.collect()
}

/// Which rights lead somewhere alone. The others do with a second: see `together`.
const KINDS: &[(Right, StepKind)] = &[
    (Right::CreatePods, StepKind::CreatePods),
    (Right::WriteWorkloads, StepKind::WriteWorkloads),
    (Right::Exec, StepKind::Exec),
    (Right::Attach, StepKind::Attach),
    (Right::AddEphemeralContainers, StepKind::AddEphemeralContainers),
    (Right::ChangePods, StepKind::ChangePods),
    (Right::ReadSecrets, StepKind::ReadSecrets),
    (Right::CreateTokens, StepKind::CreateTokens),
    (Right::ImpersonateServiceAccounts, StepKind::ImpersonateAccounts),
    (Right::ImpersonateUsers, StepKind::ImpersonateUsers),
    (Right::UseNodesProxy, StepKind::UseNodesProxy),
    (Right::WriteMutatingWebhooks, StepKind::ChangeObjects),
    (Right::WriteValidatingWebhooks, StepKind::ReadObjects),
    (Right::WriteApiServices, StepKind::ServeApis),
];

fn aims(kind: StepKind, held: &Held<'_>, world: World<'_>) -> Vec<Aim> {
    let (scope, names) = (held.scope, held.names);
    match kind {
        StepKind::CreatePods | StepKind::WriteWorkloads => new_pods(scope, world),
        StepKind::Exec
        | StepKind::Attach
        | StepKind::AddEphemeralContainers
        | StepKind::ChangePods => running(scope, names, world),
        StepKind::ReadSecrets => secrets(scope, names, world),
        StepKind::CreateTokens | StepKind::ImpersonateAccounts => accounts(scope, names),
        StepKind::ImpersonateUsers => users(names),
        StepKind::UseNodesProxy => {
            vec![Aim::Sink(Sink::NodeRoot), Aim::Many(Many::Running(Scope::Cluster))]
        }
        StepKind::ChangeObjects | StepKind::HoldEverything => vec![Aim::Sink(Sink::ClusterAdmin)],
        StepKind::ReadObjects | StepKind::ServeApis => vec![Aim::Sink(Sink::AllSecrets)],
        StepKind::RunAs
        | StepKind::MintLegacyTokens
        | StepKind::ImpersonateGroups
        | StepKind::ImpersonateInPart
        | StepKind::BindRoles
        | StepKind::Escalate
        | StepKind::ApproveCertificates
        | StepKind::StealPods
        | StepKind::MountHostPaths
        | StepKind::RelaxNamespaces => Vec::new(),
    }
}

/// A new pod runs as any service account of its namespace, mounts any secret of it, and where it
/// may be privileged owns its node.
pub(super) fn new_pods(scope: &Scope, world: World<'_>) -> Vec<Aim> {
    let root = world.admits_privileged(scope).then_some(Aim::Sink(Sink::NodeRoot));
    let secrets = secrets_of(scope).map(Aim::Sink);
    let accounts = Aim::Many(Many::Accounts(scope.clone()));
    [accounts].into_iter().chain(root).chain(secrets).collect()
}

/// Pods that run already. Without knowing them, a name may be that of any.
fn running(scope: &Scope, names: Names<'_>, world: World<'_>) -> Vec<Aim> {
    let Some(pods) = world.around.pods else {
        return vec![Aim::Many(Many::Running(scope.clone()))];
    };
    let inside = pods.iter().filter(|pod| scope.holds_in(&pod.namespace) && names.has(&pod.name));
    let is_root = inside.clone().any(|pod| pod.is_privileged);
    let root = is_root.then_some(Aim::Sink(Sink::NodeRoot));
    let reached = match names {
        Names::Any => vec![Aim::Many(Many::Running(scope.clone()))],
        Names::Only(_) => inside
            .filter(|pod| !pod.service_account.is_empty())
            .map(|pod| Aim::One(Subject::service_account(&pod.namespace, &pod.service_account)))
            .collect(),
    };
    reached.into_iter().chain(root).collect()
}

fn secrets(scope: &Scope, names: Names<'_>, world: World<'_>) -> Vec<Aim> {
    match names {
        Names::Any => {
            let tokens = Aim::Many(Many::InSecrets(scope.clone()));
            [tokens].into_iter().chain(secrets_of(scope).map(Aim::Sink)).collect()
        }
        Names::Only(_) => {
            let tokens = world.around.token_secrets.unwrap_or_default().iter();
            let inside =
                tokens.filter(|token| scope.holds_in(&token.namespace) && names.has(&token.name));
            let account = |token: &super::TokenSecret| {
                Aim::One(Subject::service_account(&token.namespace, &token.service_account))
            };
            inside.map(account).collect()
        }
    }
}

/// The service accounts of those names there.
pub(super) fn accounts(scope: &Scope, names: Names<'_>) -> Vec<Aim> {
    match (names, scope) {
        (Names::Any, _) => vec![Aim::Many(Many::Accounts(scope.clone()))],
        (Names::Only(names), Scope::Namespace(namespace)) => {
            let one = |name: &String| Aim::One(Subject::service_account(namespace, name));
            names.iter().map(one).collect()
        }
        (Names::Only(names), Scope::Cluster) => {
            names.iter().map(|name| Aim::Namesakes(name.as_str().into())).collect()
        }
    }
}

/// The users of those names: a service account is not impersonated as a user.
pub(super) fn users(names: Names<'_>) -> Vec<Aim> {
    match names {
        Names::Any => vec![Aim::Many(Many::Users)],
        Names::Only(names) => {
            let users = names.iter().map(|name| Subject::user(name));
            users.filter(|user| matches!(user, Subject::User(_))).map(Aim::One).collect()
        }
    }
}

/// The groups of those names.
pub(super) fn groups(names: Names<'_>) -> Vec<Aim> {
    match names {
        Names::Any => vec![Aim::Sink(Sink::SystemMasters), Aim::Many(Many::Groups)],
        Names::Only(names) => {
            let aim = |name: &String| match name.as_str() {
                MASTERS => Aim::Sink(Sink::SystemMasters),
                name => Aim::One(Subject::group(name)),
            };
            names.iter().map(aim).collect()
        }
    }
}
