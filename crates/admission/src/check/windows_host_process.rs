//! No process of a pod is one of its Windows node.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;

pub(super) static CHECK: Check = Check::baseline("windowsHostProcess", &[Revision::since(0, rule)]);

fn rule(pod: &Pod<'_>) -> Option<Objection> {
    let mut bad = Offences::default();
    for holder in pod.holders() {
        if holder.security().at(&["windowsOptions", "hostProcess"]).is_true() {
            bad.add(holder, &["securityContext", "windowsOptions", "hostProcess"]);
        }
    }
    bad.object("hostProcess", |bad| {
        format!("{} must not set securityContext.windowsOptions.hostProcess=true", bad.setters())
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn the_pod_counts_without_containers() {
        let process = |pod: &str, expected| check(CheckId::WindowsHostProcess, 0, pod, expected);
        process(&one("windowsOptions: {hostProcess: false}"), "");
        process(
            "spec: {securityContext: {windowsOptions: {hostProcess: true}}}",
            "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true) @ \
             spec.securityContext.windowsOptions.hostProcess",
        );
    }
}
