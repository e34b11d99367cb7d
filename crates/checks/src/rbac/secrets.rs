//! RB-006 to RB-008: who reads and writes secrets.

use inventory::Kind;

use super::holdings::given;
use super::need::Need;
use super::places::KUBE_SYSTEM;
use super::row::{Case, Row, Weight};
use super::samples::{bound, everywhere, example, inside};
use super::{RIGHT, words};
use crate::example::Expected;
use crate::{Check, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-006",
        name: "read-all-secrets",
        title: "All secrets of the cluster can be read",
        why: "Secrets hold passwords, keys and tokens of everything that runs; with those of kube-system the cluster is taken over. list and watch hand out the values as get does.",
        fails: "A binding gives get, list or watch on secrets everywhere. Rights on secrets of certain names (resourceNames) pass, and so does a ClusterRole that is bound in namespaces only: RB-007 looks at that.",
        references: &[
            Reference::Cis("5.1.2"),
            Reference::Nsa("Authentication and authorization"),
            Reference::Mitre("T1552.007"),
            Reference::Owasp("K02"),
        ],
        judge: Judge::Whole(|seen| EVERYWHERE.judge(seen)),
        examples: &[
            example!(
                "list alone",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [secrets], verbs: [list]}")
            ),
            example!(
                "every verb, written as *",
                Expected::Fail(Severity::High),
                everywhere!(
                    "{apiGroups: [\"\"], resources: [secrets, configmaps], verbs: [\"*\"]}"
                )
            ),
            example!(
                "get of one secret by name",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"\"], resources: [secrets], resourceNames: [tls], verbs: [get]}"
                )
            ),
            example!(
                "verb and resource stand in different rules",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [\"\"], resources: [secrets], verbs: [create]}",
                    "{apiGroups: [\"\"], resources: [configmaps], verbs: [get, list]}"
                )
            ),
            example!(
                "the group core is no group",
                Expected::Pass,
                everywhere!("{apiGroups: [core], resources: [secrets], verbs: [get, list]}")
            ),
            example!(
                "the built-in role view",
                Expected::Pass,
                bound!("view", "{kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}")
            ),
            example!(
                "a role whose rules are elsewhere",
                Expected::Unknown,
                bound!("dev-role", "{kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}")
            )
            .partial(),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-007",
        name: "read-secrets-of-a-namespace",
        title: "All secrets of a namespace can be read",
        severities: &[Severity::High, Severity::Medium],
        why: "Whatever runs in the namespace can be impersonated with its keys and tokens. In kube-system, or where a token of a strong service account is kept in a secret, that is the cluster.",
        fails: "A binding gives get, list or watch on secrets in one namespace. It is high in kube-system and where a secret holds the token of a service account with strong rights. Rights on secrets of certain names pass.",
        references: &[
            Reference::Cis("5.1.2"),
            Reference::Mitre("T1552.007"),
            Reference::Owasp("K02"),
        ],
        judge: Judge::Whole(|seen| INSIDE.judge(seen)),
        examples: &[
            example!(
                "in a namespace of applications",
                Expected::Fail(Severity::Medium),
                inside!("apps", "{apiGroups: [\"\"], resources: [secrets], verbs: [get, watch]}")
            ),
            example!(
                "in kube-system",
                Expected::Fail(Severity::High),
                inside!("kube-system", "{apiGroups: [\"\"], resources: [secrets], verbs: [list]}")
            ),
            example!(
                "where a strong token lies",
                Expected::Fail(Severity::High),
                inside!("ops", "{apiGroups: [\"\"], resources: [secrets], verbs: [get]}"),
                concat!(
                    "apiVersion: v1\nkind: Secret\nmetadata: {name: deployer-token, namespace: ops, annotations: {kubernetes.io/service-account.name: deployer}}\ntype: kubernetes.io/service-account-token\n---\n",
                    bound!(
                        "cluster-admin",
                        "{kind: ServiceAccount, name: deployer, namespace: ops}"
                    )
                )
            ),
            example!(
                "one secret by name",
                Expected::Pass,
                inside!(
                    "apps",
                    "{apiGroups: [\"\"], resources: [secrets], resourceNames: [tls], verbs: [get]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-008",
        name: "write-secrets",
        title: "Secrets can be written where a strong service account lives",
        why: "Kubernetes fills a new secret of type kubernetes.io/service-account-token with a token that does not expire, for any service account of its namespace. Whoever can read it back is that account.",
        fails: "A binding gives create, update or patch on secrets everywhere (kube-system is always there), in kube-system, or in a namespace with a service account that holds strong rights everywhere. Reading it back takes get or list as well, which the finding names where it is missing. Changes of secrets of certain names pass.",
        references: &[Reference::Mitre("T1528"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| WRITE.judge(seen)),
        examples: &[
            example!(
                "everywhere",
                Expected::Fail(Severity::High),
                everywhere!("{apiGroups: [\"\"], resources: [secrets], verbs: [create]}")
            ),
            example!(
                "beside a strong account",
                Expected::Fail(Severity::High),
                inside!("ops", "{apiGroups: [\"\"], resources: [secrets], verbs: [create, get]}"),
                bound!("cluster-admin", "{kind: ServiceAccount, name: deployer, namespace: ops}")
            ),
            example!(
                "where nobody is strong",
                Expected::Pass,
                inside!(
                    "apps",
                    "{apiGroups: [\"\"], resources: [secrets], verbs: [create, update]}"
                )
            ),
            example!(
                "beside itself alone",
                Expected::Pass,
                inside!("apps", "{apiGroups: [\"\"], resources: [secrets], verbs: [create]}"),
                bound!("cluster-admin", "{kind: ServiceAccount, name: worker, namespace: apps}")
            ),
        ],
        ..RIGHT
    },
];

const EVERYWHERE: Row = Row {
    needs: READ,
    can: "read all secrets",
    weigh: |case| {
        let is_all = case.is_everywhere() && has_any_name(case);
        is_all.then(|| Weight::of(Severity::High))
    },
};

const INSIDE: Row =
    Row {
        needs: READ,
        can: "read all secrets",
        weigh: |case| {
            let namespace = case.bound.namespace().filter(|_| has_any_name(case))?;
            if namespace == KUBE_SYSTEM {
                return Some(Weight::of(Severity::High));
            }
            let strong = strong_token(case, namespace);
            Some(strong.map_or(Weight::of(Severity::Medium), |note| {
                Weight::of(Severity::High).noting(note)
            }))
        },
    };

const WRITE: Row = Row {
    needs: &[Need::inside(&["create", "update", "patch"], "", &["secrets"])],
    can: "write secrets, and so have tokens of service accounts made,",
    weigh: |case| {
        if !has_any_name(case) {
            return None;
        }
        let strong = match case.bound.namespace() {
            None | Some(KUBE_SYSTEM) => String::new(),
            Some(namespace) => {
                let account = case.holdings.strong_beside(namespace, &case.bound.subjects)?;
                format!("{} lives there.", words::who(account))
            }
        };
        let missing = case.who_also(READ).is_empty();
        let half = "Reading such a token back takes get on secrets too, which none of them holds.";
        let notes = [strong.as_str(), if missing { half } else { "" }];
        let notes: Vec<&str> = notes.into_iter().filter(|note| !note.is_empty()).collect();
        Some(Weight::of(Severity::High).noting(notes.join(" ")))
    },
};

fn has_any_name(case: &Case<'_, '_>) -> bool {
    !case.is_named()
}

/// A secret there with the token of a service account that holds strong rights.
fn strong_token(case: &Case<'_, '_>, namespace: &str) -> Option<String> {
    let secrets = case.seen.inventory().of_in(Kind::SECRET, given(namespace)).iter();
    let mut tokens = secrets
        .filter(|secret| secret.tree().get("type").str() == "kubernetes.io/service-account-token");
    tokens.find_map(|secret| {
        let account = secret.annotation("kubernetes.io/service-account.name")?;
        let subject = paths::Subject::service_account(namespace, account);
        case.holdings
            .is_strong(&subject)
            .then(|| format!("{} holds the token of {}.", secret.describe(), words::who(&subject)))
    })
}

pub(crate) const READ: &[Need] = &[Need::inside(&["get", "list", "watch"], "", &["secrets"])];
