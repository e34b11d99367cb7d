//! The life in the sandbox: deployments get pods, pods run, namespaces get a service account.
//!
//! One pass looks at everything and changes what is not as it should be; a pass that finds all in
//! order changes nothing, so that passes come to rest.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::aggregated;
use crate::defaults::{address, fingerprint};
use crate::kind::{self, Kind};
use crate::object::{list, name, namespace, number, set, text, uid};
use crate::refusal::Refusal;
use crate::world::{Place, World};
use crate::write::{self, Effect};

/// Keeps the sandbox alive until it is told to stop; safe to drop at any point, since every step
/// is a whole write.
pub(crate) async fn run(world: Arc<World>) {
    let mut follow = world.store.follow();
    loop {
        follow.mark_unchanged();
        pass(&world);
        tokio::select! {
            changed = follow.changed() => if changed.is_err() { return },
            () = world.stop.cancelled() => return,
        }
    }
}

/// Passes until all is in order.
pub(crate) fn settle_down(world: &World) {
    for _ in 0..MOST_PASSES {
        let before = world.store.revision();
        pass(world);
        if world.store.revision() == before {
            return;
        }
    }
}

/// One look at everything.
fn pass(world: &World) {
    settle(aggregated::fill(world));
    for namespace in all(world, "namespaces") {
        service_account(world, name(&namespace));
    }
    let deployments = all(world, "deployments");
    remove_orphans(world, &deployments);
    for deployment in &deployments {
        replicate(world, deployment);
    }
    for pod in all(world, "pods") {
        if text(&pod, "/status/phase") == "Pending" {
            start(world, &pod);
        }
    }
    for deployment in &deployments {
        report(world, deployment);
    }
}

fn service_account(world: &World, namespace: &str) {
    let Some(place) = place("serviceaccounts", namespace, "default") else { return };
    if world.store.read(&place.key()).is_none() {
        let account =
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}});
        settle(write::create(world, &place, account, Effect::Real));
    }
}

/// Removes the pods of deployments that are gone.
fn remove_orphans(world: &World, deployments: &[Arc<Value>]) {
    let alive: BTreeSet<&str> = deployments.iter().map(|deployment| uid(deployment)).collect();
    for pod in all(world, "pods") {
        if owner(&pod).is_some_and(|owner| !alive.contains(owner)) {
            remove(world, &pod);
        }
    }
}

/// Makes as many pods of the current template as a deployment wants, and removes all others.
fn replicate(world: &World, deployment: &Value) {
    let hash = template_hash(deployment);
    let wanted = usize::try_from(number(deployment, "/spec/replicas", 1)).unwrap_or(0);
    let (mut current, old): (Vec<_>, Vec<_>) =
        pods_of(world, deployment).into_iter().partition(|pod| text(pod, HASH) == hash);
    while current.len() > wanted {
        if let Some(pod) = current.pop() {
            remove(world, &pod);
        }
    }
    for _ in current.len()..wanted {
        settle(create_pod(world, deployment, &hash));
    }
    for pod in old {
        remove(world, &pod);
    }
}

fn create_pod(world: &World, deployment: &Value, hash: &str) -> Result<(), Refusal> {
    let Some(place) = place("pods", namespace(deployment), "") else { return Ok(()) };
    let template = deployment.pointer("/spec/template").cloned().unwrap_or_default();
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "spec": template.get("spec")});
    for part in ["labels", "annotations"] {
        if let Some(value) = template.pointer(&format!("/metadata/{part}")) {
            set(&mut pod, &["metadata", part], value.clone());
        }
    }
    set(&mut pod, &["metadata", "labels", "pod-template-hash"], hash);
    set(&mut pod, &["metadata", "generateName"], format!("{}-{hash}-", name(deployment)));
    set(
        &mut pod,
        &["metadata", "ownerReferences"],
        json!([{
            "apiVersion": "apps/v1", "kind": "Deployment", "name": name(deployment),
            "uid": uid(deployment), "controller": true, "blockOwnerDeletion": true,
        }]),
    );
    write::create(world, &place, pod, Effect::Real).map(drop)
}

/// Lets a pod run at once on the one node there is.
fn start(world: &World, pod: &Value) {
    if text(pod, "/spec/nodeName").is_empty() {
        let bound = edit(world, "pods", pod, "", |pod| set(pod, &["spec", "nodeName"], NODE));
        settle(bound);
    }
    let now = write::now();
    let running: Vec<Value> = list(pod, "/spec/containers")
        .iter()
        .map(|container| {
            json!({
                "name": text(container, "/name"), "image": text(container, "/image"),
                "imageID": "", "ready": true, "started": true, "restartCount": 0,
                "state": {"running": {"startedAt": now}},
            })
        })
        .collect();
    let address = address(uid(pod)).replacen("10.96.", "10.244.", 1);
    let conditions: Vec<Value> = ["Initialized", "Ready", "ContainersReady", "PodScheduled"]
        .map(|kind| json!({"type": kind, "status": "True", "lastTransitionTime": now}))
        .to_vec();
    settle(edit(world, "pods", pod, "status", |pod| {
        set(pod, &["status", "phase"], "Running");
        set(pod, &["status", "startTime"], now.clone());
        set(pod, &["status", "podIP"], address.clone());
        set(pod, &["status", "podIPs"], json!([{"ip": address}]));
        set(pod, &["status", "hostIP"], NODE_ADDRESS);
        set(pod, &["status", "conditions"], conditions.clone());
        set(pod, &["status", "containerStatuses"], running.clone());
    }));
}

/// Writes a deployment's status from the pods it has.
fn report(world: &World, deployment: &Value) {
    let hash = template_hash(deployment);
    let pods = pods_of(world, deployment);
    let updated = pods.iter().filter(|pod| text(pod, HASH) == hash).count();
    let ready = pods.iter().filter(|pod| text(pod, "/status/phase") == "Running").count();
    let generation = number(deployment, "/metadata/generation", 1);
    let since = match text(deployment, "/status/conditions/0/lastTransitionTime") {
        "" => write::now(),
        since => since.to_owned(),
    };
    let condition = |kind: &str, reason: &str| {
        json!({
            "type": kind, "status": "True", "reason": reason, "message": "",
            "lastTransitionTime": since, "lastUpdateTime": since,
        })
    };
    let conditions = json!([
        condition("Available", "MinimumReplicasAvailable"),
        condition("Progressing", "NewReplicaSetAvailable"),
    ]);
    let status = json!({
        "observedGeneration": generation, "replicas": pods.len(), "updatedReplicas": updated,
        "readyReplicas": ready, "availableReplicas": ready, "conditions": conditions,
    });
    settle(edit(world, "deployments", deployment, "status", |deployment| {
        // A newer template than the one counted here is counted in the next pass.
        if number(deployment, "/metadata/generation", 1) == generation {
            set(deployment, &["status"], status.clone());
        }
    }));
}

fn all(world: &World, plural: &str) -> Vec<Arc<Value>> {
    kind::of_plural(plural).map(|kind| world.store.list(kind, "").1).unwrap_or_default()
}

fn pods_of(world: &World, deployment: &Value) -> Vec<Arc<Value>> {
    let mut pods = all(world, "pods");
    pods.retain(|pod| owner(pod) == Some(uid(deployment)));
    pods
}

fn owner(pod: &Value) -> Option<&str> {
    let owners = list(pod, "/metadata/ownerReferences");
    let owner = owners.iter().find(|owner| text(owner, "/kind") == "Deployment")?;
    Some(text(owner, "/uid"))
}

fn template_hash(deployment: &Value) -> String {
    let template = deployment.pointer("/spec/template").map(Value::to_string);
    format!("{:08x}", fingerprint(&template.unwrap_or_default()))
}

fn place(plural: &str, namespace: &str, name: &str) -> Option<Place> {
    let kind: &'static Kind = kind::of_plural(plural)?;
    Some(Place {
        kind,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        subresource: String::new(),
    })
}

fn edit(
    world: &World,
    plural: &str,
    object: &Value,
    subresource: &str,
    edit: impl Fn(&mut Value),
) -> Result<(), Refusal> {
    let Some(mut place) = place(plural, namespace(object), name(object)) else { return Ok(()) };
    subresource.clone_into(&mut place.subresource);
    let edited = |before: &Value| {
        let mut after = before.clone();
        edit(&mut after);
        Ok(after)
    };
    write::change(world, &place, Effect::Real, edited).map(drop)
}

fn remove(world: &World, pod: &Value) {
    if let Some(place) = place("pods", namespace(pod), name(pod)) {
        settle(write::delete(world, &place, &Value::Null, Effect::Real).map(drop));
    }
}

/// A step that was refused is tried again in the next pass; clients change things in between.
fn settle<T>(step: Result<T, Refusal>) {
    if let Err(refusal) = step {
        tracing::debug!(refusal = %refusal.body(), "A step of the sandbox's controller was refused.");
    }
}

/// Far more than it takes from any state to order.
const MOST_PASSES: usize = 20;
/// The one node.
const NODE: &str = "sandbox";
const NODE_ADDRESS: &str = "10.0.0.1";
const HASH: &str = "/metadata/labels/pod-template-hash";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;

    fn world() -> World {
        let world = World::new(Options::default());
        let home = place("namespaces", "", "demo").unwrap();
        let namespace =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo"}});
        write::create(&world, &home, namespace, Effect::Real).unwrap();
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
            "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [{"name": "web", "image": "nginx"}]}}},
        });
        let place = place("deployments", "demo", "web").unwrap();
        write::create(&world, &place, deployment, Effect::Real).unwrap();
        world
    }

    fn rest(world: &World) {
        settle_down(world);
        let before = world.store.revision();
        pass(world);
        assert_eq!(world.store.revision(), before, "passes do not come to rest");
    }

    #[test]
    fn a_deployment_gets_running_pods_and_rests() {
        let world = world();
        rest(&world);
        let pods = all(&world, "pods");
        assert_eq!(pods.len(), 2);
        assert!(pods.iter().all(|pod| text(pod, "/status/phase") == "Running"));
        assert_eq!(number(&all(&world, "deployments")[0], "/status/readyReplicas", 0), 2);
        assert_eq!(all(&world, "serviceaccounts").len(), 1);
    }

    #[test]
    fn a_new_template_replaces_pods_and_a_deletion_removes_them() {
        let world = world();
        rest(&world);
        let deployment = all(&world, "deployments").remove(0);
        edit(&world, "deployments", &deployment, "", |deployment| {
            set(deployment, &["spec", "replicas"], 1);
            set(deployment, &["spec", "template", "metadata", "labels", "v"], "2");
        })
        .unwrap();
        rest(&world);
        let pods = all(&world, "pods");
        assert_eq!(pods.len(), 1);
        assert_eq!(text(&pods[0], "/metadata/labels/v"), "2");
        let place = place("deployments", "demo", "web").unwrap();
        write::delete(&world, &place, &Value::Null, Effect::Real).unwrap();
        rest(&world);
        assert!(all(&world, "pods").is_empty());
    }
}
