//! Watch events, whatever their bytes are.

use proptest::prelude::*;

use super::*;

/// A kind with a size.
#[derive(Clone, Copy)]
struct Things;

#[derive(Deserialize)]
struct Thing {
    metadata: Metadata,
    size: Option<u8>,
}

impl Kind for Things {
    type Change = Delta<Option<u8>>;
    const ROOT: &'static str = "/api/v1/";
    const MOST: usize = 3;

    fn resource(self) -> &'static str {
        "things"
    }

    fn list(self) -> &'static str {
        "ThingList"
    }
}

impl Followed for Things {
    type Kind = Self;
    const KIND: Self = Self;
    type Written = Thing;
    type Kept = Option<u8>;

    fn metadata(written: &Thing) -> &Metadata {
        &written.metadata
    }

    fn keep(written: Thing) -> Option<u8> {
        written.size
    }

    fn change(delta: Delta<Option<u8>>) -> Delta<Option<u8>> {
        delta
    }
}

fn check(line: &str, expected: &str) {
    let said = match event::<Things>(line.as_bytes()) {
        Ok(Said { change: None, version }) => format!("nothing at {version}"),
        Ok(Said { change: Some(Delta::One(key, _)), version }) => {
            format!("{}/{} at {version}", key.namespace, key.name)
        }
        Ok(Said { change: Some(Delta::Gone(key)), version }) => {
            format!("no {}/{} at {version}", key.namespace, key.name)
        }
        Ok(Said { change: Some(Delta::All(_)), .. }) => "all".to_owned(),
        Err(End::Expired) => "expired".to_owned(),
        Err(End::Lost(failure)) => failure.to_string(),
        Err(End::Closed) => "closed".to_owned(),
    };
    assert_eq!(said, expected, "{line}");
}

#[test]
fn reads_events() {
    let garbage = "the server answered with something else than a watch event";
    let object = r#"{"metadata":{"name":"a","namespace":"b","resourceVersion":"7"},"size":3}"#;
    let bad = r#"{"metadata":{"name":"a","resourceVersion":"7"},"size":"big"}"#;
    check(&format!(r#"{{"type":"ADDED","object":{object}}}"#), "b/a at 7");
    check(&format!(r#"{{"object":{object},"type":"MODIFIED"}}"#), "b/a at 7");
    check(&format!(r#"{{"type":"DELETED","object":{object}}}"#), "no b/a at 7");
    check(&format!(r#"{{"type":"ADDED","object":{object}}}"#), "b/a at 7");
    check(&format!(r#"{{"type":"ADDED","object":{bad}}}"#), garbage);
    let bookmark = r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"#;
    check(bookmark, "nothing at 9");
    check(r#"{"type":"ERROR","object":{"code":410}}"#, "expired");
    check(
        r#"{"type":"ERROR","object":{"code":500,"message":"bad\nday"}}"#,
        "the server answered 500: bad day",
    );
    for line in ["", "{}", "null", r#"{"type":"ADDED"}"#, r#"{"type":7,"object":{}}"#] {
        check(line, garbage);
    }
}

proptest! {
    #[test]
    fn never_panics(line in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _said = event::<Things>(&line);
    }

    #[test]
    fn never_panics_within_an_event(
        kind in "ADDED|MODIFIED|DELETED|BOOKMARK|ERROR",
        object in "[{}\\[\\]\":,a-z0-9]{0,60}",
    ) {
        let line = format!(r#"{{"type":"{kind}","object":{object}}}"#);
        let _said = event::<Things>(line.as_bytes());
    }
}
