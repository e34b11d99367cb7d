//! What a cluster fills in when an object is stored: the few defaults that clients rely on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::kind::{Kind, RBAC};
use crate::object::{name, namespace, remove, set, set_default, text};

/// Fills in the defaults of `kind`.
pub(crate) fn fill(kind: &Kind, object: &mut Value) {
    match kind.plural {
        "pods" => pod(object),
        "deployments" => deployment(object),
        "services" => service(object),
        "secrets" => secret(object),
        "namespaces" => namespace_itself(object),
        "rolebindings" | "clusterrolebindings" => binding(object),
        _ => {}
    }
}

fn pod(pod: &mut Value) {
    if let Some(spec) = pod.get_mut("spec") {
        set_default(spec, &["serviceAccountName"], "default");
        pod_spec(spec);
    }
    set_default(pod, &["status", "phase"], "Pending");
    set_default(pod, &["status", "qosClass"], "BestEffort");
}

fn pod_spec(spec: &mut Value) {
    set_default(spec, &["restartPolicy"], "Always");
    set_default(spec, &["dnsPolicy"], "ClusterFirst");
    set_default(spec, &["schedulerName"], "default-scheduler");
    set_default(spec, &["terminationGracePeriodSeconds"], 30);
    set_default(spec, &["securityContext"], json!({}));
    for list in ["containers", "initContainers"] {
        for container in spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            let image = text(container, "/image");
            let latest = image.ends_with(":latest") || !image.contains([':', '@']);
            let pull = if latest { "Always" } else { "IfNotPresent" };
            set_default(container, &["imagePullPolicy"], pull);
            set_default(container, &["resources"], json!({}));
            set_default(container, &["terminationMessagePath"], "/dev/termination-log");
            set_default(container, &["terminationMessagePolicy"], "File");
            protocols(container);
        }
    }
}

fn deployment(deployment: &mut Value) {
    set_default(deployment, &["spec", "replicas"], 1);
    set_default(deployment, &["spec", "revisionHistoryLimit"], 10);
    set_default(deployment, &["spec", "progressDeadlineSeconds"], 600);
    set_default(deployment, &["spec", "strategy", "type"], "RollingUpdate");
    if let Some(spec) = deployment.pointer_mut("/spec/template/spec") {
        pod_spec(spec);
    }
    set_default(deployment, &["status"], json!({}));
}

fn service(service: &mut Value) {
    set_default(service, &["spec", "type"], "ClusterIP");
    set_default(service, &["spec", "sessionAffinity"], "None");
    // One address for each name, without an allocator; two names may share one.
    let address = address(&format!("{}/{}", namespace(service), name(service)));
    set_default(service, &["spec", "clusterIP"], address);
    let address = text(service, "/spec/clusterIP").to_owned();
    set_default(service, &["spec", "clusterIPs"], json!([address]));
    if let Some(spec) = service.get_mut("spec") {
        protocols(spec);
        for port in spec.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
            let number = port.get("port").cloned().unwrap_or_default();
            set_default(port, &["targetPort"], number);
        }
    }
    set_default(service, &["status"], json!({"loadBalancer": {}}));
}

fn protocols(holder: &mut Value) {
    for port in holder.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
        set_default(port, &["protocol"], "TCP");
    }
}

fn secret(secret: &mut Value) {
    set_default(secret, &["type"], "Opaque");
    let plain = secret.get("stringData").and_then(Value::as_object).cloned();
    for (key, value) in plain.into_iter().flatten() {
        let encoded = STANDARD.encode(value.as_str().unwrap_or_default());
        set(secret, &["data", &key], encoded);
    }
    remove(secret, &["stringData"]);
}

fn namespace_itself(namespace: &mut Value) {
    let name = name(namespace).to_owned();
    set(namespace, &["metadata", "labels", "kubernetes.io/metadata.name"], name);
    set_default(namespace, &["status", "phase"], "Active");
}

fn binding(binding: &mut Value) {
    set_default(binding, &["roleRef", "apiGroup"], RBAC);
    for subject in binding.get_mut("subjects").and_then(Value::as_array_mut).into_iter().flatten() {
        let group = if text(subject, "/kind") == "ServiceAccount" { "" } else { RBAC };
        if !group.is_empty() {
            set_default(subject, &["apiGroup"], group);
        }
    }
}

/// An address of 10.96.0.0/16 that `seed` always leads to (FNV-1a).
pub(crate) fn address(seed: &str) -> String {
    let hash = fingerprint(seed);
    format!("10.96.{}.{}", (hash >> 8) & 0xff, (hash & 0xff).clamp(1, 254))
}

/// A number that `text` always leads to (FNV-1a); for names, not for secrets.
pub(crate) fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind;

    #[test]
    fn secrets_keep_no_plain_text() {
        let mut secret = json!({"metadata": {"name": "s"}, "stringData": {"a": "b"}});
        fill(kind::find("", "secrets").unwrap(), &mut secret);
        assert_eq!(
            secret,
            json!({"metadata": {"name": "s"}, "type": "Opaque", "data": {"a": "Yg=="}})
        );
    }

    #[test]
    fn filling_twice_changes_nothing() {
        for kind in kind::KINDS {
            let mut once = json!({"metadata": {"name": "x"}, "spec": {
                "containers": [{"name": "a", "image": "b"}], "ports": [{"port": 80}]}});
            fill(kind, &mut once);
            let mut twice = once.clone();
            fill(kind, &mut twice);
            assert_eq!(once, twice, "{}", kind.plural);
        }
    }
}
