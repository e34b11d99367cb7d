//! The priority cache against an API that has the two kinds, forbids them, or goes by none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use flow::priority::{FlowSchema, PathRule, ResourceRule, Rule, Subject};
use http::HeaderValue;
use model::UserInfo;
use model::attributes::Target;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::*;
use crate::follow::Followed as _;
use crate::testing::{self, Answer, Asked, eventually};

const PACE: Pace = Pace {
    watch_for: Duration::from_mins(1),
    retry: (Duration::from_millis(1), Duration::from_millis(8)),
};

/// An API with the two kinds, as a test wants it.
#[derive(Clone)]
struct Api(Arc<Mutex<State>>);

struct State {
    /// Whether answers name their classification.
    is_on: bool,
    refused: HashMap<String, u16>,
    watches: HashMap<String, UnboundedSender<Result<String, String>>>,
}

impl Api {
    fn new(is_on: bool) -> Self {
        let (refused, watches) = (HashMap::new(), HashMap::new());
        Self(Arc::new(Mutex::new(State { is_on, refused, watches })))
    }

    fn start(&self) -> PriorityCache {
        let api = self.clone();
        let client = testing::client(move |asked| std::future::ready(api.answer(&asked)));
        PriorityCache::at_pace(&client, PACE)
    }

    fn state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.0.lock().unwrap())
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let resource = asked.path.rsplit('/').next().unwrap().to_owned();
        assert_eq!(asked.path, format!("/apis/flowcontrol.apiserver.k8s.io/v1/{resource}"));
        self.state(|state| {
            if let Some(code) = state.refused.get(&resource) {
                return testing::json(*code, &json!({"kind": "Status", "message": "not you"}));
            }
            let mut answer = if asked.query.contains("watch=true") {
                let (sender, answer) = testing::open();
                state.watches.insert(resource, sender);
                answer
            } else {
                testing::json(200, &list(&resource))
            };
            if state.is_on {
                answer.headers_mut().insert(FLOW_SCHEMA_UID, HeaderValue::from_static("1"));
            }
            answer
        })
    }

    /// Sends an event to the watch of `resource`, once it is up.
    async fn send(&self, resource: &str, kind: &str, object: &Value) {
        let watch = || self.state(|state| state.watches.get(resource).cloned());
        eventually("the watch is up", || watch().is_some()).await;
        let line = json!({"type": kind, "object": object}).to_string() + "\n";
        watch().unwrap().send(Ok(line)).unwrap();
    }

    fn watches(&self) -> usize {
        self.state(|state| state.watches.len())
    }
}

fn list(resource: &str) -> Value {
    let (kind, items) = match resource {
        "flowschemas" => ("FlowSchemaList", vec![schema("catch-all", 10_000, "catch-all")]),
        _ => ("PriorityLevelConfigurationList", ["catch-all", "low"].map(level).to_vec()),
    };
    json!({"kind": kind, "metadata": {"resourceVersion": "100"}, "items": items})
}

fn metadata(name: &str) -> Value {
    json!({"name": name, "uid": format!("<{name}>"), "resourceVersion": "101"})
}

fn level(name: &str) -> Value {
    json!({"metadata": metadata(name), "spec": {"type": "Limited"}})
}

/// A schema about whatever anybody asks of paths.
fn schema(name: &str, precedence: i32, level: &str) -> Value {
    json!({"metadata": metadata(name), "spec": {
        "matchingPrecedence": precedence,
        "priorityLevelConfiguration": {"name": level},
        "rules": [{
            "subjects": [{"kind": "Group", "group": {"name": "*"}}],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
        }],
    }})
}

fn classified(cache: &PriorityCache) -> Option<String> {
    let user = UserInfo { name: "jane".to_owned(), ..UserInfo::default() };
    let call = Attributes { user: &user, verb: "get", target: Target::Path("/version") };
    let Classified { flow_schema_uid, priority_level_uid } = cache.classify(&call)?;
    Some(format!("{flow_schema_uid} {priority_level_uid}"))
}

async fn becomes(cache: &PriorityCache, expected: &str) {
    eventually(expected, || classified(cache).as_deref() == Some(expected)).await;
}

#[tokio::test]
async fn follows_changes() {
    let api = Api::new(true);
    let cache = api.start();
    assert_eq!(classified(&cache), None, "nothing is known yet");
    becomes(&cache, "<catch-all> <catch-all>").await;
    api.send("flowschemas", "ADDED", &schema("one", 500, "low")).await;
    becomes(&cache, "<one> <low>").await;
    api.send("flowschemas", "MODIFIED", &schema("one", 500, "high")).await;
    becomes(&cache, "<catch-all> <catch-all>").await;
    api.send("prioritylevelconfigurations", "ADDED", &level("high")).await;
    becomes(&cache, "<one> <high>").await;
    api.send("flowschemas", "DELETED", &schema("one", 500, "high")).await;
    becomes(&cache, "<catch-all> <catch-all>").await;
    // A mandatory level stays in use without its object.
    api.send("prioritylevelconfigurations", "DELETED", &level("catch-all")).await;
    becomes(&cache, " <catch-all>").await;
}

#[tokio::test]
async fn classifies_nothing_where_a_kind_is_forbidden() {
    for forbidden in ["flowschemas", "prioritylevelconfigurations"] {
        let api = Api::new(true);
        api.state(|state| state.refused.insert(forbidden.to_owned(), 403));
        let cache = api.start();
        eventually("the other is watched", || api.watches() == 1).await;
        assert_eq!(classified(&cache), None, "{forbidden}");
        api.state(|state| state.refused.clear());
        becomes(&cache, "<catch-all> <catch-all>").await;
    }
}

#[tokio::test]
async fn classifies_nothing_where_the_cluster_does_not() {
    let api = Api::new(false);
    let cache = api.start();
    let is_known = || cache.shared.classifier.load().is_some();
    eventually("all is known", || api.watches() == 2 && is_known()).await;
    assert_eq!(classified(&cache), None);
    // It was started again with priority and fairness.
    api.state(|state| {
        state.is_on = true;
        state.watches.clear();
    });
    becomes(&cache, "<catch-all> <catch-all>").await;
}

#[tokio::test]
async fn what_is_known_outlives_a_watch() {
    let api = Api::new(true);
    let cache = api.start();
    becomes(&cache, "<catch-all> <catch-all>").await;
    let is_lost = || cache.shared.lost.0.load(Ordering::Relaxed) == 3;
    for resource in ["flowschemas", "prioritylevelconfigurations"] {
        api.state(|state| state.refused.insert(resource.to_owned(), 403));
    }
    eventually("both were up", || api.watches() == 2).await;
    api.state(|state| state.watches.clear());
    eventually("both are lost", is_lost).await;
    assert_eq!(classified(&cache).as_deref(), Some("<catch-all> <catch-all>"));
}

#[test]
fn tells_once_that_watches_are_lost_and_once_that_all_are_back() {
    let (schemas, levels) = (Kind::FlowSchemas, Kind::PriorityLevels);
    let lost = Lost::default();
    assert!(!lost.no_more(schemas), "it never was");
    assert!(lost.is_first(schemas));
    assert!(!lost.is_first(schemas));
    assert!(!lost.is_first(levels));
    assert!(!lost.no_more(schemas));
    assert!(!lost.no_more(schemas));
    assert!(lost.no_more(levels));
    assert!(!lost.no_more(levels));
    assert!(lost.is_first(levels));
}

#[test]
fn reads_schemas() {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let written = json!({"metadata": metadata("all"), "spec": {
        "matchingPrecedence": 7,
        "priorityLevelConfiguration": {"name": "low"},
        "distinguisherMethod": {"type": "ByUser"},
        "rules": [
            {
                "subjects": [
                    {"kind": "User", "user": {"name": "jane"}},
                    {"kind": "Group", "group": {"name": "dev"}},
                    {"kind": "ServiceAccount", "serviceAccount": {"namespace": "a", "name": "*"}},
                    {"kind": "User", "group": {"name": "of another kind"}},
                    {"kind": "Robot", "user": {"name": "of no kind"}},
                ],
                "resourceRules": [{
                    "verbs": ["get"], "apiGroups": [""], "resources": ["pods"],
                    "clusterScope": true, "namespaces": ["a", "b"],
                }],
                "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["/healthz"]}],
            },
            {
                "subjects": null,
                "resourceRules": [{"verbs": null, "apiGroups": null, "resources": null}],
                "nonResourceRules": null,
            },
        ],
    }, "status": {}});
    let written = serde_json::from_value(written).unwrap();
    let of_resources = ResourceRule {
        verbs: texts(&["get"]),
        api_groups: texts(&[""]),
        resources: texts(&["pods"]),
        cluster_scope: true,
        namespaces: texts(&["a", "b"]),
    };
    let account = Subject::ServiceAccount { namespace: "a".to_owned(), name: "*".to_owned() };
    let first = Rule {
        subjects: vec![Subject::User("jane".to_owned()), Subject::Group("dev".to_owned()), account],
        resources: vec![of_resources],
        paths: vec![PathRule { verbs: texts(&["*"]), urls: texts(&["/healthz"]) }],
    };
    let second = Rule { resources: vec![ResourceRule::default()], ..Rule::default() };
    let expected = FlowSchema {
        name: "all".to_owned(),
        uid: "<all>".to_owned(),
        precedence: 7,
        level: "low".to_owned(),
        rules: vec![first, second],
    };
    assert_eq!(FlowSchemas::keep(written), expected);
}
