//! ND-033 to ND-037 and ND-040: who can read the credentials of a node, and change what it trusts.

use inventory::Unknown;

use super::kubelet_files;
use crate::example::{Example, ExampleFile, Expected};
use crate::rights::{FilesRule, Place, Wanted};
use crate::{Check, Fix, Judge, Practice, Reference, Seen, Severity, Span, Tally};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "ND-033",
        name: "control-plane-kubeconfigs",
        title: "Others may read or write a kubeconfig of the control plane",
        why: "admin.conf and super-admin.conf open the whole cluster to whoever reads them; the others act as the controllers and the scheduler.",
        fails: "The mode of admin.conf, super-admin.conf, controller-manager.conf or scheduler.conf is more than 600, it does not belong to root:root, or a folder above it can be written by others.",
        fix: Fix::Sometimes(
            "Sets mode 600 and owner root:root. A folder that others can write to is closed by hand: chmod go-w.",
        ),
        references: &[
            Reference::Cis("1.1.13"),
            Reference::Cis("1.1.14"),
            Reference::Cis("1.1.15"),
            Reference::Cis("1.1.16"),
            Reference::Cis("1.1.17"),
            Reference::Cis("1.1.18"),
            Reference::Mitre("T1552.001"),
        ],
        judge: Judge::Whole(|seen| KUBECONFIGS.judge(seen)),
        examples: &[
            Example::of(
                "readable for all",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/admin.conf", "").rights(0o644, 0, 0)],
            ),
            Example::of(
                "the copy somebody made in place",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/super-admin.conf", "")
                    .rights(0o600, 1000, 1000)],
            ),
            Example::of(
                "as kubeadm writes them",
                Expected::Pass,
                &[
                    ExampleFile::at("/etc/kubernetes/admin.conf", "").rights(0o600, 0, 0),
                    ExampleFile::at("/etc/kubernetes/scheduler.conf", "").rights(0o600, 0, 0),
                ],
            ),
            Example::of(
                "a worker has none",
                Expected::NotApplicable,
                &[ExampleFile::at("/etc/kubernetes/", "").rights(0o755, 0, 0)],
            ),
            Example::of("no node was looked at", Expected::Unknown, &[]),
        ],
        ..FILES
    },
    Check {
        id: "ND-034",
        name: "pki-owner",
        title: "Certificates or keys of the cluster belong to somebody else than root",
        why: "Whoever owns an authority's files may replace it, and then signs himself any name in the cluster.",
        fails: "/etc/kubernetes/pki or something below it does not belong to root:root.",
        fix: Fix::Automatic("Gives it to root:root."),
        references: &[Reference::Cis("1.1.19")],
        judge: Judge::Whole(|seen| PKI_OWNER.judge(seen)),
        examples: &[
            Example::of(
                "a person's",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/pki/etcd/ca.key", "").rights(0o600, 1000, 1000)],
            ),
            Example::of(
                "root's",
                Expected::Pass,
                &[
                    ExampleFile::at("/etc/kubernetes/pki/", "").rights(0o755, 0, 0),
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", "").rights(0o644, 0, 0),
                ],
            ),
            Example::of(
                "an owner that was not seen",
                Expected::Unknown,
                &[ExampleFile::at("/etc/kubernetes/pki/ca.crt", "")],
            ),
        ],
        ..FILES
    },
    Check {
        id: "ND-035",
        name: "certificate-mode",
        title: "Others may write a certificate of the cluster",
        why: "Whoever changes ca.crt chooses whom the components believe.",
        fails: "The mode of a .crt file below /etc/kubernetes/pki is more than 644: reading certificates does no harm. A folder above it that others can write to fails too.",
        fix: Fix::Sometimes(
            "Takes away the bits beyond 644. A folder that others can write to is closed by hand: chmod go-w.",
        ),
        references: &[Reference::Cis("1.1.20")],
        judge: Judge::Whole(|seen| CERTIFICATES.judge(seen)),
        examples: &[
            Example::of(
                "writable for its group",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/pki/ca.crt", "").rights(0o664, 0, 0)],
            ),
            Example::of(
                "readable for all",
                Expected::Pass,
                &[
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", "").rights(0o644, 0, 0),
                    ExampleFile::at("/etc/kubernetes/pki/etcd/server.crt", "").rights(0o600, 0, 0),
                ],
            ),
            Example::of(
                "an external authority: no file",
                Expected::NotApplicable,
                &[ExampleFile::at("/etc/kubernetes/pki/", "").rights(0o755, 0, 0)],
            ),
        ],
        ..FILES
    },
    Check {
        id: "ND-036",
        name: "key-mode",
        title: "Others may read a private key of the cluster",
        why: "The key of an authority signs any name: cluster administrator in one step. sa.key signs the token of any service account.",
        fails: "The mode of a .key file below /etc/kubernetes/pki is more than 600, or a folder above it can be written by others. Public keys (.pub) pass.",
        fix: Fix::Sometimes(
            "Sets the mode to 600. A folder that others can write to is closed by hand: chmod go-w.",
        ),
        references: &[
            Reference::Cis("1.1.21"),
            Reference::Mitre("T1552.004"),
            Reference::Owasp("K03"),
        ],
        judge: Judge::Whole(|seen| KEYS.judge(seen)),
        examples: &[
            Example::of(
                "readable for its group",
                Expected::Fail(Severity::High),
                &[ExampleFile::at("/etc/kubernetes/pki/etcd/ca.key", "").rights(0o640, 0, 0)],
            ),
            Example::of(
                "for root alone, beside a public key",
                Expected::Pass,
                &[
                    ExampleFile::at("/etc/kubernetes/pki/sa.key", "").rights(0o600, 0, 0),
                    ExampleFile::at("/etc/kubernetes/pki/sa.pub", "").rights(0o644, 0, 0),
                ],
            ),
            Example::of(
                "an external authority: no key",
                Expected::NotApplicable,
                &[
                    ExampleFile::at("/etc/kubernetes/pki/", "").rights(0o755, 0, 0),
                    ExampleFile::at("/etc/kubernetes/pki/ca.crt", "").rights(0o644, 0, 0),
                ],
            ),
        ],
        ..FILES
    },
    Check {
        id: "ND-037",
        name: "kubelet-files",
        title: "Others may read or write files of a kubelet",
        severities: &[Severity::High, Severity::Low],
        why: "Whoever writes them decides what the kubelet runs and whom it believes; kubelet.conf and the kubeconfig of kube-proxy hold the node's credentials.",
        fails: "A unit file, kubelet.conf, the configuration or the kubeconfig of kube-proxy has a mode above 600, the authority's certificate one above 644, or one of them does not belong to root:root. Where others may only read what holds no secret, as packages and kubeadm leave it, that is low.",
        fix: Fix::Sometimes(
            "Sets the mode, and owner root:root. A folder that others can write to is closed by hand: chmod go-w.",
        ),
        references: &[
            Reference::Cis("4.1.1"),
            Reference::Cis("4.1.2"),
            Reference::Cis("4.1.3"),
            Reference::Cis("4.1.4"),
            Reference::Cis("4.1.5"),
            Reference::Cis("4.1.6"),
            Reference::Cis("4.1.7"),
            Reference::Cis("4.1.8"),
            Reference::Cis("4.1.9"),
            Reference::Cis("4.1.10"),
        ],
        judge: Judge::Whole(kubelet_files::judge),
        examples: kubelet_files::EXAMPLES,
        ..FILES
    },
    Check {
        id: "ND-040",
        name: "etcd-backups",
        title: "Others may read a backup of etcd",
        severities: &[Severity::Medium],
        why: "A snapshot holds every Secret of the cluster, in plain text unless they are encrypted at rest.",
        fails: "A snapshot (.db) in a folder for backups, or something below kubeadm's /etc/kubernetes/tmp, has a mode above 600.",
        fix: Fix::Sometimes(
            "Sets the mode to 600. A folder that others can write to is closed by hand: chmod go-w.",
        ),
        references: &[Reference::Mitre("T1552.001"), Reference::Owasp("K03")],
        judge: Judge::Whole(backups),
        examples: &[
            Example::of(
                "readable for all",
                Expected::Fail(Severity::Medium),
                &[ExampleFile::at("/var/backups/etcd/snapshot-1.db", "").rights(0o644, 0, 0)],
            ),
            Example::of(
                "for root alone",
                Expected::Pass,
                &[ExampleFile::at("/var/backups/etcd/snapshot-1.db", "").rights(0o600, 0, 0)],
            ),
            Example::of("no backup was seen", Expected::Unknown, &[]),
        ],
        ..FILES
    },
];

/// What they have in common.
const FILES: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Nodes,
    severities: &[Severity::High],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const KUBECONFIGS: FilesRule = FilesRule {
    places: &[
        Place::File("/etc/kubernetes/admin.conf"),
        Place::File("/etc/kubernetes/super-admin.conf"),
        Place::File("/etc/kubernetes/controller-manager.conf"),
        Place::File("/etc/kubernetes/scheduler.conf"),
    ],
    wanted: &[Wanted::Mode(0o600), Wanted::Root],
    severity: Severity::High,
    what: "kubeconfig of the control plane",
};

const PKI_OWNER: FilesRule = FilesRule {
    places: &[Place::Below("/etc/kubernetes/pki")],
    wanted: &[Wanted::Root],
    severity: Severity::High,
    what: "certificates of the control plane",
};

const CERTIFICATES: FilesRule = FilesRule {
    places: &[Place::Named("/etc/kubernetes/pki", ".crt")],
    wanted: &[Wanted::Mode(0o644)],
    severity: Severity::High,
    what: "certificates of the control plane",
};

const KEYS: FilesRule = FilesRule {
    places: &[Place::Named("/etc/kubernetes/pki", ".key")],
    wanted: &[Wanted::Mode(0o600)],
    severity: Severity::High,
    what: "private keys of the control plane",
};

const BACKUPS: FilesRule = FilesRule {
    places: &[
        Place::Named("/etc/kubernetes/tmp", ""),
        Place::Named("/var/backups", ".db"),
        Place::Named("/var/lib/etcd-backup", ".db"),
        Place::Named("/var/lib/etcd-snapshots", ".db"),
        Place::Named("/opt/backup", ".db"),
        Place::Named("/backup", ".db"),
        Place::Named("/backups", ".db"),
    ],
    wanted: &[Wanted::Mode(0o600)],
    severity: Severity::Medium,
    what: "backup of etcd",
};

/// Backups lie anywhere: that a usual place has none says nothing.
fn backups(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let tally = BACKUPS.judge(seen);
    let is_none = tally.as_ref().map_or(true, |tally| !tally.not_applicable.is_empty());
    if is_none {
        return Err(Unknown::new(
            "no backup of etcd was seen",
            "scan the folder that backups are kept in",
        ));
    }
    tally
}
