//! How much a role gives whoever binds it to themselves.

use authz::{PolicyRule, covers};

use super::super::World;
use crate::grants::Scope;
use crate::rights::{Names, Right, of_rule};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Nothing that leads further.
    Nothing,
    /// Enough to be the service accounts of a place.
    Something,
    Everything,
}

/// The most that the roles of those names give in `scope`.
pub(super) fn of_roles(
    is_cluster_role: bool,
    names: Names<'_>,
    scope: &Scope,
    world: World<'_>,
) -> Strength {
    // In every cluster, seen or not.
    if is_cluster_role && names.has("cluster-admin") {
        return Strength::Everything;
    }
    let roles = world.grants.roles.iter().filter(|role| match &role.key.namespace {
        None => is_cluster_role,
        Some(own) => !is_cluster_role && (*scope == Scope::Cluster || scope.holds_in(own)),
    });
    let bindable = roles.filter(|role| names.has(&role.key.name));
    bindable.fold(Strength::Nothing, |best, role| best.max(of_rules(&role.rules)))
}

/// Whether rules cover every verb on every resource.
pub(in crate::graph) fn holds_everything(rules: &[PolicyRule]) -> bool {
    let star = || vec!["*".to_owned()];
    let everything = PolicyRule {
        verbs: star(),
        api_groups: star(),
        resources: star(),
        ..PolicyRule::default()
    };
    covers(rules, &[everything])
}

fn of_rules(rules: &[PolicyRule]) -> Strength {
    let mut rights = rules.iter().flat_map(|rule| of_rule(rule, None));
    if holds_everything(rules) {
        Strength::Everything
    } else if rights.any(|(right, names)| LEADING.contains(&right) && names == Names::Any) {
        Strength::Something
    } else {
        Strength::Nothing
    }
}

const LEADING: &[Right] = &[
    Right::CreatePods,
    Right::WriteWorkloads,
    Right::ReadSecrets,
    Right::CreateTokens,
    Right::Exec,
    Right::ImpersonateServiceAccounts,
];
