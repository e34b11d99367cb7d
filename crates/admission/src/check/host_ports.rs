//! No container takes a port of its node.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::words::{listed, plural};

pub(super) static CHECK: Check = Check::baseline("hostPorts", &[Revision::since(0, rule)]);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for container in pod.containers() {
        for (index, port) in container.node().get("ports").items().iter().enumerate() {
            if let Some(taken) = pod.host_port(container, port) {
                bad.value(taken.plain().unwrap_or_default());
                let place = container.path(&["ports"]).then(index).then("hostPort");
                bad.add_at(container, place);
            }
        }
    }
    bad.object("hostPort", detail)
}

fn detail(bad: &Offences<'_>) -> String {
    format!(
        "{} {} {} {}",
        bad.containers(),
        plural(bad.count(), "uses", "use"),
        plural(bad.values().len(), "hostPort", "hostPorts"),
        // As texts: upstream sorts 8080 before 90.
        listed(bad.values(), ", "),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use crate::CheckId;

    #[test]
    fn ports_sort_as_texts() {
        let ports = |pod: &str, expected| check(CheckId::HostPorts, 0, pod, expected);
        ports("spec: {containers: [{name: a, ports: [{hostPort: 0}, {containerPort: 1}]}]}", "");
        ports(
            "spec: {containers: [{name: a, ports: [{hostPort: 90}, {hostPort: 8080}, {hostPort: 90}]}, \
             {name: b, ports: [{hostPort: 8e1}]}]}",
            "hostPort (containers \"a\", \"b\" use hostPorts 80, 8080, 90) @ \
             spec.containers[0].ports[0].hostPort spec.containers[0].ports[1].hostPort \
             spec.containers[0].ports[2].hostPort spec.containers[1].ports[0].hostPort",
        );
        ports(
            "spec: {ephemeralContainers: [{name: e, ports: [{hostPort: 1}]}]}",
            "hostPort (container \"e\" uses hostPort 1) @ \
             spec.ephemeralContainers[0].ports[0].hostPort",
        );
    }
}
