//! RB-027, RB-028 and RB-044: who makes certificates, and who says which are trusted.

use super::RIGHT;
use super::need::{self, Need};
use super::row::{Case, Row, Weight};
use super::samples::{everywhere, example, inside};
use crate::example::Expected;
use crate::{Check, Fix, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-027",
        name: "approve-certificates",
        title: "Certificate requests can be approved",
        severities: &[Severity::Critical, Severity::High],
        why: "Whoever approves a request for a client certificate decides whose name stands in it: any user, any node, any group but system:masters.",
        fails: "A binding that holds everywhere gives update or patch on certificatesigningrequests/approval or approve on signers. Both together, held by one subject by whatever bindings, are critical; one half alone is high, since whoever gets the other has both.",
        fix: Fix::Steps(
            "Give approval to a controller that checks requests, limited to its signer: resourceNames on signers, as example.com/serving.",
        ),
        references: &[Reference::Cis("5.1.11"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| APPROVE_ROW.judge(seen)),
        examples: &[
            example!(
                "both halves",
                Expected::Fail(Severity::Critical),
                everywhere!(
                    "{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update]}",
                    "{apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve]}"
                )
            ),
            example!(
                "one half",
                Expected::Fail(Severity::High),
                everywhere!(
                    "{apiGroups: [certificates.k8s.io], resources: [\"*/approval\"], verbs: [patch]}"
                )
            ),
            example!(
                "asking for certificates",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [create, update, get]}"
                )
            ),
            example!(
                "requests are in no namespace",
                Expected::Pass,
                inside!(
                    "apps",
                    "{apiGroups: [certificates.k8s.io], resources: [\"*\"], verbs: [\"*\"]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-028",
        name: "sign-certificates",
        title: "Certificates can be signed in the name of a signer",
        severities: &[Severity::Critical],
        why: "Whoever signs writes the certificate that others then trust.",
        fails: "A subject holds sign on signers and update or patch on certificatesigningrequests/status, by one binding or several. One half alone passes: neither does anything without the other.",
        references: &[Reference::Cis("5.1.11"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| SIGN_ROW.judge(seen)),
        examples: &[
            example!(
                "both halves",
                Expected::Fail(Severity::Critical),
                everywhere!(
                    "{apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/status], verbs: [update]}",
                    "{apiGroups: [certificates.k8s.io], resources: [signers], verbs: [sign]}"
                )
            ),
            example!(
                "by two bindings",
                Expected::Fail(Severity::Critical),
                everywhere!(
                    "{apiGroups: [certificates.k8s.io], resources: [signers], verbs: [sign]}"
                ),
                OTHER_HALF
            ),
            example!(
                "one half",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [certificates.k8s.io], resources: [signers], verbs: [sign]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-044",
        name: "write-trust-bundles",
        title: "What certificates are trusted can be changed",
        severities: &[Severity::Medium],
        why: "Pods that mount a cluster trust bundle trust whoever is in it: a certificate authority put there speaks for every service they call.",
        fails: "A binding that holds everywhere gives a write or deletion on clustertrustbundles, or attest on signers.",
        references: &[Reference::Mitre("T1557"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| TRUST.judge(seen)),
        examples: &[
            example!(
                "the bundles",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [certificates.k8s.io], resources: [clustertrustbundles], verbs: [update]}"
                )
            ),
            example!(
                "attesting",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [certificates.k8s.io], resources: [signers], verbs: [attest]}"
                )
            ),
            example!(
                "reading",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [certificates.k8s.io], resources: [clustertrustbundles], verbs: [get, list]}"
                )
            ),
        ],
        ..RIGHT
    },
];

const APPROVE_ROW: Row = Row {
    needs: &[APPROVAL, APPROVE],
    can: "approve certificate requests",
    weigh: |case| {
        Some(match missing(case, &[APPROVAL], &[APPROVE]) {
            None => Weight::of(Severity::Critical),
            Some(true) => Weight::of(Severity::High)
                .noting("Using it takes approve on signers as well, which none of them holds."),
            Some(false) => Weight::of(Severity::High).noting(
                "Using it takes update on certificatesigningrequests/approval as well, which none of them holds.",
            ),
        })
    },
};

const SIGN_ROW: Row = Row {
    needs: &[SIGN, STATUS],
    can: "sign certificates",
    weigh: |case| {
        let is_whole = missing(case, &[SIGN], &[STATUS]).is_none();
        is_whole.then(|| Weight::of(Severity::Critical))
    },
};

const TRUST: Row = Row {
    needs: &[
        Need::cluster(WRITES, GROUP, &["clustertrustbundles"]),
        Need::cluster(&["attest"], GROUP, &["signers"]),
    ],
    can: "change which certificates are trusted",
    weigh: |_| Some(Weight::of(Severity::Medium)),
};

/// Which half no subject has besides the other: the second (true) or the first; none if somebody
/// has both.
fn missing(case: &Case<'_, '_>, one: &[Need], other: &[Need]) -> Option<bool> {
    let has_one = case.who_also(one);
    let has_other = case.who_also(other);
    if has_one.iter().any(|subject| has_other.contains(subject)) {
        return None;
    }
    Some(need::gives(&case.role.rules, one, &case.bound.scope))
}

const GROUP: &str = "certificates.k8s.io";
const CHANGE: &[&str] = &["update", "patch"];
const WRITES: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];
const APPROVAL: Need = Need::cluster(CHANGE, GROUP, &["certificatesigningrequests/approval"]);
const APPROVE: Need = Need::cluster(&["approve"], GROUP, &["signers"]);
const SIGN: Need = Need::cluster(&["sign"], GROUP, &["signers"]);
const STATUS: Need = Need::cluster(CHANGE, GROUP, &["certificatesigningrequests/status"]);

const OTHER_HALF: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: status}
rules:
- {apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/status], verbs: [patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: status}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: status}
subjects:
- {kind: User, name: \"system:serviceaccount:apps:worker\", apiGroup: rbac.authorization.k8s.io}
";
