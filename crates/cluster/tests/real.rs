//! Access, rules, priorities, reviews and keys against a real kube-apiserver.
//!
//! Needs the binaries that `KUBEBUILDER_ASSETS` names, and says so where it is not set.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends at the first surprise")]

#[path = "real/plane.rs"]
mod plane;
#[path = "real/priority.rs"]
mod priority;
#[path = "real/proxy.rs"]
mod proxy;

use std::time::Duration;

use authn::{Keys as _, ReviewFailure, Reviewer as _};
use authz::{RuleSource as _, Unready};
use cluster::{Access, RemoteKeys, RuleCache, TokenReviews, service_account_issuer, version};
use k8s_openapi::api::authentication::v1::TokenRequest;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::api::{DeleteParams, PostParams};
use kube::{Api, Client};
use model::attributes::{Resource, Target};
use model::{Attributes, UserInfo};
use secrecy::SecretString;
use serde_json::json;

use self::plane::Plane;
use self::proxy::Proxy;

const STALENESS: Duration = Duration::from_mins(5);

#[tokio::test]
async fn a_real_cluster() {
    let Some(plane) = Plane::start() else { return };
    let access = Access::from_kubeconfig(&plane.admin()).unwrap();
    let client = access.client();
    says_what_it_is(&client).await;
    follows_rules(&client).await;
    survives_a_cut(&plane, &client).await;
    priority::classifies(&plane, &client).await;
    reviews_tokens(&plane, &client).await;
    tells_what_is_forbidden(&plane).await;
}

async fn says_what_it_is(client: &Client) {
    let version = version(client).await.unwrap();
    assert!(version.is_at_least(1, 30), "{version:?}");
    let issuer = service_account_issuer(client).await.unwrap();
    assert_eq!(issuer, "https://kubernetes.default.svc");
    let keys = RemoteKeys::service_accounts(client.clone());
    until("the cluster's keys are known", async || keys.current().is_some()).await;
    assert_eq!(keys.current().unwrap().len(), 1);
}

async fn follows_rules(client: &Client) {
    let cache = RuleCache::start(client, STALENESS, None);
    assert_eq!(cache.current().unwrap_err(), Unready::NotSynced);
    tokio::time::timeout(Duration::from_secs(20), cache.synced()).await.unwrap();
    assert!(cache.freshness().objects > 50, "{:?}", cache.freshness());
    assert!(!allows(&cache, "jane"));
    grant(client, "jane").await;
    until("jane may", async || allows(&cache, "jane")).await;
    Api::<ClusterRoleBinding>::all(client.clone())
        .delete("reads-pods-jane", &DeleteParams::default())
        .await
        .unwrap();
    until("jane may no more", async || !allows(&cache, "jane")).await;
    assert_eq!(cache.freshness().lost, []);
}

/// Lets `user` list pods everywhere.
async fn grant(client: &Client, user: &str) {
    let name = format!("reads-pods-{user}");
    let role: ClusterRole = serde_json::from_value(json!({
        "metadata": {"name": name},
        "rules": [{"verbs": ["list"], "apiGroups": [""], "resources": ["pods"]}],
    }))
    .unwrap();
    let binding: ClusterRoleBinding = serde_json::from_value(json!({
        "metadata": {"name": name},
        "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": user}],
        "roleRef": {"kind": "ClusterRole", "apiGroup": "rbac.authorization.k8s.io", "name": name},
    }))
    .unwrap();
    let parameters = PostParams::default();
    Api::all(client.clone()).create(&parameters, &role).await.unwrap();
    Api::all(client.clone()).create(&parameters, &binding).await.unwrap();
}

async fn survives_a_cut(plane: &Plane, client: &Client) {
    let mut proxy = Proxy::to(plane.port()).await;
    let kubeconfig = plane.admin_through(proxy.port());
    let cache =
        RuleCache::start(&Access::from_kubeconfig(&kubeconfig).unwrap().client(), STALENESS, None);
    cache.synced().await;
    proxy.cut();
    until("the cut is told", async || cache.freshness().lost.len() == 4).await;
    assert!(!allows(&cache, "joe"));
    grant(client, "joe").await;
    assert!(!allows(&cache, "joe"), "who tells it?");
    proxy.mend().await;
    until("what was missed is known", async || allows(&cache, "joe")).await;
    until("all watches are up", async || cache.freshness().lost.is_empty()).await;
}

async fn reviews_tokens(plane: &Plane, client: &Client) {
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), "default");
    let account: ServiceAccount =
        serde_json::from_value(json!({"metadata": {"name": "builder"}})).unwrap();
    let account = accounts.create(&PostParams::default(), &account).await.unwrap();
    let token = issue(&accounts, "https://kubernetes.default.svc").await;
    let reviews = TokenReviews::new(client.clone(), Vec::new()).unwrap();
    let secret = SecretString::from(token.clone());
    let user = reviews.review(&secret).await.unwrap().unwrap();
    assert_eq!(user.name, "system:serviceaccount:default:builder");
    assert_eq!(Some(&user.uid), account.metadata.uid.as_ref());
    assert!(user.is_in("system:serviceaccounts:default") && user.is_in("system:authenticated"));
    assert!(user.extra.contains_key("authentication.kubernetes.io/credential-id"));
    let bad = SecretString::from(format!("{token}x"));
    assert_eq!(reviews.review(&bad).await.unwrap(), None);
    let elsewhere = SecretString::from(issue(&accounts, "elsewhere").await);
    assert_eq!(reviews.review(&elsewhere).await.unwrap(), None);
    let there = TokenReviews::new(client.clone(), vec!["elsewhere".to_owned()]).unwrap();
    assert!(there.review(&elsewhere).await.unwrap().is_some());

    // The account itself reaches the cluster with its token in a file.
    let access = Access::from_kubeconfig(&plane.with_token(&token)).unwrap();
    let keys = RemoteKeys::service_accounts(access.client());
    until("service accounts may read the keys", async || keys.current().is_some()).await;
}

async fn issue(accounts: &Api<ServiceAccount>, audience: &str) -> String {
    let request: TokenRequest =
        serde_json::from_value(json!({"spec": {"audiences": [audience]}})).unwrap();
    let issued = accounts.create_token_request("builder", &PostParams::default(), &request).await;
    issued.unwrap().status.unwrap().token.unwrap()
}

async fn tells_what_is_forbidden(plane: &Plane) {
    let client = Access::from_kubeconfig(&plane.user("nobody")).unwrap().client();
    let cache = RuleCache::start(&client, STALENESS, None);
    until("it is told", async || cache.freshness().lost.len() == 4).await;
    assert_eq!(cache.current().unwrap_err(), Unready::NotSynced);
    let reviews = TokenReviews::new(client, Vec::new()).unwrap();
    let failure = reviews.review(&SecretString::from("t")).await.unwrap_err();
    let ReviewFailure::Refused(text) = failure else { panic!("{failure:?}") };
    assert!(text.contains("cannot create resource \"tokenreviews\""), "{text}");
}

fn allows(cache: &RuleCache, user: &str) -> bool {
    let user = UserInfo { name: user.to_owned(), ..UserInfo::default() };
    let pods = Resource { version: "v1", resource: "pods", ..Resource::default() };
    let asked = Attributes { user: &user, verb: "list", target: Target::Resource(pods) };
    cache.current().unwrap().decide(&asked).is_allow()
}

/// Waits until something is so, but not for ever.
async fn until(what: &str, is: impl AsyncFn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        while !is().await {
            ticks.tick().await;
        }
    });
    assert!(waited.await.is_ok(), "it never happened: {what}");
}
