//! RB-029 to RB-032: who changes what the API does with objects.

use super::RIGHT;
use super::need::Need;
use super::row::{Row, Weight};
use super::samples::{everywhere, example, inside};
use crate::example::Expected;
use crate::{Check, Judge, Reference, Severity};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-029",
        name: "write-webhooks",
        title: "Admission webhooks can be changed",
        why: "A mutating webhook reads and alters whatever is written, secrets included; without a validating one what it forbade is allowed.",
        fails: "A binding that holds everywhere gives create, update, patch, delete or deletecollection on mutatingwebhookconfigurations or validatingwebhookconfigurations.",
        references: &[Reference::Cis("5.1.12"), Reference::Mitre("T1562"), Reference::Owasp("K04")],
        judge: Judge::Whole(|seen| WEBHOOKS.judge(seen)),
        examples: &[
            example!(
                "patch alone",
                Expected::Fail(Severity::High),
                everywhere!(
                    "{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [patch]}"
                )
            ),
            example!(
                "delete alone",
                Expected::Fail(Severity::High),
                everywhere!(
                    "{apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], verbs: [delete]}"
                )
            ),
            example!(
                "reading",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [admissionregistration.k8s.io], resources: [\"*\"], verbs: [get, list, watch]}"
                )
            ),
            example!(
                "they are in no namespace",
                Expected::Pass,
                inside!(
                    "apps",
                    "{apiGroups: [admissionregistration.k8s.io], resources: [\"*\"], verbs: [\"*\"]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-030",
        name: "write-admission-policies",
        title: "Admission policies can be changed",
        why: "Without the policy, or its binding, what it forbade is allowed; a mutating one alters whatever is written.",
        fails: "A binding that holds everywhere gives a write or deletion on validatingadmissionpolicies, mutatingadmissionpolicies or the bindings of either.",
        references: &[Reference::Mitre("T1562"), Reference::Owasp("K04")],
        judge: Judge::Whole(|seen| POLICIES.judge(seen)),
        examples: &[
            example!(
                "delete alone",
                Expected::Fail(Severity::High),
                everywhere!(
                    "{apiGroups: [admissionregistration.k8s.io], resources: [validatingadmissionpolicies], verbs: [delete]}"
                )
            ),
            example!(
                "the binding",
                Expected::Fail(Severity::High),
                everywhere!(
                    "{apiGroups: [admissionregistration.k8s.io], resources: [mutatingadmissionpolicybindings], verbs: [update]}"
                )
            ),
            example!(
                "the status of one",
                Expected::Pass,
                everywhere!(
                    "{apiGroups: [admissionregistration.k8s.io], resources: [validatingadmissionpolicies/status], verbs: [update]}"
                )
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-031",
        name: "write-api-services",
        title: "API services can be changed",
        why: "An API service sends a whole group of the API to a server of somebody's choice, with the names of those who call.",
        fails: "A binding that holds everywhere gives a write or deletion on apiservices.",
        references: &[Reference::Mitre("T1557"), Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| APIS.judge(seen)),
        examples: &[
            example!(
                "create",
                Expected::Fail(Severity::High),
                everywhere!(
                    "{apiGroups: [apiregistration.k8s.io], resources: [apiservices], verbs: [create]}"
                )
            ),
            example!(
                "of another group",
                Expected::Pass,
                everywhere!("{apiGroups: [\"\"], resources: [apiservices], verbs: [create]}")
            ),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-032",
        name: "write-crds",
        title: "Custom resource definitions can be changed",
        severities: &[Severity::Medium],
        why: "A conversion webhook reads and alters every object of the kind; deleting the definition deletes them all.",
        fails: "A binding that holds everywhere gives a write or deletion on customresourcedefinitions.",
        references: &[Reference::Owasp("K02")],
        judge: Judge::Whole(|seen| CRDS.judge(seen)),
        examples: &[
            example!(
                "update",
                Expected::Fail(Severity::Medium),
                everywhere!(
                    "{apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [update]}"
                )
            ),
            example!(
                "custom resources",
                Expected::Pass,
                everywhere!("{apiGroups: [example.com], resources: [\"*\"], verbs: [\"*\"]}")
            ),
        ],
        ..RIGHT
    },
];

const WEBHOOKS: Row = Row {
    needs: &[Need::cluster(
        WRITES,
        ADMISSION,
        &["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    )],
    can: "change admission webhooks",
    weigh: |_| Some(Weight::of(Severity::High)),
};

const POLICIES: Row = Row {
    needs: &[Need::cluster(
        WRITES,
        ADMISSION,
        &[
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
        ],
    )],
    can: "change admission policies",
    weigh: |_| Some(Weight::of(Severity::High)),
};

const APIS: Row = Row {
    needs: &[Need::cluster(WRITES, "apiregistration.k8s.io", &["apiservices"])],
    can: "send parts of the API elsewhere",
    weigh: |_| Some(Weight::of(Severity::High)),
};

const CRDS: Row = Row {
    needs: &[Need::cluster(WRITES, "apiextensions.k8s.io", &["customresourcedefinitions"])],
    can: "change custom resource definitions",
    weigh: |_| Some(Weight::of(Severity::Medium)),
};

const ADMISSION: &str = "admissionregistration.k8s.io";
const WRITES: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];
