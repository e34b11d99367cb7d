//! The rights that lead somewhere only together: recipes of two halves that must hold in one
//! place, and two of three.

mod strength;

use std::collections::BTreeMap;

use super::super::{Sink, StepKind};
use super::alone::{accounts, groups, new_pods, users};
use super::{Aim, Held, Many, Power, World, overlap};
use crate::grants::Scope;
use crate::rights::{Names, Right};

pub(in crate::graph) use self::strength::holds_everything;

/// Everything that `held` leads to by two or three rights together.
pub(in crate::graph) fn together(held: &[Held<'_>], world: World<'_>) -> Vec<Power> {
    let halves = Halves::of(held);
    let mut found = Vec::new();
    for recipe in RECIPES {
        for one in halves.all(recipe.first) {
            for other in halves.beside(recipe.second, one.scope) {
                let Some(scope) = overlap(one.scope, other.scope) else { continue };
                let aims = (recipe.aims)([one, other], scope, world);
                found.extend(aims.into_iter().map(|target| Power {
                    kind: recipe.kind,
                    target,
                    takes: vec![one.at, other.at],
                }));
            }
        }
    }
    found.extend(halves.trio(CERTIFICATES, StepKind::ApproveCertificates, certificates));
    found.extend(halves.trio(GROUPS_IN_PART, StepKind::ImpersonateInPart, groups_in_part));
    found
}

/// Whether a right is of use here.
pub(in crate::graph) fn is_half(right: Right) -> bool {
    CERTIFICATES.contains(&right)
        || GROUPS_IN_PART.contains(&right)
        || RECIPES.iter().any(|recipe| recipe.first == right || recipe.second.contains(&right))
}

struct Recipe {
    kind: StepKind,
    first: Right,
    second: &'static [Right],
    /// Where two halves lead in the place where both hold.
    aims: fn([&Held<'_>; 2], &Scope, World<'_>) -> Vec<Aim>,
}

const RECIPES: &[Recipe] = &[
    recipe(StepKind::MintLegacyTokens, Right::WriteSecrets, &[Right::ReadSecrets], minted),
    recipe(StepKind::ImpersonateGroups, Right::ImpersonateGroups, SOMEBODY, in_groups),
    recipe(
        StepKind::ImpersonateInPart,
        Right::ImpersonateUserInfo,
        &[Right::ActAsUserInfo],
        |[who, _], _, _| users(who.names),
    ),
    recipe(
        StepKind::ImpersonateInPart,
        Right::ImpersonateAccountOnly,
        &[Right::ActAsAccount],
        |[who, _], scope, _| accounts(scope, who.names),
    ),
    recipe(StepKind::ImpersonateInPart, Right::ImpersonateNode, &[Right::ActAsNode], on_nodes),
    recipe(
        StepKind::BindRoles,
        Right::BindClusterRoles,
        &[Right::WriteClusterRoleBindings, Right::WriteRoleBindings],
        bound,
    ),
    recipe(StepKind::BindRoles, Right::BindRoles, &[Right::WriteRoleBindings], bound),
    recipe(
        StepKind::Escalate,
        Right::EscalateClusterRoles,
        &[Right::ChangeClusterRoles],
        |[one, other], _, _| kept(meet(one.names, other.names), Aim::Sink(Sink::ClusterAdmin)),
    ),
    recipe(StepKind::Escalate, Right::EscalateRoles, &[Right::ChangeRoles], escalated),
    recipe(StepKind::StealPods, Right::ChangeNodes, &[Right::RemovePods], |_, scope, _| {
        vec![Aim::Many(Many::Running(scope.clone()))]
    }),
    recipe(StepKind::MountHostPaths, Right::CreatePersistentVolumes, PODS, |_, _, _| {
        vec![Aim::Sink(Sink::NodeRoot)]
    }),
    recipe(StepKind::RelaxNamespaces, Right::ChangeNamespaces, PODS, relaxed),
    recipe(
        StepKind::ChangeObjects,
        Right::WriteMutatingPolicies,
        &[Right::WriteMutatingPolicyBindings],
        |_, _, _| vec![Aim::Sink(Sink::ClusterAdmin)],
    ),
];

const fn recipe(
    kind: StepKind,
    first: Right,
    second: &'static [Right],
    aims: fn([&Held<'_>; 2], &Scope, World<'_>) -> Vec<Aim>,
) -> Recipe {
    Recipe { kind, first, second, aims }
}

/// Held rights by right and scope.
struct Halves<'h, 'g> {
    by_right: BTreeMap<Right, BTreeMap<&'g Scope, Vec<&'h Held<'g>>>>,
}

impl<'h, 'g> Halves<'h, 'g> {
    fn of(held: &'h [Held<'g>]) -> Self {
        let mut by_right: BTreeMap<Right, BTreeMap<_, Vec<&Held<'_>>>> = BTreeMap::new();
        for one in held.iter().filter(|held| is_half(held.right)) {
            let same = by_right.entry(one.right).or_default().entry(one.scope).or_default();
            // The first that gives the same is enough.
            if !same.iter().any(|before| before.names == one.names) {
                same.push(one);
            }
        }
        Self { by_right }
    }

    fn all(&self, right: Right) -> impl Iterator<Item = &'h Held<'g>> {
        let scopes = self.by_right.get(&right).into_iter().flat_map(BTreeMap::values);
        scopes.flatten().copied()
    }

    /// Those of `rights` that hold where something of `scope` does.
    fn beside(&self, rights: &[Right], scope: &Scope) -> Vec<&'h Held<'g>> {
        let mut found = Vec::new();
        for scopes in rights.iter().filter_map(|right| self.by_right.get(right)) {
            match scope {
                Scope::Cluster => found.extend(scopes.values().flatten().copied()),
                Scope::Namespace(_) => {
                    let both = [&Scope::Cluster, scope].into_iter();
                    found.extend(both.filter_map(|scope| scopes.get(scope)).flatten().copied());
                }
            }
        }
        found
    }

    /// The first of two rights with each of a third, whose names say where it leads.
    fn trio(
        &self,
        [first, second, third]: [Right; 3],
        kind: StepKind,
        aims: fn(Names<'_>) -> Vec<Aim>,
    ) -> Vec<Power> {
        let (Some(one), Some(other)) = (self.all(first).next(), self.all(second).next()) else {
            return Vec::new();
        };
        let powers = self.all(third).flat_map(|last| {
            let takes = vec![one.at, other.at, last.at];
            let power = move |target| Power { kind, target, takes: takes.clone() };
            aims(last.names).into_iter().map(power)
        });
        powers.collect()
    }
}

/// A token secret that is written is filled by the cluster, and then read.
fn minted([write, read]: [&Held<'_>; 2], scope: &Scope, _: World<'_>) -> Vec<Aim> {
    let is_open = write.names == Names::Any && read.names == Names::Any;
    kept(is_open, Aim::Many(Many::Accounts(scope.clone())))
}

fn in_groups([which, _]: [&Held<'_>; 2], _: &Scope, _: World<'_>) -> Vec<Aim> {
    groups(which.names)
}

fn on_nodes(_: [&Held<'_>; 2], _: &Scope, _: World<'_>) -> Vec<Aim> {
    vec![Aim::Many(Many::Running(Scope::Cluster))]
}

/// What the roles that may be bound give their binder, where the binding is written.
fn bound([bind, write]: [&Held<'_>; 2], scope: &Scope, world: World<'_>) -> Vec<Aim> {
    let everywhere = write.right == Right::WriteClusterRoleBindings;
    // A binding of the whole cluster asks for `bind` in the whole cluster.
    if everywhere && *bind.scope != Scope::Cluster {
        return Vec::new();
    }
    let is_cluster_role = bind.right == Right::BindClusterRoles;
    match strength::of_roles(is_cluster_role, bind.names, scope, world) {
        strength::Strength::Nothing => Vec::new(),
        strength::Strength::Everything if everywhere => vec![Aim::Sink(Sink::ClusterAdmin)],
        strength::Strength::Everything | strength::Strength::Something => master_of(scope, world),
    }
}

fn escalated([one, other]: [&Held<'_>; 2], scope: &Scope, world: World<'_>) -> Vec<Aim> {
    if meet(one.names, other.names) { master_of(scope, world) } else { Vec::new() }
}

/// Whoever may do everything in a place is every service account there.
fn master_of(scope: &Scope, world: World<'_>) -> Vec<Aim> {
    new_pods(scope, world)
}

/// A namespace that is closed to privileged pods is opened by its label.
fn relaxed([label, _]: [&Held<'_>; 2], scope: &Scope, world: World<'_>) -> Vec<Aim> {
    let is_its_own = match scope {
        Scope::Cluster => true,
        Scope::Namespace(name) => label.names.has(name),
    };
    kept(is_its_own && !world.admits_privileged(scope), Aim::Sink(Sink::NodeRoot))
}

/// A client certificate for any name. The server refuses `system:masters` here.
fn certificates(signers: Names<'_>) -> Vec<Aim> {
    let signs = |name: &str| signers.has(name) || signers.has("kubernetes.io/*");
    let clients = signs("kubernetes.io/kube-apiserver-client");
    let kubelets = signs("kubernetes.io/kube-apiserver-client-kubelet");
    let mut aims = kept(clients, Aim::Many(Many::Users));
    aims.extend(kept(clients, Aim::Many(Many::Groups)));
    aims.extend(kept(kubelets, Aim::Many(Many::Running(Scope::Cluster))));
    aims
}

/// `system:masters` is never taken on in parts.
fn groups_in_part(names: Names<'_>) -> Vec<Aim> {
    let all = groups(names).into_iter();
    all.filter(|aim| *aim != Aim::Sink(Sink::SystemMasters)).collect()
}

fn kept(keep: bool, aim: Aim) -> Vec<Aim> {
    keep.then_some(aim).into_iter().collect()
}

fn meet(one: Names<'_>, other: Names<'_>) -> bool {
    match (one, other) {
        (Names::Any, _) | (_, Names::Any) => true,
        (Names::Only(names), Names::Only(_)) => names.iter().any(|name| other.has(name)),
    }
}

/// Groups are impersonated with somebody in them, never alone.
const SOMEBODY: &[Right] = &[Right::ImpersonateUsers, Right::ImpersonateServiceAccounts];
const PODS: &[Right] = &[Right::CreatePods, Right::WriteWorkloads];
const CERTIFICATES: [Right; 3] = [Right::CreateCsrs, Right::ApproveCsrs, Right::ApproveForSigners];
const GROUPS_IN_PART: [Right; 3] =
    [Right::ImpersonateUserInfo, Right::ActAsUserInfo, Right::ImpersonateGroupInfo];
