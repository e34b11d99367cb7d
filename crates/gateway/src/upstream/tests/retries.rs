//! What is sent a second time: what the upstream promised not to act on, and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::raw::{INTERNAL_ERROR, NO_ERROR, REFUSED_STREAM, Raw};
use super::rig::{Fed, Server, fetch, get, post, serve, soon, until};
use crate::upstream::{Failure, Lane};

#[tokio::test]
async fn a_request_that_the_upstream_refuses_unseen_is_sent_again_elsewhere() {
    for how in [Refuse::GoAway, Refuse::Stream] {
        let (server, requests) = refusing(how, 1).await;
        assert_eq!(soon(fetch(&server.upstream(), "/")).await.unwrap(), "served");
        assert_eq!((server.connections(), requests.load(Ordering::SeqCst)), (2, 2));
    }
}

#[tokio::test]
async fn twice_refused_is_refused() {
    for how in [Refuse::GoAway, Refuse::Stream] {
        let (server, requests) = refusing(how, 2).await;
        let failure = soon(fetch(&server.upstream(), "/")).await.unwrap_err();
        assert!(matches!(failure, Failure::Refused(_)), "{failure:?}");
        assert_eq!(requests.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn a_body_that_nothing_was_taken_from_is_sent_again() {
    let (server, _requests) = refusing(Refuse::GoAway, 1).await;
    let upstream = server.upstream();
    let (feed, body) = Fed::new();
    let sent = upstream.send(post(body), Lane::Short);
    assert_eq!(soon(sent).await.unwrap().status(), 200);
    drop(feed);
}

#[tokio::test]
async fn a_body_that_something_was_taken_from_is_not() {
    for how in [Refuse::GoAway, Refuse::Stream] {
        let (server, requests) = refusing(how, 1).await;
        let upstream = server.upstream();
        let (feed, body) = Fed::new();
        feed.send(Ok("taken".into())).unwrap();
        let failure = soon(upstream.send(post(body), Lane::Short)).await.unwrap_err();
        assert!(matches!(failure, Failure::Refused(_)), "{failure:?}");
        assert_eq!(requests.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn what_the_upstream_may_have_acted_on_is_not_sent_again() {
    for how in [Refuse::Broken, Refuse::Gone] {
        let (server, requests) = refusing(how, 1).await;
        let failure = soon(fetch(&server.upstream(), "/")).await.unwrap_err();
        assert!(matches!(failure, Failure::Reset(_)), "{failure:?}");
        assert_eq!(requests.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn a_connection_that_goes_away_serves_what_it_has_and_gets_nothing_new() {
    let server = serve(&["h2"], |_number, socket| async move {
        let mut raw = Raw::accept(socket).await;
        let stream = raw.request().await;
        raw.go_away(stream, NO_ERROR).await;
        raw.headers(stream).await;
        raw.data(stream, b"served", true).await;
        assert_eq!(raw.request().await, 0, "another request after the GOAWAY");
    })
    .await;
    let upstream = server.upstream();
    for connections in 1..=5 {
        assert_eq!(soon(fetch(&upstream, "/")).await.unwrap(), "served");
        assert_eq!(server.connections(), connections);
    }
}

#[tokio::test]
async fn who_waits_for_a_connection_that_goes_away_gets_another() {
    let (server, _requests) = refusing(Refuse::Gone, 1).await;
    let upstream = server.upstream_with(|bounds| {
        bounds.requests = 1;
        bounds.streams_per_connection = 1;
    });
    let (lost, other) =
        soon(futures::future::join(fetch(&upstream, "/"), fetch(&upstream, "/"))).await;
    assert!(matches!(lost, Err(Failure::Reset(_))), "{lost:?}");
    assert_eq!(other.unwrap(), "served");
}

#[derive(Clone, Copy, Debug)]
enum Refuse {
    GoAway,
    Stream,
    Broken,
    Gone,
}

/// The first `times` connections lose their first request; later ones serve.
async fn refusing(how: Refuse, times: usize) -> (Server, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let server = serve(&["h2"], move |number, socket| {
        let counted = Arc::clone(&counted);
        async move {
            let mut raw = Raw::accept(socket).await;
            loop {
                let stream = raw.request().await;
                if stream == 0 {
                    return;
                }
                counted.fetch_add(1, Ordering::SeqCst);
                if number >= times {
                    raw.headers(stream).await;
                    raw.data(stream, b"served", true).await;
                    continue;
                }
                match how {
                    Refuse::GoAway => raw.go_away(0, NO_ERROR).await,
                    Refuse::Stream => raw.reset(stream, REFUSED_STREAM).await,
                    Refuse::Broken => raw.reset(stream, INTERNAL_ERROR).await,
                    Refuse::Gone => return,
                }
            }
        }
    })
    .await;
    (server, requests)
}

#[tokio::test]
async fn nothing_is_sent_over_a_connection_that_the_upstream_left() {
    let (sender, mut left) = tokio::sync::mpsc::unbounded_channel();
    let server = serve(&["h2"], move |_number, socket| {
        let sender = sender.clone();
        async move {
            let mut raw = Raw::accept(socket).await;
            let stream = raw.request().await;
            raw.headers(stream).await;
            raw.data(stream, b"served", true).await;
            drop(raw);
            sender.send(()).unwrap_or_default();
        }
    })
    .await;
    let upstream = server.upstream();
    let answer = soon(upstream.send(get("/"), Lane::Short)).await.unwrap();
    drop(answer);
    soon(left.recv()).await;
    soon(until(|| upstream.usage(Lane::Short).connections == 0)).await;
    assert_eq!(soon(fetch(&upstream, "/")).await.unwrap(), "served");
}
