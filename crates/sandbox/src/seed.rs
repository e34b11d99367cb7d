//! What a sandbox holds when it starts: the roles of a fresh cluster as far as its kinds go, one
//! node, and a namespace `demo` to look at.

use http::StatusCode;
use serde_json::Value;

use crate::controller;
use crate::kind::{self, KINDS};
use crate::object::{self, namespace, text};
use crate::patch::Patch;
use crate::sandbox::StartError;
use crate::world::{Place, World};
use crate::write::{self, Effect};

/// Stores the built-in objects and those in `manifests`, and lets them come to life.
pub(crate) fn plant(world: &World, manifests: &str) -> Result<(), StartError> {
    for documents in [ROLES, DEMO] {
        store_all(world, documents)?;
    }
    store_all(world, manifests)?;
    controller::settle_down(world);
    Ok(())
}

fn store_all(world: &World, documents: &str) -> Result<(), StartError> {
    let problem = |number, problem: String| StartError::Manifest { number, problem };
    let objects: Vec<Value> =
        serde_saphyr::from_multiple(documents).map_err(|error| problem(1, error.to_string()))?;
    for (number, object) in (1..).zip(objects) {
        if !object.is_null() {
            store(world, &object).map_err(|why| problem(number, why))?;
        }
    }
    Ok(())
}

/// Stores one object, its status too; what is there already is changed to what it says.
fn store(world: &World, object: &Value) -> Result<(), String> {
    let kind = KINDS.iter().find(|kind| kind.is_kind_of(object));
    let kind = kind.ok_or_else(|| {
        let (version, kind) = (text(object, "/apiVersion"), text(object, "/kind"));
        format!("the sandbox does not know the kind {kind:?} of {version:?}")
    })?;
    let home = namespace(object);
    let home = if kind.is_namespaced() && home.is_empty() { "default" } else { home };
    let place = Place {
        kind: kind::find(kind.group, kind.plural).unwrap_or(kind),
        namespace: home.to_owned(),
        name: String::new(),
        subresource: String::new(),
    };
    let stored = match write::create(world, &place, object.clone(), Effect::Real) {
        Err(refusal) if refusal.code() == StatusCode::CONFLICT => {
            let place = Place { name: object::name(object).to_owned(), ..place };
            write::change(world, &place, Effect::Real, |before| {
                Ok(Patch::Strategic.patched(before.clone(), object)?)
            })
        }
        stored => stored,
    };
    stored.map(drop).map_err(|refusal| text(&refusal.body(), "/message").to_owned())
}

const ROLES: &str = include_str!("seed/roles.yaml");
const DEMO: &str = include_str!("seed/demo.yaml");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::store::Key;

    #[test]
    fn aggregated_roles_are_full() {
        let world = World::new(Options::default());
        plant(&world, "").unwrap();
        for role in ["admin", "edit", "view"] {
            let key = Key::new(kind::of_plural("clusterroles").unwrap(), "", role);
            let role = world.store.read(&key).unwrap();
            assert!(!object::list(&role, "/rules").is_empty(), "{role}");
        }
    }

    #[test]
    fn manifests_are_checked() {
        let world = World::new(Options::default());
        plant(&world, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n").unwrap();
        let again = "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo, labels: {a: b}}";
        plant(&World::new(Options::default()), again).unwrap();
        let refused = plant(&World::new(Options::default()), "apiVersion: v1\nkind: Job\n");
        let problem = "the sandbox does not know the kind \"Job\" of \"v1\"";
        assert!(
            matches!(refused, Err(StartError::Manifest { number: 1, problem: told }) if told == problem)
        );
    }
}
