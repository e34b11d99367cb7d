//! Thousands of impersonations put to a real kube-apiserver 1.36 by `data/record.py`, and its
//! answers: with constrained impersonation, and with the legacy one alone. Ours must be the same.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

use authz::impersonation::Mode;
use authz::{Impersonated, Impersonator, Narrowed, Snapshot, Wanted, policy};
use model::{Call, Status, UserInfo};
use serde_json::{Value, json};

#[test]
fn constrains_as_kubernetes_does() {
    replay("impersonation-constrained", Mode::Constrained);
}

#[test]
fn knows_the_legacy_way_alone_as_kubernetes_did() {
    replay("impersonation-legacy", Mode::Legacy);
}

fn replay(name: &str, mode: Mode) {
    let mut lines = recorded(name);
    let policy: Vec<Value> =
        serde_json::from_value(lines.next().unwrap()["policy"].take()).unwrap();
    let rules = Narrowed::from(Snapshot::build(policy::from_objects(&policy).unwrap()));
    let impersonator = Impersonator::new(mode);
    let mut replayed = 0;
    for line in lines {
        replayed += 1;
        let requestor = user_of(&line["requestor"]);
        let call = Call::parse(text(&line["method"]), text(&line["path"])).unwrap();
        let answer = match wanted(&line) {
            Ok(None) => {
                assert!(line["user"].is_null(), "{line}");
                continue;
            }
            Ok(Some(wanted)) => impersonator.authorize(&rules, &requestor, &wanted, &call),
            Err(bad) => {
                compare(&bad.status(mode), &line);
                continue;
            }
        };
        match answer {
            Ok(impersonated) => compare_user(&impersonated, &line),
            Err(refused) => compare(&refused.status(), &line),
        }
    }
    assert!(replayed > 5000, "only {replayed} requests");
}

fn compare(status: &Status, line: &Value) {
    let answer = &line["answer"];
    assert_eq!(json!(status.code), line["status"], "{status:?}\n{line}");
    let message = text(&answer["message"]);
    if is_in_gos_random_order(line) {
        let start = |text: &str| text.split_once("userextras").map(|(start, _)| start.to_owned());
        assert_eq!(start(&status.message), start(message), "{line}");
        return;
    }
    assert_eq!(status.message, message, "{line}");
    assert_eq!(status.reason, text(&answer["reason"]), "{line}");
    let details = status.details.clone().unwrap_or_default();
    assert_eq!(details.name, text(&answer["details"]["name"]), "{line}");
    assert_eq!(details.group, text(&answer["details"]["group"]), "{line}");
    assert_eq!(details.kind, text(&answer["details"]["kind"]), "{line}");
}

/// Of several keys of extras, Go looks at any one first.
fn is_in_gos_random_order(line: &Value) -> bool {
    let is_extra = |header: &&Value| text(&header[0]).starts_with("Impersonate-Extra-");
    let extras = list(&line["headers"]).iter().filter(is_extra).map(|header| text(&header[0]));
    extras.collect::<std::collections::BTreeSet<_>>().len() > 1
}

fn compare_user(impersonated: &Impersonated, line: &Value) {
    let expected = &line["user"];
    assert!(!expected.is_null(), "allowed, but not by Kubernetes: {line}");
    assert_eq!(impersonated.user.name, text(&expected["username"]), "{line}");
    assert_eq!(impersonated.user.uid, text(&expected["uid"]), "{line}");
    assert_eq!(impersonated.user.groups, texts(&expected["groups"]), "{line}");
    assert_eq!(impersonated.user.extra, extra(&expected["extra"]), "{line}");
    assert_eq!(json!(impersonated.constraint), line["constraint"], "{line}");
}

fn wanted(line: &Value) -> Result<Option<Wanted>, authz::BadImpersonation> {
    let headers: Vec<(String, &str)> = list(&line["headers"])
        .iter()
        .map(|header| (text(&header[0]).to_lowercase(), text(&header[1])))
        .collect();
    Wanted::from_headers(headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
}

fn recorded(name: &str) -> impl Iterator<Item = Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let file = std::fs::File::open(folder.join(format!("{name}.jsonl.gz"))).unwrap();
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap())
}

fn user_of(value: &Value) -> UserInfo {
    let mut groups = texts(&value["groups"]);
    groups.push("system:authenticated".to_owned());
    let name = text(&value["name"]).to_owned();
    UserInfo { name, uid: String::new(), groups, extra: extra(&value["extra"]) }
}

fn extra(value: &Value) -> BTreeMap<String, Vec<String>> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(key, values)| (key.clone(), texts(values))).collect()
}

fn texts(value: &Value) -> Vec<String> {
    list(value).iter().map(|item| text(item).to_owned()).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
