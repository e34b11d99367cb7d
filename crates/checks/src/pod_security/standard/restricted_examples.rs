//! What the checks of the restricted level say of what.

use crate::Example;
use crate::Expected::{Fail, NotApplicable, Pass, Unknown};
use crate::Severity::Medium;

pub(super) const VOLUMES: &[Example] = &[
    pod!(
        "a share that the pod points at",
        Fail(Medium),
        "  volumes: [{name: data, nfs: {server: 10.0.0.1, path: /}}]\n  containers: [{name: web, image: example.com/web:1}]\n"
    ),
    pod!(
        "a folder of the node, which PS-005 tells",
        Pass,
        "  volumes: [{name: data, hostPath: {path: /data}}]\n  containers: [{name: web, image: example.com/web:1}]\n"
    ),
    pod!(
        "a claim, and one without a source",
        Pass,
        "  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: tmp}]\n  containers: [{name: web, image: example.com/web:1}]\n"
    ),
];

pub(super) const ESCALATION: &[Example] = &[
    container!("nothing said", Fail(Medium), "{}"),
    container!(
        "privileged too, which does not go together",
        Fail(Medium),
        "{privileged: true, capabilities: {add: [CAP_SYS_ADMIN, CHOWN]}}"
    ),
    container!("none", Pass, "{allowPrivilegeEscalation: false}"),
    pod!(
        "Windows",
        Pass,
        "  os: {name: windows}\n  containers: [{name: web, image: example.com/web:1}]\n"
    )
    .on(36),
    pod!(
        "Windows, before 1.25",
        Fail(Medium),
        "  os: {name: windows}\n  containers: [{name: web, image: example.com/web:1}]\n"
    )
    .on(24),
    pod!(
        "Windows, on some version",
        Unknown,
        "  os: {name: windows}\n  containers: [{name: web, image: example.com/web:1}]\n"
    ),
];

pub(super) const NON_ROOT: &[Example] = &[
    pod!(
        "nothing said by pod and containers",
        Fail(Medium),
        "  initContainers: [{name: init, image: example.com/web:1}]\n  containers: [{name: web, image: example.com/web:1}]\n"
    ),
    pod!(
        "root by number, which no program mends",
        Fail(Medium),
        "  securityContext: {runAsUser: 0}\n  containers: [{name: web, image: example.com/web:1}]\n"
    ),
    pod!(
        "one says no, one says nothing",
        Fail(Medium),
        "  containers:\n  - name: web\n    image: example.com/web:1\n    securityContext: {runAsNonRoot: false}\n  - name: sidecar\n    image: example.com/sidecar:1\n"
    ),
    pod!(
        "the pod says it",
        Pass,
        "  securityContext: {runAsNonRoot: true}\n  containers: [{name: web, image: example.com/web:1}]\n"
    ),
    container!("each container says it", Pass, "{runAsNonRoot: true}"),
    pod!(
        "users of its own, from 1.35 on",
        Pass,
        "  hostUsers: false\n  containers: [{name: web, image: example.com/web:1}]\n"
    )
    .on(35),
    pod!(
        "users of its own, on some version",
        Unknown,
        "  hostUsers: false\n  containers: [{name: web, image: example.com/web:1}]\n"
    ),
];

pub(super) const ROOT: &[Example] = &[
    container!("by number", Fail(Medium), "{runAsUser: 0}"),
    container!("another number", Pass, "{runAsUser: 65532}"),
    container!("no number", Pass, "{}"),
];

pub(super) const SECCOMP: &[Example] = &[
    container!("nothing said", Fail(Medium), "{}"),
    pod!(
        "one turned off, one without",
        Fail(Medium),
        "  containers:\n  - name: web\n    image: example.com/web:1\n    securityContext: {seccompProfile: {type: Unconfined}}\n  - name: sidecar\n    image: example.com/sidecar:1\n"
    ),
    pod!(
        "the pod says it",
        Pass,
        "  securityContext: {seccompProfile: {type: RuntimeDefault}}\n  containers: [{name: web, image: example.com/web:1}]\n"
    ),
    container!("each container says it", Pass, "{seccompProfile: {type: RuntimeDefault}}"),
];

pub(super) const CAPABILITIES: &[Example] = &[
    container!("nothing said", Fail(Medium), "{}"),
    container!(
        "some are dropped, some added",
        Fail(Medium),
        "{capabilities: {drop: [NET_RAW], add: [CHOWN, NET_BIND_SERVICE]}}"
    ),
    container!("miswritten: only ALL is all", Fail(Medium), "{capabilities: {drop: [all]}}"),
    container!(
        "all, and what is added goes",
        Fail(Medium),
        "{capabilities: {drop: [ALL], add: [SETUID, SETGID]}}"
    ),
    container!(
        "all but that for low ports",
        Pass,
        "{capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}"
    ),
];

pub(super) const PROC_MOUNT: &[Example] = &[
    pod!(
        "with users of its own",
        Fail(Medium),
        "  hostUsers: false\n  containers: [{name: web, image: example.com/web:1, securityContext: {procMount: Unmasked}}]\n"
    )
    .on(35),
    container!("as usual", Pass, "{procMount: Default}"),
    container!("before 1.35", NotApplicable, "{procMount: Unmasked}").on(34),
    container!("on some version", Unknown, "{procMount: Unmasked}"),
];
