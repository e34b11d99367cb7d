//! Policies that close what is open. Each is whole and may be applied as it is; policies add up,
//! so what one allows no other takes away.

use std::net::IpAddr;

use serde_json::{Value, json};

/// Denies all that comes in, to every pod of a namespace.
pub fn default_deny_ingress(namespace: &str) -> Value {
    policy(
        namespace,
        "default-deny-ingress",
        &json!({"podSelector": {}, "policyTypes": ["Ingress"]}),
    )
}

/// Denies all that goes out, from every pod of a namespace, but for questions to the cluster's DNS.
pub fn default_deny_egress(namespace: &str) -> Value {
    let dns = json!({
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    });
    let ports = json!([{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]);
    egress(namespace, "default-deny-egress", &json!([{"to": [dns], "ports": ports}]))
}

/// Both: [`default_deny_ingress`] and [`default_deny_egress`].
pub fn default_deny(namespace: &str) -> [Value; 2] {
    [default_deny_ingress(namespace), default_deny_egress(namespace)]
}

/// Lets every pod of a namespace reach everything but the metadata services of clouds. (It takes
/// nothing away that another policy allows, and is no default deny.)
pub fn deny_metadata(namespace: &str) -> Value {
    let anywhere = json!({"namespaceSelector": {}});
    let v4 = json!({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}});
    let v6 = json!({"ipBlock": {"cidr": "::/0", "except": ["fd00:ec2::254/128"]}});
    egress(namespace, "deny-metadata", &json!([{"to": [anywhere, v4, v6]}]))
}

/// Lets every pod of a namespace reach the API at the addresses of its endpoints. None without
/// addresses: a rule that names nobody allows everyone.
pub fn allow_api(namespace: &str, addresses: &[IpAddr], port: u16) -> Option<Value> {
    let block = |address: &IpAddr| {
        let length = if address.is_ipv4() { 32 } else { 128 };
        json!({"ipBlock": {"cidr": format!("{address}/{length}")}})
    };
    let to: Vec<Value> =
        addresses.iter().map(IpAddr::to_canonical).map(|one| block(&one)).collect();
    let ports = json!([{"protocol": "TCP", "port": port}]);
    let rules = json!([{"to": to, "ports": ports}]);
    (!to.is_empty() && port > 0).then(|| egress(namespace, "allow-api", &rules))
}

fn egress(namespace: &str, name: &str, rules: &Value) -> Value {
    let spec = json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": rules});
    policy(namespace, name, &spec)
}

fn policy(namespace: &str, name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    })
}
