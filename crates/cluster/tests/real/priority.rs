//! How a real kube-apiserver classifies calls, against how the cache says that it does.

use std::collections::BTreeSet;
use std::time::Duration;

use cluster::PriorityCache;
use flow::Priorities as _;
use futures::future::join_all;
use http::{HeaderMap, Request};
use k8s_openapi::api::flowcontrol::v1::{FlowSchema, PriorityLevelConfiguration};
use kube::api::{DeleteParams, PostParams};
use kube::client::Body;
use kube::{Api, Client};
use model::{Attributes, Call, UserInfo};
use serde_json::{Value, json};

use crate::plane::Plane;
use crate::until;

/// The administrator asks without impersonation, everybody else is impersonated by it. Groups are
/// behind the names.
const USERS: [&str; 15] = [
    "admin system:masters",
    "jane",
    "jane dev",
    "joe dev",
    "joe ops",
    "jack",
    "system:anonymous system:unauthenticated",
    "system:node:n1 system:nodes",
    "system:kube-controller-manager",
    "system:kube-scheduler",
    "system:serviceaccount:kube-system:default system:serviceaccounts",
    "system:serviceaccount:apps:builder system:serviceaccounts system:serviceaccounts:apps",
    "system:serviceaccount:apps:builder dev",
    "system:serviceaccount:other:builder system:serviceaccounts",
    "system:serviceaccount:apps:a:b",
];

/// Nothing of this harms, even where it is allowed.
const CALLS: [&str; 62] = [
    "GET /api/v1/pods",
    "GET /api/v1/namespaces/apps/pods",
    "GET /api/v1/namespaces/other/pods",
    "GET /api/v1/namespaces/apps/pods/x",
    "GET /api/v1/namespaces/apps/pods?watch=true",
    "GET /api/v1/pods?watch=true",
    "GET /api/v1/watch/namespaces/apps/pods",
    "GET /api/v1/watch/namespaces/apps/pods/x/log",
    "HEAD /api/v1/namespaces/apps/pods",
    "FOO /api/v1/namespaces/apps/pods",
    "OPTIONS /api/v1/namespaces/apps/pods",
    "POST /api/v1/namespaces/apps/pods",
    "PUT /api/v1/namespaces/apps/pods/x",
    "PATCH /api/v1/namespaces/apps/pods/x",
    "DELETE /api/v1/namespaces/apps/pods/x",
    "DELETE /api/v1/namespaces/apps/pods",
    "GET /api/v1/namespaces/apps/pods/x/status",
    "PUT /api/v1/namespaces/apps/pods/x/status",
    "POST /api/v1/namespaces/apps/pods/x/eviction",
    "GET /api/v1/namespaces/apps/pods/x/log",
    "GET /api/v1/namespaces/apps/pods/x/log?follow=true",
    "GET /api/v1/namespaces/apps/pods/x/exec",
    "POST /api/v1/namespaces/apps/pods/x/exec",
    "POST /api/v1/namespaces/apps/pods/x/attach",
    "POST /api/v1/namespaces/apps/pods/x/portforward",
    "GET /api/v1/namespaces/apps/pods/x/proxy/a/b",
    "GET /api/v1/namespaces/apps/services/x/proxy/",
    "GET /api/v1/proxy/namespaces/apps/pods/x",
    "GET /apis/apps/v1/namespaces/apps/deployments/x/log",
    "GET /apis/apps/v1/namespaces/apps/deployments/x/scale",
    "GET /apis/apps/v1/deployments",
    "GET /apis/nothing.example/v1/namespaces/apps/things",
    "GET /api/v1/namespaces",
    "GET /api/v1/namespaces/apps",
    "PUT /api/v1/namespaces/apps/finalize",
    "GET /api/v1/nodes",
    "GET /api/v1/nodes/n1",
    "PATCH /api/v1/nodes/n1/status",
    "GET /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1",
    "PUT /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler",
    "PATCH /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler",
    "GET /healthz",
    "GET /healthz/",
    "GET /healthz/ping",
    "GET /healthzz",
    "POST /healthz",
    "POST /healthz/",
    "POST /healthz/ping",
    "OPTIONS /healthz",
    "GET /readyz/ping",
    "GET /livez",
    "GET /version",
    "GET /",
    "GET /api/v1",
    "GET /apis/apps/v1",
    "GET /nothing",
    "GET /nothing/",
    "GET /nothing/at/all",
    "GET /debug/pprof",
    "GET /debug/pprof/",
    "GET /debug/pprof/cmdline",
    "HEAD /debug/pprof/cmdline",
];

pub(crate) async fn classifies(plane: &Plane, client: &Client) {
    let cache = PriorityCache::start(client);
    // All that come with Kubernetes but the catch-all, and no classification.
    assert_eq!(compare(&cache, client).await, 11);
    write_schemas(&cache, client).await;
    assert_eq!(compare(&cache, client).await, 20);
    goes_on_without_what_must_be_there(&cache, client).await;

    let nobody = cluster::Access::from_kubeconfig(&plane.user("nobody")).unwrap().client();
    let forbidden = PriorityCache::start(&nobody);
    // As long as the other takes to read all there is.
    let again = PriorityCache::start(client);
    until("all is known", async || ours(&again, "jane", "GET /api/v1/pods").is_some()).await;
    assert_eq!(ours(&forbidden, "jane", "GET /api/v1/pods"), None);
}

/// Compares all that everybody asks; how many different answers there were.
async fn compare(cache: &PriorityCache, client: &Client) -> usize {
    until("all is known", async || ours(cache, "jane", "GET /version").is_some()).await;
    let mut answers = BTreeSet::new();
    let mut different = Vec::new();
    for names in USERS {
        let theirs = join_all(CALLS.map(|line| theirs(client, names, line))).await;
        for (line, theirs) in CALLS.iter().zip(theirs) {
            let ours = ours(cache, names, line);
            if theirs != ours {
                different.push(format!("{names}: {line}: {theirs:?} but {ours:?}"));
            }
            answers.insert(theirs);
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    answers.len()
}

/// Writes schemas with all that the ones that come with Kubernetes leave out.
async fn write_schemas(cache: &PriorityCache, client: &Client) {
    let (names, line) = ("jack", "GET /nothing");
    let before = ours(cache, names, line);
    let user = |name: &str| json!({"kind": "User", "user": {"name": name}});
    let group = |name: &str| json!({"kind": "Group", "group": {"name": name}});
    let account = |namespace: &str, name: &str| {
        let account = json!({"namespace": namespace, "name": name});
        json!({"kind": "ServiceAccount", "serviceAccount": account})
    };
    let paths =
        |url: &str| json!({"nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": [url]}]});
    let resources = |verbs: &[&str], resources: &[&str], cluster_scope, namespaces: &[&str]| {
        json!({"resourceRules": [{
            "verbs": verbs, "apiGroups": ["", "apps"], "resources": resources,
            "clusterScope": cluster_scope, "namespaces": namespaces,
        }]})
    };
    let all = resources(&["*"], &["*"], true, &["*"]);
    for (name, precedence, level, subject, rules) in [
        ("a-dangling", 110, "missing", group("ops"), all.clone()),
        ("b-pods", 150, "workload-low", user("jane"), {
            resources(&["list", "watch"], &["pods"], false, &["apps"])
        }),
        ("a-pods", 150, "workload-high", user("jane"), {
            resources(&["watch"], &["pods"], true, &[])
        }),
        ("c-status", 151, "system", account("apps", "*"), {
            resources(&["*"], &["pods/status", "pods/log", "pods/eviction"], false, &["*"])
        }),
        ("c-builder", 152, "node-high", account("apps", "builder"), {
            resources(&["get"], &["pods", "namespaces"], false, &["apps"])
        }),
        ("d-cluster", 153, "leader-election", group("dev"), resources(&["*"], &["*"], true, &[])),
        ("e-below", 154, "workload-low", user("*"), paths("/nothing/*")),
        ("e-exact", 155, "workload-high", group("*"), paths("/version")),
        ("e-slash", 156, "system", user("joe"), paths("/healthz/")),
        ("e-root", 157, "node-high", user("jack"), paths("/")),
    ] {
        write_schema(client, name, precedence, level, (subject, rules)).await;
    }
    // The last that was written is classified by, so all are.
    until("both know the new schemas", async || {
        let (theirs, ours) = (theirs(client, names, line).await, ours(cache, names, line));
        theirs == ours && ours != before
    })
    .await;
}

async fn write_schema(
    client: &Client,
    name: &str,
    precedence: i32,
    level: &str,
    (subject, mut rule): (Value, Value),
) {
    let subjects = json!([subject]);
    rule.as_object_mut().unwrap().insert("subjects".to_owned(), subjects);
    let schema: FlowSchema = serde_json::from_value(json!({
        "metadata": {"name": name},
        "spec": {
            "matchingPrecedence": precedence,
            "priorityLevelConfiguration": {"name": level},
            "rules": [rule],
        },
    }))
    .unwrap();
    Api::all(client.clone()).create(&PostParams::default(), &schema).await.unwrap();
}

/// kube-apiserver writes mandatory objects again, but not within the time of this test.
async fn goes_on_without_what_must_be_there(cache: &PriorityCache, client: &Client) {
    let schemas = Api::<FlowSchema>::all(client.clone());
    let levels = Api::<PriorityLevelConfiguration>::all(client.clone());
    let imagined = async |names: &str| {
        let (theirs, ours) =
            (theirs(client, names, "GET /api/v1").await, ours(cache, names, "GET /api/v1"));
        theirs == ours && ours.is_some_and(|(schema, level)| schema.is_empty() && !level.is_empty())
    };
    schemas.delete("exempt", &DeleteParams::default()).await.unwrap();
    until("the schema is imagined", async || imagined("admin system:masters").await).await;
    levels.delete("exempt", &DeleteParams::default()).await.unwrap();
    // With its level, the schema for probes is out of use.
    until("the level's schemas are out of use", async || {
        let (names, line) = ("system:anonymous system:unauthenticated", "GET /livez");
        let expected = ours(cache, "system:anonymous system:unauthenticated", "GET /nothing");
        let (theirs, ours) = (theirs(client, names, line).await, ours(cache, names, line));
        theirs == ours && ours == expected
    })
    .await;
    assert!(imagined("admin system:masters").await, "the level is retained");
}

/// What kube-apiserver says in the head of its answer.
async fn theirs(client: &Client, names: &str, line: &str) -> Option<(String, String)> {
    let (method, target) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(target);
    let user = who(names);
    if user.name != "admin" {
        request = request.header("impersonate-user", &user.name);
        for group in &user.groups {
            request = request.header("impersonate-group", group);
        }
    }
    let request = request.body(Body::empty()).unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(20), client.send(request)).await;
    named(answer.unwrap().unwrap().headers())
}

fn named(headers: &HeaderMap) -> Option<(String, String)> {
    let value = |name| Some(headers.get(name)?.to_str().unwrap().to_owned());
    Some((value("x-kubernetes-pf-flowschema-uid")?, value("x-kubernetes-pf-prioritylevel-uid")?))
}

/// What the cache says.
fn ours(cache: &PriorityCache, names: &str, line: &str) -> Option<(String, String)> {
    let (method, target) = line.split_once(' ').unwrap();
    let (call, user) = (Call::parse(method, target).unwrap(), who(names));
    let classified = cache.classify(&Attributes::of(&call, &user))?;
    Some((classified.flow_schema_uid.to_string(), classified.priority_level_uid.to_string()))
}

fn who(names: &str) -> UserInfo {
    let mut names = names.split(' ').map(str::to_owned);
    let name = names.next().unwrap();
    let mut groups: Vec<_> = names.collect();
    if name != "system:anonymous" {
        groups.push("system:authenticated".to_owned());
    }
    UserInfo { name, groups, ..UserInfo::default() }
}
