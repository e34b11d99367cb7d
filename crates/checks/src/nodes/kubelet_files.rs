//! ND-037: the files that a kubelet and kube-proxy read.

use inventory::Unknown;

use super::kubelet::{Setting, kubelets};
use crate::example::{Example, ExampleFile, Expected};
use crate::rights::{FileRule, FilesRule, Place, Wanted, is_as_on_node};
use crate::{About, Seen, Severity, Tally};

pub(crate) fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let judged = [SECRET.judge(seen), plain(seen), Ok(authority(seen))];
    let mut all = Tally::new();
    let mut unknown = None;
    for one in judged {
        match one {
            Ok(tally) => join(&mut all, tally),
            Err(reason) => unknown = unknown.or(Some(reason)),
        }
    }
    match unknown {
        Some(reason) if all.is_empty() => Err(reason),
        Some(_) | None => Ok(all),
    }
}

fn join(all: &mut Tally, one: Tally) {
    let Tally { passes, problems, exempt, gaps, not_applicable } = one;
    all.passes = all.passes.saturating_add(passes);
    let known: Vec<_> = problems
        .into_iter()
        .filter(|(about, problem)| {
            !all.problems.iter().any(|(other, one)| other == about && one.detail == problem.detail)
        })
        .collect();
    all.problems.extend(known);
    all.exempt.extend(exempt);
    all.gaps.extend(gaps);
    all.not_applicable.extend(not_applicable);
}

/// What others may only read is low: these files hold no secret.
fn plain(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = PLAIN.judge(seen)?;
    for (about, problem) in &mut tally.problems {
        let file = seen.inventory().file(&about.file);
        let is_only_read = file.and_then(|file| file.mode).is_some_and(|mode| mode & 0o033 == 0);
        if problem.detail == "mode" && is_only_read {
            problem.severity = Severity::Low;
        }
    }
    Ok(tally)
}

/// The authority whose client certificates kubelets take.
fn authority(seen: &Seen<'_>) -> Tally {
    let mut tally = Tally::new();
    for kubelet in kubelets(seen) {
        let Ok(value) = CLIENT_CA.of(&kubelet) else { continue };
        if value.text.is_empty() {
            continue;
        }
        let path = format!("{}{}", kubelet.prefix, value.text);
        let Some(file) = seen.inventory().files().iter().find(|file| file.path() == path) else {
            continue;
        };
        for wanted in [Wanted::Mode(0o644), Wanted::Root] {
            let rule = FileRule { path: file.path_on_node(), wanted, severity: Severity::High };
            if is_as_on_node(file) {
                tally.add(About::file(file), rule.judge_file(file));
            }
        }
    }
    tally
}

const CLIENT_CA: Setting = Setting {
    field: &["authentication", "x509", "clientCAFile"],
    flag: "client-ca-file",
    with_config: "",
    without: "",
    by_kubeadm: None,
};

const SECRET: FilesRule = FilesRule {
    places: &[
        Place::File("/etc/kubernetes/kubelet.conf"),
        Place::File("/etc/kubernetes/bootstrap-kubelet.conf"),
        Place::File("/var/lib/kubelet/kubeconfig"),
        Place::File("/var/lib/kube-proxy/kubeconfig"),
        Place::File("/var/lib/kube-proxy/kubeconfig.conf"),
        Place::File("/etc/kubernetes/kube-proxy.conf"),
    ],
    wanted: &[Wanted::Mode(0o600), Wanted::Root],
    severity: Severity::High,
    what: "kubeconfig of a kubelet",
};

const PLAIN: FilesRule = FilesRule {
    places: &[
        Place::File("/var/lib/kubelet/config.yaml"),
        Place::File("/etc/systemd/system/kubelet.service"),
        Place::Named("/etc/systemd/system/kubelet.service.d", ".conf"),
        Place::File("/usr/lib/systemd/system/kubelet.service"),
        Place::Named("/usr/lib/systemd/system/kubelet.service.d", ".conf"),
        Place::File("/lib/systemd/system/kubelet.service"),
        Place::File("/etc/default/kubelet"),
    ],
    wanted: &[Wanted::Mode(0o600), Wanted::Root],
    severity: Severity::High,
    what: "configuration of a kubelet",
};

pub(crate) const EXAMPLES: &[Example] = &[
    Example::of(
        "credentials that all may read",
        Expected::Fail(Severity::High),
        &[ExampleFile::at("/etc/kubernetes/kubelet.conf", "").rights(0o644, 0, 0)],
    ),
    Example::of(
        "a configuration that its group may write",
        Expected::Fail(Severity::High),
        &[ExampleFile::at("/var/lib/kubelet/config.yaml", CONFIG).rights(0o664, 0, 0)],
    ),
    Example::of(
        "as kubeadm leaves it",
        Expected::Fail(Severity::Low),
        &[
            ExampleFile::at("/var/lib/kubelet/config.yaml", CONFIG).rights(0o644, 0, 0),
            ExampleFile::at("/etc/kubernetes/kubelet.conf", "").rights(0o600, 0, 0),
        ],
    ),
    Example::of(
        "an authority that its group may write",
        Expected::Fail(Severity::High),
        &[
            ExampleFile::at("/var/lib/kubelet/config.yaml", CONFIG).rights(0o600, 0, 0),
            ExampleFile::at("/etc/kubernetes/pki/ca.crt", "").rights(0o664, 0, 0),
        ],
    ),
    Example::of(
        "closed, beside an authority that all may read",
        Expected::Pass,
        &[
            ExampleFile::at("/var/lib/kubelet/config.yaml", CONFIG).rights(0o600, 0, 0),
            ExampleFile::at("/etc/kubernetes/kubelet.conf", "").rights(0o600, 0, 0),
            ExampleFile::at("/etc/kubernetes/pki/ca.crt", "").rights(0o644, 0, 0),
        ],
    ),
    Example::of(
        "a copy that lost its rights",
        Expected::Unknown,
        &[ExampleFile::at("/var/lib/kubelet/config.yaml", CONFIG)],
    ),
    Example::of("no node was looked at", Expected::Unknown, &[]),
];

const CONFIG: &str = "\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}
";
