//! Writes: create, replace, patch, delete. Each is decided on the state it was read from, and
//! stored only if that is still the state.

use std::sync::Arc;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kind::{self, Kind};
use crate::object::{name, namespace, number, remove, set, text, uid};
use crate::refusal::Refusal;
use crate::store::{Key, Unstored};
use crate::world::{Place, World};
use crate::{defaults, valid};

/// Whether a write is for real, or only answers what it would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Real,
    DryRun,
}

/// Stores a new object.
pub(crate) fn create(
    world: &World,
    place: &Place,
    mut object: Value,
    effect: Effect,
) -> Result<Arc<Value>, Refusal> {
    let kind = place.kind;
    settle(place, &mut object)?;
    name_it(&mut object);
    defaults::fill(kind, &mut object);
    valid::check(kind, &object)?;
    a_home(world, kind, &object)?;
    let key = Key::of(kind, &object);
    if world.store.read(&key).is_some() {
        return Err(Refusal::already_exists(kind, name(&object)));
    }
    set(&mut object, &["metadata", "uid"], Uuid::new_v4().to_string());
    set(&mut object, &["metadata", "creationTimestamp"], now());
    remove(&mut object, &["metadata", "deletionTimestamp"]);
    remove(&mut object, &["metadata", "resourceVersion"]);
    if has_generation(kind) {
        set(&mut object, &["metadata", "generation"], 1);
    }
    if effect == Effect::DryRun {
        return Ok(Arc::new(object));
    }
    let name = name(&object).to_owned();
    world.store.put(key, None, object).map_err(|why| match why {
        Unstored::Changed => Refusal::already_exists(kind, &name),
        Unstored::Full => full(),
    })
}

/// Changes the object there by `edit`; tries again when it changed meanwhile, unless the result
/// names the `resourceVersion` it wants to replace.
pub(crate) fn change(
    world: &World,
    place: &Place,
    effect: Effect,
    edit: impl Fn(&Value) -> Result<Value, Refusal>,
) -> Result<Arc<Value>, Refusal> {
    for _ in 0..TRIES {
        let before = read(world, place)?;
        let mut new = edit(&before)?;
        settle(place, &mut new)?;
        check_version(place, &before, &new)?;
        keep(place, &before, &mut new);
        defaults::fill(place.kind, &mut new);
        valid::check(place.kind, &new)?;
        valid::check_change(place.kind, &before, &new)?;
        if new == *before {
            return Ok(before);
        }
        if effect == Effect::DryRun {
            return Ok(Arc::new(new));
        }
        let released = new.pointer("/metadata/deletionTimestamp").is_some() && !is_held(&new);
        let stored = if released {
            world.store.remove(place.key(), &before)
        } else {
            world.store.put(place.key(), Some(&before), new)
        };
        if let Ok(stored) = stored {
            return Ok(stored);
        }
    }
    Err(changed(place))
}

/// Removes the object there, or marks it for removal while finalizers hold it. The answer is what
/// kube-apiserver says.
pub(crate) fn delete(
    world: &World,
    place: &Place,
    options: &Value,
    effect: Effect,
) -> Result<Value, Refusal> {
    for _ in 0..TRIES {
        let before = read(world, place)?;
        check_preconditions(place, &before, options)?;
        check_allowed(place, options)?;
        if effect == Effect::DryRun {
            return Ok(deleted(place.kind, &before));
        }
        if place.kind.plural == "namespaces" {
            empty(world, &place.name);
        }
        let done = if is_held(&before) {
            let mut marked = Value::clone(&before);
            set(&mut marked, &["metadata", "deletionTimestamp"], now());
            world.store.put(place.key(), Some(&before), marked).map(|marked| (*marked).clone())
        } else {
            let gone = world.store.remove(place.key(), &before);
            gone.map(|gone| deleted(place.kind, &gone))
        };
        if let Ok(done) = done {
            world.applied.forget(uid(&before));
            return Ok(done);
        }
    }
    Err(changed(place))
}

/// The object at `place`.
pub(crate) fn read(world: &World, place: &Place) -> Result<Arc<Value>, Refusal> {
    let found = world.store.read(&place.key());
    found.ok_or_else(|| Refusal::not_found(place.kind, &place.name))
}

/// The present, as object metadata writes it.
pub(crate) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Makes an object say what its URL says, or refuses it where the two differ.
fn settle(place: &Place, object: &mut Value) -> Result<(), Refusal> {
    let kind = place.kind;
    if !kind.is_kind_of(object) {
        let (version, found) = (text(object, "/apiVersion"), text(object, "/kind"));
        return Err(Refusal::bad_request(format!(
            "{version}, Kind={found} in the body does not match {}, Kind={} of the request",
            kind.api_version(),
            kind.kind
        )));
    }
    if !place.name.is_empty() && !name(object).is_empty() && name(object) != place.name {
        return Err(Refusal::bad_request(format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            name(object),
            place.name
        )));
    }
    if !place.name.is_empty() {
        set(object, &["metadata", "name"], place.name.clone());
    }
    if !kind.is_namespaced() {
        remove(object, &["metadata", "namespace"]);
        return Ok(());
    }
    if !namespace(object).is_empty() && namespace(object) != place.namespace {
        return Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    set(object, &["metadata", "namespace"], place.namespace.clone());
    Ok(())
}

fn name_it(object: &mut Value) {
    let prefix = text(object, "/metadata/generateName").to_owned();
    if name(object).is_empty() && !prefix.is_empty() {
        let letters: String = Uuid::new_v4().simple().to_string().chars().take(5).collect();
        set(object, &["metadata", "name"], format!("{prefix}{letters}"));
    }
}

fn a_home(world: &World, kind: &Kind, object: &Value) -> Result<(), Refusal> {
    let Some(namespaces) = kind::of_plural("namespaces").filter(|_| kind.is_namespaced()) else {
        return Ok(());
    };
    let Some(home) = world.store.read(&Key::new(namespaces, "", namespace(object))) else {
        return Err(Refusal::not_found(namespaces, namespace(object)));
    };
    if home.pointer("/metadata/deletionTimestamp").is_some() {
        let why = format!(
            "unable to create new content in namespace {} because it is being terminated",
            namespace(object)
        );
        return Err(Refusal::forbidden(kind, name(object), &why));
    }
    Ok(())
}

fn check_version(place: &Place, before: &Value, new: &Value) -> Result<(), Refusal> {
    let wanted = text(new, "/metadata/resourceVersion");
    let stale = !wanted.is_empty() && wanted != text(before, "/metadata/resourceVersion");
    let other = !uid(new).is_empty() && uid(new) != uid(before);
    if stale {
        Err(changed(place))
    } else if other {
        Err(replaced(place, before, uid(new)))
    } else {
        Ok(())
    }
}

fn check_preconditions(place: &Place, before: &Value, options: &Value) -> Result<(), Refusal> {
    let wanted = text(options, "/preconditions/uid");
    if !wanted.is_empty() && wanted != uid(before) {
        return Err(replaced(place, before, wanted));
    }
    let wanted = text(options, "/preconditions/resourceVersion");
    if !wanted.is_empty() && wanted != text(before, "/metadata/resourceVersion") {
        return Err(changed(place));
    }
    Ok(())
}

/// Refuses deletions that a cluster, or the sandbox, does not do.
fn check_allowed(place: &Place, options: &Value) -> Result<(), Refusal> {
    let kept = matches!(place.name.as_str(), "default" | "kube-public" | "kube-system");
    if kept && place.kind.plural == "namespaces" {
        return Err(Refusal::forbidden(
            place.kind,
            &place.name,
            "this namespace may not be deleted",
        ));
    }
    if text(options, "/propagationPolicy") == "Orphan" {
        return Err(Refusal::not_in_the_sandbox("what depends on an object goes with it"));
    }
    Ok(())
}

/// Carries over what a write may not change, and keeps status and the rest apart.
fn keep(place: &Place, before: &Value, new: &mut Value) {
    let (kind, whole) = (place.kind, place.subresource.is_empty());
    if !whole {
        let status = new.get("status").cloned().unwrap_or_default();
        new.clone_from(before);
        set(new, &["status"], status);
    } else if kind.subresources.contains(&"status") {
        let status = before.get("status").cloned().unwrap_or_default();
        set(new, &["status"], status);
    }
    for field in ["uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp"]
    {
        let held = before.pointer(&format!("/metadata/{field}")).cloned();
        match held {
            Some(held) => set(new, &["metadata", field], held),
            None => remove(new, &["metadata", field]),
        }
    }
    if has_generation(kind) && before.get("spec") != new.get("spec") {
        let generation = number(before, "/metadata/generation", 0) + 1;
        set(new, &["metadata", "generation"], generation);
    }
}

/// Removes everything in a namespace. What finalizers hold goes too: nobody is there to let go.
fn empty(world: &World, namespace: &str) {
    for key in world.store.within(namespace) {
        if let Some(object) = world.store.read(&key) {
            // One that changed at this moment stays; nobody can tell that it was not made later.
            if world.store.remove(key, &object).is_ok() {
                world.applied.forget(uid(&object));
            }
        }
    }
}

fn deleted(kind: &Kind, object: &Value) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": {
            "name": name(object), "group": kind.group, "kind": kind.plural, "uid": uid(object),
        },
    })
}

fn is_held(object: &Value) -> bool {
    !crate::object::list(object, "/metadata/finalizers").is_empty()
}

fn has_generation(kind: &Kind) -> bool {
    kind.plural == "deployments"
}

fn changed(place: &Place) -> Refusal {
    let why = "the object has been modified; please apply your changes to the latest version and try again";
    Refusal::conflict(place.kind, &place.name, why)
}

fn replaced(place: &Place, before: &Value, wanted: &str) -> Refusal {
    let why = format!(
        "Precondition failed: UID in precondition: {wanted}, UID in object meta: {}",
        uid(before)
    );
    Refusal::conflict(place.kind, &place.name, &why)
}

fn full() -> Refusal {
    let message = "the sandbox holds as many objects as it may";
    Refusal::new(StatusCode::INSUFFICIENT_STORAGE, "InsufficientStorage", message)
}

/// How often a write is tried again over other writes before it gives up.
const TRIES: usize = 8;
