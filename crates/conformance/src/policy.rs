//! RBAC objects as vectors hold them: by kind, without `kind` and `apiVersion`.

use authz::{Policy, PolicyRule, policy};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Objects {
    #[serde(deserialize_with = "nullable")]
    roles: Vec<Value>,
    #[serde(deserialize_with = "nullable")]
    role_bindings: Vec<Value>,
    #[serde(deserialize_with = "nullable")]
    cluster_roles: Vec<Value>,
    #[serde(deserialize_with = "nullable")]
    cluster_role_bindings: Vec<Value>,
}

impl Objects {
    /// The objects through the reader of manifests, in their order.
    pub(crate) fn read(&self) -> anyhow::Result<Policy> {
        let kinds = [
            ("Role", &self.roles),
            ("RoleBinding", &self.role_bindings),
            ("ClusterRole", &self.cluster_roles),
            ("ClusterRoleBinding", &self.cluster_role_bindings),
        ];
        let lists = kinds.map(|(kind, objects)| list(kind, objects));
        policy::from_objects(&lists).map_err(|problems| anyhow::anyhow!("policy: {problems:?}"))
    }
}

/// Rules alone, as those of a role.
pub(crate) fn rules(rules: &Value) -> anyhow::Result<Vec<PolicyRule>> {
    let role = json!({ "metadata": { "name": "any" }, "rules": rules });
    let policy = policy::from_objects(&[list("ClusterRole", &[role])]);
    let policy = policy.map_err(|problems| anyhow::anyhow!("rules: {problems:?}"))?;
    Ok(policy.cluster_roles.into_iter().flat_map(|role| role.rules).collect())
}

/// A list that may be null, as Go writes an empty one.
pub(crate) fn nullable<'de, D, T>(input: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<Vec<T>>::deserialize(input).map(Option::unwrap_or_default)
}

fn list(kind: &str, items: &[Value]) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": format!("{kind}List"),
        "items": items,
    })
}
