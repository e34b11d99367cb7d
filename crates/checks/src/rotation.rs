//! Practice 9: what ends when, and what never does.

mod certificates;
mod encryption;
mod kubelets;
mod managers;
mod requests;
mod signing_key;
mod spread;
mod static_secrets;
mod webhooks;

use crate::{Check, Fix, Judge, Practice, Severity, Span};

pub(crate) const CHECKS: &[&[Check]] = &[
    certificates::CHECKS,
    encryption::CHECKS,
    kubelets::CHECKS,
    managers::CHECKS,
    requests::CHECKS,
    signing_key::CHECKS,
    spread::CHECKS,
    static_secrets::CHECKS,
    webhooks::CHECKS,
    &[SESSIONS, CLOUD_KEYS],
];

/// What the checks of this practice have in common.
const ROTATION: Check = Check {
    id: "",
    name: "",
    title: "",
    practice: Practice::Rotation,
    severities: &[Severity::Medium],
    versions: Span::ALL,
    why: "",
    fails: "",
    fix: Fix::Steps(""),
    references: &[],
    judge: Judge::NotImplemented(""),
    examples: &[],
};

const SESSIONS: Check = Check {
    id: "RT-014",
    name: "long-sessions",
    title: "Sessions of people last longer than they should",
    severities: &[Severity::Low],
    why: "Whoever takes a session keeps it until it ends.",
    fails: "The session or refresh token of the identity provider or gateway lasts longer than the policy says.",
    fix: Fix::Steps(
        "Lower the lifetimes of sessions and refresh tokens of the client at the identity provider.",
    ),
    judge: Judge::NotImplemented("lifetimes of sessions are kept by the identity provider"),
    ..ROTATION
};

const CLOUD_KEYS: Check = Check {
    id: "RT-015",
    name: "long-lived-cloud-keys",
    title: "Keys of a cloud account last until somebody revokes them",
    why: "Whoever finds such a key has the rights of its account from anywhere.",
    fails: "A workload uses an access key of a cloud account rather than an identity that the cloud gives its pods.",
    fix: Fix::Steps(
        "Give the service account an identity of the cloud (workload identity, IRSA), and delete the key.",
    ),
    judge: Judge::NotImplemented(
        "SC-021 tells of such keys where they are kept; the cloud knows how old they are",
    ),
    ..ROTATION
};
