//! A judge that knows everything, two answers, and the text of the API reference.

use std::collections::BTreeMap;
use std::net::IpAddr;

use reach::{Pod, Port};
use serde_json::Value;

/// A cluster of which everything is known.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub(crate) namespaces: Vec<Value>,
    pub(crate) pods: Vec<Pod>,
    pub(crate) policies: Vec<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    Pod(usize),
    Address(IpAddr),
}

/// What a connection goes to, in a network that sees pods on the host network or does not.
#[derive(Clone, Copy)]
struct Target {
    to: End,
    port: Port,
    sees_hosts: bool,
}

impl Cluster {
    /// Whether a connection can be made from one address of `from` to one of `to`.
    pub(crate) fn allows(&self, from: End, to: End, port: Port, sees_hosts: bool) -> bool {
        let target = Target { to, port, sees_hosts };
        self.addresses(from).into_iter().any(|source| {
            self.addresses(to).into_iter().any(|address| {
                source.is_ipv4() == address.is_ipv4()
                    && self.lets("Egress", (from, source), (to, address), target)
                    && self.lets("Ingress", (to, address), (from, source), target)
            })
        })
    }

    pub(crate) fn share_a_family(&self, from: End, to: End) -> bool {
        let (from, to) = (self.addresses(from), self.addresses(to));
        from.iter().any(|one| to.iter().any(|other| one.is_ipv4() == other.is_ipv4()))
    }

    fn addresses(&self, end: End) -> Vec<IpAddr> {
        match end {
            End::Pod(index) => self.pods[index].addresses.clone(),
            End::Address(address) => vec![address],
        }
    }

    fn lets(
        &self,
        side: &str,
        subject: (End, IpAddr),
        other: (End, IpAddr),
        target: Target,
    ) -> bool {
        let End::Pod(index) = subject.0 else { return true };
        let pod = &self.pods[index];
        if pod.host_network || subject.0 == other.0 {
            return true;
        }
        // "OR if the traffic source is the pod's local node"
        if let End::Pod(other) = other.0
            && self.pods[other].host_network
            && self.pods[other].node == pod.node
        {
            return true;
        }
        let policies = self.policies.iter().filter(|policy| {
            policy["metadata"]["namespace"] == pod.namespace.as_str()
                && selects(&policy["spec"]["podSelector"], &pod.labels)
                && policy_types(&policy["spec"]).iter().any(|one| one == side)
        });
        let policies: Vec<&Value> = policies.collect();
        // "Traffic is allowed if there are no NetworkPolicies selecting the pod"
        policies.is_empty()
            // "OR if the traffic matches at least one rule across all of the NetworkPolicy objects"
            || policies.iter().any(|policy| {
                let rules = policy["spec"][side.to_lowercase()].as_array().cloned();
                rules.unwrap_or_default().iter().any(|rule| {
                    self.ports_match(&rule["ports"], target)
                        && self.peers_match(rule, &pod.namespace, other, target.sees_hosts)
                })
            })
    }

    fn peers_match(
        &self,
        rule: &Value,
        home: &str,
        other: (End, IpAddr),
        sees_hosts: bool,
    ) -> bool {
        let peers = rule["from"].as_array().or_else(|| rule["to"].as_array());
        match peers {
            None => true,
            Some(peers) if peers.is_empty() => true,
            Some(peers) => {
                peers.iter().any(|peer| self.peer_matches(peer, home, other, sees_hosts))
            }
        }
    }

    fn peer_matches(
        &self,
        peer: &Value,
        home: &str,
        other: (End, IpAddr),
        sees_hosts: bool,
    ) -> bool {
        if !peer["ipBlock"].is_null() {
            let inside = |range: &Value| {
                let range: ipnet::IpNet = range.as_str().unwrap().parse().unwrap();
                range.contains(&other.1)
            };
            let except = peer["ipBlock"]["except"].as_array().cloned().unwrap_or_default();
            return inside(&peer["ipBlock"]["cidr"]) && !except.iter().any(inside);
        }
        let End::Pod(index) = other.0 else { return false };
        let pod = &self.pods[index];
        if pod.host_network && !sees_hosts {
            return false;
        }
        let in_namespace = if peer["namespaceSelector"].is_null() {
            pod.namespace == home
        } else {
            selects(&peer["namespaceSelector"], &self.namespace_labels(&pod.namespace))
        };
        in_namespace && selects(&peer["podSelector"], &pod.labels)
    }

    fn namespace_labels(&self, name: &str) -> BTreeMap<String, String> {
        let is_it = |namespace: &&Value| namespace["metadata"]["name"] == name;
        let object = self.namespaces.iter().find(is_it).unwrap();
        let labels = object["metadata"]["labels"].as_object().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut labels: BTreeMap<String, String> =
            labels.iter().map(|(key, value)| (key.clone(), text(value))).collect();
        labels.insert("kubernetes.io/metadata.name".to_owned(), name.to_owned());
        labels
    }

    fn ports_match(&self, ports: &Value, target: Target) -> bool {
        let Target { to, port, sees_hosts } = target;
        let Some(ports) = ports.as_array().filter(|ports| !ports.is_empty()) else { return true };
        ports.iter().any(|entry| {
            let protocol = entry["protocol"].as_str().unwrap_or("TCP");
            protocol == port.protocol.as_str()
                && match (&entry["port"], entry["endPort"].as_u64()) {
                    (Value::Null, _) => true,
                    (Value::String(name), _) => match to {
                        End::Pod(index) => {
                            let pod = &self.pods[index];
                            (!pod.host_network || sees_hosts)
                                && pod.ports.iter().any(|one| one.name == *name && one.port == port)
                        }
                        End::Address(_) => false,
                    },
                    (first, last) => {
                        let first = first.as_u64().unwrap();
                        (first..=last.unwrap_or(first)).contains(&u64::from(port.number))
                    }
                }
        })
    }
}

/// "If this field is not specified, it will default based on the existence of rules".
fn policy_types(spec: &Value) -> Vec<String> {
    let listed = spec["policyTypes"].as_array().cloned().unwrap_or_default();
    if !listed.is_empty() {
        return listed.iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    }
    let has_egress = spec["egress"].as_array().is_some_and(|rules| !rules.is_empty());
    let mut types = vec!["Ingress".to_owned()];
    types.extend(has_egress.then(|| "Egress".to_owned()));
    types
}

fn selects(selector: &Value, labels: &BTreeMap<String, String>) -> bool {
    let equal = selector["matchLabels"].as_object().cloned().unwrap_or_default();
    let expressions = selector["matchExpressions"].as_array().cloned().unwrap_or_default();
    equal.iter().all(|(key, value)| labels.get(key).map(String::as_str) == value.as_str())
        && expressions.iter().all(|expression| {
            let label = labels.get(expression["key"].as_str().unwrap());
            let values = expression["values"].as_array().cloned().unwrap_or_default();
            let listed = label.is_some_and(|label| values.iter().any(|one| one == label.as_str()));
            match expression["operator"].as_str().unwrap() {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => label.is_some(),
                "DoesNotExist" => label.is_none(),
                other => panic!("no operator {other}"),
            }
        })
}
