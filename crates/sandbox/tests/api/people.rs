//! Who asks, and what they may.

use sandbox::{Sandbox, Settings, StartError};
use serde_json::{Value, json};

use crate::rig::{ADMIN, DEVELOPER, Rig, STRANGER, VIEWER, Who, authority, settings};

#[tokio::test]
async fn who_asks_is_proved_by_tls() {
    let rig = Rig::start().await;
    let remote = [("x-remote-user", "jane"), ("x-remote-group", "dev"), ("x-remote-uid", "7")];
    let token = [("authorization", "Bearer x")];
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let line = "POST /apis/authentication.k8s.io/v1/selfsubjectreviews";
    for (who, headers, expected) in [
        (DEVELOPER, &[][..], Ok(("dora", "developers"))),
        (DEVELOPER, &remote, Ok(("dora", "developers"))),
        (DEVELOPER, &token, Ok(("dora", "developers"))),
        (Who::Front, &remote, Ok(("jane", "dev"))),
        (Who::Front, &[], Err(401)),
        (Who::Nobody, &remote, Err(403)),
        (Who::Nobody, &token, Err(401)),
    ] {
        let (code, answer) = rig.ask_with(who, line, headers, review.to_string()).await;
        let user = &answer["status"]["userInfo"];
        let found = (user["username"].as_str(), user["groups"][0].as_str());
        match expected {
            Ok((name, group)) => assert_eq!(found, (Some(name), Some(group)), "{who:?}"),
            Err(refused) => assert_eq!(code, refused, "{who:?}: {answer}"),
        }
    }
}

#[tokio::test]
async fn rules_decide() {
    let rig = Rig::start().await;
    for (who, line, expected) in [
        (Who::Nobody, "GET /version", 200),
        (Who::Nobody, "GET /api", 403),
        (STRANGER, "GET /api", 200),
        (STRANGER, "GET /metrics", 403),
        (STRANGER, "GET /api/v1/namespaces/demo/pods", 403),
        (VIEWER, "GET /api/v1/namespaces/demo/pods", 200),
        (VIEWER, "GET /api/v1/pods", 200),
        (VIEWER, "GET /api/v1/namespaces/demo/secrets", 403),
        (VIEWER, "DELETE /api/v1/namespaces/demo/configmaps/web", 403),
        (DEVELOPER, "GET /api/v1/namespaces/demo/secrets/web", 200),
        (DEVELOPER, "GET /api/v1/pods", 403),
        (DEVELOPER, "GET /api/v1/namespaces/default/pods", 403),
        (DEVELOPER, "GET /apis/apps/v1/namespaces/demo/deployments/web/scale", 200),
        (DEVELOPER, "PUT /api/v1/namespaces/demo/pods/x/status", 403),
        (ADMIN, "GET /api/v1/nodes", 200),
        (ADMIN, "GET /apis/batch/v1/jobs", 404),
        (ADMIN, "GET /api/v1/namespaces/demo/nodes", 404),
        (ADMIN, "GET /none", 404),
        (ADMIN, "POST /version", 405),
        (ADMIN, "PUT /api/v1/namespaces/demo/pods", 405),
    ] {
        let (code, answer) = rig.ask(who, line, Value::Null).await;
        assert_eq!(code, expected, "{who:?} {line}: {answer}");
    }
    let (_, refusal) = rig.ask(STRANGER, "GET /api/v1/namespaces/demo/pods/web", Value::Null).await;
    assert_eq!(
        refusal["message"],
        "pods \"web\" is forbidden: User \"sam\" cannot get resource \"pods\" in API group \"\" in \
         the namespace \"demo\""
    );
}

#[tokio::test]
async fn a_new_binding_counts_at_once() {
    let rig = Rig::start().await;
    let pods = "GET /api/v1/namespaces/demo/pods";
    assert_eq!(rig.ask(STRANGER, pods, Value::Null).await.0, 403);
    let bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/demo/rolebindings";
    let binding = grant("late", "view", "strangers");
    assert_eq!(rig.ask(ADMIN, &format!("POST {bindings}"), binding).await.0, 201);
    assert_eq!(rig.ask(STRANGER, pods, Value::Null).await.0, 200);
    assert_eq!(rig.ask(ADMIN, &format!("DELETE {bindings}/late"), Value::Null).await.0, 200);
    assert_eq!(rig.ask(STRANGER, pods, Value::Null).await.0, 403);
}

#[tokio::test]
async fn nobody_grants_more_than_they_hold() {
    let rig = Rig::start().await;
    let owner = Who::User("olga", "owners");
    let bindings = "POST /apis/rbac.authorization.k8s.io/v1/namespaces/demo/rolebindings";
    assert_eq!(rig.ask(owner, bindings, grant("fine", "edit", "friends")).await.0, 201);
    let (code, refusal) = rig.ask(owner, bindings, grant("all", "cluster-admin", "friends")).await;
    assert_eq!(code, 403);
    assert_eq!(
        refusal["message"],
        "rolebindings.rbac.authorization.k8s.io \"all\" is forbidden: user \"olga\" \
         (groups=[\"owners\" \"system:authenticated\"]) is attempting to grant RBAC permissions not \
         currently held:\n{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}\n\
         {NonResourceURLs:[\"*\"], Verbs:[\"*\"]}"
    );
    assert_eq!(rig.ask(owner, bindings, grant("none", "no-such-role", "friends")).await.0, 404);
    let role = |verb: &str| {
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
            "metadata": {"name": format!("may-{verb}")},
            "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": [verb]}]})
    };
    let roles = "POST /apis/rbac.authorization.k8s.io/v1/namespaces/demo/roles";
    assert_eq!(rig.ask(owner, roles, role("get")).await.0, 201);
    assert_eq!(rig.ask(owner, roles, role("fly")).await.0, 403);
}

#[tokio::test]
async fn impersonation_is_decided_too() {
    let rig = Rig::start().await;
    let pods = "GET /api/v1/namespaces/demo/pods";
    let vera = [("impersonate-user", "vera"), ("impersonate-group", "viewers")];
    for (who, headers, expected) in [
        (ADMIN, &vera[..], 200),
        (ADMIN, &vera[..1], 403),
        (ADMIN, &vera[1..], 400),
        (VIEWER, &vera, 403),
        (DEVELOPER, &[("impersonate-user", "system:serviceaccount:demo:default")], 403),
    ] {
        let (code, answer) = rig.ask_with(who, pods, headers, String::new()).await;
        assert_eq!(code, expected, "{who:?} {headers:?}: {answer}");
    }
}

#[tokio::test]
async fn reviews_say_what_requests_find() {
    let rig = Rig::start().await;
    let may = |verb: &str, resource: &str| {
        json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"namespace": "demo", "verb": verb, "resource": resource}}})
    };
    let line = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let (code, answer) = rig.ask(DEVELOPER, line, may("get", "secrets")).await;
    assert_eq!(code, 201);
    assert_eq!(
        answer["status"],
        json!({"allowed": true, "reason": "RBAC: allowed by RoleBinding \"developers/demo\" of \
            ClusterRole \"edit\" to Group \"developers\""})
    );
    let (_, answer) = rig.ask(DEVELOPER, line, may("get", "nodes")).await;
    assert_eq!(answer["status"], json!({"allowed": false}));
    let empty = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"});
    assert_eq!(rig.ask(DEVELOPER, line, empty).await.0, 422);
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
        "spec": {"groups": ["viewers"], "nonResourceAttributes": {"verb": "get", "path": "/api"}}});
    let line = "POST /apis/authorization.k8s.io/v1/subjectaccessreviews";
    assert_eq!(rig.ask(ADMIN, line, review.clone()).await.1["status"]["allowed"], false);
    assert_eq!(rig.ask(VIEWER, line, review).await.0, 403);
    let rules = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": "demo"}});
    let line = "POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    let (_, answer) = rig.ask(VIEWER, line, rules).await;
    assert!(answer["status"]["resourceRules"].to_string().contains("pods/log"), "{answer}");
    let token = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
        "spec": {"token": "x"}});
    let line = "POST /apis/authentication.k8s.io/v1/tokenreviews";
    let (_, answer) = rig.ask(ADMIN, line, token).await;
    assert_eq!(answer["status"]["authenticated"], Value::Null);
}

#[tokio::test]
async fn unsafe_settings_do_not_start() {
    let (clients, fronts) = (authority("clients"), authority("fronts"));
    let good = || settings(&clients, &fronts);
    let wide = Settings { address: "0.0.0.0:0".parse().unwrap(), ..good() };
    assert!(matches!(Sandbox::start(wide).await, Err(StartError::NotLoopback(_))));
    let shared = Settings { front_proxies: Some(good().clients), ..good() };
    assert!(matches!(Sandbox::start(shared).await, Err(StartError::SharedAuthority)));
    let none = Settings { clients: String::new(), ..good() };
    assert!(matches!(Sandbox::start(none).await, Err(StartError::Certificate(..))));
    let broken = Settings { manifests: "kind: Pod".to_owned(), ..good() };
    assert!(matches!(Sandbox::start(broken).await, Err(StartError::Manifest { number: 1, .. })));
}

fn grant(name: &str, role: &str, group: &str) -> Value {
    json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": name}, "roleRef": {"kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "Group", "name": group}]})
}
