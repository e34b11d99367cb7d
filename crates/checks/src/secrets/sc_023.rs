//! SC-023: logins of registry administrators, and Secrets that nothing uses.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inventory::{Inventory, Kind, Object, Unknown, Workload};
use tree::{Keys, Path, Tree};

use super::listed::complete;
use crate::example::{Example, ExampleFile, Expected};
use crate::{
    About, Check, Confidence, Fix, Judge, Problem, Reference, Seen, Severity, Tally, Verdict,
};

pub(super) const SC_023: Check = Check {
    id: "SC-023",
    name: "broad-or-unused-secret",
    title: "A Secret logs in as a registry's administrator, or nothing uses it",
    severities: &[Severity::Medium],
    why: "With the administrator's login whoever can read one Secret replaces every image; a Secret that nobody uses is one that nobody changes or misses.",
    fails: "A login of a dockerconfigjson has the user admin, administrator or root; or a Secret that nothing owns is named by no object that was seen, in its namespace or for the cluster. Robot accounts pass. Programs that read Secrets through the API name them nowhere, so the second is a guess.",
    fix: Fix::Steps(
        "Make a robot account that may only pull, and replace the login. If nothing reads the unused Secret for a while (its reads are in the audit log), delete it.",
    ),
    references: &[Reference::Owasp("K03"), Reference::Mitre("T1552.007")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "the registry's admin",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(ADMIN)],
        ),
        Example::of(
            "nobody names it",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(UNUSED)],
        ),
        Example::of(
            "a robot, named by a service account",
            Expected::Pass,
            &[ExampleFile::manifest(ROBOT)],
        ),
        Example::of(
            "a token of a service account",
            Expected::Pass,
            &[ExampleFile::manifest(TOKEN)],
        ),
        Example::of(
            "something that was not seen may name it",
            Expected::Unknown,
            &[ExampleFile::manifest(UNUSED)],
        )
        .partial(),
    ],
    ..super::SECRETS
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let inventory = seen.inventory();
    let used = used(inventory);
    let mut tally = Tally::new();
    for object in inventory.of(Kind::SECRET) {
        let about = || About::object(object);
        let logins = logins(object);
        if !logins.is_empty() {
            tally.add(about(), Ok(Verdict::of(logins)));
            continue;
        }
        let key = (object.namespace(), object.name());
        let is_named = used.contains(&key) || used.contains(&("", object.name()));
        if is_named || !is_for_others(object) {
            tally.add(about(), Ok(Verdict::Pass));
            continue;
        }
        tally.add(
            about(),
            everything(seen, object.namespace()).map(|()| Verdict::fail(unused(object))),
        );
    }
    complete(seen, tally, &[Kind::SECRET])
}

fn unused(object: &Object) -> Problem {
    Problem::new(
        Severity::Medium,
        format!("Nothing that was seen names the Secret {}.", object.name()),
    )
    .detail("unused")
    .confidence(Confidence::Low)
}

/// Whether all kinds that usually name Secrets were listed in a namespace.
fn everything(seen: &Seen<'_>, namespace: &str) -> Result<(), Unknown> {
    let others = [Kind::SERVICE_ACCOUNT, Kind::INGRESS];
    let workloads = Workload::kinds().filter(|kind| *kind != Kind::POD_TEMPLATE);
    for kind in workloads.chain(others) {
        seen.all_in(kind, namespace)?;
    }
    Ok(())
}

/// Secrets of types that people make for pods, and that nothing owns.
fn is_for_others(object: &Object) -> bool {
    const TYPES: [&str; 6] = [
        "",
        "Opaque",
        DOCKER,
        "kubernetes.io/tls",
        "kubernetes.io/basic-auth",
        "kubernetes.io/ssh-auth",
    ];
    let tree = object.tree();
    TYPES.contains(&tree.get("type").str())
        && tree.at(&["metadata", "ownerReferences"]).items().is_empty()
}

/// The Secrets that texts of other objects name, by the namespace of the object.
fn used(inventory: &Inventory) -> BTreeSet<(&str, &str)> {
    let names: BTreeSet<&str> = inventory.of(Kind::SECRET).iter().map(Object::name).collect();
    let mut used = BTreeSet::new();
    if names.is_empty() {
        return used;
    }
    for object in inventory.objects() {
        let is_other = object.kind() != Kind::SECRET && object.kind().kind != "Event";
        if is_other && !inventory.is_made_by_another(object) {
            let mut texts = BTreeSet::new();
            gather(object.tree(), &names, &mut texts);
            used.extend(texts.into_iter().map(|name| (object.namespace(), name)));
        }
    }
    used
}

fn gather<'t>(tree: &'t Tree, names: &BTreeSet<&str>, found: &mut BTreeSet<&'t str>) {
    match tree {
        Tree::Text(text) => {
            let name = text.rsplit('/').next().unwrap_or(text);
            if names.contains(name) {
                found.insert(name);
            }
        }
        Tree::List(items) => items.iter().for_each(|item| gather(item, names, found)),
        Tree::Map(entries) => entries.iter().for_each(|(_, item)| gather(item, names, found)),
        Tree::Null | Tree::Bool(_) | Tree::Int(_) | Tree::Float(_) => {}
    }
}

/// The logins of a registry's administrator.
fn logins(object: &Object) -> Vec<Problem> {
    let tree = object.tree();
    if tree.get("type").str() != DOCKER {
        return Vec::new();
    }
    let given = tree.at(&["stringData", KEY]).text().map(str::to_owned);
    let decoded = || text64(tree.at(&["data", KEY]).str());
    let Some(text) = given.or_else(decoded) else { return Vec::new() };
    let Ok(config) = tree::read(&text, &mut Keys::default()) else { return Vec::new() };
    let auths = config.get("auths").entries().iter();
    auths
        .filter_map(|(registry, login)| {
            let user = user(login)?;
            ADMINS.contains(&user.to_lowercase().as_str()).then(|| {
                Problem::new(
                    Severity::Medium,
                    format!("The login for {} is that of {user}.", &**registry),
                )
                .detail(registry.to_string())
                .evidence(format!("user {user}"))
                .at(Path::of(&["data", KEY]))
            })
        })
        .collect()
}

fn user(login: &Tree) -> Option<String> {
    let given = login.get("username").text().filter(|user| !user.is_empty()).map(str::to_owned);
    given.or_else(|| Some(text64(login.get("auth").str())?.split_once(':')?.0.to_owned()))
}

fn text64(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()
}

const DOCKER: &str = "kubernetes.io/dockerconfigjson";
const KEY: &str = ".dockerconfigjson";
const ADMINS: [&str; 3] = ["admin", "administrator", "root"];

const ADMIN: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: pull, namespace: apps}
type: kubernetes.io/dockerconfigjson
stringData: {.dockerconfigjson: '{\"auths\":{\"registry.example.com\":{\"auth\":\"YWRtaW46WGs5cS1UcjdMbVoydw==\"}}}'}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: apps}
imagePullSecrets: [{name: pull}]
";

const ROBOT: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: pull, namespace: apps}
type: kubernetes.io/dockerconfigjson
stringData: {.dockerconfigjson: '{\"auths\":{\"registry.example.com\":{\"username\":\"robot$pull\",\"password\":\"Xk9q-Tr7LmZ2w\"}}}'}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: apps}
imagePullSecrets: [{name: pull}]
";

const UNUSED: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: old, namespace: apps}
stringData: {password: Xk9q-Tr7LmZ2w}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: other}
spec:
  containers: [{name: web}]
  volumes: [{name: secret, secret: {secretName: old}}]
";

const TOKEN: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: builder-token, namespace: apps, annotations: {kubernetes.io/service-account.name: builder}}
type: kubernetes.io/service-account-token
";
