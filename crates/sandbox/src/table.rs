//! Tables, as `kubectl get` prints them: the columns of each kind and the cells of each object.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::age;
use crate::kind::Kind;
use crate::object::{list, map, name, number, text};
use crate::shape::{self, Include};

/// The objects of `kind` as a `meta.k8s.io/v1` Table.
pub(crate) fn of(kind: &Kind, objects: &[&Value], include: Include, revision: &Value) -> Value {
    let now = Timestamp::now();
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let mut row = json!({"cells": cells(kind, object, now)});
            match include {
                Include::Nothing => {}
                Include::Metadata => {
                    crate::object::set(&mut row, &["object"], shape::metadata(object));
                }
                Include::Object => crate::object::set(&mut row, &["object"], Value::clone(object)),
            }
            row
        })
        .collect();
    let definitions: Vec<Value> = columns(kind).iter().map(definition).collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": revision},
        "columnDefinitions": definitions, "rows": rows,
    })
}

/// A column's name; one that starts with `+` shows only in wide output.
fn columns(kind: &Kind) -> &'static [&'static str] {
    match kind.plural {
        "pods" => &["Name", "Ready", "Status", "Restarts", "Age", "+IP", "+Node"],
        "deployments" => &[
            "Name",
            "Ready",
            "Up-to-date",
            "Available",
            "Age",
            "+Containers",
            "+Images",
            "+Selector",
        ],
        "services" => &["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "+Selector"],
        "configmaps" => &["Name", "Data", "Age"],
        "secrets" => &["Name", "Type", "Data", "Age"],
        "namespaces" => &["Name", "Status", "Age"],
        "nodes" => &["Name", "Status", "Roles", "Age", "Version", "+Internal-IP", "+OS-Image"],
        "events" => &["Last Seen", "Type", "Reason", "Object", "Message"],
        "roles" | "clusterroles" => &["Name", "Created At"],
        "rolebindings" | "clusterrolebindings" => {
            &["Name", "Role", "Age", "+Users", "+Groups", "+ServiceAccounts"]
        }
        _ => &["Name", "Age"],
    }
}

fn definition(column: &&'static str) -> Value {
    let (name, priority) = column.strip_prefix('+').map_or((*column, 0), |name| (name, 1));
    let format = if name == "Name" { "name" } else { "" };
    json!({"name": name, "type": "string", "format": format, "description": name, "priority": priority})
}

fn cells(kind: &Kind, object: &Value, now: Timestamp) -> Vec<String> {
    let first = name(object).to_owned();
    let age = age::between(text(object, "/metadata/creationTimestamp"), now);
    let mut cells = vec![first];
    match kind.plural {
        "pods" => cells.extend(pod(object, age)),
        "deployments" => cells.extend(deployment(object, age)),
        "services" => cells.extend(service(object, age)),
        "configmaps" => {
            let size = count(object, "/data") + count(object, "/binaryData");
            cells.extend([size.to_string(), age]);
        }
        "secrets" => {
            cells.extend([
                text(object, "/type").to_owned(),
                count(object, "/data").to_string(),
                age,
            ]);
        }
        "namespaces" => cells.extend([text(object, "/status/phase").to_owned(), age]),
        "nodes" => cells.extend(node(object, age)),
        "events" => return event(object, now),
        "roles" | "clusterroles" => {
            cells.push(text(object, "/metadata/creationTimestamp").to_owned());
        }
        "rolebindings" | "clusterrolebindings" => cells.extend(binding(object, age)),
        _ => cells.push(age),
    }
    cells
}

fn pod(pod: &Value, age: String) -> [String; 6] {
    let statuses = list(pod, "/status/containerStatuses");
    let ready = statuses.iter().filter(|status| status.get("ready") == Some(&Value::Bool(true)));
    let all = list(pod, "/spec/containers").len();
    let restarts: i64 = statuses.iter().map(|status| number(status, "/restartCount", 0)).sum();
    let state = if pod.pointer("/metadata/deletionTimestamp").is_some() {
        "Terminating"
    } else {
        text(pod, "/status/phase")
    };
    [
        format!("{}/{all}", ready.count()),
        state.to_owned(),
        restarts.to_string(),
        age,
        or_none(text(pod, "/status/podIP")),
        or_none(text(pod, "/spec/nodeName")),
    ]
}

fn deployment(deployment: &Value, age: String) -> [String; 7] {
    let containers = list(deployment, "/spec/template/spec/containers");
    let of_each = |key: &str| join(containers.iter().map(|container| text(container, key)));
    let ready = number(deployment, "/status/readyReplicas", 0);
    [
        format!("{ready}/{}", number(deployment, "/spec/replicas", 1)),
        number(deployment, "/status/updatedReplicas", 0).to_string(),
        number(deployment, "/status/availableReplicas", 0).to_string(),
        age,
        of_each("/name"),
        of_each("/image"),
        labels(deployment, "/spec/selector/matchLabels"),
    ]
}

fn service(service: &Value, age: String) -> [String; 6] {
    let ports = list(service, "/spec/ports").iter().map(|port| {
        let node = number(port, "/nodePort", 0);
        let node = if node == 0 { String::new() } else { format!(":{node}") };
        format!("{}{node}/{}", number(port, "/port", 0), text(port, "/protocol"))
    });
    [
        text(service, "/spec/type").to_owned(),
        or_none(text(service, "/spec/clusterIP")),
        "<none>".to_owned(),
        or_none(&ports.collect::<Vec<_>>().join(",")),
        age,
        labels(service, "/spec/selector"),
    ]
}

fn node(node: &Value, age: String) -> [String; 6] {
    let is_cordoned = node.pointer("/spec/unschedulable") == Some(&Value::Bool(true));
    let state = if is_cordoned { "Ready,SchedulingDisabled" } else { "Ready" };
    let address = list(node, "/status/addresses").first().map(|first| text(first, "/address"));
    [
        state.to_owned(),
        "<none>".to_owned(),
        age,
        text(node, "/status/nodeInfo/kubeletVersion").to_owned(),
        or_none(address.unwrap_or_default()),
        or_none(text(node, "/status/nodeInfo/osImage")),
    ]
}

fn event(event: &Value, now: Timestamp) -> Vec<String> {
    let last = text(event, "/lastTimestamp");
    let last = if last.is_empty() { text(event, "/metadata/creationTimestamp") } else { last };
    let kind = text(event, "/involvedObject/kind").to_lowercase();
    vec![
        age::between(last, now),
        text(event, "/type").to_owned(),
        text(event, "/reason").to_owned(),
        format!("{kind}/{}", text(event, "/involvedObject/name")),
        text(event, "/message").to_owned(),
    ]
}

fn binding(binding: &Value, age: String) -> [String; 5] {
    let subjects = |kind: &str| {
        let of_kind = list(binding, "/subjects").iter().filter(|one| text(one, "/kind") == kind);
        let names = of_kind.map(|one| match text(one, "/namespace") {
            "" => text(one, "/name").to_owned(),
            namespace => format!("{namespace}/{}", text(one, "/name")),
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let role = format!("{}/{}", text(binding, "/roleRef/kind"), text(binding, "/roleRef/name"));
    [role, age, subjects("User"), subjects("Group"), subjects("ServiceAccount")]
}

fn count(object: &Value, pointer: &str) -> usize {
    map(object, pointer).map_or(0, serde_json::Map::len)
}

fn labels(object: &Value, pointer: &str) -> String {
    let pairs = map(object, pointer).into_iter().flatten();
    let pairs = pairs.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    or_none(&pairs.collect::<Vec<_>>().join(","))
}

fn join<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join(",")
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "<none>".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind;

    #[test]
    fn every_row_has_a_cell_for_every_column() {
        for kind in kind::KINDS {
            let table = of(kind, &[&json!({})], Include::Nothing, &Value::Null);
            let cells = list(&table, "/rows/0/cells").len();
            assert_eq!(cells, list(&table, "/columnDefinitions").len(), "{}", kind.plural);
        }
    }
}
