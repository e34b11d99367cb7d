//! Paths of a node, as mounts name them: what lies where, and which places are more than data.

/// A path without doubled or trailing slashes, with `/var/run` as the `/run` that it is.
pub(super) fn clean(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    let clean: String = parts.flat_map(|part| ["/", part]).collect();
    match clean.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        Some(_) | None if clean.is_empty() => "/".to_owned(),
        Some(_) | None => clean,
    }
}

/// Whether a path is another, or lies below it. Both are clean.
pub(super) fn lies_in(path: &str, folder: &str) -> bool {
    folder == "/"
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether whoever mounts a clean path gets more than data: keys, programs, the kernel's own files.
pub(super) fn is_sensitive(path: &str) -> bool {
    ALONE.contains(&path) || WITH_ALL_BELOW.iter().any(|folder| lies_in(path, folder))
}

/// Folders that hold sensitive ones, beside places that are made for data.
const ALONE: [&str; 8] = [
    "/",
    "/home",
    "/opt",
    "/var",
    "/var/lib",
    "/var/lib/rancher",
    "/var/lib/rancher/k3s",
    "/var/spool",
];

const WITH_ALL_BELOW: [&str; 22] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/opt/cni",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/lib/rancher/k3s/agent",
    "/var/lib/rancher/k3s/server",
    "/var/lib/rancher/rke2",
    "/var/log",
    "/var/spool/cron",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_has_one_name() {
        let check = |path: &str, expected: &str| assert_eq!(clean(path), expected, "{path}");
        check("/", "/");
        check("//", "/");
        check("/var/run/", "/run");
        check("/var//run/docker.sock", "/run/docker.sock");
        check("/var/running", "/var/running");
        check("/etc/./kubernetes/", "/etc/kubernetes");
    }

    #[test]
    fn storage_is_not_sensitive() {
        let check = |path: &str, expected: bool| assert_eq!(is_sensitive(path), expected, "{path}");
        check("/", true);
        check("/etc/kubernetes/pki", true);
        check("/etcetera", false);
        check("/var/lib", true);
        check("/var/lib/postgres", false);
        check("/var/lib/kubelet/pods", true);
        check("/var/lib/rancher/k3s/storage/pvc-1", false);
        check("/opt/local-path-provisioner/pvc-1", false);
        check("/var/log/pods", true);
    }
}
