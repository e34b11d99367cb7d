//! What of RBAC was not seen, so that no check passes on it.

use inventory::{Kind, Unknown};

use crate::grants::KINDS;
use crate::{About, Seen, Tally, run};

/// Adds what was not seen and could hold a right: bindings and roles that were not listed, roles
/// that bindings name, objects that could not be read.
pub(crate) fn note(tally: &mut Tally, seen: &Seen<'_>) {
    run::unlisted(tally, seen, KINDS.into_iter());
    let coverage = seen.inventory().coverage();
    for dangling in seen.rbac().grants.dangling() {
        let namespace = dangling.binding.namespace.as_deref();
        let (kind, namespace) = match dangling.role.kind.as_str() {
            "Role" => (Kind::ROLE, namespace),
            _ => (Kind::CLUSTER_ROLE, None),
        };
        if coverage.listed(kind, namespace).is_err() {
            let what = format!("the rules of {} {} were not seen", kind.kind, dangling.role.name);
            let unknown = Unknown::new(what, "scan the role with the bindings that name it");
            tally.add_gap(About::cluster(), unknown);
        }
    }
    for (object, problem) in &seen.rbac().malformed {
        let what = format!("{} could not be read: {problem}", object.describe());
        tally.add_gap(About::object(object), Unknown::new(what, "correct the object"));
    }
}
