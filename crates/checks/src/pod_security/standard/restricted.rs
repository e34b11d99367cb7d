//! PS-013 to PS-018 and PS-036: what the restricted level asks for beyond the baseline.

use admission::CheckId;

use super::{STANDARD, Standard, mend, restricted_examples as examples};
use crate::Severity::Medium;
use crate::{Check, Fix, Judge, Reference};

pub(in crate::pod_security) const CHECKS: &[Check] = &[
    Check {
        id: "PS-013",
        name: "restricted-volumes",
        title: "A volume is of a kind that leaves the cluster's storage",
        why: "Whoever writes the pod chooses the node's files, or a server and its credentials, past what administrators offer as storage.",
        fails: "A volume is none of configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected and secret. One without a source passes: the API makes an emptyDir of it. So does hostPath: the baseline refuses it already (PS-005).",
        fix: Fix::Steps(
            "Describe the storage as a PersistentVolume, claim it with a PersistentVolumeClaim, and name the claim in the volume: persistentVolumeClaim: {claimName: NAME}. For gitRepo clone in an init container into an emptyDir.",
        ),
        references: &[Reference::Nsa("Pod security"), Reference::Owasp("K01")],
        judge: Judge::Workloads(&Standard {
            check: CheckId::RestrictedVolumes,
            severity: Medium,
            does: "is of a restricted kind",
            mend: mend::nothing,
        }),
        examples: examples::VOLUMES,
        ..RESTRICTED
    },
    Check {
        id: "PS-014",
        name: "privilege-escalation",
        title: "A container lets processes gain privileges",
        why: "A program with the set-user-id bit, or a file capability, makes root of whoever gets in.",
        fails: "securityContext.allowPrivilegeEscalation of a container is not false. Windows pods pass from 1.25 on.",
        fix: Fix::Sometimes(
            "Sets allowPrivilegeEscalation: false, and takes away privileged and CAP_SYS_ADMIN, which the API refuses beside it. A Windows pod of a cluster before 1.25 cannot say it: upgrade.",
        ),
        references: &[
            Reference::Cis("5.2.6"),
            Reference::Mitre("T1548"),
            Reference::Nsa("Pod security"),
            Reference::Owasp("K01"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::AllowPrivilegeEscalation,
            severity: Medium,
            does: "lets processes gain privileges",
            mend: mend::escalation,
        }),
        examples: examples::ESCALATION,
        ..RESTRICTED
    },
    Check {
        id: "PS-015",
        name: "run-as-non-root",
        title: "Nothing keeps a container from running as root",
        why: "Root in a container is root on the node as soon as one wall falls.",
        fails: "runAsNonRoot is false somewhere, or true neither for the pod nor for each container. From 1.35 on, pods with users of their own (hostUsers: false) pass.",
        fix: Fix::Sometimes(
            "Sets runAsNonRoot: true for the pod, unless runAsUser says 0. The kubelet then refuses an image that starts as root, or names its user instead of numbering it: give such a container runAsUser, or its image a USER with a number.",
        ),
        references: &[
            Reference::Cis("5.2.7"),
            Reference::Nsa("Pod security"),
            Reference::Owasp("K01"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::RunAsNonRoot,
            severity: Medium,
            does: "may run as root",
            mend: mend::non_root,
        }),
        examples: examples::NON_ROOT,
        ..RESTRICTED
    },
    Check {
        id: "PS-016",
        name: "run-as-root",
        title: "A container asks to run as root",
        why: "Root in a container is root on the node as soon as one wall falls.",
        fails: "runAsUser of the pod or of a container is 0. From 1.35 on, pods with users of their own (hostUsers: false) pass.",
        fix: Fix::Steps(
            "Choose the number of a user that may read and write what the program needs (docker run --rm --entrypoint id IMAGE tells the one of the image), set it as runAsUser, and as fsGroup of the pod for its volumes; then set runAsNonRoot: true.",
        ),
        references: &[
            Reference::Cis("5.2.7"),
            Reference::Nsa("Pod security"),
            Reference::Owasp("K01"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::RunAsUser,
            severity: Medium,
            does: "asks to run as root",
            mend: mend::nothing,
        }),
        examples: examples::ROOT,
        ..RESTRICTED
    },
    Check {
        id: "PS-017",
        name: "seccomp-missing",
        title: "Seccomp is not turned on for a container",
        why: "Unless the kubelet has another default, every call of the kernel is open, also those that most ways out of a container begin with.",
        fails: "seccompProfile.type is RuntimeDefault or Localhost neither for the pod nor for a container, or is something else. Windows pods pass from 1.25 on.",
        fix: Fix::Sometimes(
            "Sets seccompProfile.type: RuntimeDefault for the pod. A Windows pod of a cluster before 1.25 cannot say it: upgrade.",
        ),
        references: &[
            Reference::Cis("5.6.2"),
            Reference::Mitre("T1611"),
            Reference::Nsa("Pod security"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::SeccompProfileRestricted,
            severity: Medium,
            does: "runs without seccomp",
            mend: mend::seccomp,
        }),
        examples: examples::SECCOMP,
        ..RESTRICTED
    },
    Check {
        id: "PS-018",
        name: "capabilities-kept",
        title: "A container keeps capabilities",
        why: "The usual ones let root in a container forge packets, make devices and pass over the owners of files.",
        fails: "capabilities.drop has no ALL, or capabilities.add has something other than NET_BIND_SERVICE. Windows pods pass from 1.25 on.",
        fix: Fix::Sometimes(
            "Drops ALL and removes what is added beyond NET_BIND_SERVICE. A Windows pod of a cluster before 1.25 cannot say it: upgrade. A program that starts as root to change owners or users needs those back, and then the baseline.",
        ),
        references: &[
            Reference::Cis("5.2.8"),
            Reference::Cis("5.2.9"),
            Reference::Nsa("Pod security"),
            Reference::Owasp("K01"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::CapabilitiesRestricted,
            severity: Medium,
            does: "keeps capabilities",
            mend: mend::capabilities,
        }),
        examples: examples::CAPABILITIES,
        ..RESTRICTED
    },
    Check {
        id: "PS-036",
        name: "proc-mount-restricted",
        title: "A container sees /proc unmasked, with users of its own or without",
        why: "What is masked of /proc tells about the node; user namespaces keep it from being changed, not from being read.",
        fails: "procMount is not Default, whatever hostUsers says. The restricted level asks for it from 1.35 on; before, PS-010 alone does.",
        fix: Fix::Automatic("Sets procMount: Default."),
        references: &[Reference::Nsa("Pod security")],
        judge: Judge::Workloads(&Standard {
            check: CheckId::ProcMountRestricted,
            severity: Medium,
            does: "sees /proc unmasked",
            mend: mend::default_mount,
        }),
        examples: examples::PROC_MOUNT,
        ..RESTRICTED
    },
];

/// What these have in common.
const RESTRICTED: Check = Check { severities: &[Medium], ..STANDARD };
