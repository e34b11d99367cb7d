//! A small cluster to ask about, written and answered in short: peers as `a/web`, `10.9.9.9`,
//! `node` (the own one) or `n1@192.168.0.9`; verdicts as what allows at the source and at the
//! destination, as what denies, or as what is not known.

use std::collections::BTreeMap;

use reach::{Foreign, NamedPort, Peer, Pod, Port, Protocol, Reason, Side, Verdict, Why, World};
use tree::{Keys, Tree};

/// Checks verdicts of a world with some policies.
pub(crate) struct Case {
    world: World,
    policies: String,
}

/// The cluster with policies: each one `namespace/name: spec`.
pub(crate) fn with(policies: &[&str]) -> Case {
    with_foreign(policies, Vec::new())
}

/// The same with policies of other kinds too.
pub(crate) fn with_foreign(policies: &[&str], foreign: Vec<Foreign>) -> Case {
    let policies: Vec<Tree> = policies.iter().map(|policy| self::policy(policy)).collect();
    case(&policies, foreign)
}

/// The cluster with policies that are whole objects.
pub(crate) fn of_objects(policies: &[Tree]) -> Case {
    case(policies, Vec::new())
}

fn case(objects: &[Tree], foreign: Vec<Foreign>) -> Case {
    let namespaces = [
        "{metadata: {name: a, labels: {team: red}}}",
        "{metadata: {name: b, labels: {team: blue}}}",
        "{metadata: {name: c}}",
    ];
    let namespaces = namespaces.map(yaml);
    let pods = pods().into_iter();
    let world = World::build(namespaces.iter(), pods, objects.iter(), foreign);
    let policies: Vec<String> = objects.iter().map(ToString::to_string).collect();
    Case { world, policies: policies.join("\n") }
}

impl Case {
    /// Checks what is said of a connection.
    pub(crate) fn check(&self, from: &str, to: &str, port: &str, expected: &str) -> &Self {
        let verdict = self.world.verdict(self.peer(from), self.peer(to), self::port(port));
        assert_eq!(said(&verdict), expected, "{from} -> {to} {port} under\n{}", self.policies);
        self
    }

    /// The world itself.
    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    fn peer<'p>(&self, text: &'p str) -> Peer<'p> {
        if let Some((name, address)) = text.split_once('@') {
            let name = Some(name).filter(|name| !name.is_empty());
            return Peer::Node { address: address.parse().unwrap(), name };
        }
        match (text, text.parse(), text.split_once('/')) {
            ("node", _, _) => Peer::OwnNode,
            (_, Ok(address), _) => Peer::Address(address),
            (_, _, Some((namespace, name))) => {
                let pod = ["Pod", "Deployment"]
                    .iter()
                    .find_map(|kind| self.world.pod(namespace, kind, name));
                Peer::Pod(pod.unwrap_or_else(|| panic!("no pod {text}")))
            }
            (_, _, None) => panic!("no peer {text}"),
        }
    }
}

/// A policy object from `namespace/name: spec`.
pub(crate) fn policy(text: &str) -> Tree {
    let (name, spec) = text.split_once(": ").unwrap();
    let (namespace, name) = name.split_once('/').unwrap();
    let version = "apiVersion: networking.k8s.io/v1, kind: NetworkPolicy";
    yaml(&format!(
        "{{{version}, metadata: {{namespace: {namespace}, name: {name}}}, spec: {spec}}}"
    ))
}

/// A tree from YAML.
pub(crate) fn yaml(text: &str) -> Tree {
    tree::read(text, &mut Keys::default()).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// `80` or `53/UDP`.
fn port(text: &str) -> Port {
    let (number, protocol) = text.split_once('/').unwrap_or((text, "TCP"));
    Port { protocol: Protocol::named(protocol).unwrap(), number: number.parse().unwrap() }
}

fn pods() -> Vec<Pod> {
    let web = pod("a/web", &[("app", "web"), ("tier", "front")], &["10.0.1.1"]);
    let web = ports(web, &[("http", Port::tcp(8080)), ("dns", Port::udp(53))]);
    let db = ports(
        pod("a/db", &[("app", "db")], &["10.0.1.2", "fd00::12"]),
        &[("sql", Port::tcp(5432))],
    );
    let far = ports(pod("b/web", &[("app", "web")], &["10.0.2.1"]), &[("http", Port::tcp(80))]);
    let host = pod("b/host", &[("app", "web")], &["192.168.0.1"]);
    let host = ports(host, &[("http", Port::tcp(80))]);
    let many = pod("a/many", &[("app", "many")], &[]);
    vec![
        Pod { node: Some("n1".to_owned()), ..web },
        Pod { node: Some("n2".to_owned()), ..db },
        far,
        pod("b/job", &[], &[]),
        pod("c/web", &[("app", "web")], &["10.0.3.1"]),
        pod("c/six", &[("app", "six")], &["fd00::33"]),
        pod("d/web", &[("app", "web")], &["10.0.4.1"]),
        pod("kube-system/dns", &[("k8s-app", "kube-dns")], &["10.0.9.1"]),
        pod("kube-system/other", &[], &["10.0.9.2"]),
        Pod { host_network: true, node: Some("n1".to_owned()), ..host },
        Pod { kind: "Deployment".to_owned(), ..many },
    ]
}

fn pod(name: &str, labels: &[(&str, &str)], addresses: &[&str]) -> Pod {
    let (namespace, name) = name.split_once('/').unwrap();
    let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Pod {
        namespace: namespace.to_owned(),
        kind: "Pod".to_owned(),
        name: name.to_owned(),
        labels: labels.collect::<BTreeMap<_, _>>(),
        addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
        ..Pod::default()
    }
}

fn ports(pod: Pod, named: &[(&str, Port)]) -> Pod {
    let named =
        named.iter().map(|(name, port)| NamedPort { name: (*name).to_owned(), port: *port });
    Pod { ports: named.collect(), ..pod }
}

/// A verdict in short.
pub(crate) fn said(verdict: &Verdict<'_>) -> String {
    match verdict {
        Verdict::Allowed { by } => format!("{} > {}", reason(by.egress), reason(by.ingress)),
        Verdict::Denied { by } => {
            let side = match by.side {
                Side::Ingress => "ingress",
                Side::Egress => "egress",
            };
            let policies: Vec<String> = by.policies.iter().map(ToString::to_string).collect();
            format!("no {side}: {}", policies.join(" "))
        }
        Verdict::Unknown { why } => format!("? {}", self::why(*why)),
    }
}

fn reason(reason: Reason<'_>) -> String {
    match reason {
        Reason::NotIsolated => "open".to_owned(),
        Reason::Rule { policy, rule } => format!("{policy}[{rule}]"),
        Reason::HostNetwork => "host".to_owned(),
        Reason::OwnNode => "node".to_owned(),
        Reason::Itself => "self".to_owned(),
        Reason::NotAPod => "none".to_owned(),
    }
}

fn why(why: Why<'_>) -> String {
    match why {
        Why::BadPolicy(policy) => format!("bad {policy}"),
        Why::Foreign(policy) => format!("foreign {}", policy.kind),
        Why::AddressNotSeen(policy) => format!("address {policy}"),
        Why::NamespaceNotSeen(policy) => format!("namespace {policy}"),
        Why::HostNetwork(policy) => format!("host {policy}"),
        Why::MayBeItsNode => "node".to_owned(),
        Why::NoCommonFamily => "family".to_owned(),
        Why::AddressOfSeveral => "several".to_owned(),
        Why::NoSuchPod => "no pod".to_owned(),
    }
}
