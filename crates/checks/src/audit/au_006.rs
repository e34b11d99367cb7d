//! AU-006: audit logs that outgrow their volume.

use inventory::{Component, ComponentKind, Unknown};

use super::rotation::{log_file, value};
use crate::example::{Example, ExampleFile, Expected};
use crate::host_path::volume_of;
use crate::{Check, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(super) const AU_006: Check = Check {
    id: "AU-006",
    name: "audit-log-outgrows-volume",
    title: "The audit log may grow larger than the volume it is on",
    why: "A full disk stops the log, and with the node's disk the control plane: whoever asks often enough can bring that about.",
    fails: "Nothing bounds the log (no age and no number of old logs, or no size from 1.36 on), or what rotation keeps is more than the sizeLimit of its emptyDir. How large a disk of the node is cannot be seen.",
    fix: Fix::Steps(
        "Bound it: --audit-log-maxage=30 --audit-log-maxbackup=10 --audit-log-maxsize=100 keeps at most 1100 MB. Give the volume maxsize × (maxbackup + 1) megabytes and a tenth more.",
    ),
    references: &[Reference::Owasp("K10")],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "kept for ever",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(UNBOUND)],
        )
        .on(35),
        Example::of(
            "no size on 1.36",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(NO_SIZE)],
        )
        .on(36),
        Example::of(
            "eleven logs of 100 MB on 512 MB",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(SMALL)],
        )
        .on(36),
        Example::of("room enough", Expected::Pass, &[ExampleFile::manifest(LARGE)]).on(36),
        Example::of(
            "on the node's disk",
            Expected::Unknown,
            &[ExampleFile::manifest(super::APISERVER_WITH_POLICY)],
        )
        .on(36),
        Example::of("no log", Expected::NotApplicable, &[ExampleFile::manifest(super::APISERVER)])
            .on(36),
    ],
    ..super::AUDIT
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let Some(path) = log_file(component) else {
        return Ok(Verdict::NotApplicable("no audit log file is written".to_owned()));
    };
    let minor = seen.minor_of(component);
    let of = |flag: &str| value(component, flag, minor);
    let (age, backups) = (of("audit-log-maxage"), of("audit-log-maxbackup"));
    let megabytes = match of("audit-log-maxsize") {
        Some(0) if minor.number() < 36 => Some(100),
        size => size,
    };
    if megabytes == Some(0) || (age, backups) == (Some(0), Some(0)) {
        let told =
            |value: Option<u64>| value.map_or("unreadable".to_owned(), |one| one.to_string());
        let [age, backups, size] = [age, backups, megabytes].map(told);
        return Ok(Verdict::fail(problem(
            "Nothing bounds the audit log.",
            format!("maxage {age}, maxbackup {backups}, maxsize {size}"),
        )));
    }
    let limit = volume_of(seen.inventory(), component, path)
        .and_then(|volume| bytes(&volume.at(&["emptyDir", "sizeLimit"]).plain()?));
    let (Some(limit), Some(backups), Some(size)) =
        (limit, backups.filter(|count| *count > 0), megabytes)
    else {
        return Err(Unknown::new(
            format!("how large the volume of {path} is was not seen"),
            "compare maxsize × (maxbackup + 1) with df on the node",
        ));
    };
    let most = backups.saturating_add(1).saturating_mul(size).saturating_mul(1 << 20);
    Ok(Verdict::from((most > limit).then(|| {
        problem(
            "Rotation keeps more than the volume of the audit log holds.",
            format!("{} MB at most, {} MB of room", most >> 20, limit >> 20),
        )
    })))
}

fn problem(message: &str, evidence: String) -> Problem {
    Problem::new(Severity::Medium, message).detail("audit-log-maxsize").evidence(evidence)
}

/// A quantity of bytes, as `512Mi`.
fn bytes(quantity: &str) -> Option<u64> {
    let digits: String = quantity.chars().take_while(char::is_ascii_digit).collect();
    let unit = quantity.strip_prefix(digits.as_str())?;
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    digits.parse::<u64>().ok()?.checked_mul(*factor)
}

const UNITS: [(&str, u64); 7] = [
    ("", 1),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
];

const UNBOUND: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-log-path=/var/log/audit.log]
";

const NO_SIZE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-log-path=/var/log/audit.log, --audit-log-maxsize=0]
";

const SMALL: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-log-path=/audit/audit.log, --audit-log-maxbackup=10]
    volumeMounts: [{name: audit, mountPath: /audit}]
  volumes: [{name: audit, emptyDir: {sizeLimit: 512Mi}}]
";

const LARGE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-node-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --audit-log-path=/audit/audit.log, --audit-log-maxbackup=10]
    volumeMounts: [{name: audit, mountPath: /audit}]
  volumes: [{name: audit, emptyDir: {sizeLimit: 2Gi}}]
";
