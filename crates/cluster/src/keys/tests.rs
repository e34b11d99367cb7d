//! Keys of issuers that are down, slow, wrong and huge, and that change their minds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::FutureExt as _;
use futures::future::join_all;
use rcgen::{KeyPair, PublicKeyData as _};
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::testing::{self, Authority, Reply, Seen, Server, eventually};

const PACE: Pace = Pace {
    apart: Duration::ZERO,
    retry: (Duration::from_millis(1), Duration::from_millis(4)),
    renew: Duration::from_hours(1),
    within: Duration::from_secs(10),
};

/// A set of some keys.
fn jwks(keys: usize) -> String {
    let keys: Vec<_> = (0..keys)
        .map(|number| {
            let pair = KeyPair::generate().unwrap();
            let point = pair.der_bytes();
            let (x, y) = point[1..].split_at(32);
            let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
            json!({"kty": "EC", "crv": "P-256", "kid": number.to_string(), "x": x, "y": y})
        })
        .collect();
    json!({ "keys": keys }).to_string()
}

/// A provider that does as it should, or as a test wants instead.
struct World {
    authority: Authority,
    port: u16,
    listener: Mutex<Option<TcpListener>>,
}

impl World {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { authority: Authority::new(), port, listener: Mutex::new(Some(listener)) }
    }

    fn issuer(&self) -> String {
        format!("https://127.0.0.1:{}/realms/x", self.port)
    }

    fn document(&self) -> String {
        let keys = format!("{}/keys", self.issuer());
        json!({"issuer": self.issuer(), "jwks_uri": keys, "extra": [1]}).to_string()
    }

    fn serve(&self, handler: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Server {
        let listener = self.listener.lock().unwrap().take().unwrap();
        Server::on(listener, self.port, &self.authority, handler)
    }

    /// Serves discovery as it should be, and whatever `keys` says for the rest.
    fn serve_keys(&self, keys: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Server {
        let document = self.document();
        self.serve(move |seen| match seen.path.as_str() {
            "/realms/x/.well-known/openid-configuration" => Reply::ok(&document),
            _ => keys(seen),
        })
    }

    fn source(&self) -> OpenIdSource {
        OpenIdSource {
            issuer: self.issuer(),
            discovery_url: None,
            authorities: Some(self.authority.pem()),
        }
    }

    fn keys(&self, pace: Pace) -> RemoteKeys {
        start(self.source(), pace)
    }
}

fn start(source: OpenIdSource, pace: Pace) -> RemoteKeys {
    let issuer = source.issuer.clone();
    let provider = Provider::new(source).unwrap();
    RemoteKeys::start(issuer, Source::OpenId(Box::new(provider)), pace)
}

fn known(keys: &RemoteKeys) -> Option<usize> {
    keys.current().map(|keys| keys.len())
}

/// The first failure of a provider that never does right.
async fn failure(keys: &RemoteKeys) -> FetchFailure {
    eventually("an attempt fails", || keys.health().failure.is_some()).await;
    assert!(keys.current().is_none());
    keys.health().failure.unwrap()
}

async fn check(
    world: &World,
    reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    expected: &str,
) {
    let _server = world.serve(reply);
    let failure = failure(&world.keys(PACE)).await.to_string();
    assert!(failure.contains(expected), "{failure}");
}

#[tokio::test]
async fn fetches_keys_and_rotated_ones_when_asked() {
    let world = World::new().await;
    let sets = [jwks(1), jwks(2)];
    let rotated = Arc::new(AtomicUsize::new(0));
    let which = Arc::clone(&rotated);
    let server = world.serve_keys(move |_| Reply::ok(&sets[which.load(Ordering::SeqCst)]));
    let keys = world.keys(PACE);
    eventually("the keys are there", || known(&keys) == Some(1)).await;
    rotated.store(1, Ordering::SeqCst);
    keys.refresh().await;
    assert_eq!(known(&keys), Some(2));
    let health = keys.health();
    assert!(health.age.is_some() && health.failure.is_none());
    let paths: Vec<_> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths[..2], ["/realms/x/.well-known/openid-configuration", "/realms/x/keys"]);
}

#[tokio::test]
async fn asks_elsewhere_if_told_to() {
    let world = World::new().await;
    let (document, set) = (world.document(), jwks(1));
    let server = world.serve(move |seen| match seen.path.as_str() {
        "/inside?x=1" => Reply::ok(&document),
        _ => Reply::ok(&set),
    });
    let source = OpenIdSource {
        discovery_url: Some(format!("{}/inside?x=1", server.url())),
        ..world.source()
    };
    let keys = start(source, PACE);
    eventually("the keys are there", || known(&keys) == Some(1)).await;
}

#[tokio::test]
async fn a_provider_that_is_down_at_start_is_tried_again() {
    let world = World::new().await;
    // Taken, but nobody accepts: a connection that leads nowhere.
    let listener = world.listener.lock().unwrap().take().unwrap();
    drop(listener);
    let keys = world.keys(PACE);
    assert!(matches!(failure(&keys).await, FetchFailure::Call(_)));
    let again = TcpListener::bind(("127.0.0.1", world.port)).await.unwrap();
    *world.listener.lock().unwrap() = Some(again);
    let set = jwks(1);
    let _server = world.serve_keys(move |_| Reply::ok(&set));
    eventually("it is up", || known(&keys) == Some(1)).await;
    assert_eq!(keys.health().failure, None);
}

#[tokio::test]
async fn a_provider_that_goes_down_leaves_its_keys() {
    let world = World::new().await;
    let set = jwks(1);
    let server = world.serve_keys(move |_| Reply::ok(&set));
    let keys = world.keys(PACE);
    eventually("the keys are there", || known(&keys) == Some(1)).await;
    drop(server);
    keys.refresh().await;
    assert!(keys.health().failure.is_some());
    assert_eq!(known(&keys), Some(1));
}

#[tokio::test]
async fn refuses_another_issuers_document() {
    let world = World::new().await;
    let keys = format!("{}/keys", world.issuer());
    let document = json!({"issuer": format!("{}/", world.issuer()), "jwks_uri": keys});
    check(&world, move |_| Reply::ok(&document.to_string()), "the discovery document is of issuer")
        .await;
}

#[tokio::test]
async fn refuses_keys_that_are_not_behind_tls() {
    for (number, address) in ["http://127.0.0.1/keys", "", "file:///keys"].iter().enumerate() {
        let world = World::new().await;
        let document = json!({"issuer": world.issuer(), "jwks_uri": address});
        let expected = "which is no HTTPS address";
        check(&world, move |_| Reply::ok(&document.to_string()), expected).await;
        assert!(number < 3);
    }
}

#[tokio::test]
async fn refuses_garbage() {
    for garbage in ["", "<html>", "{}", "[]", "{\"issuer\": 7}"] {
        let world = World::new().await;
        check(&world, |_| Reply::ok(garbage), "something else than an OpenID discovery document")
            .await;
    }
    for garbage in ["", "<html>", "{}", "{\"keys\": 7}"] {
        let world = World::new().await;
        let _server = world.serve_keys(|_| Reply::ok(garbage));
        let failure = failure(&world.keys(PACE)).await;
        assert!(matches!(failure, FetchFailure::Keys(_)), "{garbage}: {failure}");
    }
}

#[tokio::test]
async fn refuses_errors_and_broken_answers() {
    let world = World::new().await;
    check(&world, |_| Reply::status("500 Oh", ""), "the server answered 500: at https://").await;
    let world = World::new().await;
    check(&world, |_| Reply::Write("no http at all\r\n\r\n".to_owned()), "cannot be reached").await;
    let world = World::new().await;
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
    check(&world, |_| Reply::Write(short.to_owned()), "cannot be reached").await;
}

#[tokio::test]
async fn refuses_answers_without_end() {
    let world = World::new().await;
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n";
    let flood = head.to_owned() + &" ".repeat(100_000);
    check(&world, move |_| Reply::Flood(flood.clone()), "longer than 1048576 bytes").await;
}

#[tokio::test]
async fn gives_up_on_a_slow_provider() {
    for half in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"] {
        let world = World::new().await;
        let _server = world.serve(|_| Reply::Stall(half.to_owned()));
        let keys = world.keys(Pace { within: Duration::from_millis(50), ..PACE });
        assert_eq!(failure(&keys).await, FetchFailure::TimedOut);
        // The next attempt may be under way for ever; who waits for it must not.
        timeout(Duration::from_secs(5), keys.refresh()).await.unwrap();
    }
}

#[tokio::test]
async fn follows_redirects_only_to_https() {
    let world = World::new().await;
    let (document, set) = (world.document(), jwks(1));
    let elsewhere = format!("https://127.0.0.1:{}/moved", world.port);
    let server = world.serve(move |seen| match seen.path.as_str() {
        "/realms/x/.well-known/openid-configuration" => Reply::redirect("/inside"),
        "/inside" => Reply::redirect(&elsewhere),
        "/moved" => Reply::ok(&document),
        _ => Reply::ok(&set),
    });
    let keys = world.keys(PACE);
    eventually("the keys are there", || known(&keys) == Some(1)).await;
    assert_eq!(server.seen().len(), 4);
    for to in ["http://127.0.0.1/x", "//127.0.0.1/x", "file:///etc/passwd", "x", ""] {
        let world = World::new().await;
        check(&world, move |_| Reply::redirect(to), "which is not followed").await;
    }
    let world = World::new().await;
    check(&world, |seen| Reply::redirect(&seen.path), "which is not followed").await;
}

#[tokio::test]
async fn believes_its_own_authority_alone() {
    let world = World::new().await;
    let set = jwks(1);
    let _server = world.serve_keys(move |_| Reply::ok(&set));
    let stranger = OpenIdSource { authorities: Some(Authority::new().pem()), ..world.source() };
    let failure = failure(&start(stranger, PACE)).await.to_string();
    assert!(failure.contains("certificate"), "{failure}");
}

#[tokio::test]
async fn a_storm_makes_one_attempt() {
    let world = World::new().await;
    let set = jwks(1);
    let server = world.serve_keys(move |_| Reply::ok(&set));
    let keys = world.keys(PACE);
    eventually("the keys are there", || known(&keys) == Some(1)).await;
    let before = server.seen().len();
    join_all((0..100).map(|_| keys.refresh())).await;
    let made = server.seen().len() - before;
    assert!(made <= 4, "{made} requests for 100 tokens");
    // With time between attempts the storm ends at once.
    let calm = world.keys(Pace { apart: Duration::from_hours(1), ..PACE });
    eventually("the keys are there", || known(&calm) == Some(1)).await;
    let before = server.seen().len();
    join_all((0..100).map(|_| calm.refresh())).await;
    assert_eq!(server.seen().len(), before);
}

#[tokio::test]
async fn who_hangs_up_stops_nobody() {
    let world = World::new().await;
    let set = jwks(1);
    let _server = world.serve_keys(move |_| Reply::ok(&set));
    let keys = world.keys(PACE);
    eventually("the keys are there", || known(&keys) == Some(1)).await;
    for _ in 0..10 {
        let _dropped = keys.refresh().now_or_never();
    }
    let ended = keys.shared.attempts.borrow().ended;
    keys.refresh().await;
    keys.refresh().await;
    assert!(keys.shared.attempts.borrow().ended > ended);
}

#[tokio::test]
async fn renews_without_being_asked() {
    let world = World::new().await;
    let set = jwks(1);
    let server = world.serve_keys(move |_| Reply::ok(&set));
    let _keys = world.keys(Pace { renew: Duration::from_millis(5), ..PACE });
    eventually("it is asked again", || server.seen().len() >= 6).await;
}

#[tokio::test]
async fn reads_the_clusters_own_keys() {
    let set = jwks(3);
    let client = testing::client(move |asked| {
        assert_eq!(asked.path, "/openid/v1/jwks");
        let set: serde_json::Value = serde_json::from_str(&set).unwrap();
        std::future::ready(testing::json(200, &set))
    });
    let keys = RemoteKeys::service_accounts(client);
    eventually("the keys are there", || known(&keys) == Some(3)).await;
}

#[test]
fn refuses_issuers_without_https() {
    for issuer in ["http://x", "", "x", "https://jane:pw@x"] {
        let source = OpenIdSource {
            issuer: issuer.to_owned(),
            discovery_url: None,
            authorities: Some(Authority::new().pem()),
        };
        assert!(Provider::new(source).is_err(), "{issuer}");
    }
}
