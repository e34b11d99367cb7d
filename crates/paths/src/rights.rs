//! The rights that lead further than they look: each a row of verbs and resources, matched as
//! kube-apiserver matches a call.

mod table;

use authz::PolicyRule;

use self::table::{Asks, Need};
use crate::bootstrap::Minor;
use crate::grants::{Grant, Grants, Resolved, Scope};
use crate::matching;

/// A right worth knowing about. One alone may do nothing; see [`crate::graph`] for what combines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// get, list or watch secrets.
    ReadSecrets,
    /// create, update or patch secrets.
    WriteSecrets,
    /// create pods.
    CreatePods,
    /// update or patch pods.
    ChangePods,
    /// delete or evict pods.
    RemovePods,
    /// create, update or patch what makes pods.
    WriteWorkloads,
    /// Run commands in containers.
    Exec,
    /// Attach to containers.
    Attach,
    /// Add ephemeral containers to pods.
    AddEphemeralContainers,
    /// Any verb on `nodes/proxy`.
    UseNodesProxy,
    /// escalate on cluster roles.
    EscalateClusterRoles,
    /// escalate on roles.
    EscalateRoles,
    /// bind on cluster roles.
    BindClusterRoles,
    /// bind on roles.
    BindRoles,
    /// update or patch cluster roles.
    ChangeClusterRoles,
    /// update or patch roles.
    ChangeRoles,
    /// create, update or patch cluster role bindings.
    WriteClusterRoleBindings,
    /// create, update or patch role bindings.
    WriteRoleBindings,
    /// impersonate users.
    ImpersonateUsers,
    /// impersonate groups.
    ImpersonateGroups,
    /// impersonate service accounts.
    ImpersonateServiceAccounts,
    /// impersonate UIDs.
    ImpersonateUids,
    /// impersonate extra values.
    ImpersonateExtras,
    /// impersonate:user-info on users.
    ImpersonateUserInfo,
    /// impersonate:user-info on groups.
    ImpersonateGroupInfo,
    /// impersonate:serviceaccount.
    ImpersonateAccountOnly,
    /// impersonate:arbitrary-node.
    ImpersonateNode,
    /// Any verb of `impersonate-on:user-info:`.
    ActAsUserInfo,
    /// Any verb of `impersonate-on:serviceaccount:`.
    ActAsAccount,
    /// Any verb of `impersonate-on:arbitrary-node:`.
    ActAsNode,
    /// create tokens of service accounts.
    CreateTokens,
    /// create certificate signing requests.
    CreateCsrs,
    /// update or patch the approval of certificate signing requests.
    ApproveCsrs,
    /// approve for signers.
    ApproveForSigners,
    /// sign for signers.
    SignForSigners,
    /// update or patch the status of certificate signing requests, where certificates stand.
    WriteCsrStatus,
    /// create, update or patch mutating webhook configurations.
    WriteMutatingWebhooks,
    /// create, update or patch validating webhook configurations.
    WriteValidatingWebhooks,
    /// delete either kind of webhook configuration.
    DeleteWebhooks,
    /// create, update or patch mutating admission policies.
    WriteMutatingPolicies,
    /// create, update or patch bindings of mutating admission policies.
    WriteMutatingPolicyBindings,
    /// Any write, deletion included, on validating admission policies or their bindings, or a
    /// deletion of mutating ones.
    DisarmAdmissionPolicies,
    /// create, update or patch API services.
    WriteApiServices,
    /// create, update or patch custom resource definitions.
    WriteCrds,
    /// create persistent volumes.
    CreatePersistentVolumes,
    /// update or patch nodes or their status.
    ChangeNodes,
    /// delete nodes.
    DeleteNodes,
    /// update or patch namespaces.
    ChangeNamespaces,
    /// Any write, deletion included, on network policies.
    WriteNetworkPolicies,
    /// create, update or patch config maps.
    WriteConfigMaps,
    /// Forward ports of pods.
    ForwardPorts,
    /// Any verb on `pods/proxy` or `services/proxy`.
    UseProxies,
    /// create, update or patch endpoints, endpoint slices, services or their status.
    WriteEndpoints,
    /// delete events.
    DeleteEvents,
    /// update or patch leases.
    ChangeLeases,
    /// delete workloads or namespaces.
    DeleteWorkloads,
    /// Any write on flow schemas or priority levels.
    WriteFlowControl,
    /// Any write on cluster trust bundles.
    WriteTrustBundles,
    /// attest for signers.
    AttestForSigners,
    /// create or patch ingresses or gateways.
    WriteIngresses,
}

/// For which objects a right holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Names<'r> {
    /// For any.
    Any,
    /// For these.
    Only(&'r [String]),
}

/// A right as a grant gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldRight<'g> {
    /// Which.
    pub right: Right,
    /// For which objects.
    pub names: Names<'g>,
    /// By what.
    pub grant: Grant<'g>,
}

/// A right that a role gives, and by which of its rules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoleRight<'g> {
    pub(crate) right: Right,
    pub(crate) names: Names<'g>,
    pub(crate) rule: usize,
}

impl Grants {
    /// Every right of the table that a grant gives, where it is bound, as a cluster of `version`
    /// takes it; of an unknown version as the one that allows most.
    pub fn rights(&self, version: Option<Minor>) -> Vec<HeldRight<'_>> {
        let roles = self.rights_of_roles(version);
        let mut found = Vec::new();
        for (number, holding) in self.holdings.iter().enumerate() {
            let role = self.bindings.get(holding.binding).and_then(|bound| roles.get(bound.role));
            let Some(rights) = role.filter(|rights| !rights.is_empty()) else { continue };
            let grants: Vec<Grant<'_>> = self.rules_of(number).collect();
            let held = rights.iter().filter_map(|held| {
                let grant = *grants.get(held.rule)?;
                let (right, names) = (held.right, held.names);
                right.holds_in(grant.scope).then_some(HeldRight { right, names, grant })
            });
            found.extend(held);
        }
        found
    }

    /// For each role its rights, wherever it is bound.
    pub(crate) fn rights_of_roles<'g>(&'g self, version: Option<Minor>) -> Vec<Vec<RoleRight<'g>>> {
        let of_role = |role: &'g Resolved| {
            let rules = role.rules.iter().enumerate();
            let rights = rules.flat_map(|(rule, text)| {
                let rights = of_rule(text, version).into_iter();
                rights.map(move |(right, names)| RoleRight { right, names, rule })
            });
            rights.collect()
        };
        self.roles.iter().map(of_role).collect()
    }
}

impl Right {
    /// Whether a grant of that scope gives the right anything: what is outside namespaces is
    /// reached by a `ClusterRoleBinding` alone.
    pub(crate) fn holds_in(self, scope: &Scope) -> bool {
        match scope {
            Scope::Cluster => true,
            Scope::Namespace(_) => {
                table::NEEDS.iter().any(|need| need.right == self && need.is_namespaced)
            }
        }
    }
}

impl<'r> Names<'r> {
    /// Whether an object of that name is among them.
    pub fn has(self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(names) => names.iter().any(|own| own == name),
        }
    }

    fn or(self, other: Names<'r>) -> Self {
        match (self, other) {
            (Self::Only(_), Self::Only(_)) => self,
            (Self::Any, _) | (_, Self::Any) => Self::Any,
        }
    }
}

/// The rights that one rule gives, each once.
pub(crate) fn of_rule(rule: &PolicyRule, version: Option<Minor>) -> Vec<(Right, Names<'_>)> {
    let mut found: Vec<(Right, Names<'_>)> = Vec::new();
    for need in table::NEEDS.iter().filter(|need| need.is_in(version)) {
        let Some(names) = given(rule, need) else { continue };
        match found.iter_mut().find(|(right, _)| *right == need.right) {
            Some((_, before)) => *before = before.or(names),
            None => found.push((need.right, names)),
        }
    }
    found
}

fn given<'r>(rule: &'r PolicyRule, need: &Need) -> Option<Names<'r>> {
    if !matching::has_group(rule, need.group) && !need.is_any_group() {
        return None;
    }
    let named = need.resources.iter().filter(|resource| has_asked(rule, resource, need));
    let found = named.flat_map(|resource| {
        let verbs = need.verbs.iter().filter(|verb| has_asked_verb(rule, verb, need));
        verbs.filter_map(|verb| names(rule, verb, resource))
    });
    found.reduce(Names::or)
}

fn has_asked(rule: &PolicyRule, resource: &str, need: &Need) -> bool {
    match need.asks {
        Asks::Exactly | Asks::AnyVerb => matching::has_resource(rule, resource),
        Asks::AnySubresource => {
            let prefix = format!("{resource}/");
            rule.resources
                .iter()
                .any(|held| held == "*" || held.starts_with("*/") || held.starts_with(&prefix))
        }
        Asks::VerbPrefix => !rule.resources.is_empty() || !rule.non_resource_urls.is_empty(),
    }
}

fn has_asked_verb(rule: &PolicyRule, verb: &str, need: &Need) -> bool {
    match need.asks {
        Asks::Exactly | Asks::AnySubresource => matching::has_verb(rule, verb),
        Asks::AnyVerb => !rule.verbs.is_empty(),
        Asks::VerbPrefix => rule.verbs.iter().any(|held| held == "*" || held.starts_with(verb)),
    }
}

/// The objects that a call of `verb` may name. A creation has no name in its path, but a
/// server-side apply that creates is a patch and is authorized as `create` with the name.
fn names<'r>(rule: &'r PolicyRule, verb: &str, resource: &str) -> Option<Names<'r>> {
    if rule.resource_names.is_empty() {
        return Some(Names::Any);
    }
    let is_nameless = match verb {
        "create" => !resource.contains('/'),
        "deletecollection" => true,
        _ => false,
    };
    let only = Names::Only(&rule.resource_names);
    match is_nameless {
        false => Some(only),
        true if matching::has_name(rule, "") => Some(Names::Any),
        true if verb == "create" && matching::has_verb(rule, "patch") => Some(only),
        true => None,
    }
}

#[cfg(test)]
mod tests;
