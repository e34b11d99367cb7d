//! The RBAC objects that were seen, as the authorizer reads them, with the default roles that
//! manifests name and do not bring.

use authz::Policy;
use inventory::{Inventory, Kind, Minor, Object};
use paths::{Grants, bootstrap};

/// The four kinds.
pub(crate) const KINDS: [Kind<'static>; 4] =
    [Kind::ROLE, Kind::ROLE_BINDING, Kind::CLUSTER_ROLE, Kind::CLUSTER_ROLE_BINDING];

/// What was seen of RBAC.
#[derive(Debug)]
pub struct Rbac<'i> {
    /// The objects as they were seen.
    pub seen: Policy,
    /// Who holds what.
    pub grants: Grants,
    /// Objects that an API server would not take, with what is wrong.
    pub malformed: Vec<(&'i Object, String)>,
}

/// Reads the RBAC objects of an inventory; where a cluster was not listed, the default roles of
/// `minor` are there too.
pub fn rbac(inventory: &Inventory, minor: Minor) -> Rbac<'_> {
    let mut seen = Policy::default();
    let mut malformed = Vec::new();
    for object in KINDS.iter().flat_map(|kind| inventory.of(*kind)) {
        match authz::policy::from_objects(&[readable(object)]) {
            Ok(one) => add(&mut seen, one),
            Err(problems) => {
                let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
                malformed.push((object, texts.join("; ")));
            }
        }
    }
    let version = bootstrap::Minor(u16::from(minor.number()));
    let all = bootstrap::with_default_roles(&seen, version);
    Rbac { grants: Grants::of(&all), seen, malformed }
}

/// The object as JSON. What leaves its namespace to whoever applies it is read as if it had one:
/// a binding in no namespace grants nothing anywhere, which would hide what it grants.
fn readable(object: &Object) -> serde_json::Value {
    let mut value = object.tree().to_json();
    let is_namespaced = !object.kind().is_cluster_scoped();
    if let Some(metadata) = value.get_mut("metadata").and_then(serde_json::Value::as_object_mut)
        && is_namespaced
        && object.namespace().is_empty()
    {
        metadata.insert("namespace".to_owned(), UNNAMED.into());
    }
    value
}

/// Stands for the namespace that a manifest leaves open. Kubernetes allows no such name.
pub const UNNAMED: &str = "<namespace>";

fn add(all: &mut Policy, mut one: Policy) {
    all.roles.append(&mut one.roles);
    all.role_bindings.append(&mut one.role_bindings);
    all.cluster_roles.append(&mut one.cluster_roles);
    all.cluster_role_bindings.append(&mut one.cluster_role_bindings);
}
