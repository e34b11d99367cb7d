//! Two sets of rules that must both agree: the cluster's, and rules of the gateway's own that can
//! take away but never give.

use std::fmt;
use std::sync::Arc;

use model::{Attributes, UserInfo};

use crate::decision::Decision;
use crate::review::Rules;
use crate::snapshot::{PRIVILEGED_GROUP, Snapshot};

/// The rules that decide at one moment. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Narrowed {
    /// What the cluster allows.
    pub cluster: Arc<Snapshot>,
    /// What the gateway's own manifests leave of that; everything where there are none.
    pub folder: Option<Arc<Snapshot>>,
}

impl Narrowed {
    /// Decides a call: allowed if both allow it. The reason is the cluster's; a refusal by the
    /// folder says so. As in a cluster, `system:masters` are asked no rule by either.
    pub fn decide(&self, asked: &Attributes<'_>) -> Decision<'_> {
        let by_cluster = self.cluster.decide(asked);
        let Some(folder) = self.folder.as_ref().filter(|_| by_cluster.is_allow()) else {
            return by_cluster;
        };
        match folder.decide(asked) {
            Decision::Allow(_) => by_cluster,
            Decision::NoOpinion { reason } | Decision::Narrowed { reason } => {
                Decision::Narrowed { reason }
            }
        }
    }

    /// What a rules review for `user` in `namespace` answers.
    pub fn rules(&self, user: &UserInfo, namespace: &str) -> Rules {
        let cluster = Rules::of(&self.cluster, user, namespace);
        match self.folder.as_ref().filter(|_| !user.is_in(PRIVILEGED_GROUP)) {
            None => cluster,
            Some(folder) => cluster.narrowed_by(&Rules::of(folder, user, namespace)),
        }
    }
}

impl From<Snapshot> for Narrowed {
    /// The cluster's rules alone.
    fn from(cluster: Snapshot) -> Self {
        Self { cluster: Arc::new(cluster), folder: None }
    }
}

/// Where the rules in force come from.
pub trait RuleSource: Send + Sync {
    /// The rules to decide by now. Neither blocks nor waits.
    fn current(&self) -> Result<Narrowed, Unready>;
}

/// Why nothing can be decided now. The call is to be refused with 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unready {
    /// The rules have not been read yet.
    NotSynced,
    /// The rules are older than may be decided by.
    Stale,
}

impl fmt::Display for Unready {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NotSynced => "the authorization rules have not been read yet",
            Self::Stale => "the authorization rules are too old to decide by",
        })
    }
}

impl std::error::Error for Unready {}

#[cfg(test)]
mod tests {
    use model::attributes::{Resource, Target};

    use super::*;
    use crate::policy::{ClusterRole, ClusterRoleBinding, Policy, PolicyRule, RoleRef, Subject};

    /// `jane` may do `verb` to pods, by a role that is there or not.
    fn allowing(verb: &str, named: &str) -> Arc<Snapshot> {
        let text = str::to_owned;
        let verbs = PolicyRule {
            verbs: vec![text(verb)],
            api_groups: vec![text("")],
            resources: vec![text("pods")],
            ..PolicyRule::default()
        };
        Arc::new(Snapshot::build(Policy {
            cluster_roles: vec![ClusterRole {
                name: text("pods"),
                rules: vec![verbs],
                ..ClusterRole::default()
            }],
            cluster_role_bindings: vec![ClusterRoleBinding {
                name: text("janes"),
                subjects: vec![Subject {
                    kind: text("User"),
                    name: text("jane"),
                    ..Subject::default()
                }],
                role: RoleRef { kind: text("ClusterRole"), name: text(named) },
            }],
            ..Policy::default()
        }))
    }

    fn check(folder: Option<Arc<Snapshot>>, group: &str, verb: &str, expected: (bool, &str)) {
        let rules = Narrowed { cluster: allowing("*", "pods"), folder };
        let groups = vec![group.to_owned()];
        let user = UserInfo { name: "jane".to_owned(), groups, ..UserInfo::default() };
        let what = Resource { resource: "pods", ..Resource::default() };
        let decision =
            rules.decide(&Attributes { user: &user, verb, target: Target::Resource(what) });
        assert_eq!((decision.is_allow(), decision.to_string().as_str()), expected);
    }

    const BY_CLUSTER: &str =
        r#"RBAC: allowed by ClusterRoleBinding "janes" of ClusterRole "pods" to User "jane""#;

    #[test]
    fn allows_what_both_allow_for_the_clusters_reason() {
        check(None, "dev", "get", (true, BY_CLUSTER));
        check(Some(allowing("get", "pods")), "dev", "get", (true, BY_CLUSTER));
        check(Some(allowing("get", "pods")), "system:masters", "list", (true, ""));
    }

    #[test]
    fn says_when_its_own_rules_refuse() {
        let refused = "the gateway's own rules do not allow it";
        check(Some(allowing("get", "pods")), "dev", "list", (false, refused));
        let missing =
            format!("{refused}: RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found");
        check(Some(allowing("get", "gone")), "dev", "get", (false, &missing));
    }

    #[test]
    fn lists_the_rules_that_are_left() {
        let listed = |group: &str, folder| {
            let rules = Narrowed { cluster: allowing("*", "pods"), folder };
            let groups = vec![group.to_owned()];
            let user = UserInfo { name: "jane".to_owned(), groups, ..UserInfo::default() };
            rules.rules(&user, "ns").resource_rules.remove(0).verbs
        };
        assert_eq!(listed("dev", None), ["*"]);
        assert_eq!(listed("dev", Some(allowing("get", "pods"))), ["get"]);
        assert_eq!(listed("system:masters", Some(allowing("get", "pods"))), ["*"]);
    }
}
