//! The pod has its own network, processes and shared memory.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::words::listed;

pub(super) static CHECK: Check = Check::baseline("hostNamespaces", &[Revision::since(0, rule)]);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    let shares = |name: &&&str| pod.spec().get(name).is_true();
    for name in NAMES.iter().filter(shares) {
        bad.add(pod.whole(), &[name]);
    }
    bad.object("host namespaces", |_| {
        listed(NAMES.iter().filter(shares).map(|name| format!("{name}=true")), ", ")
    })
}

const NAMES: [&str; 3] = ["hostNetwork", "hostPID", "hostIPC"];

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use crate::CheckId;

    #[test]
    fn names_what_is_shared() {
        let namespaces = |pod: &str, expected| check(CheckId::HostNamespaces, 0, pod, expected);
        namespaces("spec: {hostNetwork: false, hostPID: ~}", "");
        namespaces(
            "spec: {hostIPC: true, hostPID: true, hostNetwork: true}",
            "host namespaces (hostNetwork=true, hostPID=true, hostIPC=true) @ spec.hostNetwork \
             spec.hostPID spec.hostIPC",
        );
    }
}
