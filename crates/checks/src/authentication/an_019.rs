//! AN-019: the key that service account tokens are checked with.

use inventory::{Component, ComponentKind, Inventory};
use pki::{PemItem, pem_objects};

use super::BASE;
use crate::example::{Example, ExampleFile, Expected};
use crate::flag::set_flag;
use crate::{
    Check, Fix, Judge, Judged, Problem, Reference, Remedy, Seen, Severity, Verdict, host_path,
};

pub(crate) const AN_019: Check = Check {
    id: "AN-019",
    name: "service-account-key",
    title: "Service account tokens are checked with the TLS key",
    severities: &[Severity::Medium],
    why: "Who gets the TLS key, which is renewed often and copied to load balancers, can then make tokens of every service account; and renewing it ends all tokens at once.",
    fails: "--service-account-key-file is not given (the server then takes --tls-private-key-file), names that same file, or a file with the same key.",
    fix: Fix::Sometimes(
        "Sets --service-account-key-file=/etc/kubernetes/pki/sa.pub where the API server sees that folder. Elsewhere make a key of its own: openssl genrsa -out sa.key 3072; openssl rsa -in sa.key -pubout -out sa.pub; keep the old key beside it until old tokens have ended.",
    ),
    references: &[Reference::Cis("1.2.22")],
    judge: Judge::Components(ComponentKind::ApiServer, &judge),
    examples: &[
        Example::of(
            "not given",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(apiserver!(
                "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key"
            ))],
        ),
        Example::of(
            "the same file",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(SAME)],
        ),
        Example::of(
            "its own",
            Expected::Pass,
            &[ExampleFile::manifest(apiserver!(
                "--service-account-key-file=/etc/kubernetes/pki/sa.pub",
                "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key"
            ))],
        ),
        Example::of("no API server was seen", Expected::Unknown, &[]),
    ],
    ..BASE
};

fn judge(seen: &Seen<'_>, component: &Component) -> Judged {
    let keys: Vec<&str> = component.flags.values("service-account-key-file").collect();
    let tls = component.flags.value("tls-private-key-file").unwrap_or_default();
    let message = if keys.is_empty() {
        "Service account tokens are checked with the TLS key, since no other is named.".to_owned()
    } else if keys.contains(&tls) {
        format!("Service account tokens are checked with the TLS key {tls}.")
    } else if let Some(key) =
        keys.iter().find(|key| is_same_key(seen.inventory(), component, key, tls))
    {
        format!(
            "Service account tokens are checked with {key}, which is the TLS key in another file."
        )
    } else {
        return Ok(Verdict::Pass);
    };
    let remedy = if host_path::on_node(seen.inventory(), component, "/etc/kubernetes/pki").is_some()
    {
        set_flag(
            seen.inventory(),
            component,
            "service-account-key-file",
            "/etc/kubernetes/pki/sa.pub",
        )
    } else {
        Remedy::Explained
    };
    let problem = Problem::new(Severity::Medium, message)
        .detail("service-account-key-file")
        .evidence(format!("--service-account-key-file={}", keys.join(",")))
        .mended_by(remedy);
    let flag = component.flags.get("service-account-key-file");
    Ok(Verdict::fail(match flag.and_then(|flag| flag.path.clone()) {
        Some(path) => problem.at(path),
        None => problem,
    }))
}

fn is_same_key(inventory: &Inventory, component: &Component, one: &str, other: &str) -> bool {
    let key = |path: &str| {
        let text = host_path::file(inventory, component, path)?.text.clone()?;
        let items = pem_objects(&text);
        items.iter().map(|object| &object.item).find_map(|item| match item {
            PemItem::PrivateKey(_) | PemItem::PublicKey { .. } | PemItem::Certificate(_) => {
                pki::key_facts(item).map(|facts| facts.spki)
            }
            PemItem::Request(_)
            | PemItem::RevocationList(_)
            | PemItem::Other(_)
            | PemItem::Broken(_) => None,
        })
    };
    key(one).is_some_and(|found| Some(found) == key(other))
}

const SAME: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command:
    - kube-apiserver
    - --service-account-key-file=/etc/kubernetes/pki/apiserver.key
    - --tls-private-key-file=/etc/kubernetes/pki/apiserver.key
    volumeMounts:
    - {name: pki, mountPath: /etc/kubernetes/pki, readOnly: true}
  volumes:
  - {name: pki, hostPath: {path: /etc/kubernetes/pki}}
";
