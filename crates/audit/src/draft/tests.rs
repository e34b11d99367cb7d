//! What becomes of a request's facts on the way to its events.

use std::time::{Duration, UNIX_EPOCH};

use model::Status;
use serde_json::{Value, json};

use super::*;
use crate::body::Head;
use crate::{Policy, Stages};

mod kube_apiserver;

fn at(level: Level) -> Verdict {
    Verdict { level, omit_stages: Stages::default(), omit_managed_fields: false }
}

fn draft(verdict: Verdict, method: &str, target: &str) -> (Draft, Call) {
    let call = Call::parse(method, target).unwrap();
    let asked = Asked {
        audit_id: "id".to_owned(),
        request_uri: target.to_owned(),
        user: UserInfo { name: "jane".to_owned(), ..UserInfo::default() },
        source_ips: vec!["::1".parse().unwrap()],
        user_agent: "agent".to_owned(),
        received: UNIX_EPOCH,
    };
    (Draft::new(verdict, asked, &call), call)
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1)
}

fn event(draft: &mut Draft, stage: Stage) -> Value {
    serde_json::from_slice(&draft.event(stage, now()).unwrap().to_json()).unwrap()
}

const POD: &str = "/api/v1/namespaces/demo/pods/web";
const PODS: &str = "/api/v1/namespaces/demo/pods";

#[test]
fn nothing_is_kept_at_level_none() {
    let (mut draft, call) = draft(at(Level::None), "GET", POD);
    draft.refused(&Status::unauthorized());
    assert!(draft.annotate("a", "b"));
    draft.impersonates(&UserInfo::default(), None);
    assert!(!draft.closed_early());
    assert_eq!(RequestBody::of(draft.verdict(), &call, b"", 9).map(drop), None);
    assert!(Stage::ALL.iter().all(|stage| draft.event(*stage, now()).is_none()));
    assert_eq!(draft.facts().status, None);
}

#[test]
fn an_omitted_stage_makes_no_event_and_loses_nothing() {
    let (mut draft, _) = draft(Policy::built_in().judge(None, &Call::default()), "GET", POD);
    assert!(draft.event(Stage::RequestReceived, now()).is_none());
    draft.answered(200);
    assert_eq!(event(&mut draft, Stage::ResponseComplete)["responseStatus"]["code"], 200);
}

#[test]
fn an_event_is_not_changed_by_what_comes_after_it() {
    let (mut draft, _) = draft(at(Level::Metadata), "GET", POD);
    let first = draft.event(Stage::RequestReceived, now()).unwrap();
    let before = first.to_json();
    draft.answered(200);
    assert!(draft.annotate("a", "b"));
    assert_eq!(first.to_json(), before);
    assert_eq!(first.stage_timestamp(), UNIX_EPOCH);
    let last = draft.event(Stage::ResponseComplete, now()).unwrap();
    assert_eq!((last.stage(), last.stage_timestamp()), (Stage::ResponseComplete, now()));
    assert_eq!(last.facts().annotations.len(), 1);
}

#[test]
fn the_first_writer_of_an_annotation_wins() {
    let (mut draft, _) = draft(at(Level::Metadata), "GET", POD);
    assert!(draft.annotate("a", "1"));
    assert!(draft.annotate("a", "1"));
    assert!(!draft.annotate("a", "2"));
    assert!(!draft.annotate(ANNOTATION, "1:00"));
    assert_eq!(event(&mut draft, Stage::Panic)["annotations"], json!({"a": "1"}));
}

#[test]
fn hanging_up_and_panicking_are_told_as_upstream_tells_them() {
    let (mut early, _) = draft(at(Level::Metadata), "GET", POD);
    assert!(early.closed_early());
    let expected = json!({"metadata": {}, "status": "Success", "message": "Connection closed early", "code": 200});
    assert_eq!(event(&mut early, Stage::ResponseComplete)["responseStatus"], expected);
    early.panicked("oh");
    let expected = json!({"metadata": {}, "status": "Failure", "message": "APIServer panic'd: oh", "reason": "InternalError", "code": 500});
    assert_eq!(event(&mut early, Stage::Panic)["responseStatus"], expected);
    let (mut answered, _) = draft(at(Level::Metadata), "GET", POD);
    answered.answered(200);
    assert!(!answered.closed_early());
}

#[test]
fn a_refusal_is_an_object_at_the_highest_level() {
    for level in [Level::Metadata, Level::Request, Level::RequestResponse] {
        let (mut draft, _) = draft(at(level), "GET", POD);
        draft.refused(&Status::unauthorized());
        let found = event(&mut draft, Stage::ResponseStarted);
        let status = json!({"metadata": {}, "status": "Failure", "message": "Unauthorized", "reason": "Unauthorized", "code": 401});
        assert_eq!(found["responseStatus"], status);
        assert_eq!(found["responseObject"].is_object(), level == Level::RequestResponse);
    }
}

#[test]
fn impersonation_shows_both_users() {
    let (mut draft, _) = draft(at(Level::Metadata), "GET", POD);
    let zoe =
        UserInfo { name: "zoe".to_owned(), groups: vec!["g".to_owned()], ..UserInfo::default() };
    draft.impersonates(&zoe, Some("impersonate:user-info"));
    let found = event(&mut draft, Stage::RequestReceived);
    assert_eq!(found["user"], json!({"username": "jane"}));
    assert_eq!(found["impersonatedUser"], json!({"username": "zoe", "groups": ["g"]}));
    assert_eq!(
        found["authenticationMetadata"],
        json!({"impersonationConstraint": "impersonate:user-info"})
    );
}

#[test]
fn a_long_user_agent_is_cut() {
    let agent = |length| cut("é".repeat(length));
    assert_eq!(agent(512), "é".repeat(512));
    assert_eq!(agent(513), "é".repeat(512) + "...TRUNCATED");
    assert_eq!(
        cut("a".to_owned() + &"é".repeat(512)),
        "a".to_owned() + &"é".repeat(511) + "\u{fffd}...TRUNCATED"
    );
}

fn with_bodies(sent: &[u8], answer: &[u8], code: u16, limit: usize) -> Value {
    let (mut draft, call) = draft(at(Level::RequestResponse), "POST", PODS);
    let mut body = RequestBody::of(draft.verdict(), &call, b"application/json", limit).unwrap();
    body.push(sent);
    draft.sent(body);
    let early = event(&mut draft, Stage::RequestReceived);
    assert_eq!(
        (&early["objectRef"]["name"], &early["requestObject"]),
        (&Value::Null, &Value::Null)
    );
    draft.answered(code);
    let head = Head { code, content_type: b"application/json", content_encoding: b"" };
    let mut body = ResponseBody::of(draft.verdict(), &call, head, limit).unwrap();
    body.push(answer);
    draft.received(body);
    event(&mut draft, Stage::ResponseComplete)
}

#[test]
fn a_body_that_is_not_recorded_says_so() {
    let object = br#"{"kind":"Pod","metadata":{"name":"web"}}"#;
    let whole = with_bodies(object, object, 201, 100);
    assert_eq!(whole["requestObject"], whole["responseObject"]);
    assert_eq!((&whole["annotations"], &whole["objectRef"]["name"]), (&Value::Null, &json!("web")));
    let cut = with_bodies(object, object, 201, 20);
    assert_eq!(cut["annotations"], json!({"audit.k8s.io/truncated": "true"}));
    // The name is there all the same.
    assert_eq!((&cut["requestObject"], &cut["objectRef"]["name"]), (&Value::Null, &json!("web")));
    let broken = with_bodies(b"{", b"{\"kind\":", 201, 100);
    assert_eq!(
        broken["annotations"],
        json!({"ravelin.dev/unread": "responseObject, requestObject"})
    );
}

#[test]
fn a_body_that_was_never_decoded_is_not_shown() {
    let object = br#"{"kind":"Pod","metadata":{"name":"web"}}"#;
    let check = |code: u16, answer: &str, is_shown| {
        let found = with_bodies(object, answer.as_bytes(), code, 1000);
        assert_eq!(found["requestObject"].is_object(), is_shown, "{code} {answer}");
        assert_eq!(found["objectRef"]["name"].is_string(), is_shown, "{code} {answer}");
    };
    let status = |message: &str| {
        json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message})
            .to_string()
    };
    check(415, &status("x"), false);
    check(413, &status("x"), false);
    check(400, &status("Pod in version \"v1\" cannot be handled as a Pod: x"), false);
    check(400, &status("the namespace of the provided object does not match"), true);
    check(404, &status("the server could not find the requested resource"), false);
    check(404, &status("namespaces \"demo\" not found"), true);
    check(404, "404 page not found", false);
    check(409, &status("x"), true);
    check(500, "", true);
    let options = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "details": {"kind": "CreateOptions"}});
    check(422, &options.to_string(), false);
    check(422, &status("x"), true);
}
