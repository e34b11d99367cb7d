//! RT-009: the key that signs the tokens of service accounts.

use std::collections::BTreeSet;

use inventory::{Component, ComponentKind, Unknown};
use pki::SpkiHash;

use super::ROTATION;
use crate::example::{Example, ExampleFile, Expected};
use crate::when::{self, away, date};
use crate::{About, Check, Fix, Judge, Problem, Reference, Remedy, Seen, Severity, Tally, Verdict};

pub(crate) const CHECKS: &[Check] = &[Check {
    id: "RT-009",
    name: "service-account-key-age",
    title: "The key of service account tokens is old, or was replaced at once",
    severities: &[Severity::High, Severity::Medium],
    why: "Whoever once read the key makes tokens of any service account. A key replaced without keeping the old public half makes every token wrong at once.",
    fails: "Nobody has written to the key file for a year, or (high) the key that signs is not among those that kube-apiserver verifies with.",
    fix: Fix::Steps(
        "openssl ecparam -name prime256v1 -genkey -noout -out /etc/kubernetes/pki/sa-new.key, then openssl ec -in /etc/kubernetes/pki/sa-new.key -pubout -out /etc/kubernetes/pki/sa-new.pub. Name sa-new.pub in a second --service-account-key-file on every kube-apiserver and restart them; then sign with sa-new.key in --service-account-signing-key-file and --service-account-private-key-file; after a year, or once no token of the old key is in use, remove the old one.",
    ),
    references: &[Reference::Cis("1.2.22"), Reference::Mitre("T1552.004"), Reference::Owasp("K09")],
    judge: Judge::Whole(judge),
    examples: &[
        Example::of(
            "from two years ago",
            Expected::Fail(Severity::Medium),
            &[ExampleFile::manifest(API), ExampleFile::at(KEY, UNREAD).untouched(700)],
        ),
        Example::of(
            "from this spring",
            Expected::Pass,
            &[ExampleFile::manifest(API), ExampleFile::at(KEY, UNREAD).untouched(60)],
        ),
        Example::of(
            "a copy that tells no age",
            Expected::Unknown,
            &[ExampleFile::manifest(API), ExampleFile::at(KEY, UNREAD)],
        ),
        Example::of("no control plane was seen", Expected::Unknown, &[]),
    ],
    ..ROTATION
}];

const KEY: &str = "/etc/kubernetes/pki/sa.key";

/// A block as an encrypted key has it: its age is known, its public half is not.
const UNREAD: &str =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nbm90IGEga2V5\n-----END ENCRYPTED PRIVATE KEY-----\n";

const API: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --service-account-key-file=/etc/kubernetes/pki/sa.pub, --service-account-signing-key-file=/etc/kubernetes/pki/sa.key]\n";

fn judge(seen: &Seen<'_>) -> Result<Tally, Unknown> {
    let mut tally = Tally::new();
    for (kind, flag) in [
        (ComponentKind::ApiServer, "service-account-signing-key-file"),
        (ComponentKind::ControllerManager, "service-account-private-key-file"),
    ] {
        for component in seen.components(kind) {
            let Some(path) = component.flags.value(flag) else { continue };
            let about = About::component(component, seen.inventory());
            match unknown_to_server(seen, path, flag) {
                Some(problem) => tally.add(about, Ok(Verdict::fail(problem))),
                None => tally.add(about, age(seen, path).map(Into::into)),
            }
        }
    }
    once(&mut tally);
    if tally.is_empty() {
        return Err(Unknown::new(
            "nothing tells which key signs the tokens of service accounts",
            "give /etc/kubernetes/manifests of a control plane node",
        ));
    }
    Ok(tally)
}

/// Both components name one file as a rule: its age is told once.
fn once(tally: &mut Tally) {
    let mut told = BTreeSet::new();
    tally.problems.retain(|(_, problem)| told.insert(problem.detail.clone()));
}

/// The key that signs is not among those that are believed in, as far as both were seen.
fn unknown_to_server(seen: &Seen<'_>, path: &str, flag: &str) -> Option<Problem> {
    let signing = halves(seen, path);
    let server: &Component = seen.components(ComponentKind::ApiServer).next()?;
    let files: Vec<&str> = server.flags.values("service-account-key-file").collect();
    let are_seen = files.iter().all(|file| !halves(seen, file).is_empty());
    let believed: BTreeSet<SpkiHash> = files.iter().flat_map(|file| halves(seen, file)).collect();
    if signing.is_empty() || files.is_empty() || !are_seen || !signing.is_disjoint(&believed) {
        return None;
    }
    let list = files.join(", ");
    let steps = format!(
        "openssl pkey -in {path} -pubout -out {path}.pub\nAdd --service-account-key-file={path}.pub to every kube-apiserver beside {list}, and restart them."
    );
    Some(
        Problem::new(
            Severity::High,
            format!(
                "Tokens are signed with {path}, which kube-apiserver does not verify with ({list})."
            ),
        )
        .detail(flag)
        .evidence(format!("--{flag}={path}"))
        .mended_by(Remedy::Steps(steps)),
    )
}

fn halves(seen: &Seen<'_>, path: &str) -> BTreeSet<SpkiHash> {
    let keys = seen.credentials().keys.iter().filter(|key| key.place.about.file == path);
    keys.filter_map(|key| key.spki).collect()
}

fn age(seen: &Seen<'_>, path: &str) -> Result<Option<Problem>, Unknown> {
    let written = seen.file(path).and_then(|file| file.modified).ok_or_else(|| {
        Unknown::new(
            format!("nothing tells how old {path} is"),
            "scan the file on its node, not a copy of it",
        )
    })?;
    let age = seen.now().duration_since(written).unwrap_or_default();
    Ok((age > when::days(365)).then(|| {
        let message =
            format!("{path} was last written on {}, {}.", date(written), away(written, seen.now()));
        Problem::new(Severity::Medium, message).detail(path).evidence(date(written))
    }))
}

#[cfg(test)]
mod tests {
    use inventory::{File, Inventory};

    use super::*;
    use crate::Example;

    #[test]
    fn a_key_that_the_server_does_not_know_is_told() {
        let at = |day: &str| when::parse(day).unwrap();
        let authority = || {
            let span = pki::Validity::new(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
            pki::Authority::new("x", span.unwrap()).unwrap()
        };
        let (one, other) = (authority(), authority());
        let check = |public: &str, expected: &[Severity]| {
            let mut builder = Inventory::builder();
            builder.add_file(File::new("api.yaml"), API);
            let mut key = File::new(KEY);
            key.modified = Some(at("2026-05-01T00:00:00Z"));
            builder.add_file(key, one.key().expose());
            // A private key there counts as well: kube-apiserver takes either half.
            builder.add_file(File::new("/etc/kubernetes/pki/sa.pub"), public);
            let inventory = builder.build();
            let tally = judge(&Seen::new(&inventory, Example::now())).unwrap();
            let found: Vec<_> = tally.problems.iter().map(|(_, one)| one.severity).collect();
            assert_eq!(found, expected, "{tally:#?}");
        };
        check(one.key().expose(), &[]);
        check(other.key().expose(), &[Severity::High]);
    }
}
