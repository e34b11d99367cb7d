//! What of a request arrives at the upstream.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};

use super::rig::{Fed, Server, get, piece, post, read_all, serve_http2, soon};
use crate::upstream::{
    BadSettings, Credential, CredentialFailure, Failure, Known, Lane, Settings, Step, Upstream,
};

#[tokio::test]
async fn the_target_arrives_as_it_is_behind_the_prefix() {
    let (server, seen) = recorder().await;
    for prefix in ["", "/k8s/clusters/c-1"] {
        let settings = Settings { path_prefix: prefix.to_owned(), ..server.settings() };
        let upstream = Upstream::new(settings).unwrap();
        for target in ["/api/v1/pods?watch=1&labelSelector=a%3Db", "/a%20b/%C3%A9;x='y'?", "/"] {
            soon(upstream.send(get(target), Lane::Short)).await.unwrap();
            let request = seen.lock().unwrap().pop().unwrap();
            let whole = format!("https://127.0.0.1:{}{prefix}{target}", server.port);
            assert_eq!(request.uri().to_string(), whole);
        }
    }
}

#[tokio::test]
async fn headers_of_one_connection_end_here() {
    let (server, seen) = recorder().await;
    let request = Request::get("/")
        .header("host", "elsewhere.example.com")
        .header("connection", "keep-alive, x-mine")
        .header("keep-alive", "timeout=5")
        .header("proxy-connection", "keep-alive")
        .header("te", "trailers")
        .header("transfer-encoding", "chunked")
        .header("upgrade", "h2c")
        .header("accept", "application/json")
        .header("accept", "text/plain")
        .body(http_body_util::Empty::<Bytes>::new())
        .unwrap();
    soon(server.upstream().send(request, Lane::Short)).await.unwrap();
    let request = seen.lock().unwrap().pop().unwrap();
    let names: Vec<_> = request.headers().keys().map(http::HeaderName::as_str).collect();
    assert_eq!(names, ["accept"]);
    assert_eq!(request.headers().get_all("accept").iter().count(), 2);
}

#[tokio::test]
async fn only_the_gateways_own_authorization_arrives() {
    let (server, seen) = recorder().await;
    let arrives = async |upstream: Upstream| {
        let mut request = get("/");
        request.headers_mut().append(AUTHORIZATION, HeaderValue::from_static("Bearer clients"));
        request.headers_mut().append(AUTHORIZATION, HeaderValue::from_static("Bearer second"));
        soon(upstream.send(request, Lane::Short)).await.unwrap();
        let request = seen.lock().unwrap().pop().unwrap();
        let all = request.headers().get_all(AUTHORIZATION).iter();
        all.map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(arrives(server.upstream()).await, Vec::<String>::new());
    assert_eq!(arrives(server.upstream_as(Own(At::Once))).await, ["Bearer own"]);
    assert_eq!(arrives(server.upstream_as(Own(At::Length))).await, ["Bearer own"]);
}

#[tokio::test]
async fn without_its_credential_the_gateway_sends_nothing() {
    let (server, seen) = recorder().await;
    let failing = server.upstream_as(Own(At::NoTime));
    let failure = soon(failing.send(get("/"), Lane::Short)).await.unwrap_err();
    assert!(matches!(failure, Failure::Credential(_)), "{failure:?}");

    let mut settings = server.settings();
    settings.credential = Arc::new(Own(At::Never));
    settings.bounds.credential = Duration::from_millis(20);
    let hanging = Upstream::new(settings).unwrap();
    let failure = soon(hanging.send(get("/"), Lane::Short)).await.unwrap_err();
    assert!(matches!(failure, Failure::TimedOut(Step::Credential)), "{failure:?}");
    assert_eq!((seen.lock().unwrap().len(), server.connections()), (0, 0));
}

#[tokio::test]
async fn a_body_arrives_whole_and_with_its_length() {
    let (server, seen) = recorder().await;
    let sent = Bytes::from(vec![b'x'; 3 << 20]);
    let request = Request::post("/").body(Full::new(sent.clone())).unwrap();
    let answer = soon(server.upstream().send(request, Lane::Short)).await.unwrap();
    let back = soon(answer.into_body().collect()).await.unwrap().to_bytes();
    assert_eq!(back.len(), sent.len());
    let request = seen.lock().unwrap().pop().unwrap();
    assert_eq!(request.headers()["content-length"], "3145728");
}

#[tokio::test]
async fn an_upload_goes_on_while_the_answer_comes() {
    let server = serve_http2(100, |_number, request, mut respond| async move {
        let mut body = request.into_body();
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        while let Some(Ok(chunk)) = body.data().await {
            stream.send_data(chunk, false).unwrap();
        }
        stream.send_data("end".into(), true).unwrap();
    })
    .await;
    let upstream = server.upstream();
    let (feed, body) = Fed::new();
    let mut echo = soon(upstream.send(post(body), Lane::Stream)).await.unwrap().into_body();
    for word in ["one", "two"] {
        feed.send(Ok(word.into())).unwrap();
        assert_eq!(soon(piece(&mut echo)).await, word);
    }
    drop(feed);
    assert_eq!(soon(piece(&mut echo)).await, "end");
    assert_eq!(upstream.usage(Lane::Stream).under_way, 0);
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_upload_ends_the_upload() {
    let (sender, mut ended) = tokio::sync::mpsc::unbounded_channel();
    let server = serve_http2(100, move |_number, request, mut respond| {
        let sender = sender.clone();
        async move {
            let head = Response::builder().status(403).body(()).unwrap();
            respond.send_response(head, true).unwrap();
            sender.send(read_all(request.into_body()).await.is_err()).unwrap_or_default();
        }
    })
    .await;
    let upstream = server.upstream();
    let (feed, body) = Fed::new();
    feed.send(Ok("some".into())).unwrap();
    let answer = soon(upstream.send(post(body), Lane::Short)).await.unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(soon(ended.recv()).await, Some(true));
    assert!(feed.is_closed());
}

#[tokio::test]
async fn a_client_that_breaks_off_its_upload_resets_the_request() {
    let (sender, mut ended) = tokio::sync::mpsc::unbounded_channel();
    let server = serve_http2(100, move |_number, request, _respond| {
        let sender = sender.clone();
        async move {
            let end = read_all(request.into_body()).await;
            sender.send(end.unwrap_err().reason()).unwrap_or_default();
            std::future::pending::<()>().await;
        }
    })
    .await;
    let upstream = server.upstream();
    let (feed, body) = Fed::new();
    feed.send(Ok("half".into())).unwrap();
    feed.send(Err(std::io::Error::other("the client is gone"))).unwrap();
    let failure = soon(upstream.send(post(body), Lane::Short)).await.unwrap_err();
    assert!(matches!(failure, Failure::Request(_)), "{failure:?}");
    assert_eq!(soon(ended.recv()).await, Some(Some(h2::Reason::CANCEL)));
}

#[test]
fn settings_that_reach_nothing_are_refused() {
    let (certificate, _key) = super::rig::certificate();
    let tls = super::rig::client_config(&certificate);
    let make = |host: &str, prefix: &str| {
        Upstream::new(Settings {
            host: host.to_owned(),
            port: 6443,
            server_name: "kubernetes".try_into().unwrap(),
            path_prefix: prefix.to_owned(),
            tls: Arc::new(tls.clone()),
            credential: Arc::new(crate::upstream::CertificateOnly),
            bounds: crate::upstream::Bounds::default(),
        })
        .map(|_| ())
    };
    assert_eq!(make("::1", ""), Ok(()));
    assert_eq!(make("kubernetes.default.svc", "/k8s"), Ok(()));
    for host in ["", "a b", "user@host", "host/path"] {
        assert_eq!(make(host, ""), Err(BadSettings::Host(host.to_owned())), "{host:?}");
    }
    for prefix in ["k8s", "/a?b", "/a b"] {
        assert_eq!(make("host", prefix), Err(BadSettings::PathPrefix(prefix.to_owned())));
    }
}

/// A credential that is known at once, fetched at length, not to be had, or never there.
struct Own(At);

enum At {
    Once,
    Length,
    NoTime,
    Never,
}

impl Credential for Own {
    fn known(&self) -> Known {
        match self.0 {
            At::Once => Known::Header(HeaderValue::from_static("Bearer own")),
            At::Length | At::NoTime | At::Never => Known::NotYet,
        }
    }

    fn authorization(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Option<HeaderValue>, CredentialFailure>> + Send + '_>>
    {
        Box::pin(async {
            match self.0 {
                At::Once | At::Length => Ok(Some(HeaderValue::from_static("Bearer own"))),
                At::NoTime => Err(CredentialFailure::new(std::io::Error::other("no token file"))),
                At::Never => std::future::pending().await,
            }
        })
    }
}

/// Keeps the heads of the requests, and answers with their bodies.
async fn recorder() -> (Server, Arc<Mutex<Vec<Request<()>>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let server = serve_http2(100, move |_number, request, respond| {
        let kept = Arc::clone(&kept);
        async move {
            let (head, body) = request.into_parts();
            let body = read_all(body).await.unwrap();
            kept.lock().unwrap().push(Request::from_parts(head, ()));
            super::rig::answer(respond, body);
        }
    })
    .await;
    (server, seen)
}
