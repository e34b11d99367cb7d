//! Programs that carry the audit log away from its node: `DaemonSet`s known by their image, that
//! mount the folder the log is in.

use inventory::{ComponentKind, Kind, Object, Workload};

use super::au_002::FOLDER;
use crate::Seen;
use crate::host_path::{covers, folder_of};
use crate::image::Image;

/// The `DaemonSet`s that carry the audit log away.
pub(super) fn shippers<'i>(seen: &Seen<'i>) -> Vec<&'i Object> {
    let folders = folders(seen);
    let all = seen.inventory().of(Kind::DAEMON_SET).iter();
    all.filter(|object| ships(object, &folders)).collect()
}

/// Whether a `DaemonSet` carries away what is in one of some folders.
fn ships(object: &Object, folders: &[&str]) -> bool {
    let Some(workload) = Workload::of(object) else { return false };
    let is_known = workload.containers().any(|container| is_shipper(container.image()));
    let mounts = workload.volumes().any(|(volume, _)| {
        let path = volume.at(&["hostPath", "path"]).str();
        !path.is_empty() && folders.iter().any(|folder| covers(path, folder))
    });
    is_known && mounts
}

/// Where audit logs are; where one usually is if no flag was seen.
fn folders<'i>(seen: &Seen<'i>) -> Vec<&'i str> {
    let servers = seen.inventory().components(ComponentKind::ApiServer);
    let paths = servers.filter_map(|server| server.flags.value("audit-log-path"));
    let folders: Vec<&str> = paths
        .filter(|path| !path.is_empty())
        .map(|path| if path == "-" { "/var/log/pods" } else { folder_of(path) })
        .collect();
    if folders.is_empty() { vec![FOLDER] } else { folders }
}

/// Whether an image is that of a program that ships logs.
fn is_shipper(image: &str) -> bool {
    let repository = Image::of(image).repository.to_lowercase();
    let (folder, name) = repository.rsplit_once('/').unwrap_or(("", &repository));
    NAMES.iter().any(|known| name.contains(known) || folder.split('/').any(|part| part == *known))
}

const NAMES: [&str; 18] = [
    "fluent-bit",
    "fluentbit",
    "fluentd",
    "vector",
    "promtail",
    "alloy",
    "grafana-agent",
    "filebeat",
    "elastic-agent",
    "opentelemetry-collector",
    "otel-collector",
    "otelcol",
    "splunk",
    "datadog",
    "logstash",
    "rsyslog",
    "syslog-ng",
    "newrelic",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_ship_logs_are_known_by_their_image() {
        let check =
            |image: &str, expected: bool| assert_eq!(is_shipper(image), expected, "{image}");
        check("cr.fluentbit.io/fluent/fluent-bit:3.1", true);
        check("docker.io/timberio/vector:0.40.0-distroless", true);
        check("grafana/alloy@sha256:0000", true);
        check("registry.example.com:5000/otel/opentelemetry-collector-contrib", true);
        check("registry.k8s.io/kube-proxy:v1.36.0", false);
        check("docker.io/datadog/agent:7", true);
        check("example.com/app:vector", false);
        check("vector.example.com/app", false);
    }
}
