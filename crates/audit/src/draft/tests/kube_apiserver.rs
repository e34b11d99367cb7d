//! The events of a real kube-apiserver 1.36 for two hundred requests, made again from the requests
//! and answers as they were on the wire. `kube-apiserver.jsonl.gz` holds, for each, the method, the
//! target, both bodies and the lines of the audit log; the policy records everything, in namespace
//! `meta` at Metadata, in `req` at Request, else at `RequestResponse`.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::SystemTime;

use crate::body::Head;
use crate::{Asked, Draft, Level, RequestBody, ResponseBody, Stage, Stages, Verdict};
use base64::Engine;
use model::{Call, UserInfo};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: String,
    method: String,
    target: String,
    content_type: String,
    body: String,
    code: u16,
    answer_type: String,
    answer: String,
    events: Vec<String>,
}

/// What is known to differ; every other line is the same, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    /// The order of an object's fields: the schema's there, the sender's here.
    Order,
    /// The object that was sent: completed by the schema there, as it was sent here.
    Completed,
    /// There is no event there: it cannot hold a patch that is not JSON.
    Lost,
    /// The Status in the answer to HEAD, which has no body to read it from.
    Head,
    /// The Status in what a proxied service may have said, which is not taken for the API server's.
    Proxied,
}

fn difference(case: &Case) -> Option<Difference> {
    let (level, name) = case.name.split_once(' ').unwrap_or(("", &case.name));
    match name {
        "patch apply yaml" | "patch broken" if level != "meta" => Some(Difference::Lost),
        "head" | "head404" => Some(Difference::Head),
        "svc proxy" => Some(Difference::Proxied),
        _ if level == "meta" => None,
        "create" if level == "ns" => Some(Difference::Completed),
        "create uid" | "create pod" | "create nokind" | "create dup" | "create warnfield"
        | "token" => Some(Difference::Completed),
        _ if matches!(&*case.name, "ssar" | "crd" | "cr create") => Some(Difference::Completed),
        "create" | "create ns" | "create otherns" | "create generate" | "create invalid"
        | "create conflict" | "create yaml2" | "put" | "put2" | "put wrongname" | "eviction"
        | "get yaml" => Some(Difference::Order),
        _ => None,
    }
}

#[test]
fn events_equal_kube_apiservers() {
    for case in cases() {
        let ours = events(&case);
        if difference(&case) == Some(Difference::Lost) {
            assert_eq!((ours.len(), case.events.len()), (2, 1), "{}", case.name);
            assert_eq!(ours.first(), case.events.first(), "{}", case.name);
            continue;
        }
        assert_eq!(ours.len(), case.events.len(), "{}", case.name);
        for (line, expected) in ours.iter().zip(&case.events) {
            compare(&case, line, expected);
        }
    }
}

fn compare(case: &Case, line: &str, expected: &str) {
    let hidden = match difference(case) {
        None => return assert_eq!(line, expected, "{}", case.name),
        Some(Difference::Order | Difference::Lost) => None,
        Some(Difference::Completed) => Some("requestObject"),
        Some(Difference::Head | Difference::Proxied) => Some("responseStatus"),
    };
    let parsed = [line, expected].map(|text| {
        let mut event: serde_json::Map<String, Value> = serde_json::from_str(text).unwrap();
        if let Some(there) = hidden.and_then(|field| event.get_mut(field)) {
            // Both have it, and the same code.
            *there = there.get("code").cloned().unwrap_or_default();
        }
        if difference(case) != Some(Difference::Completed) && hidden.is_some() {
            event.remove("responseObject");
        }
        event
    });
    assert_eq!(parsed[0], parsed[1], "{}", case.name);
}

fn events(case: &Case) -> Vec<String> {
    let expected: Vec<Value> =
        case.events.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (first, last) = (expected.first().unwrap(), expected.last().unwrap());
    let call = Call::parse(&case.method, &case.target).unwrap();
    let verdict = Verdict {
        level: level(first["level"].as_str().unwrap()),
        omit_stages: Stages::default(),
        omit_managed_fields: false,
    };
    let mut draft = Draft::new(verdict, asked(first), &call);
    let time = |stage: &str| {
        let at = expected.iter().find(|event| event["stage"] == stage).unwrap_or(last);
        instant(&at["stageTimestamp"])
    };
    let mut events = Vec::new();
    if first["stage"] == "RequestReceived" {
        events.extend(draft.event(Stage::RequestReceived, time("RequestReceived")));
    }
    if let Some(user) = last.get("impersonatedUser") {
        let constraint = last["authenticationMetadata"]["impersonationConstraint"].as_str();
        draft.impersonates(&user_of(user), constraint);
    }
    for (key, value) in last["annotations"].as_object().into_iter().flatten() {
        draft.annotate(key, value.as_str().unwrap());
    }
    let content_type = case.content_type.as_bytes();
    // What is refused before it is read is not read here, either.
    if case.code != 403
        && let Some(mut body) = RequestBody::of(verdict, &call, content_type, LIMIT)
    {
        bytes(&case.body).chunks(7).for_each(|chunk| body.push(chunk));
        draft.sent(body);
    }
    if case.name == "401 basic accept" {
        draft.explained("Authentication failed, attempted: basic");
    }
    draft.answered(case.code);
    let head =
        Head { code: case.code, content_type: case.answer_type.as_bytes(), content_encoding: b"" };
    // An answer in a language that was not asked for is not recorded.
    let is_negotiated = !case.name.ends_with("403 accept")
        && !case.name.ends_with("406")
        && case.name != "401 basic accept";
    if is_negotiated && let Some(mut body) = ResponseBody::of(verdict, &call, head, LIMIT) {
        bytes(&case.answer).chunks(7).for_each(|chunk| body.push(chunk));
        draft.received(body);
    }
    let is_early = first["stage"] == "ResponseStarted";
    if call.is_long_running() || is_early {
        events.extend(draft.event(Stage::ResponseStarted, time("ResponseStarted")));
    }
    if !is_early {
        events.extend(draft.event(Stage::ResponseComplete, time("ResponseComplete")));
    }
    events.iter().map(|event| String::from_utf8(event.to_json()).unwrap()).collect()
}

fn asked(event: &Value) -> Asked {
    Asked {
        audit_id: event["auditID"].as_str().unwrap().to_owned(),
        request_uri: event["requestURI"].as_str().unwrap().to_owned(),
        user: user_of(&event["user"]),
        source_ips: texts(&event["sourceIPs"]).iter().map(|ip| ip.parse().unwrap()).collect(),
        user_agent: event["userAgent"].as_str().unwrap().to_owned(),
        received: instant(&event["requestReceivedTimestamp"]),
    }
}

fn user_of(user: &Value) -> UserInfo {
    let extra = user["extra"].as_object().into_iter().flatten();
    UserInfo {
        name: user["username"].as_str().unwrap_or_default().to_owned(),
        uid: user["uid"].as_str().unwrap_or_default().to_owned(),
        groups: texts(&user["groups"]),
        extra: extra.map(|(key, values)| (key.clone(), texts(values))).collect::<BTreeMap<_, _>>(),
    }
}

fn texts(values: &Value) -> Vec<String> {
    let values = values.as_array().into_iter().flatten();
    values.map(|value| value.as_str().unwrap().to_owned()).collect()
}

fn level(word: &str) -> Level {
    Level::ALL.into_iter().find(|level| level.as_str() == word).unwrap()
}

fn instant(time: &Value) -> SystemTime {
    time.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().into()
}

fn bytes(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

fn cases() -> Vec<Case> {
    let packed = include_bytes!("kube-apiserver.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const LIMIT: usize = 3 << 20;
