//! Watch events, whatever their bytes are.

use proptest::prelude::*;

use super::*;
use crate::rules::objects::{ClusterRoleBindings, Roles};

fn check<F: Followed>(line: &str, expected: &str) {
    let said = match event::<F>(line.as_bytes()) {
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
    let object = r#"{"metadata":{"name":"a","namespace":"b","resourceVersion":"7"},"rules":null}"#;
    check::<Roles>(&format!(r#"{{"type":"ADDED","object":{object}}}"#), "b/a at 7");
    check::<Roles>(&format!(r#"{{"object":{object},"type":"MODIFIED"}}"#), "b/a at 7");
    check::<Roles>(&format!(r#"{{"type":"DELETED","object":{object}}}"#), "no b/a at 7");
    check::<Roles>(&format!(r#"{{"type":"ADDED","object":{object}}}"#), "b/a at 7");
    check::<ClusterRoleBindings>(&format!(r#"{{"type":"ADDED","object":{object}}}"#), garbage);
    let bookmark = r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"#;
    check::<Roles>(bookmark, "nothing at 9");
    check::<Roles>(r#"{"type":"ERROR","object":{"code":410}}"#, "expired");
    check::<Roles>(
        r#"{"type":"ERROR","object":{"code":500,"message":"bad\nday"}}"#,
        "the server answered 500: bad day",
    );
    for line in ["", "{}", "null", r#"{"type":"ADDED"}"#, r#"{"type":7,"object":{}}"#] {
        check::<Roles>(line, garbage);
    }
}

proptest! {
    #[test]
    fn never_panics(line in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _said = event::<Roles>(&line);
    }

    #[test]
    fn never_panics_within_an_event(
        kind in "ADDED|MODIFIED|DELETED|BOOKMARK|ERROR",
        object in "[{}\\[\\]\":,a-z0-9]{0,60}",
    ) {
        let line = format!(r#"{{"type":"{kind}","object":{object}}}"#);
        let _said = event::<ClusterRoleBindings>(line.as_bytes());
    }
}
