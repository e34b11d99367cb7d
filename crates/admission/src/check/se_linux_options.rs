//! `SELinux` types are those made for containers; users and roles are left alone.

use tree::Tree;

use super::{Check, Objection, Revision};
use crate::Pod;
use crate::offences::Offences;
use crate::pod::Holder;
use crate::words::{listed, plural, quoted};

pub(super) static CHECK: Check = Check::baseline(
    "seLinuxOptions",
    &[
        Revision::since(0, |pod| rule(pod, &TYPES)),
        Revision::since(31, |pod| rule(pod, &TYPES_AND_ENGINE)),
    ],
);

fn rule(pod: &Pod<'_>, types: &[&str]) -> Option<Objection> {
    let mut bad = Offences::default();
    let (mut sets_user, mut sets_role) = (false, false);
    for holder in pod.holders() {
        let options = holder.security().get("seLinuxOptions");
        if options.is_null() {
            continue;
        }
        if !types.contains(&options.get("type").str()) {
            bad.value(options.get("type").str());
            bad.add(holder, &["securityContext", "seLinuxOptions", "type"]);
        }
        sets_user |= sets(holder, options, "user", &mut bad);
        sets_role |= sets(holder, options, "role", &mut bad);
    }
    bad.object("seLinuxOptions", |bad| detail(bad, sets_user, sets_role))
}

fn sets<'t>(holder: &Holder<'t>, options: &'t Tree, field: &str, bad: &mut Offences<'t>) -> bool {
    let is_set = !options.get(field).str().is_empty();
    if is_set {
        bad.add(holder, &["securityContext", "seLinuxOptions", field]);
    }
    is_set
}

fn detail(bad: &Offences<'_>, sets_user: bool, sets_role: bool) -> String {
    let types = bad.values();
    let types = (!types.is_empty())
        .then(|| format!("{} {}", plural(types.len(), "type", "types"), quoted(types)));
    let user = sets_user.then(|| "user may not be set".to_owned());
    let role = sets_role.then(|| "role may not be set".to_owned());
    let what = listed([types, user, role].into_iter().flatten(), "; ");
    format!("{} set forbidden securityContext.seLinuxOptions: {what}", bad.setters())
}

const TYPES: [&str; 4] = ["", "container_t", "container_init_t", "container_kvm_t"];
const TYPES_AND_ENGINE: [&str; 5] =
    ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

#[cfg(test)]
mod tests {
    use super::super::tests::{check, one};
    use crate::CheckId;

    #[test]
    fn types_have_a_list_users_and_roles_have_none() {
        let options =
            |minor, pod: &str, expected| check(CheckId::SeLinuxOptions, minor, pod, expected);
        options(0, &one("seLinuxOptions: {type: container_t, level: x}"), "");
        options(0, &one("seLinuxOptions: {}"), "");
        let engine = one("seLinuxOptions: {type: container_engine_t}");
        options(
            30,
            &engine,
            "seLinuxOptions (container \"a\" set forbidden securityContext.seLinuxOptions: type \
             \"container_engine_t\") @ spec.containers[0].securityContext.seLinuxOptions.type",
        );
        options(31, &engine, "");
        options(
            31,
            "spec: {securityContext: {seLinuxOptions: {type: x, user: u}}, containers: [{name: a, \
             securityContext: {seLinuxOptions: {type: z, role: r}}}]}",
            "seLinuxOptions (pod and container \"a\" set forbidden securityContext.seLinuxOptions: \
             types \"x\", \"z\"; user may not be set; role may not be set) @ \
             spec.securityContext.seLinuxOptions.type spec.securityContext.seLinuxOptions.user \
             spec.containers[0].securityContext.seLinuxOptions.type \
             spec.containers[0].securityContext.seLinuxOptions.role",
        );
    }
}
