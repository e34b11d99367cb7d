//! RB-052, RB-053 and RB-060: bindings to what is not there, or that name nobody.

use edit::Edit;
use inventory::{Kind, Object, Unknown};
use paths::{Scope, Subject};
use serde_json::json;
use tree::{Path, Tree};

use super::holdings::Bound;
use super::need::{self, Need};
use super::samples::{bound, bound_in, example};
use super::subject::{self, BINDINGS};
use super::{RIGHT, absence, words};
use crate::example::Expected;
use crate::{
    About, Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Tally, UNNAMED,
    Verdict,
};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RB-052",
        name: "no-such-role",
        title: "A binding names a role that does not exist",
        severities: &[Severity::Medium],
        why: "Whoever makes a role of that name, with whatever rules, gives it to those the binding names, without the right to bind.",
        fails: "A binding names a role that is neither there nor built in, and roles were listed to the end where it should be. Where they were not it is unknown.",
        fix: Fix::Automatic("Deletes the binding: it grants nothing."),
        references: &[Reference::Owasp("K02")],
        judge: Judge::Whole(no_such_role),
        examples: &[
            example!(
                "the role is gone",
                Expected::Fail(Severity::Medium),
                bound!(
                    "old-operator",
                    "{kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "a built-in role that manifests do not bring",
                Expected::Pass,
                bound!("view", "{kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}")
            ),
            example!(
                "there may be other files",
                Expected::Unknown,
                bound!(
                    "old-operator",
                    "{kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}"
                )
            )
            .partial(),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-053",
        name: "no-such-account",
        title: "A binding names a service account that does not exist",
        severities: &[Severity::Medium, Severity::Low],
        why: "Whoever may make service accounts in that namespace, or the namespace itself, gets the role.",
        fails: "A binding names a service account that is not there, where service accounts were listed to the end. It is medium where the role is strong: secrets, pods, tokens, roles. Accounts named default pass: Kubernetes makes them. Users and groups are kept by identity providers and cannot be looked up.",
        fix: Fix::Automatic(
            "Takes the account out of the binding; deletes a binding that has no other subject.",
        ),
        references: &[Reference::Mitre("T1078"), Reference::Owasp("K02")],
        judge: Judge::Whole(no_such_account),
        examples: &[
            example!(
                "it may edit",
                Expected::Fail(Severity::Medium),
                bound_in!(
                    "apps",
                    "edit",
                    "{kind: ServiceAccount, name: gone, namespace: apps}",
                    "{kind: Group, name: dev, apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "it may view",
                Expected::Fail(Severity::Low),
                bound_in!("apps", "view", "{kind: ServiceAccount, name: gone, namespace: apps}")
            ),
            example!(
                "it is there",
                Expected::Pass,
                bound_in!("apps", "edit", "{kind: ServiceAccount, name: web, namespace: apps}"),
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: apps}\n"
            ),
            example!(
                "there may be other files",
                Expected::Unknown,
                bound_in!("apps", "edit", "{kind: ServiceAccount, name: gone, namespace: apps}")
            )
            .partial(),
        ],
        ..RIGHT
    },
    Check {
        id: "RB-060",
        name: "odd-subject",
        title: "A subject is written in a way that is misread",
        severities: &[Severity::Low],
        why: "A subject of the wrong kind or group names nobody, or not whom it seems to; one that names a service account as a user is overlooked by searches for the account.",
        fails: "The kind of a subject is none of User, Group and ServiceAccount, its apiGroup is not that of its kind, it names a service account as a user or group, or a service account lacks its namespace in a ClusterRoleBinding.",
        fix: Fix::Sometimes(
            "Writes the apiGroup that the kind has, and service accounts as such: the binding means what it meant. A kind that does not exist has to be chosen.",
        ),
        references: &[Reference::Kubernetes(
            "reference/access-authn-authz/rbac/#referring-to-subjects",
        )],
        judge: Judge::Objects(BINDINGS, &odd),
        examples: &[
            example!(
                "an account as a user",
                Expected::Fail(Severity::Low),
                bound_in!(
                    "apps",
                    "view",
                    "{kind: User, name: \"system:serviceaccount:apps:web\", apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "no such kind",
                Expected::Fail(Severity::Low),
                bound!("view", "{kind: Robot, name: r2}")
            ),
            example!(
                "an account with the group of users",
                Expected::Fail(Severity::Low),
                bound!(
                    "view",
                    "{kind: ServiceAccount, name: web, namespace: apps, apiGroup: rbac.authorization.k8s.io}"
                )
            ),
            example!(
                "a user without its group, which the API fills in",
                Expected::Pass,
                bound!("view", "{kind: User, name: jane}")
            ),
            example!(
                "all three kinds",
                Expected::Pass,
                bound!(
                    "view",
                    "{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}",
                    "{kind: Group, name: \"system:serviceaccounts:apps\", apiGroup: rbac.authorization.k8s.io}",
                    "{kind: ServiceAccount, name: web, namespace: apps}"
                )
            ),
        ],
        ..RIGHT
    },
];

fn no_such_role(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    tally.passes = seen.holdings().bindings.len();
    for dangling in seen.rbac().grants.dangling() {
        let namespace = dangling.binding.namespace.as_deref();
        let (kind, own) = match namespace {
            Some(namespace) => {
                (Kind::ROLE_BINDING, if namespace == UNNAMED { "" } else { namespace })
            }
            None => (Kind::CLUSTER_ROLE_BINDING, ""),
        };
        let Some(object) = seen.inventory().find(kind, own, &dangling.binding.name) else {
            continue;
        };
        tally.add(About::object(object), missing_role(seen, object));
    }
    absence::note(&mut tally, seen);
    Ok(tally)
}

fn missing_role(seen: &Seen<'_>, object: &Object) -> Judged {
    let role = subject::role_of(object);
    let coverage = seen.inventory().coverage();
    match (object.tree().at(&["roleRef", "kind"]).str(), object.namespace()) {
        ("Role", "") => {
            return Err(Unknown::new(
                format!("{role} is in a namespace that the manifest leaves open"),
                "name the namespace, or scan the cluster",
            ));
        }
        ("Role", namespace) => coverage.listed(Kind::ROLE, Some(namespace))?,
        _ => coverage.listed(Kind::CLUSTER_ROLE, None)?,
    }
    let message = format!("{} names {role}, which does not exist.", object.describe());
    Ok(Verdict::fail(
        Problem::new(Severity::Medium, message)
            .detail(role.clone())
            .evidence(format!("roleRef: {role}"))
            .at(Path::of(&["roleRef"]))
            .subjects(words::whos(
                &subject::subjects(object).map(|(_, who)| who).collect::<Vec<_>>(),
            ))
            .mended_by(Remedy::Delete),
    ))
}

fn no_such_account(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let holdings = seen.holdings();
    let mut tally = Tally::new();
    for bound in holdings.bindings.iter().filter(|bound| !bound.is_default) {
        tally.add(About::object(bound.object), missing_accounts(seen, bound));
    }
    absence::note(&mut tally, seen);
    Ok(tally)
}

fn missing_accounts(seen: &Seen<'_>, bound: &Bound<'_>) -> Judged {
    let mut picked = Vec::new();
    for (index, subject) in subject::subjects(bound.object) {
        let Subject::ServiceAccount { namespace, name } = &subject else { continue };
        if &**name == "default" {
            continue;
        }
        if &**namespace == UNNAMED {
            let all = seen.inventory().of_in(Kind::SERVICE_ACCOUNT, "").iter();
            if all.clone().any(|account| account.name() == &**name) {
                continue;
            }
            return Err(Unknown::new(
                format!("ServiceAccount {name} is in a namespace that the manifest leaves open"),
                "name the namespace, or scan the cluster",
            ));
        }
        if seen.get(Kind::SERVICE_ACCOUNT, namespace, name)?.is_none() {
            picked.push(index);
        }
    }
    if picked.is_empty() {
        return Ok(Verdict::Pass);
    }
    let role = seen.holdings().role_of(bound);
    let is_strong = role.is_some_and(|role| {
        role.is_everything || need::gives(&role.rules, STRONG, &Scope::Cluster)
    });
    let severity = if is_strong { Severity::Medium } else { Severity::Low };
    let problem = subject::problem(bound.object, &picked, severity, "does not exist and holds");
    Ok(Verdict::fail(problem.mended_by(subject::without(bound.object, &picked))))
}

fn odd(_seen: &Seen<'_>, object: &Object) -> Judged {
    let subjects = object.tree().get("subjects").items().iter().enumerate();
    let problems = subjects.filter_map(|(index, subject)| {
        let place = Path::of(&["subjects"]).then(index);
        let (what, remedy) = oddity(object, subject, &place)?;
        let name = subject.get("name").str();
        Some(
            Problem::new(Severity::Low, format!("Subject {name} of {} {what}.", object.describe()))
                .detail(format!("{} {name}", subject.get("kind").str()))
                .evidence(subject.to_string())
                .at(place)
                .mended_by(remedy),
        )
    });
    Ok(Verdict::of(problems.collect()))
}

/// What is odd about a subject, and what mends it.
fn oddity(object: &Object, subject: &Tree, place: &Path) -> Option<(&'static str, Remedy)> {
    let (kind, name) = (subject.get("kind").str(), subject.get("name").str());
    let group = subject.get("apiGroup");
    let set_group = || Remedy::set(place.then("apiGroup"), GROUP);
    match kind {
        "User" | "Group" if !group.is_null() && group.str() != GROUP => {
            Some(("has the apiGroup of something else", set_group()))
        }
        "User" => as_account(name).map(|(namespace, name)| {
            let account = json!({ "kind": "ServiceAccount", "name": name, "namespace": namespace });
            let written = Remedy::set(place.clone(), account);
            ("is a service account, written as a user", written)
        }),
        "Group" if name.starts_with(ACCOUNT) => {
            Some(("is the name of a service account, and no group has it", Remedy::Explained))
        }
        "ServiceAccount" if !group.str().is_empty() => {
            let path = place.then("apiGroup");
            Some(("has the apiGroup of users", Remedy::Edit(vec![Edit::Remove { path }])))
        }
        "ServiceAccount"
            if object.kind() == Kind::CLUSTER_ROLE_BINDING
                && subject.get("namespace").str().is_empty() =>
        {
            Some(("is a service account without a namespace", Remedy::Explained))
        }
        "Group" | "ServiceAccount" => None,
        _ => Some(("has a kind that is none of User, Group and ServiceAccount", Remedy::Explained)),
    }
}

/// Namespace and name of a service account written as a user.
fn as_account(name: &str) -> Option<(&str, &str)> {
    let (namespace, name) = name.strip_prefix(ACCOUNT)?.split_once(':')?;
    (!namespace.is_empty() && !name.is_empty()).then_some((namespace, name))
}

const ACCOUNT: &str = "system:serviceaccount:";
const GROUP: &str = "rbac.authorization.k8s.io";
const STRONG: &[Need] = &[
    Need::inside(&["get", "list", "watch", "create", "update", "patch"], "", &["secrets"]),
    Need::inside(&["create", "update", "patch"], "", &["pods"]),
    Need::inside(&["create"], "", &["pods/exec", "serviceaccounts/token"]),
    Need::inside(&["create", "update", "patch"], "apps", &["deployments", "daemonsets"]),
    Need::inside(&["escalate", "bind"], "rbac.authorization.k8s.io", &["roles", "clusterroles"]),
];
