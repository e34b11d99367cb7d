//! SC-011: what is stored in etcd as it was before encryption.

use crate::{Check, Fix, Judge, Reference};

pub(super) const SC_011: Check = Check {
    id: "SC-011",
    name: "stored-secrets-not-rewritten",
    title: "Stored Secrets were not rewritten since encryption is on",
    why: "A Secret stays in etcd as it was written: without a rewrite the old ones are in plain text still.",
    fails: "A value of etcd below /registry/secrets does not begin with k8s:enc:.",
    fix: Fix::Steps(
        "kubectl get secrets --all-namespaces --output json | kubectl replace --filename -",
    ),
    references: &[
        Reference::Owasp("K03"),
        Reference::Kubernetes("tasks/administer-cluster/encrypt-data/"),
    ],
    judge: Judge::NotImplemented(
        "values of etcd are no part of what is scanned; etcdctl get --prefix /registry/secrets --limit 10 shows how they begin",
    ),
    ..super::SECRETS
};
