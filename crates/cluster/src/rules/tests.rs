//! The rule cache against an API that lists, watches, forgets and breaks off.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authz::{Narrowed, RuleSource as _, Unready};
use model::attributes::{Resource, Target};
use model::{Attributes, UserInfo};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::{Lost, RuleCache};
use crate::error::CallFailure;
use crate::follow::Pace;
use crate::testing::{self, Answer, Asked, eventually};

const LONG: Duration = Duration::from_mins(5);
const PACE: Pace = Pace {
    watch_for: Duration::from_mins(1),
    retry: (Duration::from_millis(1), Duration::from_millis(8)),
};

type Watch = UnboundedSender<Result<String, String>>;

/// An API with the four kinds, as a test wants it.
#[derive(Clone, Default)]
struct Api(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    objects: HashMap<String, Vec<Value>>,
    /// Resources that answer with an error, and which.
    refused: HashMap<String, u16>,
    /// Objects in a page; all if zero.
    page: usize,
    watches: HashMap<String, Watch>,
    asked: Vec<String>,
}

impl Api {
    fn client(&self) -> kube::Client {
        let api = self.clone();
        testing::client(move |asked| std::future::ready(api.answer(&asked)))
    }

    fn start(&self, max_staleness: Duration) -> RuleCache {
        RuleCache::at_pace(&self.client(), max_staleness, None, PACE)
    }

    fn state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.0.lock().unwrap())
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let resource = asked.path.rsplit('/').next().unwrap().to_owned();
        assert_eq!(asked.path, format!("/apis/rbac.authorization.k8s.io/v1/{resource}"));
        self.state(|state| {
            state.asked.push(format!("{resource}?{}", asked.query));
            if let Some(code) = state.refused.get(&resource) {
                return testing::json(*code, &json!({"kind": "Status", "message": "not now"}));
            }
            if asked.query.contains("watch=true") {
                let (sender, answer) = testing::open();
                state.watches.insert(resource, sender);
                return answer;
            }
            state.list(&resource, &asked.query)
        })
    }

    /// Sends an event to the watch of `resource`, which must be up or come up.
    async fn send(&self, resource: &str, kind: &str, object: &Value) {
        let line = json!({"type": kind, "object": object}).to_string() + "\n";
        self.write(resource, Ok(line)).await;
    }

    async fn write(&self, resource: &str, text: Result<String, String>) {
        let watch = || self.state(|state| state.watches.get(resource).cloned());
        eventually("the watch is up", || watch().is_some_and(|watch| !watch.is_closed())).await;
        watch().unwrap().send(text).unwrap();
    }

    fn asked(&self, resource: &str) -> Vec<String> {
        let prefix = format!("{resource}?");
        self.state(|state| {
            state
                .asked
                .iter()
                .filter_map(|asked| asked.strip_prefix(&prefix))
                .map(str::to_owned)
                .collect()
        })
    }
}

impl State {
    fn list(&self, resource: &str, query: &str) -> Answer {
        let all = self.objects.get(resource).cloned().unwrap_or_default();
        // A token that would not survive being pasted into a query as it is.
        let token = query.split("continue=").nth(1).unwrap_or("%260");
        let from: usize = token.strip_prefix("%26").unwrap().parse().unwrap();
        let to = if self.page == 0 { all.len() } else { all.len().min(from + self.page) };
        let next = if to < all.len() { format!("&{to}") } else { String::new() };
        let kind = match resource {
            "roles" => "RoleList",
            "rolebindings" => "RoleBindingList",
            "clusterroles" => "ClusterRoleList",
            _ => "ClusterRoleBindingList",
        };
        let metadata = json!({"resourceVersion": "100", "continue": next});
        testing::json(200, &json!({"kind": kind, "metadata": metadata, "items": all[from..to]}))
    }
}

fn metadata(namespace: &str, name: &str, version: &str) -> Value {
    json!({
        "name": name, "namespace": namespace, "resourceVersion": version,
        "managedFields": [{"fieldsV1": {"f:rules": {}}}], "labels": {"a": "b"},
    })
}

fn role(name: &str, verb: &str, version: &str) -> Value {
    json!({"metadata": metadata("apps", name, version), "rules": [
        {"verbs": [verb], "apiGroups": [""], "resources": ["pods"]},
    ]})
}

fn binding(name: &str, user: &str, version: &str) -> Value {
    json!({
        "metadata": metadata("apps", name, version),
        "subjects": [{"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}],
        "roleRef": {"kind": "Role", "name": "reader", "apiGroup": "rbac.authorization.k8s.io"},
    })
}

fn allows(rules: &Narrowed, user: &str, verb: &str) -> bool {
    let user = UserInfo { name: user.to_owned(), ..UserInfo::default() };
    let resource = Resource {
        group: "",
        version: "v1",
        resource: "pods",
        namespace: "apps",
        ..Resource::default()
    };
    rules.decide(&Attributes { user: &user, verb, target: Target::Resource(resource) }).is_allow()
}

/// What is decided now, without waiting.
fn now(cache: &RuleCache, user: &str, verb: &str) -> bool {
    allows(&cache.current().unwrap(), user, verb)
}

async fn synced(api: &Api) -> RuleCache {
    api.state(|state| {
        state.objects.insert("roles".to_owned(), vec![role("reader", "get", "7")]);
        state.objects.insert("rolebindings".to_owned(), vec![binding("jane", "jane", "8")]);
    });
    let cache = api.start(LONG);
    cache.synced().await;
    cache
}

#[tokio::test]
async fn decides_nothing_before_every_kind_is_known() {
    let api = Api::default();
    api.state(|state| state.refused.insert("clusterroles".to_owned(), 403));
    let cache = api.start(LONG);
    eventually("the others are watched", || api.state(|state| state.watches.len() == 3)).await;
    assert_eq!(cache.current().unwrap_err(), Unready::NotSynced);
    let refused = CallFailure::Refused { code: 403, message: "not now".to_owned() };
    let freshness = cache.freshness();
    assert_eq!(freshness.lost, [Lost { resource: "clusterroles", reason: refused }]);
    assert!(freshness.is_stale);
    api.state(|state| state.refused.clear());
    cache.synced().await;
    assert!(!now(&cache, "jane", "get"));
    eventually("all are watched", || cache.freshness().lost.is_empty()).await;
    assert!(!cache.freshness().is_stale);
}

#[tokio::test]
async fn follows_changes() {
    let api = Api::default();
    let cache = synced(&api).await;
    assert!(now(&cache, "jane", "get"));
    assert!(!now(&cache, "jane", "list"));
    api.send("roles", "MODIFIED", &role("reader", "list", "11")).await;
    eventually("the role has changed", || now(&cache, "jane", "list")).await;
    assert!(!now(&cache, "jane", "get"));
    api.send("rolebindings", "ADDED", &binding("joe", "joe", "12")).await;
    eventually("joe holds it too", || now(&cache, "joe", "list")).await;
    api.send("rolebindings", "DELETED", &binding("jane", "jane", "13")).await;
    eventually("jane holds it no more", || !now(&cache, "jane", "list")).await;
    assert!(now(&cache, "joe", "list"));
    assert_eq!(cache.freshness().objects, 2);
}

#[tokio::test]
async fn changes_that_decide_nothing_build_nothing() {
    let api = Api::default();
    let cache = synced(&api).await;
    let before = cache.freshness().builds;
    api.send("roles", "MODIFIED", &role("reader", "get", "11")).await;
    api.send("roles", "MODIFIED", &role("reader", "list", "12")).await;
    eventually("the second is in force", || now(&cache, "jane", "list")).await;
    assert_eq!(cache.freshness().builds, before + 1);
}

#[tokio::test]
async fn lists_page_by_page() {
    let api = Api::default();
    api.state(|state| {
        state.page = 2;
        let bindings = ["a", "b", "c", "d", "e"].map(|name| binding(name, name, "1"));
        state.objects.insert("rolebindings".to_owned(), bindings.to_vec());
    });
    let cache = synced_as_is(&api).await;
    assert_eq!(cache.freshness().objects, 5);
    let lists: Vec<_> =
        api.asked("rolebindings").into_iter().filter(|query| !query.contains("watch")).collect();
    assert_eq!(lists, ["limit=500", "limit=500&continue=%262", "limit=500&continue=%264"]);
}

async fn synced_as_is(api: &Api) -> RuleCache {
    let cache = api.start(LONG);
    cache.synced().await;
    cache
}

#[tokio::test]
async fn takes_a_lost_watch_up_where_it_ended() {
    let api = Api::default();
    let cache = synced(&api).await;
    api.send("roles", "BOOKMARK", &json!({"metadata": {"resourceVersion": "20"}})).await;
    // While it is away nothing changes for those who are known.
    api.state(|state| state.refused.insert("roles".to_owned(), 500));
    api.write("roles", Err("broken off".to_owned())).await;
    eventually("it is told", || cache.freshness().lost.len() == 1).await;
    assert!(now(&cache, "jane", "get"));
    api.state(|state| state.refused.clear());
    eventually("it is back", || cache.freshness().lost.is_empty()).await;
    let asked = api.asked("roles");
    let again = asked.iter().find(|query| query.contains("resourceVersion=20"));
    assert!(again.is_some(), "{asked:?}");
    api.send("roles", "MODIFIED", &role("reader", "list", "21")).await;
    eventually("it follows again", || now(&cache, "jane", "list")).await;
}

#[tokio::test]
async fn lists_again_what_the_server_has_forgotten() {
    let api = Api::default();
    let cache = synced(&api).await;
    for gone in ["event", "answer"] {
        api.state(|state| {
            let user = format!("joe by {gone}");
            state.objects.insert("rolebindings".to_owned(), vec![binding("joe", &user, "30")]);
        });
        if gone == "event" {
            let status = json!({"kind": "Status", "code": 410, "message": "too old"});
            api.send("rolebindings", "ERROR", &status).await;
        } else {
            api.state(|state| state.refused.insert("rolebindings".to_owned(), 410));
            api.write("rolebindings", Err("broken off".to_owned())).await;
            let asked = api.asked("rolebindings").len();
            eventually("it was refused", || api.asked("rolebindings").len() > asked + 1).await;
            assert!(now(&cache, "joe by event", "get"));
            api.state(|state| state.refused.clear());
        }
        eventually("the new list is in force", || now(&cache, &format!("joe by {gone}"), "get"))
            .await;
        assert!(!now(&cache, "jane", "get"));
    }
}

#[tokio::test]
async fn garbage_changes_nothing() {
    let api = Api::default();
    let cache = synced(&api).await;
    for garbage in [
        "{",
        "null",
        "[]",
        "{\"type\":\"ADDED\",\"object\":{}}",
        "{\"type\":\"NEW\",\"object\":{}}",
    ] {
        let asked = api.asked("rolebindings").len();
        api.write("rolebindings", Ok(format!("{garbage}\n"))).await;
        eventually("the watch is taken up again", || api.asked("rolebindings").len() > asked).await;
        assert!(now(&cache, "jane", "get"), "{garbage}");
    }
}

#[tokio::test]
async fn an_answer_of_another_kind_is_no_list() {
    let answer = json!({"kind": "Status", "metadata": {"resourceVersion": "1"}, "items": null});
    let client = testing::client(move |_| std::future::ready(testing::json(200, &answer)));
    let cache = RuleCache::at_pace(&client, LONG, None, PACE);
    eventually("all are refused", || cache.freshness().lost.len() == 4).await;
    assert_eq!(cache.current().unwrap_err(), Unready::NotSynced);
}

#[tokio::test]
async fn rules_out_of_touch_for_too_long_decide_nothing() {
    let api = Api::default();
    let cache = api.start(Duration::from_millis(50));
    cache.synced().await;
    eventually("they get stale", || cache.current().is_err()).await;
    assert_eq!(cache.current().unwrap_err(), Unready::Stale);
    assert!(cache.freshness().is_stale);
    let bookmark = json!({"metadata": {"resourceVersion": "20"}});
    for resource in ["roles", "rolebindings", "clusterroles", "clusterrolebindings"] {
        api.send(resource, "BOOKMARK", &bookmark).await;
    }
    eventually("a sign of life is enough", || cache.current().is_ok()).await;
}

#[tokio::test]
async fn rules_of_a_folder_narrow() {
    let api = Api::default();
    let cache = synced(&api).await;
    cache.narrow(Some(Arc::default()));
    assert!(!now(&cache, "jane", "get"));
    cache.narrow(None);
    assert!(now(&cache, "jane", "get"));
}
