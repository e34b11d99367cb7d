//! RB-037, RB-041, RB-043 and RB-066: who changes what the cluster itself runs by.

use inventory::Unknown;

use super::RIGHT;
use super::need::Need;
use super::places::KUBE_SYSTEM;
use super::row::{Case, Row, Weight, is_absorbed, through};
use super::samples::{bound, everywhere, example, inside};
use super::{absence, words};
use crate::example::Expected;
use crate::{About, Check, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-037",
        name: "write-system-configmaps",
        title: "Configuration of the control plane in kube-system can be changed",
        why: "Config maps of kube-system say where names resolve to (coredns), whom extension servers trust (extension-apiserver-authentication), how the next upgrade configures the control plane (kubeadm-config) and, on EKS, who is an administrator (aws-auth).",
        fails: "A binding gives create, update or patch on configmaps in kube-system, by itself or because it holds everywhere. Config maps that are named and are none of those pass.",
        references: &[Reference::Mitre("T1557"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| CONFIG_MAPS.judge(seen)),
        examples: &[
            example!(
                "everywhere",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [configmaps], verbs: [update]}")
            ),
            example!(
                "coredns by name",
                Expected::Fail(Severity::High),
                inside!(
                    "kube-system",
                    "{apiGroups: [\"\"], resources: [configmaps], resourceNames: [coredns], verbs: [patch]}"
                )
            ),
            example!(
                "another by name",
                Expected::Pass,
                inside!(
                    "kube-system",
                    "{apiGroups: [\"\"], resources: [configmaps], resourceNames: [my-lock], verbs: [patch]}"
                )
            ),
            example!(
                "elsewhere",
                Expected::Pass,
                inside!("apps", "{apiGroups: [\"\"], resources: [configmaps], verbs: [update]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-041",
        name: "write-system-leases",
        title: "Leases of nodes or of the control plane can be changed",
        severities: &[Severity::Medium],
        why: "Whoever writes a node's lease keeps a dead node alive or has a live one emptied; with the lease of a controller it stops the controller.",
        fails: "A binding gives update or patch on leases in kube-system or kube-node-lease, by itself or because it holds everywhere. Leases that are named and not those of the control plane pass.",
        references: &[Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| LEASES.judge(seen)),
        examples: &[
            example!(
                "of nodes",
                Expected::Fail(Severity::Medium),
                inside!(
                    "kube-node-lease",
                    "{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [update]}"
                )
            ),
            example!(
                "everywhere",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [update]}"
                )
            ),
            example!(
                "its own, by name",
                Expected::Pass,
                inside!(
                    "kube-system",
                    "{apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [my-controller], verbs: [update]}"
                )
            ),
            example!(
                "in its own namespace",
                Expected::Pass,
                inside!(
                    "apps",
                    "{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [update]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-043",
        name: "write-flow-control",
        title: "Priorities of API calls can be changed",
        severities: &[Severity::Medium],
        why: "Whoever sets priorities can starve everybody else, or take the limit off itself.",
        fails: "A binding that holds everywhere gives a write or deletion on flowschemas or prioritylevelconfigurations.",
        references: &[Reference::Mitre("T1499"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| FLOW.judge(seen)),
        examples: &[
            example!(
                "flow schemas",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [flowcontrol.apiserver.k8s.io], resources: [flowschemas], verbs: [create]}"
                )
            ),
            example!(
                "their status",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [flowcontrol.apiserver.k8s.io], resources: [flowschemas/status], verbs: [patch]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-066",
        name: "all-urls",
        title: "Every URL of the API server can be called",
        severities: &[Severity::Medium],
        why: "Behind URLs that are no resources are metrics, profiles (/debug/pprof), logs of the server and flags.",
        fails: "A ClusterRoleBinding gives nonResourceURLs * or /*. Single paths and prefixes such as /healthz/* pass; a RoleBinding gives no URLs.",
        references: &[Reference::Owasp("K02")],
        judge: Judge::Whole(urls),
        examples: &[
            example!(
                "any",
                Expected::Fail(Severity::Medium),
                everywhere!("{nonResourceURLs: [\"*\"], verbs: [get]}")
            ),
            example!(
                "metrics and health",
                Expected::Pass,
                everywhere!("{nonResourceURLs: [/metrics, \"/healthz/*\"], verbs: [get]}")
            ),
            example!(
                "with everything else, which RB-001 tells",
                Expected::Pass,
                bound!(
                    "cluster-admin",
                    "{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}"
                )
            ),
        ],
        ..RIGHT
    },
];

const CONFIG_MAPS: Row = Row {
    needs: &[Need::inside(&["create", "update", "patch"], "", &["configmaps"])],
    can: "change configuration of the control plane, by writing config maps",
    weigh: |case| {
        let is_there = case.bound.reaches(KUBE_SYSTEM);
        (is_there && names_any(case, CONFIGURATION)).then(|| Weight::of(Severity::High))
    },
};

const LEASES: Row = Row {
    needs: &[Need::inside(&["update", "patch"], "coordination.k8s.io", &["leases"])],
    can: "change leases",
    weigh: |case| {
        let is_of_nodes = case.bound.namespace() == Some("kube-node-lease");
        let is_there = is_of_nodes || case.bound.reaches(KUBE_SYSTEM);
        let is_worth = is_of_nodes || names_any(case, CONTROLLERS);
        (is_there && is_worth).then(|| Weight::of(Severity::Medium))
    },
};

const FLOW: Row = Row {
    needs: &[Need::cluster(
        &["create", "update", "patch", "delete", "deletecollection"],
        "flowcontrol.apiserver.k8s.io",
        &["flowschemas", "prioritylevelconfigurations"],
    )],
    can: "change priorities of API calls",
    weigh: |_| Some(Weight::of(Severity::Medium)),
};

/// Whether any object, or one of these, may be written.
fn names_any(case: &Case<'_, '_>, wanted: &[&str]) -> bool {
    case.found.iter().any(|one| {
        one.names.is_empty() || one.names.iter().any(|name| wanted.contains(&name.as_str()))
    })
}

fn urls(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let holdings = seen.holdings();
    let mut tally = Tally::new();
    let made = holdings.bindings.iter().filter(|one| !one.is_default);
    for bound in made.filter(|one| one.namespace().is_none()) {
        let Some(held) = holdings.role_of(bound).filter(|role| !is_absorbed(bound, role)) else {
            continue;
        };
        let is_wide = |url: &String| matches!(url.as_str(), "*" | "/*");
        let rule = held.rules.iter().find(|rule| rule.non_resource_urls.iter().any(is_wide));
        let problem = rule.map(|rule| {
            let subjects = words::whos(&bound.subjects);
            let named = words::some_of(&subjects);
            Problem::new(Severity::Medium, format!("{named} can call every URL of the API server."))
                .detail("nonResourceURLs *")
                .evidence(format!("{}\n{}", words::rule(rule), through(bound, &held.key)))
                .subjects(subjects)
                .mended_by(Remedy::Steps(format!(
                    "name the paths, as /healthz and /metrics: kubectl edit {}",
                    words::kubectl_role(&held.key)
                )))
        });
        tally.add(About::object(bound.object), Ok(Verdict::from(problem)));
    }
    absence::note(&mut tally, seen);
    Ok(tally)
}

const CONFIGURATION: &[&str] = &[
    "aws-auth",
    "cluster-info",
    "coredns",
    "extension-apiserver-authentication",
    "kube-apiserver-legacy-service-account-token-tracking",
    "kube-dns",
    "kube-proxy",
    "kubeadm-config",
    "kubelet-config",
];
const CONTROLLERS: &[&str] =
    &["cloud-controller-manager", "kube-controller-manager", "kube-scheduler"];
