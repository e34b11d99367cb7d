//! What policies see of a pod, or of the pods that a workload makes.

use std::collections::BTreeMap;
use std::net::IpAddr;

use tree::Tree;

use crate::{Port, Protocol};

/// A pod, or the pods of one template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pod {
    /// Its namespace; `default` if empty.
    pub namespace: String,
    /// The kind of the object it was read from: `Pod` for one pod, anything else for any number.
    pub kind: String,
    /// The name of that object.
    pub name: String,
    /// The labels of the pod.
    pub labels: BTreeMap<String, String>,
    /// The ports of its containers that have names.
    pub ports: Vec<NamedPort>,
    /// Whether it shares the network of its node, and so is outside of policies.
    pub host_network: bool,
    /// Its addresses, at most one of each family; none if they are not known.
    pub addresses: Vec<IpAddr>,
    /// The name of its node, if known.
    pub node: Option<String>,
}

/// A port of a container that has a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedPort {
    /// Its name.
    pub name: String,
    /// Its protocol and number.
    pub port: Port,
}

impl Pod {
    /// Reads what policies see from a pod or a pod template: its `metadata`, `spec` and `status`.
    pub fn read(namespace: &str, kind: &str, name: &str, template: &Tree) -> Self {
        let spec = template.get("spec");
        let labels = template.at(&["metadata", "labels"]).entries().iter();
        let labels =
            labels.filter_map(|(key, value)| Some((key.to_string(), value.text()?.into())));
        let status = template.get("status");
        // A pod that has ended keeps its address in its status while others get it anew.
        let has_ended = matches!(status.get("phase").str(), "Succeeded" | "Failed");
        let status = if has_ended { &Tree::Null } else { status };
        let addresses = status.get("podIPs").items().iter().map(|item| item.get("ip"));
        let addresses = addresses.chain([status.get("podIP")]);
        let mut addresses: Vec<IpAddr> =
            addresses.filter_map(|address| address.str().parse().ok()).collect();
        addresses.sort();
        addresses.dedup();
        Self {
            namespace: namespace.to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            labels: labels.collect(),
            ports: named_ports(spec),
            host_network: spec.get("hostNetwork").is_true(),
            addresses,
            node: spec.get("nodeName").text().filter(|node| !node.is_empty()).map(str::to_owned),
        }
    }
}

/// Named ports of the containers that keep running: those of the start do if they are sidecars.
fn named_ports(spec: &Tree) -> Vec<NamedPort> {
    let is_sidecar = |container: &&Tree| container.get("restartPolicy").str() == "Always";
    let sidecars = spec.get("initContainers").items().iter().filter(is_sidecar);
    let containers = spec.get("containers").items().iter().chain(sidecars);
    let ports = containers.flat_map(|container| container.get("ports").items());
    let mut ports: Vec<NamedPort> = ports.filter_map(named_port).collect();
    ports.sort();
    ports.dedup();
    ports
}

fn named_port(port: &Tree) -> Option<NamedPort> {
    let number = u16::try_from(port.get("containerPort").int()?).ok()?;
    let protocol = port.get("protocol").text().map_or(Some(Protocol::Tcp), Protocol::named)?;
    let name = port.get("name").text()?.to_owned();
    Some(NamedPort { name, port: Port { protocol, number } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_policies_see() {
        let template = serde_json::json!({
            "metadata": {"labels": {"app": "web", "broken": 1}},
            "spec": {
                "hostNetwork": true,
                "nodeName": "n1",
                "containers": [{"ports": [
                    {"name": "http", "containerPort": 8080},
                    {"name": "dns", "containerPort": 53, "protocol": "UDP"},
                    {"containerPort": 9},
                ]}],
                "initContainers": [
                    {"ports": [{"name": "gone", "containerPort": 6}]},
                    {"restartPolicy": "Always", "ports": [{"name": "side", "containerPort": 7}]},
                ],
            },
            "status": {"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]},
        });
        let pod = Pod::read("a", "Pod", "web", &Tree::from_json(&template));
        let named = |name: &str, port| NamedPort { name: name.to_owned(), port };
        let expected = Pod {
            namespace: "a".to_owned(),
            kind: "Pod".to_owned(),
            name: "web".to_owned(),
            labels: BTreeMap::from([("app".to_owned(), "web".to_owned())]),
            ports: vec![
                named("dns", Port::udp(53)),
                named("http", Port::tcp(8080)),
                named("side", Port::tcp(7)),
            ],
            host_network: true,
            addresses: vec!["10.0.0.1".parse().unwrap(), "fd00::1".parse().unwrap()],
            node: Some("n1".to_owned()),
        };
        assert_eq!(pod, expected);
    }
}
