//! SC-017: Secrets in files.

use inventory::{Kind, Object, Origin, Unknown};

use super::listed::complete;
use crate::example::{Example, ExampleFile, Expected};
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};

pub(super) const SC_017: Check = Check {
    id: "SC-017",
    name: "secret-manifest",
    title: "A manifest holds a Secret with its values",
    severities: &[Severity::Medium],
    why: "base64 is no encryption: whoever may read the repository or the folder has the values, and so has its history for ever.",
    fails: "A file holds a Secret with a credential in data or stringData. A SealedSecret passes, and so does a Secret that SOPS encrypted, one whose values are templates or references, and one that holds only what is public. Secrets of a running cluster are no manifests.",
    fix: Fix::Steps(
        "Keep the values in a store and let External Secrets, a SealedSecret or SOPS bring them into the cluster; replace what was in the file.",
    ),
    references: &[Reference::Mitre("T1552.001"), Reference::Owasp("K03")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "a password",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(PLAIN)],
        ),
        Example::of(
            "in a list, as stringData",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(LIST)],
        ),
        Example::of("encrypted by SOPS", Expected::Pass, &[ExampleFile::manifest(SOPS)]),
        Example::of(
            "values that are templates",
            Expected::Pass,
            &[ExampleFile::manifest(TEMPLATE)],
        ),
        Example::of(
            "a certificate of an authority",
            Expected::Pass,
            &[ExampleFile::manifest(PUBLIC)],
        ),
        Example::of("nothing was seen", Expected::Unknown, &[]).partial(),
    ],
    ..super::SECRETS
};

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for (index, entries) in &seen.secrets_in_sight().secrets {
        let Some(object) = seen.inventory().object(*index) else { continue };
        let is_manifest = match object.origin() {
            Origin::Document { .. } | Origin::Within { .. } => true,
            Origin::Live => false,
        };
        let sealed = object.tree().get("sops").is_map();
        let keys: Vec<&str> = entries
            .iter()
            .filter(|entry| entry.is_credential())
            .map(|entry| entry.key.as_str())
            .collect();
        if !is_manifest {
            let why = "it is in a running cluster, not in a manifest".to_owned();
            tally.add(About::object(object), Ok(Verdict::NotApplicable(why)));
            continue;
        }
        let problem = (!keys.is_empty() && !sealed).then(|| problem(seen, object, &keys));
        tally.add(About::object(object), Ok(problem.into()));
    }
    complete(seen, tally, &[Kind::SECRET])
}

fn problem(seen: &Seen<'_>, object: &Object, keys: &[&str]) -> Problem {
    let (name, names) = (object.name(), keys.join(", "));
    let entry = |key: &&str| {
        format!("  - {{secretKey: {key}, remoteRef: {{key: {name}, property: {key}}}}}\n")
    };
    let data = keys.iter().map(entry).collect::<Vec<_>>().concat();
    let namespace = match object.namespace() {
        "" => String::new(),
        namespace => format!(", namespace: {namespace}"),
    };
    let (kind, store) = store(seen, object.namespace());
    let file = object.origin().file().and_then(|id| seen.inventory().file_at(id));
    let file = file.map_or("the file", inventory::File::path);
    Problem::new(Severity::Medium, format!("The manifest holds the values of {names}."))
        .detail("data")
        .evidence(format!("keys {names}"))
        .mended_by(Remedy::Steps(format!(
            "replace what is in it, and put the new values under {name:?} into the store behind {kind} {store}\n\
             put this in its place:\n\
             apiVersion: external-secrets.io/v1\n\
             kind: ExternalSecret\n\
             metadata: {{name: {name}{namespace}}}\n\
             spec:\n\
             \x20 refreshInterval: 1h\n\
             \x20 secretStoreRef: {{kind: {kind}, name: {store}}}\n\
             \x20 target: {{name: {name}}}\n\
             \x20 data:\n{data}\
             or encrypt it: sops encrypt --encrypted-regex '^(data|stringData)$' --in-place {file}"
        )))
}

/// A store of External Secrets that the namespace may use: one that was seen, else the name that
/// the one to be made is to have.
fn store<'i>(seen: &Seen<'i>, namespace: &str) -> (&'static str, &'i str) {
    const OWN: Kind<'static> = Kind { group: "external-secrets.io", kind: "SecretStore" };
    const SHARED: Kind<'static> = Kind { group: "external-secrets.io", kind: "ClusterSecretStore" };
    let inventory = seen.inventory();
    let own = inventory.of_in(OWN, namespace).first().map(|one| ("SecretStore", one.name()));
    let shared = || inventory.of(SHARED).first().map(|one| ("ClusterSecretStore", one.name()));
    own.or_else(shared).unwrap_or(("SecretStore", "secrets"))
}

const PLAIN: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: apps}
data: {password: WGs5cS1UcjdMbVoydw==}
";

const LIST: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: db, namespace: apps}
  stringData: {password: Xk9q-Tr7LmZ2w}
";

const SOPS: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: apps}
data: {password: \"ENC[AES256_GCM,data:q7Rk2LxP9sVb4TnW,iv:8yZd3Hf6,tag:w7Kq9ZpL,type:str]\"}
sops: {version: 3.9.0}
";

const TEMPLATE: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: apps}
stringData: {password: \"${DB_PASSWORD}\"}
";

const PUBLIC: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: apps}
stringData: {username: app}
";
