//! Upstreams that are gone, hung, or speak something else.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::raw::Raw;
use super::rig::{Server, certificate, client_config, fetch, get, serve, soon};
use crate::upstream::{Failure, Lane, Settings, Step, Upstream};

#[tokio::test]
async fn nobody_listens() {
    let server = nowhere().await;
    let failure = soon(fetch(&server, "/")).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreachable(_)), "{failure:?}");
    // Everybody who waited for the connection is told.
    let all = soon(futures::future::join_all((0..50).map(|_| fetch(&server, "/")))).await;
    assert!(all.iter().all(|one| matches!(one, Err(Failure::Unreachable(_)))));
    let failure = soon(server.upgrade(super::upgrades::exec())).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreachable(_)), "{failure:?}");
}

#[tokio::test]
async fn a_server_that_is_not_the_one_is_not_talked_to() {
    let server = serve(&["h2"], |_number, _socket| std::future::pending()).await;
    let (another, _key) = certificate();
    let wrong_authority = Settings { tls: client_config(&another).into(), ..server.settings() };
    let wrong_name = Settings { server_name: "another".try_into().unwrap(), ..server.settings() };
    for settings in [wrong_authority, wrong_name] {
        let failure = soon(fetch(&Upstream::new(settings).unwrap(), "/")).await.unwrap_err();
        assert!(matches!(failure, Failure::Unreachable(_)), "{failure:?}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_garbage() {
    for said in ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"] {
        let upstream = plain(Some(said)).await;
        let failure = soon(fetch(&upstream, "/")).await.unwrap_err();
        assert!(matches!(failure, Failure::Garbage(_)), "{failure:?}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_instead_of_shaking_hands_is_unreachable() {
    let upstream = plain(Some("")).await;
    let failure = soon(fetch(&upstream, "/")).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreachable(_)), "{failure:?}");
}

#[tokio::test]
async fn a_server_that_does_not_shake_hands_is_given_up() {
    let upstream = plain(None).await;
    let failure = soon(fetch(&upstream, "/")).await.unwrap_err();
    assert!(matches!(failure, Failure::TimedOut(Step::Handshake)), "{failure:?}");
}

#[tokio::test]
async fn a_server_that_says_nothing_over_tls_is_given_up() {
    let server = serve(&["h2"], |_number, mut socket| async move {
        drop(socket.read_to_end(&mut Vec::new()).await);
    })
    .await;
    let upstream = impatient(&server);
    let failure = soon(fetch(&upstream, "/")).await.unwrap_err();
    assert!(matches!(failure, Failure::TimedOut(Step::Handshake)), "{failure:?}");
    assert_eq!(upstream.usage(Lane::Short), crate::upstream::Usage::default());
}

#[tokio::test]
async fn a_server_that_does_not_speak_http2_after_all_is_garbage() {
    for said in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[0; 64], &[0xff; 64]] {
        let said = said.to_vec();
        let server = serve(&["h2"], move |_number, mut socket| {
            let said = said.clone();
            async move {
                socket.write_all(&said).await.unwrap();
                socket.flush().await.unwrap();
                drop(socket.read_to_end(&mut Vec::new()).await);
            }
        })
        .await;
        let failure = soon(fetch(&server.upstream(), "/")).await.unwrap_err();
        assert!(matches!(failure, Failure::Garbage(_)), "{failure:?}");
    }
}

#[tokio::test]
async fn garbage_in_the_place_of_an_answer() {
    let server = serve(&["h2"], |_number, socket| async move {
        let mut raw = Raw::accept(socket).await;
        raw.request().await;
        // A DATA frame of the connection itself (RFC 9113, 6.1).
        raw.data(0, b"garbage", false).await;
        raw.request().await;
    })
    .await;
    let upstream = server.upstream();
    let failure = soon(fetch(&upstream, "/")).await.unwrap_err();
    assert!(matches!(failure, Failure::Garbage(_)), "{failure:?}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    let server = hung().await;
    let upstream = server.upstream_with(|bounds| bounds.answer = Duration::from_millis(50));
    let failure = soon(fetch(&upstream, "/")).await.unwrap_err();
    assert!(matches!(failure, Failure::TimedOut(Step::Answer)), "{failure:?}");
}

#[tokio::test]
async fn a_connection_without_a_sign_of_life_is_dropped() {
    let server = hung().await;
    let upstream = server.upstream_with(|bounds| {
        bounds.ping_every = Duration::from_millis(20);
        bounds.ping_timeout = Duration::from_millis(50);
    });
    let failure = soon(upstream.send(get("/"), Lane::Stream)).await.unwrap_err();
    assert!(matches!(failure, Failure::TimedOut(Step::SignOfLife)), "{failure:?}");
    assert_eq!(upstream.usage(Lane::Stream), crate::upstream::Usage::default());
}

#[test]
fn every_failure_has_a_label_and_a_text_without_its_cause() {
    let cause = || crate::upstream::Cause::new(std::io::Error::other("10.0.0.7 said no"));
    let failures = [
        Failure::Unreachable(cause()),
        Failure::TimedOut(Step::Connect),
        Failure::Reset(cause()),
        Failure::Refused(cause()),
        Failure::Garbage(cause()),
        Failure::Saturated,
        Failure::Unsendable(cause()),
        Failure::NotSwitched(http::StatusCode::FOUND),
    ];
    let labels: std::collections::BTreeSet<_> = failures.iter().map(Failure::label).collect();
    assert_eq!(labels.len(), failures.len());
    assert!(failures.iter().all(|failure| !failure.to_string().contains("10.0.0.7")));
}

/// Answers the first ping, takes a request, and is never heard of again.
async fn hung() -> Server {
    serve(&["h2"], |_number, socket| async move {
        let mut raw = Raw::accept(socket).await;
        raw.request().await;
        while raw.frame().await.is_some() {}
    })
    .await
}

fn impatient(server: &Server) -> Upstream {
    server.upstream_with(|bounds| bounds.handshake = Duration::from_millis(50))
}

async fn nowhere() -> Upstream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    upstream_at(port)
}

/// A server without TLS that says something, if anything, and hangs up.
async fn plain(said: Option<&'static str>) -> Upstream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            match said {
                Some(said) => drop(socket.write_all(said.as_bytes()).await),
                None => {
                    tokio::spawn(async move { socket.read_to_end(&mut Vec::new()).await });
                }
            }
        }
    });
    upstream_at(port)
}

fn upstream_at(port: u16) -> Upstream {
    let (trusted, _key) = certificate();
    let mut settings = Settings {
        host: "127.0.0.1".to_owned(),
        port,
        server_name: "kubernetes".try_into().unwrap(),
        path_prefix: String::new(),
        tls: client_config(&trusted).into(),
        credential: std::sync::Arc::new(crate::upstream::CertificateOnly),
        bounds: crate::upstream::Bounds::default(),
    };
    settings.bounds.handshake = Duration::from_millis(200);
    Upstream::new(settings).unwrap()
}
