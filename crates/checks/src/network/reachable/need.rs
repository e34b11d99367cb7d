//! Whether a workload may need the API: whether it has a token that is good for anything.

use inventory::{Kind, Object, Workload};
use tree::Tree;

use crate::Seen;

/// Whether a workload may need the API. Where bindings were not all seen it may.
pub(super) fn may_need(seen: &Seen<'_>, workload: &Workload<'_>) -> bool {
    if workload.volumes().any(|(volume, _)| has_token(volume)) {
        return true;
    }
    let (namespace, account) = (workload.namespace(), workload.service_account());
    if !mounts(seen, workload, account) {
        return false;
    }
    account != "default" || !is_idle(seen, namespace)
}

fn has_token(volume: &Tree) -> bool {
    let sources = volume.at(&["projected", "sources"]).items();
    sources.iter().any(|source| !source.get("serviceAccountToken").is_null())
}

/// The pod decides whether a token is mounted, else the account, else it is.
fn mounts(seen: &Seen<'_>, workload: &Workload<'_>, account: &str) -> bool {
    let field = "automountServiceAccountToken";
    let of_account = || {
        let found = seen.find(Kind::SERVICE_ACCOUNT, workload.namespace(), account)?;
        found.tree().get(field).bool()
    };
    workload.spec().get(field).bool().or_else(of_account).unwrap_or(true)
}

/// Whether it is sure that nothing is bound to the default account of a namespace by its name.
fn is_idle(seen: &Seen<'_>, namespace: &str) -> bool {
    let Ok(everywhere) = seen.all(Kind::CLUSTER_ROLE_BINDING) else { return false };
    let Ok(all) = seen.all(Kind::ROLE_BINDING) else { return false };
    !everywhere.iter().chain(all).any(|binding| names_default(binding, namespace))
}

fn names_default(binding: &Object, namespace: &str) -> bool {
    let user = format!("system:serviceaccount:{namespace}:default");
    let group = format!("system:serviceaccounts:{namespace}");
    binding.tree().get("subjects").items().iter().any(|subject| {
        let name = subject.get("name").str();
        match subject.get("kind").str() {
            "ServiceAccount" => name == "default" && subject.get("namespace").str() == namespace,
            "User" => name == user,
            "Group" => name == group,
            _ => false,
        }
    })
}
