//! Files and processes become the kubelets that they start.

use inventory::{Component, File, Inventory};

use super::*;
use crate::Example;
use crate::nodes::kubelet::Setting;

const PORT: Setting = Setting {
    field: &["readOnlyPort"],
    flag: "read-only-port",
    with_config: "0",
    without: "10255",
    by_kubeadm: None,
};

fn check(files: &[(&str, &str)], process: Option<&str>, expected: &[&str]) {
    let mut builder = Inventory::builder();
    for (path, text) in files {
        let at = path.find("/etc/").or_else(|| path.find("/var/")).unwrap_or_default();
        builder.add_file(File::new(*path).on_node(path.split_at(at).1), text);
    }
    let words = process.into_iter().flat_map(str::split_whitespace).map(str::to_owned);
    if let Some(process) = Component::of_process(7, None, &words.collect::<Vec<String>>()) {
        builder.add_process(process);
    }
    let inventory = builder.build();
    let seen = Seen::new(&inventory, Example::now());
    let values = kubelets(&seen).into_iter().map(|kubelet| match PORT.of(&kubelet) {
        Ok(value) => PORT.evidence(&value),
        Err(unknown) => unknown.reason,
    });
    assert_eq!(values.collect::<Vec<_>>(), expected, "{files:?} {process:?}");
}

#[test]
fn each_kubelet_is_found_once() {
    const UNIT: &str = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";
    const OTHER: &str = "/etc/systemd/system/kubelet.service.d/20-own.conf";
    const CONFIG: &str = "/var/lib/kubelet/config.yaml";
    const STARTS: &str =
        "[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n";
    const OPEN: &str = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 10255\n";
    const CLOSED: &str = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
    const OWN: &str = "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --v=2\n";
    const DEFAULT: &str = "readOnlyPort is not set; the default is 0";

    check(&[(UNIT, STARTS), (CONFIG, OPEN)], None, &["readOnlyPort: 10255"]);
    check(&[(CONFIG, CLOSED)], None, &[DEFAULT]);
    let patch = "/var/lib/kubelet/instance-config.yaml";
    check(&[(CONFIG, OPEN), (patch, CLOSED)], None, &["readOnlyPort: 10255"]);
    let unseen = "the kubelet reads /var/lib/kubelet/config.yaml, which was not seen";
    check(&[(UNIT, STARTS)], None, &[unseen]);
    // The last drop-in replaces what the others start.
    let by_flag = "there is no --config, so readOnlyPort is the default of the flag: 10255";
    check(&[(UNIT, STARTS), (OTHER, OWN)], None, &[by_flag]);
    // What runs counts, not what would be started.
    let running = "/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --read-only-port=0";
    check(&[(UNIT, STARTS), (CONFIG, OPEN)], Some(running), &["--read-only-port=0"]);
    // Each node has a kubelet of its own, with the configuration beside it.
    let copy = |node: &str, path: &str| format!("{node}{path}");
    check(
        &[
            (&copy("a", UNIT), STARTS),
            (&copy("a", CONFIG), OPEN),
            (&copy("b", UNIT), STARTS),
            (&copy("b", CONFIG), CLOSED),
        ],
        None,
        &["readOnlyPort: 10255", DEFAULT],
    );
    check(&[], None, &[]);
}
