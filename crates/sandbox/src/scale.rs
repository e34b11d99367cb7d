//! The `scale` of a deployment: its replicas, and nothing else of it.

use serde_json::{Value, json};

use crate::object::{name, namespace, number, set, text};
use crate::refusal::Refusal;

/// What the scale of `deployment` shows.
pub(crate) fn of(deployment: &Value) -> Value {
    let labels = crate::object::map(deployment, "/spec/selector/matchLabels");
    let labels = labels.into_iter().flatten();
    let selector: Vec<String> = labels
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": name(deployment), "namespace": namespace(deployment),
            "uid": crate::object::uid(deployment),
            "resourceVersion": text(deployment, "/metadata/resourceVersion"),
            "creationTimestamp": text(deployment, "/metadata/creationTimestamp"),
        },
        "spec": {"replicas": number(deployment, "/spec/replicas", 0)},
        "status": {
            "replicas": number(deployment, "/status/replicas", 0), "selector": selector.join(","),
        },
    })
}

/// `deployment` with the replicas that `scale` wants.
pub(crate) fn put(deployment: &Value, scale: &Value) -> Result<Value, Refusal> {
    if text(scale, "/kind") != "Scale" {
        return Err(Refusal::bad_request("the body of the request is not a Scale"));
    }
    let mut new = deployment.clone();
    let replicas = scale.pointer("/spec/replicas").cloned().unwrap_or_else(|| 0.into());
    set(&mut new, &["spec", "replicas"], replicas);
    set(&mut new, &["metadata", "resourceVersion"], text(scale, "/metadata/resourceVersion"));
    Ok(new)
}
