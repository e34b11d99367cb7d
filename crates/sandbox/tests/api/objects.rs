//! Objects: made, changed in every way, and removed.

use serde_json::{Value, json};

use crate::rig::{ADMIN, DEVELOPER, Rig};

const MAPS: &str = "/api/v1/namespaces/demo/configmaps";

fn map(name: &str, value: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"k": value}})
}

#[tokio::test]
async fn an_object_lives_and_ends() {
    let rig = Rig::start().await;
    let post = format!("POST {MAPS}");
    let one = format!("{MAPS}/a");
    assert_eq!(rig.ask(ADMIN, &post, map("a", "1")).await.0, 201);
    let (code, twice) = rig.ask(ADMIN, &post, map("a", "1")).await;
    assert_eq!((code, &twice["reason"]), (409, &json!("AlreadyExists")));
    let (_, mut held) = rig.ask(ADMIN, &format!("GET {one}"), Value::Null).await;
    assert_eq!(held["metadata"]["namespace"], "demo");
    let old = held.clone();
    held["data"]["k"] = json!("2");
    let (code, new) = rig.ask(ADMIN, &format!("PUT {one}"), held).await;
    assert_eq!((code, &new["data"]["k"]), (200, &json!("2")));
    assert_ne!(new["metadata"]["resourceVersion"], old["metadata"]["resourceVersion"]);
    let (code, stale) = rig.ask(ADMIN, &format!("PUT {one}"), old).await;
    assert_eq!((code, &stale["reason"]), (409, &json!("Conflict")));
    let wrong = json!({"preconditions": {"uid": "other"}});
    assert_eq!(rig.ask(ADMIN, &format!("DELETE {one}"), wrong).await.0, 409);
    let (code, gone) = rig.ask(ADMIN, &format!("DELETE {one}"), Value::Null).await;
    assert_eq!((code, &gone["status"]), (200, &json!("Success")));
    assert_eq!(rig.ask(ADMIN, &format!("GET {one}"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn every_patch_changes() {
    let rig = Rig::start().await;
    rig.ask(ADMIN, &format!("POST {MAPS}"), map("p", "1")).await;
    let apply = "application/apply-patch+yaml";
    for (media, query, patch, expected) in [
        ("application/merge-patch+json", "", r#"{"data":{"k":"2"}}"#, Ok("2")),
        ("application/strategic-merge-patch+json", "", r#"{"data":{"k":"3"}}"#, Ok("3")),
        (
            "application/json-patch+json",
            "",
            r#"[{"op":"replace","path":"/data/k","value":"4"}]"#,
            Ok("4"),
        ),
        (
            "application/json-patch+json",
            "",
            r#"[{"op":"test","path":"/data/k","value":"0"}]"#,
            Err(422),
        ),
        ("application/json-patch+json", "", r#"{"op":"test"}"#, Err(400)),
        (
            apply,
            "?fieldManager=m&force=true",
            "apiVersion: v1\nkind: ConfigMap\ndata: {k: '5'}",
            Ok("5"),
        ),
        (apply, "", "apiVersion: v1\nkind: ConfigMap\ndata: {k: '6'}", Err(400)),
        ("application/merge-patch+json", "?dryRun=All", r#"{"data":{"k":"7"}}"#, Ok("7")),
        ("application/merge-patch+json", "", r#"{"metadata":{"name":"q"}}"#, Err(400)),
        ("application/merge-patch+json", "", r#"{"metadata":{"resourceVersion":"1"}}"#, Err(409)),
        ("application/json", "", "{}", Err(415)),
    ] {
        let line = format!("PATCH {MAPS}/p{query}");
        let headers = [("content-type", media)];
        let (code, answer) = rig.ask_with(ADMIN, &line, &headers, patch.to_owned()).await;
        let found = if code == 200 { Ok(answer["data"]["k"].as_str().unwrap()) } else { Err(code) };
        assert_eq!(found, expected, "{media} {patch}: {answer}");
    }
    let (_, held) = rig.ask(ADMIN, &format!("GET {MAPS}/p"), Value::Null).await;
    assert_eq!(held["data"]["k"], "5", "a dry run stored something");
}

#[tokio::test]
async fn an_apply_that_creates_needs_both_verbs() {
    let rig = Rig::start().await;
    let patcher = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": "patcher"},
        "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch"]}]});
    rig.ask(ADMIN, "POST /apis/rbac.authorization.k8s.io/v1/clusterroles", patcher).await;
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": {"name": "patchers"}, "roleRef": {"kind": "ClusterRole", "name": "patcher"},
        "subjects": [{"kind": "Group", "name": "strangers"}]});
    rig.ask(ADMIN, "POST /apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding).await;
    let headers = [("content-type", "application/apply-patch+yaml")];
    let body = map("made", "1").to_string();
    let line = format!("PATCH {MAPS}/made?fieldManager=m");
    assert_eq!(rig.ask_with(crate::rig::STRANGER, &line, &headers, body.clone()).await.0, 403);
    assert_eq!(rig.ask_with(DEVELOPER, &line, &headers, body.clone()).await.0, 201);
    assert_eq!(rig.ask_with(crate::rig::STRANGER, &line, &headers, body).await.0, 200);
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let rig = Rig::start().await;
    for (line, body, expected) in [
        (format!("POST {MAPS}"), map("No_Name", "1"), 422),
        (format!("POST {MAPS}"), json!({"apiVersion": "v1", "kind": "Secret"}), 400),
        (format!("POST {MAPS}?dryRun=Some"), map("a", "1"), 400),
        ("POST /api/v1/namespaces/none/configmaps".to_owned(), map("a", "1"), 404),
        (
            format!("POST {MAPS}"),
            json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "namespace": "other"}}),
            400,
        ),
        (format!("PUT {MAPS}/b"), map("a", "1"), 404),
        (format!("PUT {MAPS}/web"), map("a", "1"), 400),
        (format!("POST {MAPS}"), json!("text"), 400),
        ("DELETE /api/v1/namespaces/kube-system".to_owned(), Value::Null, 403),
        (
            "POST /api/v1/namespaces/demo/pods".to_owned(),
            json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "p"}, "spec": {"containers": []}}),
            422,
        ),
    ] {
        let (code, answer) = rig.ask(ADMIN, &line, body).await;
        assert_eq!(code, expected, "{line}: {answer}");
        assert_eq!(answer["kind"], "Status");
    }
    let small = sandbox::Options { body: 100, ..sandbox::Options::default() };
    let rig = Rig::with(small).await;
    assert_eq!(rig.ask(ADMIN, &format!("POST {MAPS}"), map("a", &"x".repeat(200))).await.0, 413);
}

#[tokio::test]
async fn deployments_have_pods_and_namespaces_take_all_with_them() {
    let rig = Rig::start().await;
    let pods = "/api/v1/namespaces/demo/pods?labelSelector=app%3Dweb";
    assert_eq!(rig.names(pods).await.len(), 2);
    let scale = "/apis/apps/v1/namespaces/demo/deployments/web/scale";
    let headers = [("content-type", "application/merge-patch+json")];
    let body = json!({"spec": {"replicas": 3}}).to_string();
    let (code, scaled) = rig.ask_with(DEVELOPER, &format!("PATCH {scale}"), &headers, body).await;
    assert_eq!((code, &scaled["spec"]["replicas"]), (200, &json!(3)), "{scaled}");
    // The controller follows every change; a watch tells when it has.
    let target =
        "/apis/apps/v1/namespaces/demo/deployments?watch=1&fieldSelector=metadata.name%3Dweb";
    let mut watch = crate::streams::Lines::open(&rig, ADMIN, target).await;
    while watch.next().await.unwrap()["object"]["status"]["readyReplicas"] != 3 {}
    assert_eq!(rig.names(pods).await.len(), 3);
    assert_eq!(rig.ask(ADMIN, "DELETE /api/v1/namespaces/demo", Value::Null).await.0, 200);
    assert_eq!(rig.names("/api/v1/configmaps").await, Vec::<String>::new());
}
