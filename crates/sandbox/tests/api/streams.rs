//! What lasts: watches, logs, exec, and their end.

use bytes::BytesMut;
use futures::{SinkExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::rig::{ADMIN, DEVELOPER, Rig, VIEWER, Who};

const MAPS: &str = "/api/v1/namespaces/demo/configmaps";

/// An answer that is read line by line, as JSON.
pub(crate) struct Lines {
    body: Incoming,
    read: BytesMut,
}

impl Lines {
    pub(crate) async fn open(rig: &Rig, who: Who, target: &str) -> Self {
        let answer = rig.open(who, &format!("GET {target}"), &[], String::new()).await;
        assert_eq!(answer.status(), 200, "{target}");
        Self { body: answer.into_body(), read: BytesMut::new() }
    }

    /// The next line; none at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line = self.read.split_to(end + 1);
                let text = || Value::String(String::from_utf8_lossy(&line).trim_end().to_owned());
                return Some(serde_json::from_slice(&line).unwrap_or_else(|_| text()));
            }
            let frame = self.body.frame().await?.unwrap();
            self.read.extend_from_slice(&frame.into_data().unwrap());
        }
    }

    async fn event(&mut self) -> (String, String) {
        let event = self.next().await.unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&event["type"]), text(&event["object"]["metadata"]["name"]))
    }
}

#[tokio::test]
async fn a_watch_tells_every_change() {
    let rig = Rig::start().await;
    let target = format!("{MAPS}?watch=true&labelSelector=seen");
    let mut watch = Lines::open(&rig, ADMIN, &target).await;
    let map = |name: &str, labels: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}});
    let seen = || json!({"seen": "yes"});
    for (line, body) in [
        (format!("POST {MAPS}"), map("unseen", json!({}))),
        (format!("POST {MAPS}"), map("a", seen())),
        (format!("PUT {MAPS}/a"), map("a", json!({"seen": "again"}))),
        (format!("PUT {MAPS}/a"), map("a", json!({}))),
        (format!("PUT {MAPS}/a"), map("a", seen())),
        (format!("DELETE {MAPS}/a"), Value::Null),
    ] {
        assert!(rig.ask(ADMIN, &line, body).await.0 < 300, "{line}");
    }
    for kind in ["ADDED", "MODIFIED", "DELETED", "ADDED", "DELETED"] {
        assert_eq!(watch.event().await, (kind.to_owned(), "a".to_owned()));
    }
}

#[tokio::test]
async fn a_watch_may_begin_with_what_there_is_and_ends_in_time() {
    let rig = Rig::start().await;
    let target = format!(
        "{MAPS}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&\
         allowWatchBookmarks=true&timeoutSeconds=1"
    );
    let mut watch = Lines::open(&rig, ADMIN, &target).await;
    assert_eq!(watch.event().await, ("ADDED".to_owned(), "web".to_owned()));
    let bookmark = watch.next().await.unwrap();
    let annotations = &bookmark["object"]["metadata"]["annotations"];
    assert_eq!(annotations["k8s.io/initial-events-end"], "true");
    assert_eq!(watch.next().await, None);
}

#[tokio::test]
async fn a_shutdown_ends_what_lasts() {
    let rig = Rig::start().await;
    let pod = rig.names("/api/v1/namespaces/demo/pods").await.remove(0);
    let mut watch = Lines::open(&rig, ADMIN, &format!("{MAPS}?watch=1")).await;
    let logs = format!("/api/v1/namespaces/demo/pods/{pod}/log?follow=true&tailLines=2");
    let mut logs = Lines::open(&rig, VIEWER, &logs).await;
    assert_eq!(watch.event().await.0, "ADDED");
    assert_eq!(logs.next().await, Some(json!("line 9 of web")));
    assert_eq!(logs.next().await, Some(json!("line 10 of web")));
    rig.sandbox.shutdown().await;
    assert_eq!(watch.next().await, None);
    while logs.next().await.is_some() {}
}

/// What an exec session shows and how it ends, or the code and message of a refusal.
async fn exec(
    rig: &Rig,
    who: Who,
    protocol: &str,
    query: &str,
    input: &[&[u8]],
) -> (String, Value) {
    let pod = rig.names("/api/v1/namespaces/demo/pods").await.remove(0);
    let url = format!("wss://sandbox/api/v1/namespaces/demo/pods/{pod}/exec?stdout=1&{query}");
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
    let stream = rig.connect(who).await;
    let (mut socket, _) = match tokio_tungstenite::client_async(request, stream).await {
        Ok(opened) => opened,
        Err(Error::Http(refusal)) => return (refusal.status().as_u16().to_string(), Value::Null),
        Err(error) => panic!("{error}"),
    };
    for message in input {
        socket.send(Message::binary(message.to_vec())).await.unwrap();
    }
    let (mut shown, mut status) = (String::new(), Value::Null);
    while let Some(Ok(message)) = socket.next().await {
        let Message::Binary(data) = message else { continue };
        match data.split_first() {
            Some((1, rest)) => shown.push_str(str::from_utf8(rest).unwrap()),
            Some((3, rest)) => status = serde_json::from_slice(rest).unwrap_or_default(),
            _ => {}
        }
    }
    (shown, status)
}

#[tokio::test]
async fn exec_echoes_and_tells_its_code() {
    let rig = Rig::start().await;
    let (v4, v5) = ("v4.channel.k8s.io", "v5.channel.k8s.io");
    let (shown, status) = exec(&rig, DEVELOPER, v4, "command=echo&command=hi+there", &[]).await;
    assert_eq!((shown.as_str(), &status["status"]), ("hi there\n", &json!("Success")));
    let failing = "command=sh&command=-c&command=echo+a%3B+exit+7";
    let (shown, status) = exec(&rig, DEVELOPER, v5, failing, &[]).await;
    assert_eq!(shown, "a\n");
    assert_eq!(
        (&status["reason"], &status["details"]["causes"][0]),
        (&json!("NonZeroExitCode"), &json!({"reason": "ExitCode", "message": "7"}))
    );
    let input: &[&[u8]] = &[b"\0one", b"\0two", b"\xff\0"];
    let (shown, status) = exec(&rig, DEVELOPER, v5, "command=cat&stdin=1", input).await;
    assert_eq!((shown.as_str(), &status["status"]), ("onetwo", &json!("Success")));
}

#[tokio::test]
async fn exec_is_refused_to_whom_it_is_not_for() {
    let rig = Rig::start().await;
    let refused = |code: &str| (code.to_owned(), Value::Null);
    assert_eq!(exec(&rig, VIEWER, "v5.channel.k8s.io", "command=true", &[]).await, refused("403"));
    assert_eq!(exec(&rig, DEVELOPER, "channel.k8s.io", "command=true", &[]).await, refused("400"));
    let named = "command=true&container=none";
    assert_eq!(exec(&rig, DEVELOPER, "v5.channel.k8s.io", named, &[]).await, refused("400"));
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": {"name": "getters"}, "roleRef": {"kind": "ClusterRole", "name": "getter"},
        "subjects": [{"kind": "Group", "name": "viewers"}]});
    rig.ask(ADMIN, "POST /apis/rbac.authorization.k8s.io/v1/clusterrolebindings", role).await;
    let getter = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": "getter"},
        "rules": [{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["get"]}]});
    rig.ask(ADMIN, "POST /apis/rbac.authorization.k8s.io/v1/clusterroles", getter).await;
    assert_eq!(exec(&rig, VIEWER, "v5.channel.k8s.io", "command=true", &[]).await, refused("403"));
    let pod = rig.names("/api/v1/namespaces/demo/pods").await.remove(0);
    let line = format!("POST /api/v1/namespaces/demo/pods/{pod}/exec?command=true");
    let spdy = [("connection", "Upgrade"), ("upgrade", "SPDY/3.1")];
    let (code, answer) = rig.ask_with(ADMIN, &line, &spdy, String::new()).await;
    assert_eq!(code, 400);
    assert!(answer["message"].as_str().unwrap().contains("WebSocket"), "{answer}");
}
