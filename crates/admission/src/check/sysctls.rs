//! Only those kernel parameters are set that stay inside the pod. The list grows.

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::words::listed;

pub(super) static CHECK: Check = Check::baseline(
    "sysctls",
    &[
        Revision::since(0, |pod| rule(pod, &[&SAFE_0])),
        Revision::since(27, |pod| rule(pod, &[&SAFE_0, &SAFE_27])),
        Revision::since(29, |pod| rule(pod, &[&SAFE_0, &SAFE_27, &SAFE_29])),
        Revision::since(32, |pod| rule(pod, &[&SAFE_0, &SAFE_27, &SAFE_29, &SAFE_32])),
        Revision::since(37, |pod| rule(pod, &[&SAFE_0, &SAFE_27, &SAFE_29, &SAFE_32, &SAFE_37])),
    ],
);

fn rule(pod: &Pod<'_>, safe: &[&[&str]]) -> Option<Objection> {
    let mut bad = Offences::default();
    let mut names = Vec::new();
    for (index, sysctl) in pod.whole().security().get("sysctls").items().iter().enumerate() {
        let name = sysctl.get("name").str();
        if !safe.iter().any(|list| list.contains(&name)) {
            names.push(name);
            let list = pod.whole().path(&["securityContext", "sysctls"]);
            bad.add_place(list.then(index).then("name"));
        }
    }
    bad.object("forbidden sysctls", |_| listed(names, ", "))
}

const SAFE_0: [&str; 5] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
];
const SAFE_27: [&str; 1] = ["net.ipv4.ip_local_reserved_ports"];
const SAFE_29: [&str; 4] = [
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
];
const SAFE_32: [&str; 2] = ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"];
const SAFE_37: [&str; 2] = ["net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"];

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use crate::CheckId;

    #[test]
    fn the_list_grows() {
        let sysctls = |minor, names: &str, expected: &str| {
            let names = names.split(' ').map(|name| format!("{{name: {name}}}"));
            let list = names.collect::<Vec<_>>().join(", ");
            let pod = format!("spec: {{securityContext: {{sysctls: [{list}]}}}}");
            check(CheckId::Sysctls, minor, &pod, expected);
        };
        for (since, name) in [
            (27, "net.ipv4.ip_local_reserved_ports"),
            (29, "net.ipv4.tcp_keepalive_time"),
            (32, "net.ipv4.tcp_rmem"),
            (37, "net.ipv4.tcp_slow_start_after_idle"),
        ] {
            let denied =
                format!("forbidden sysctls ({name}) @ spec.securityContext.sysctls[0].name");
            sysctls(since - 1, name, &denied);
            sysctls(since, name, "");
        }
        sysctls(0, "''", "forbidden sysctls @ spec.securityContext.sysctls[0].name");
        sysctls(
            37,
            "b net.ipv4.tcp_syncookies a b",
            "forbidden sysctls (b, a, b) @ spec.securityContext.sysctls[0].name \
             spec.securityContext.sysctls[2].name spec.securityContext.sysctls[3].name",
        );
    }
}
