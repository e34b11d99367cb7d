//! Token reviews by an API that accepts, refuses, errs and hangs.

use std::sync::Mutex;

use futures::FutureExt as _;
use futures::future::join_all;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::*;
use crate::task::Task;
use crate::testing::{self, Answer, eventually};

type Answers = Arc<dyn Fn(&Value) -> Answer + Send + Sync>;

/// An API that counts what it is asked.
#[derive(Clone)]
struct Api {
    asked: Arc<Mutex<Vec<Value>>>,
    answers: Answers,
}

impl Api {
    fn new(answers: impl Fn(&Value) -> Answer + Send + Sync + 'static) -> Self {
        Self { asked: Arc::default(), answers: Arc::new(answers) }
    }

    fn reviews(&self, audiences: &[&str], limits: Limits) -> TokenReviews {
        let api = self.clone();
        let client = testing::client(move |asked| {
            assert_eq!(asked.path, "/apis/authentication.k8s.io/v1/tokenreviews");
            let body: Value = serde_json::from_slice(&asked.body).unwrap();
            api.asked.lock().unwrap().push(body.clone());
            std::future::ready((api.answers)(&body))
        });
        let audiences = audiences.iter().map(|audience| (*audience).to_owned()).collect();
        TokenReviews::within(client, audiences, limits).unwrap()
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn token(text: &str) -> SecretString {
    SecretString::from(text)
}

fn jane() -> Value {
    json!({
        "username": "jane", "uid": "7", "groups": ["dev"],
        "extra": {"authentication.kubernetes.io/credential-id": ["JTI=1"]},
    })
}

fn accepted(status: Value) -> Api {
    Api::new(move |body| {
        let review = json!({"kind": "TokenReview", "spec": body["spec"], "status": status});
        testing::json(201, &review)
    })
}

async fn check(status: Value, audiences: &[&str], expected: Result<Option<&str>, ReviewFailure>) {
    let told = format!("{status}");
    let reviews = accepted(status).reviews(audiences, LIMITS);
    let user = reviews.review(&token("t")).await;
    assert_eq!(
        user.map(|user| user.map(|user| user.name)),
        expected.map(|user| user.map(str::to_owned)),
        "{told}"
    );
}

#[tokio::test]
async fn believes_what_is_said_without_doubt() {
    let yes = |more: Value| {
        let mut status = json!({"authenticated": true, "user": jane()});
        status.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        status
    };
    check(yes(json!({})), &[], Ok(Some("jane"))).await;
    check(yes(json!({"authenticated": false})), &[], Ok(None)).await;
    check(yes(json!({"error": "who is this"})), &[], Ok(None)).await;
    check(yes(json!({"audiences": ["a", "b"]})), &["b", "c"], Ok(Some("jane"))).await;
    check(yes(json!({"audiences": ["a"]})), &["b"], Ok(None)).await;
    // An authenticator that knows nothing of audiences must not stand for one of them.
    check(yes(json!({})), &["b"], Ok(None)).await;
    check(json!({}), &[], Ok(None)).await;
    let garbage = "the server answered with something else than a TokenReview".to_owned();
    check(json!(null), &[], Err(ReviewFailure::Refused(garbage))).await;
}

#[tokio::test]
async fn takes_the_whole_identity() {
    let api = accepted(json!({"authenticated": true, "user": jane()}));
    let user = api.reviews(&["api"], LIMITS).review(&token("t")).await.unwrap();
    assert_eq!(user, None, "no audience came back");
    let user = api.reviews(&[], LIMITS).review(&token("t")).await.unwrap().unwrap();
    assert_eq!((user.name.as_str(), user.uid.as_str()), ("jane", "7"));
    assert_eq!(user.groups, ["dev"]);
    assert_eq!(user.extra["authentication.kubernetes.io/credential-id"], ["JTI=1"]);
    let asked = api.asked.lock().unwrap();
    assert_eq!(asked[0]["spec"], json!({"token": "t", "audiences": ["api"]}));
    assert_eq!(asked[1]["spec"], json!({"token": "t"}));
}

#[tokio::test]
async fn keeps_identities_for_a_while_and_refusals_not_at_all() {
    let api = Api::new(|body| {
        let good = body["spec"]["token"] == "good";
        testing::json(201, &json!({"status": {"authenticated": good, "user": jane()}}))
    });
    let reviews = api.reviews(&[], LIMITS);
    for _ in 0..3 {
        assert!(reviews.review(&token("good")).await.unwrap().is_some());
    }
    assert_eq!(api.asked(), 1);
    for _ in 0..3 {
        assert!(reviews.review(&token("bad")).await.unwrap().is_none());
    }
    assert_eq!(api.asked(), 4);
    let brief = Limits { kept_for: Duration::from_millis(1), ..LIMITS };
    let (api, mut more) = (accepted(json!({"authenticated": true, "user": jane()})), 0);
    let reviews = api.reviews(&[], brief);
    while api.asked() < 2 {
        assert!(reviews.review(&token("good")).await.unwrap().is_some());
        more += 1;
        assert!(more < 1_000_000, "an identity is believed for ever");
    }
}

#[tokio::test]
async fn one_review_serves_all_who_wait_for_it() {
    let gate = Arc::new(Semaphore::new(0));
    let asked = Arc::new(Mutex::new(0));
    let (opened, counted) = (Arc::clone(&gate), Arc::clone(&asked));
    let client = testing::client(move |_| {
        let (gate, asked) = (Arc::clone(&opened), Arc::clone(&counted));
        async move {
            *asked.lock().unwrap() += 1;
            gate.acquire().await.unwrap().forget();
            testing::json(201, &json!({"status": {"authenticated": true, "user": jane()}}))
        }
    });
    let reviews = Arc::new(TokenReviews::within(client, Vec::new(), LIMITS).unwrap());
    // The first who asks hangs up: the others must not hang with it.
    let asking = Arc::clone(&reviews);
    let first = Task::start(async move {
        let _answer = asking.review(&token("t")).await;
    });
    eventually("the first has asked", || *asked.lock().unwrap() == 1).await;
    drop(first);
    let token = token("t");
    let all = join_all((0..10).map(|_| reviews.review(&token)));
    gate.add_permits(2);
    assert!(all.await.into_iter().all(|answer| answer.unwrap().is_some()));
    assert_eq!(*asked.lock().unwrap(), 2);
}

#[tokio::test]
async fn says_when_too_many_are_under_way() {
    let client = testing::client(|_| std::future::pending::<Answer>());
    let limits = Limits { running: 1, waiting: 2, wait: Duration::from_millis(20), ..LIMITS };
    let reviews = TokenReviews::within(client, Vec::new(), limits).unwrap();
    let (a, b, c) = (token("a"), token("b"), token("c"));
    let mut hanging = reviews.review(&a);
    assert!((&mut hanging).now_or_never().is_none());
    let mut waiting = reviews.review(&b);
    assert!((&mut waiting).now_or_never().is_none());
    assert_eq!(reviews.review(&c).await, Err(ReviewFailure::Busy), "no room to wait");
    assert_eq!(waiting.await, Err(ReviewFailure::Busy), "waited long enough");
}

#[tokio::test]
async fn errors_are_told_and_hold_no_token() {
    let forbidden = json!({"kind": "Status", "message": "tokenreviews is forbidden"});
    let api = Api::new(move |_| testing::json(403, &forbidden));
    let failure = api.reviews(&[], LIMITS).review(&token("canary")).await.unwrap_err();
    let text = "the server answered 403: tokenreviews is forbidden".to_owned();
    assert_eq!(failure, ReviewFailure::Refused(text));
    // What cannot be read repeats the token.
    let api = Api::new(|body| {
        let (_, answer) = testing::open();
        let half = body.to_string();
        answer.map(|_| http_body_util::Full::from(half).map_err(Box::from).boxed_unsync())
    });
    let failure = api.reviews(&[], LIMITS).review(&token("canary")).await.unwrap_err();
    assert!(!failure.to_string().contains("canary"), "{failure}");
    let client = testing::client(|_| async { testing::open().1 });
    let reviews = TokenReviews::within(client, Vec::new(), LIMITS).unwrap();
    assert!(reviews.review(&token("canary")).await.is_err(), "an empty answer");
}

#[test]
fn large_identities_weigh_more() {
    let small = UserInfo { name: "jane".to_owned(), ..UserInfo::default() };
    let large = UserInfo { groups: vec!["g".repeat(100_000)], ..small.clone() };
    assert!(weight(&large) > weight(&small) + 100_000);
}
