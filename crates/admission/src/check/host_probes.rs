//! No probe or hook of a container makes the kubelet call another host.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::{Offences, named};
use crate::pod::Holder;
use crate::words::{plural, quoted};

pub(super) static CHECK: Check =
    Check::baseline("hostProbesAndHostLifecycle", &[Revision::since(34, rule)]);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for container in pod.containers() {
        for probe in PROBES {
            hosts(container, &[probe], &mut bad);
        }
        for hook in HOOKS {
            hosts(container, &["lifecycle", hook], &mut bad);
        }
    }
    bad.object("probe or lifecycle host", |bad| detail(bad))
}

/// Notes the hosts that a probe or hook names. Any counts, even the pod's own address.
fn hosts<'t>(container: &Holder<'t>, handler: &[&str], bad: &mut Offences<'t>) {
    let node = container.node().at(handler);
    for way in WAYS {
        let host = node.at(&[way, "host"]).str();
        if !host.is_empty() {
            bad.value(host);
            bad.add_at(container, container.path(handler).join(&[way, "host"]));
        }
    }
}

fn detail(bad: &Offences<'_>) -> String {
    // Unlike in all other checks, containers of one name are one, and sorted.
    let (names, hosts) = (bad.names(), bad.values());
    format!(
        "{} {} {} {}",
        named(names.iter().copied(), names.len()),
        plural(names.len(), "uses", "use"),
        plural(hosts.len(), "probe or lifecycle host", "probe or lifecycle hosts"),
        quoted(hosts),
    )
}

const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];
const HOOKS: [&str; 2] = ["postStart", "preStop"];
const WAYS: [&str; 2] = ["httpGet", "tcpSocket"];

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use crate::CheckId;

    #[test]
    fn any_host_counts_and_names_are_told_once() {
        let probes = |minor, pod: &str, expected| {
            check(CheckId::HostProbesAndHostLifecycle, minor, pod, expected);
        };
        let pod = "spec: {containers: [{name: b, livenessProbe: {httpGet: {host: h}, tcpSocket: \
                   {host: ''}}}, {name: a, lifecycle: {preStop: {tcpSocket: {host: 127.0.0.1}}}}, \
                   {name: b, startupProbe: {tcpSocket: {host: h}}}]}";
        probes(33, pod, "");
        probes(
            34,
            pod,
            "probe or lifecycle host (containers \"a\", \"b\" use probe or lifecycle hosts \
             \"127.0.0.1\", \"h\") @ spec.containers[0].livenessProbe.httpGet.host \
             spec.containers[1].lifecycle.preStop.tcpSocket.host \
             spec.containers[2].startupProbe.tcpSocket.host",
        );
        probes(34, "spec: {containers: [{name: a, readinessProbe: {grpc: {host: h}}}]}", "");
    }
}
