//! Lists, tables, discovery, and what is too old to tell.

use sandbox::Options;
use serde_json::{Value, json};

use crate::rig::{ADMIN, Rig};

const MAPS: &str = "/api/v1/namespaces/demo/configmaps";

async fn fill(rig: &Rig, names: &[&str]) {
    for name in names {
        let first: String = name.chars().take(1).collect();
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": name, "labels": {"first": first}}});
        assert_eq!(rig.ask(ADMIN, &format!("POST {MAPS}"), map).await.0, 201);
    }
}

#[tokio::test]
async fn selectors_select() {
    let rig = Rig::start().await;
    fill(&rig, &["a1", "a2", "b1"]).await;
    for (query, expected) in [
        ("labelSelector=first%3Da", &["a1", "a2"][..]),
        ("labelSelector=first%20notin%20(a)", &["b1", "web"]),
        ("labelSelector=!first", &["web"]),
        ("fieldSelector=metadata.name%3Da2", &["a2"]),
        ("fieldSelector=metadata.name!%3Da2,metadata.namespace%3Ddemo", &["a1", "b1", "web"]),
    ] {
        assert_eq!(rig.names(&format!("{MAPS}?{query}")).await, expected, "{query}");
    }
    for query in ["labelSelector=(((", "fieldSelector=data.k%3D1", "resourceVersion=x"] {
        let (code, _) = rig.ask(ADMIN, &format!("GET {MAPS}?{query}"), Value::Null).await;
        assert_eq!(code, 400, "{query}");
    }
    let line = format!("DELETE {MAPS}?labelSelector=first%3Da");
    assert_eq!(rig.ask(ADMIN, &line, Value::Null).await.0, 200);
    assert_eq!(rig.names(MAPS).await, ["b1", "web"]);
}

#[tokio::test]
async fn pages_show_one_moment() {
    let rig = Rig::start().await;
    fill(&rig, &["a", "b", "c"]).await;
    let (_, first) = rig.ask(ADMIN, &format!("GET {MAPS}?limit=2"), Value::Null).await;
    assert_eq!(first["metadata"]["remainingItemCount"], 2);
    fill(&rig, &["d"]).await;
    let token = first["metadata"]["continue"].as_str().unwrap();
    let rest = format!("{MAPS}?limit=9&continue={token}");
    assert_eq!(rig.names(&rest).await, ["c", "web"], "the second page is of another moment");
    let then = first["metadata"]["resourceVersion"].as_str().unwrap();
    let exact = format!("{MAPS}?resourceVersion={then}&resourceVersionMatch=Exact");
    assert_eq!(rig.names(&exact).await, ["a", "b", "c", "web"]);
    let (code, _) = rig.ask(ADMIN, &format!("GET {MAPS}?continue=x"), Value::Null).await;
    assert_eq!(code, 400);
    let future = format!("GET {MAPS}?resourceVersion=99999");
    assert_eq!(rig.ask(ADMIN, &future, Value::Null).await.0, 504);
}

#[tokio::test]
async fn what_is_forgotten_is_gone() {
    let rig = Rig::with(Options { history: 2, ..Options::default() }).await;
    let (_, first) = rig.ask(ADMIN, &format!("GET {MAPS}?limit=1"), Value::Null).await;
    fill(&rig, &["a", "b", "c"]).await;
    let then = first["metadata"]["resourceVersion"].as_str().unwrap();
    let exact = format!("GET {MAPS}?resourceVersion={then}&resourceVersionMatch=Exact");
    let (code, gone) = rig.ask(ADMIN, &exact, Value::Null).await;
    assert_eq!((code, &gone["reason"]), (410, &json!("Expired")));
    let line = format!("{MAPS}?watch=1&resourceVersion={then}");
    let mut watch = crate::streams::Lines::open(&rig, ADMIN, &line).await;
    let event = watch.next().await.unwrap();
    assert_eq!((&event["type"], &event["object"]["code"]), (&json!("ERROR"), &json!(410)));
    assert_eq!(watch.next().await, None);
}

#[tokio::test]
async fn answers_take_the_shape_asked_for() {
    let rig = Rig::start().await;
    let line = format!("GET {MAPS}");
    let table = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")];
    let (_, found) = rig.ask_with(ADMIN, &line, &table, String::new()).await;
    assert_eq!((&found["kind"], &found["rows"][0]["cells"][0]), (&json!("Table"), &json!("web")));
    let metadata = [("accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")];
    let (_, found) = rig.ask_with(ADMIN, &line, &metadata, String::new()).await;
    assert_eq!(
        (&found["items"][0]["metadata"]["name"], found["items"][0].get("data")),
        (&json!("web"), None)
    );
}

#[tokio::test]
async fn discovery_and_version_say_what_it_is() {
    let rig = Rig::start().await;
    let (_, version) = rig.ask(ADMIN, "GET /version", Value::Null).await;
    assert!(version["gitVersion"].as_str().unwrap().ends_with("+ravelin.sandbox"));
    let (_, older) = rig.ask(ADMIN, "GET /apis/apps/v1", Value::Null).await;
    assert_eq!(older["resources"][0]["name"], "deployments");
    let accept =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    let headers = [("accept", accept), ("audit-id", "mine")];
    let answer = rig.open(ADMIN, "GET /apis", &headers, String::new()).await;
    assert!(
        answer.headers()["content-type"].to_str().unwrap().ends_with("as=APIGroupDiscoveryList")
    );
    assert_eq!(answer.headers()["audit-id"], "mine");
}
