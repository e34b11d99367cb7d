//! PS-004 and PS-008 to PS-012: the baseline, as far as it keeps what the kernel holds back from
//! containers.

use admission::CheckId;

use super::{STANDARD, Standard, mend};
use crate::Expected::{Fail, Pass, Unknown};
use crate::Severity::High;
use crate::{Check, Example, ExampleFile, Fix, Judge, Reference};

pub(in crate::pod_security) const CHECKS: &[Check] = &[
    Check {
        id: "PS-004",
        name: "added-capabilities",
        title: "A container adds capabilities beyond the usual ones",
        why: "Many capabilities are as good as root on the node: SYS_ADMIN mounts, SYS_PTRACE and SYS_MODULE take over, NET_ADMIN redirects.",
        fails: "capabilities.add names one outside the thirteen that the baseline allows. Names are compared as they are written: the API knows neither lower case nor CAP_.",
        fix: Fix::Sometimes("Removes the added capabilities that the baseline does not allow. A Windows pod has none: take the field out."),
        references: &[
            Reference::Cis("5.2.9 of 1.11 and before"),
            Reference::Mitre("T1611"),
            Reference::Nsa("Pod security"),
            Reference::Owasp("K01"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::CapabilitiesBaseline,
            severity: High,
            does: "adds capabilities",
            mend: mend::capabilities,
        }),
        examples: &[
            container!("some of several", Fail(High), "{capabilities: {add: [NET_ADMIN, CHOWN, SYS_ADMIN]}}"),
            container!("the only one", Fail(High), "{capabilities: {add: [NET_RAW]}}"),
            container!("usual ones", Pass, "{capabilities: {add: [CHOWN, NET_BIND_SERVICE]}}"),
        ],
        ..KERNEL
    },
    Check {
        id: "PS-008",
        name: "apparmor-off",
        title: "AppArmor is turned off for a container",
        why: "The profile of the runtime is what stops a container from mounting, and from writing below /proc and /sys.",
        fails: "appArmorProfile.type is Unconfined, or an annotation of the older kind says something other than runtime/default or localhost/… . Not set passes: the runtime's profile holds then.",
        fix: Fix::Automatic("Sets the profile of the runtime."),
        references: &[
            Reference::Mitre("T1611"),
            Reference::Nsa("Pod security"),
            Reference::Kubernetes("tutorials/security/apparmor/"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::AppArmorProfile,
            severity: High,
            does: "turns AppArmor off",
            mend: mend::profile,
        }),
        examples: &[
            container!("by field", Fail(High), "{appArmorProfile: {type: Unconfined}}"),
            Example::of("by annotation", Fail(High), &[ExampleFile::manifest(ANNOTATED)]),
            container!("a profile of its own", Pass, "{appArmorProfile: {type: Localhost, localhostProfile: web}}"),
        ],
        ..KERNEL
    },
    Check {
        id: "PS-009",
        name: "selinux-options",
        title: "A container chooses its SELinux user, role or type",
        why: "A type such as spc_t is one that SELinux does not confine: the container reaches the files and processes of the node.",
        fails: "seLinuxOptions has a user, a role, or a type other than container_t, container_init_t, container_kvm_t and, from 1.31 on, container_engine_t. A level alone passes.",
        fix: Fix::Automatic("Removes the user, the role and the type: the runtime's apply then."),
        references: &[Reference::Mitre("T1611"), Reference::Nsa("Pod security")],
        judge: Judge::Workloads(&Standard {
            check: CheckId::SeLinuxOptions,
            severity: High,
            does: "chooses how SELinux confines it",
            mend: mend::remove_whole,
        }),
        examples: &[
            pod!(
                "the pod as super-privileged",
                Fail(High),
                "  securityContext:\n    seLinuxOptions:\n      level: s0:c1,c2\n      type: spc_t\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
            container!("a level", Pass, "{seLinuxOptions: {level: 's0:c1,c2'}}"),
            container!("what 1.31 allows, on it", Pass, "{seLinuxOptions: {type: container_engine_t}}").on(31),
            container!("what 1.31 allows, before it", Fail(High), "{seLinuxOptions: {type: container_engine_t}}").on(30),
            container!("what 1.31 allows, somewhere", Unknown, "{seLinuxOptions: {type: container_engine_t}}"),
        ],
        ..KERNEL
    },
    Check {
        id: "PS-010",
        name: "proc-mount",
        title: "A container sees /proc unmasked",
        why: "What is masked of /proc tells about the node and changes its kernel.",
        fails: "procMount is not Default. From 1.35 on, pods with users of their own (hostUsers: false) pass.",
        fix: Fix::Automatic("Sets procMount: Default."),
        references: &[Reference::Mitre("T1611"), Reference::Nsa("Pod security")],
        judge: Judge::Workloads(&Standard {
            check: CheckId::ProcMount,
            severity: High,
            does: "sees /proc unmasked",
            mend: mend::default_mount,
        }),
        examples: &[
            container!("unmasked", Fail(High), "{procMount: Unmasked}"),
            container!("as usual", Pass, "{procMount: Default}"),
            pod!(
                "with users of its own, from 1.35 on",
                Pass,
                "  hostUsers: false\n  containers: [{name: web, image: example.com/web:1, securityContext: {procMount: Unmasked}}]\n"
            )
            .on(35),
            pod!(
                "with users of its own, before",
                Fail(High),
                "  hostUsers: false\n  containers: [{name: web, image: example.com/web:1, securityContext: {procMount: Unmasked}}]\n"
            )
            .on(34),
        ],
        ..KERNEL
    },
    Check {
        id: "PS-011",
        name: "seccomp-off",
        title: "Seccomp is turned off for a container",
        why: "Every call of the kernel is open then, also those that most ways out of a container begin with.",
        fails: "seccompProfile.type is Unconfined. Not set passes here; PS-017 asks for it.",
        fix: Fix::Automatic("Sets seccompProfile.type: RuntimeDefault."),
        references: &[
            Reference::Cis("5.6.2"),
            Reference::Mitre("T1611"),
            Reference::Nsa("Pod security"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::SeccompProfileBaseline,
            severity: High,
            does: "turns seccomp off",
            mend: mend::profile,
        }),
        examples: &[
            container!("unconfined", Fail(High), "{seccompProfile: {type: Unconfined}}"),
            container!("a profile of its own", Pass, "{seccompProfile: {type: Localhost, localhostProfile: web.json}}"),
            container!("nothing said", Pass, "{}"),
        ],
        ..KERNEL
    },
    Check {
        id: "PS-012",
        name: "unsafe-sysctls",
        title: "A pod sets parameters of the kernel that are not safe",
        why: "They act beyond the pod, or spend what all pods of the node share.",
        fails: "A sysctl is not on the list of safe ones, which grew in 1.27, 1.29, 1.32 and 1.37.",
        fix: Fix::Automatic("Removes the sysctl. What has to be set for a node is set on the node."),
        references: &[
            Reference::Nsa("Pod security"),
            Reference::Kubernetes("tasks/administer-cluster/sysctl-cluster/"),
        ],
        judge: Judge::Workloads(&Standard {
            check: CheckId::Sysctls,
            severity: High,
            does: "sets a parameter of the kernel that is not safe",
            mend: mend::sysctls,
        }),
        examples: &[
            pod!(
                "one that is not safe",
                Fail(High),
                "  securityContext:\n    sysctls:\n    - {name: kernel.msgmax, value: \"65536\"}\n    - {name: net.ipv4.tcp_syncookies, value: \"1\"}\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
            pod!(
                "safe ones",
                Pass,
                "  securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: \"0\"}]}\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
            pod!(
                "safe from 1.29 on, on 1.28",
                Fail(High),
                "  securityContext: {sysctls: [{name: net.ipv4.tcp_keepalive_time, value: \"60\"}]}\n  containers: [{name: web, image: example.com/web:1}]\n"
            )
            .on(28),
            pod!(
                "safe from 1.29 on, somewhere",
                Unknown,
                "  securityContext: {sysctls: [{name: net.ipv4.tcp_keepalive_time, value: \"60\"}]}\n  containers: [{name: web, image: example.com/web:1}]\n"
            ),
        ],
        ..KERNEL
    },
];

/// What these have in common.
const KERNEL: Check = Check { severities: &[High], ..STANDARD };

const ANNOTATED: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: apps
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: unconfined
spec:
  containers: [{name: web, image: example.com/web:1}]
";
