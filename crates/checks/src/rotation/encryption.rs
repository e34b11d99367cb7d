//! RT-007, RT-008: keys of the encryption at rest that are old, or left over.

use std::time::SystemTime;

use encryption::{Entry, Key, Provider, Reload};
use inventory::{Kind, Object, Unknown};
use tree::Path;

use super::ROTATION;
use crate::example::{Example, ExampleFile, Expected};
use crate::when::{self, away, date};
use crate::{Check, Confidence, Fix, Judge, Judged, Problem, Reference, Seen, Severity, Verdict};

pub(crate) const CHECKS: &[Check] = &[
    Check {
        id: "RT-007",
        name: "old-encryption-key",
        title: "A key that encrypts the cluster's data is old",
        severities: &[Severity::High],
        why: "AES-GCM becomes readable after too many writes with one key, and a key that leaked once opens everything written since.",
        fails: "The first key of aescbc or aesgcm that writes is older than 180 days, by the day in its name or because nobody has written to the file for so long; or it is the only key of aesgcm. secretbox and kms pass: the latter makes a key for each write.",
        fix: Fix::Steps(
            "head -c 32 /dev/urandom | base64 makes a key. Add it as the second one on every API server and restart them; put it first and restart; kubectl get secrets -A -o json | kubectl replace -f -; then remove the old one and restart. Better, use kms v2.",
        ),
        references: &[Reference::Cis("1.2.27"), Reference::Owasp("K03"), Reference::Kubernetes("tasks/administer-cluster/encrypt-data/#rotating-a-decryption-key")],
        judge: Judge::Objects(&[Kind::ENCRYPTION_CONFIGURATION], &old),
        examples: &[
            Example::of("one key of aesgcm", Expected::Fail(Severity::High), &[ExampleFile::at("/etc/kubernetes/enc.yaml", GCM)]),
            Example::of("a file from last year", Expected::Fail(Severity::High), &[ExampleFile::at("/etc/kubernetes/enc.yaml", CBC).untouched(200)]),
            Example::of("a day in its name", Expected::Fail(Severity::High), &[ExampleFile::at("/etc/kubernetes/enc.yaml", NAMED)]),
            Example::of("a file that tells no age", Expected::Unknown, &[ExampleFile::at("/etc/kubernetes/enc.yaml", CBC)]),
            Example::of("secretbox", Expected::Pass, &[ExampleFile::at("/etc/kubernetes/enc.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: k, secret: 4zjsjgSzUoNTlgPY2dmIdeFxZDHDwYSD9M0oDgXxHkk=}]}\n  - aesgcm: {keys: [{name: old, secret: n7ntFHBsYr3kMAGFoQ7IlQ==}]}\n").untouched(400)]),
            Example::of("none was seen", Expected::Unknown, &[]).partial(),
        ],
        ..ROTATION
    },
    Check {
        id: "RT-008",
        name: "leftover-encryption-key",
        title: "A rotation of encryption keys was not finished",
        severities: &[Severity::Low],
        why: "An old key opens what was written with it for as long as it is listed; a new one behind it protects nothing.",
        fails: "A provider lists several keys and nobody has written to the file for 30 days, or a key whose name has a later day stands behind one with an earlier day.",
        fix: Fix::Steps(
            "Put the newest key first on every API server and restart them; kubectl get secrets -A -o json | kubectl replace -f -; then remove the old keys and restart.",
        ),
        references: &[Reference::Owasp("K03"), Reference::Kubernetes("tasks/administer-cluster/encrypt-data/#rotating-a-decryption-key")],
        judge: Judge::Objects(&[Kind::ENCRYPTION_CONFIGURATION], &left),
        examples: &[
            Example::of("two keys for two months", Expected::Fail(Severity::Low), &[ExampleFile::at("/etc/kubernetes/enc.yaml", TWO).untouched(60)]),
            Example::of("the newer one is behind", Expected::Fail(Severity::Low), &[ExampleFile::at("/etc/kubernetes/enc.yaml", NAMED)]),
            Example::of("two keys since this week", Expected::Pass, &[ExampleFile::at("/etc/kubernetes/enc.yaml", TWO).untouched(3)]),
            Example::of("one key", Expected::Pass, &[ExampleFile::at("/etc/kubernetes/enc.yaml", CBC)]),
            Example::of("two keys, and no age", Expected::Unknown, &[ExampleFile::at("/etc/kubernetes/enc.yaml", TWO)]),
        ],
        ..ROTATION
    },
];

fn old(seen: &Seen<'_>, object: &Object) -> Judged {
    let written = written(seen, object);
    let (mut problems, mut unknown) = (Vec::new(), None);
    for (index, entry) in entries(object).iter().enumerate() {
        let Some(writer) = entry.providers.first() else { continue };
        let keys = match writer {
            Provider::AesCbc(keys) | Provider::AesGcm(keys) => keys,
            Provider::Secretbox(_) | Provider::Kms(_) | Provider::Identity | Provider::Unusable => {
                continue;
            }
        };
        let Some(key) = keys.first() else { continue };
        let known = named_day(&key.name).or(written.filter(|day| is_past(seen, *day, 180)));
        let is_old = known.is_some_and(|day| is_past(seen, day, 180));
        let is_single = keys.len() == 1 && matches!(writer, Provider::AesGcm(_));
        if is_old || is_single {
            problems
                .push(told(seen, key, writer, known.filter(|_| is_old)).at(place(index, writer)));
        } else if known.is_none() {
            unknown = Some(age_unknown(key));
        }
    }
    match (problems.is_empty(), unknown) {
        (true, Some(unknown)) => Err(unknown),
        (_, _) => Ok(Verdict::of(problems)),
    }
}

fn told(seen: &Seen<'_>, key: &Key, writer: &Provider, day: Option<SystemTime>) -> Problem {
    let (name, field) = (&key.name, writer.field());
    let is_dated = named_day(name).is_some();
    let message = match day {
        Some(day) if is_dated => {
            format!("The key {name} of {field} is of {}, {}.", date(day), away(day, seen.now()))
        }
        Some(day) => format!(
            "The key {name} of {field} was there on {} already, {}.",
            date(day),
            away(day, seen.now())
        ),
        None => format!("{name} is the only key of {field}, so it has never been replaced."),
    };
    let confidence = if day.is_some() && is_dated { Confidence::Medium } else { Confidence::High };
    Problem::new(Severity::High, message)
        .detail(format!("{field} {name}"))
        .evidence(format!("key {name}"))
        .confidence(confidence)
}

fn left(seen: &Seen<'_>, object: &Object) -> Judged {
    let written = written(seen, object);
    let (mut problems, mut unknown) = (Vec::new(), None);
    for (index, entry) in entries(object).iter().enumerate() {
        for (number, provider) in entry.providers.iter().enumerate() {
            let keys = provider.keys();
            let Some((first, others)) = keys.split_first() else { continue };
            let path = providers(index).then(number);
            let newer = others.iter().find(|key| {
                named_day(&key.name)
                    .zip(named_day(&first.name))
                    .is_some_and(|(one, other)| one > other)
            });
            if let Some(newer) = newer {
                let message = format!(
                    "{} is newer than {} and encrypts nothing: it is not first.",
                    newer.name, first.name
                );
                problems.push(
                    rest(message, provider, &newer.name).confidence(Confidence::Medium).at(path),
                );
            } else if others.is_empty() {
            } else if written.is_some_and(|day| is_past(seen, day, 30)) {
                let names: Vec<&str> = others.iter().map(|key| key.name.as_str()).collect();
                let message =
                    format!("Behind {} these are still listed: {}.", first.name, names.join(", "));
                problems.push(rest(message, provider, &names.join(",")).at(path));
            } else if written.is_none() {
                unknown = Some(age_unknown(first));
            }
        }
    }
    match (problems.is_empty(), unknown) {
        (true, Some(unknown)) => Err(unknown),
        (_, _) => Ok(Verdict::of(problems)),
    }
}

fn rest(message: String, provider: &Provider, names: &str) -> Problem {
    Problem::new(Severity::Low, message)
        .detail(format!("{} {names}", provider.field()))
        .evidence(names)
}

fn entries(object: &Object) -> Vec<Entry> {
    let reading = encryption::read(object.tree(), Reload::AtStart);
    reading.map(|reading| reading.configuration.entries).unwrap_or_default()
}

fn providers(entry: usize) -> Path {
    Path::of(&["resources"]).then(entry).then("providers")
}

fn place(entry: usize, writer: &Provider) -> Path {
    providers(entry).then(0).join(&[writer.field(), "keys"]).then(0)
}

/// When somebody last wrote to the file: its keys are at least as old.
fn written(seen: &Seen<'_>, object: &Object) -> Option<SystemTime> {
    object.origin().file().and_then(|file| seen.file_at(file))?.modified
}

fn is_past(seen: &Seen<'_>, day: SystemTime, days: u64) -> bool {
    seen.now().duration_since(day).is_ok_and(|age| age > when::days(days))
}

/// The day in a name like `key-2026-05-01` or `key20260501`.
fn named_day(name: &str) -> Option<SystemTime> {
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    let (year, rest) = (digits.len() == 8).then(|| digits.split_at_checked(4))??;
    let (month, day) = rest.split_at_checked(2)?;
    when::parse(&format!("{year}-{month}-{day}T00:00:00Z"))
}

fn age_unknown(key: &Key) -> Unknown {
    Unknown::new(
        format!("nothing tells how old the key {:?} is", key.name),
        "scan the file on its node, or name keys by the day they are made",
    )
}

const GCM: &str = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aesgcm: {keys: [{name: k1, secret: 4zjsjgSzUoNTlgPY2dmIdeFxZDHDwYSD9M0oDgXxHkk=}]}\n  - identity: {}\n";

const CBC: &str = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc: {keys: [{name: k1, secret: 4zjsjgSzUoNTlgPY2dmIdeFxZDHDwYSD9M0oDgXxHkk=}]}\n";

const TWO: &str = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n      - {name: b, secret: 4zjsjgSzUoNTlgPY2dmIdeFxZDHDwYSD9M0oDgXxHkk=}\n      - {name: a, secret: zKuTGkGmXIuI2fsM3gRHeLJxRfNCS4yGfsY1FZo6q0w=}\n";

const NAMED: &str = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n      - {name: key-2025-03-01, secret: 4zjsjgSzUoNTlgPY2dmIdeFxZDHDwYSD9M0oDgXxHkk=}\n      - {name: key-2026-05-20, secret: zKuTGkGmXIuI2fsM3gRHeLJxRfNCS4yGfsY1FZo6q0w=}\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_from_names() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(named_day(name).map(date).as_deref(), expected, "{name}");
        };
        check("key-2026-05-01", Some("2026-05-01"));
        check("k20260501", Some("2026-05-01"));
        check("key-2026-13-01", None);
        check("key1", None);
        check("key-2026-05-01-2", None);
    }
}
