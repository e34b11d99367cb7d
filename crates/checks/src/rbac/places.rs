//! What makes a namespace worth more than another to somebody who can put pods or secrets there.

use admission::{Level, NamespacePolicy, PodSecurity, Settings};
use inventory::{Kind, Object};

use super::row::{Case, Weight};
use super::words;
use crate::{Seen, Severity};

/// How bad it is to run pods of one's own where a binding holds.
pub(crate) fn running_pods(case: &Case<'_, '_>) -> Weight {
    let Some(namespace) = case.bound.namespace() else { return Weight::of(Severity::High) };
    if namespace == KUBE_SYSTEM {
        return Weight::of(Severity::High)
            .noting("The service accounts there run the control plane's controllers.");
    }
    if let Some(account) = case.holdings.strong_beside(namespace, &case.bound.subjects) {
        return Weight::of(Severity::High)
            .noting(format!("A pod there can run as {}.", words::who(account)));
    }
    if admits_privileged(case.seen, namespace) == Some(true) {
        return Weight::of(Severity::High)
            .noting("The namespace admits privileged pods, which are root on their node.");
    }
    Weight::of(Severity::Medium)
}

/// Whether a namespace admits privileged pods; none if it was not seen.
pub(crate) fn admits_privileged(seen: &Seen<'_>, namespace: &str) -> Option<bool> {
    let labels = seen.namespace_labels(namespace).ok()?;
    let (policy, _) = NamespacePolicy::of_labels(labels, &defaults(seen));
    Some(policy.enforce.level == Level::Privileged)
}

/// What namespaces without labels get.
fn defaults(seen: &Seen<'_>) -> NamespacePolicy {
    let own = seen.inventory().of(Kind::POD_SECURITY_CONFIGURATION).iter();
    let all = seen.inventory().of(Kind::ADMISSION_CONFIGURATION).iter();
    let within = all.filter_map(|object| match admission::settings(object.tree())? {
        Settings::Here(tree) => Some(tree),
        Settings::File(_) => None,
    });
    let mut read = own.map(Object::tree).chain(within).filter_map(|tree| {
        PodSecurity::read(tree).ok().map(|configuration| configuration.defaults)
    });
    read.next().unwrap_or(NamespacePolicy::PRIVILEGED)
}

pub(crate) const KUBE_SYSTEM: &str = "kube-system";
