//! Who shares a connection with whom, and how many.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use http::Response;
use tokio::sync::{Semaphore, mpsc};

use super::rig::{Server, answer, fetch, get, piece, serve_http2, soon, until};
use crate::upstream::{Failure, Lane, Upstream, UpstreamBody, Usage};

#[tokio::test]
async fn five_hundred_watches_leave_a_get_alone() {
    let (server, mut gone) = watch_server(100).await;
    let upstream = server.upstream();
    let watches = soon(watch(&upstream, 500)).await;
    // Ninety of the hundred streams of each connection.
    let open = Usage { connections: 6, under_way: 500, waiting: 0 };
    assert_eq!(upstream.usage(Lane::Stream), open);
    let own = soon(fetch(&upstream, "/number")).await.unwrap();
    let shared: Vec<Bytes> = watches.iter().map(|(first, _)| first.clone()).collect();
    assert!(!shared.contains(&own), "a GET shares a connection with watches");
    let short = Usage { connections: 1, under_way: 0, waiting: 0 };
    assert_eq!(upstream.usage(Lane::Short), short);

    drop(watches);
    assert_eq!(upstream.usage(Lane::Stream).under_way, 0);
    for _ in 0..500 {
        assert_eq!(soon(gone.recv()).await, Some(h2::Reason::CANCEL));
    }
}

#[tokio::test]
async fn a_free_place_is_taken_before_a_connection_is_made() {
    let (server, _gone) = watch_server(10).await;
    let upstream = server.upstream();
    let mut watches = soon(watch(&upstream, 9)).await;
    assert_eq!(upstream.usage(Lane::Stream).connections, 1);
    watches.pop();
    watches.extend(soon(watch(&upstream, 1)).await);
    assert_eq!(server.connections(), 1);
    watches.extend(soon(watch(&upstream, 1)).await);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn no_connection_has_more_requests_than_the_upstream_allows() {
    let gate = Arc::new(Semaphore::new(0));
    let most = Arc::new(Mutex::new(HashMap::<usize, (usize, usize)>::new()));
    let (held, counted) = (Arc::clone(&gate), Arc::clone(&most));
    let server = serve_http2(10, move |number, _request, respond| {
        let (held, counted) = (Arc::clone(&held), Arc::clone(&counted));
        async move {
            {
                let mut counted = counted.lock().unwrap();
                let (now, most) = counted.entry(number).or_default();
                *now += 1;
                *most = (*most).max(*now);
            }
            held.acquire().await.unwrap().forget();
            counted.lock().unwrap().get_mut(&number).unwrap().0 -= 1;
            answer(respond, "done");
        }
    })
    .await;
    // Room for three connections of ten.
    let upstream = server.upstream_with(|bounds| {
        bounds.requests = 27;
        bounds.streams_per_connection = 10;
    });
    let requests = join_all((0..100).map(|_| fetch(&upstream, "/")));
    gate.add_permits(100);
    assert!(soon(requests).await.iter().all(Result::is_ok));
    let most = most.lock().unwrap();
    assert!(most.values().all(|(_, most)| *most <= 9), "{most:?}");
    assert!(most.len() <= 3, "{most:?}");
    assert_eq!(upstream.usage(Lane::Short).under_way, 0);
}

#[tokio::test]
async fn a_limit_that_the_upstream_changes_is_kept() {
    let (server, _gone) = watch_server(2).await;
    let upstream = server.upstream();
    // Two of two: a tenth of that is none.
    let watches = soon(watch(&upstream, 5)).await;
    assert_eq!(upstream.usage(Lane::Stream).connections, 3);
    drop(watches);
}

#[tokio::test]
async fn ordinary_requests_are_spread_before_a_connection_is_full() {
    let (server, _gone) = watch_server(100).await;
    let upstream = server.upstream();
    let mut held = Vec::new();
    for connections in 1..=4 {
        for _ in 0..5 {
            held.push(upstream.send(get("/watch"), Lane::Short).await.unwrap());
        }
        let enough = 4.min(connections + 1);
        soon(until(|| upstream.usage(Lane::Short).connections == enough)).await;
    }
    for _ in 0..50 {
        held.push(upstream.send(get("/watch"), Lane::Short).await.unwrap());
    }
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn who_finds_no_place_waits_for_one() {
    let (server, _gone) = watch_server(100).await;
    let upstream = server.upstream_with(one_at_a_time);
    let first = soon(watch(&upstream, 1)).await;
    let mut second = Box::pin(watch(&upstream, 1));
    assert!(futures::poll!(second.as_mut()).is_pending());
    assert_eq!(upstream.usage(Lane::Stream), Usage { connections: 1, under_way: 1, waiting: 1 });
    drop(first);
    drop(soon(second).await);
    assert_eq!(server.connections(), 1);
    assert_eq!(upstream.usage(Lane::Stream), Usage { connections: 1, under_way: 0, waiting: 0 });
}

#[tokio::test]
async fn waiting_is_bounded_in_time_and_in_number() {
    let (server, _gone) = watch_server(100).await;
    let upstream = server.upstream_with(|bounds| {
        one_at_a_time(bounds);
        bounds.waiting = 1;
        bounds.wait = Duration::from_millis(50);
    });
    // The first makes the connection, for which it may wait longer than that.
    let first = loop {
        if let Ok(answer) = upstream.send(get("/watch"), Lane::Stream).await {
            break answer;
        }
    };
    let mut second = Box::pin(upstream.send(get("/watch"), Lane::Stream));
    assert!(futures::poll!(second.as_mut()).is_pending());
    let third = upstream.send(get("/watch"), Lane::Stream).await;
    assert!(matches!(third, Err(Failure::Saturated)), "{third:?}");
    let second = soon(second).await;
    assert!(matches!(second, Err(Failure::Saturated)), "{second:?}");
    drop(first);
}

#[tokio::test]
async fn who_gives_up_waiting_leaves_no_place_taken() {
    let (server, _gone) = watch_server(100).await;
    let upstream = server.upstream_with(one_at_a_time);
    let first = soon(watch(&upstream, 1)).await;
    let mut gives_up = Box::pin(watch(&upstream, 1));
    assert!(futures::poll!(gives_up.as_mut()).is_pending());
    let mut last = Box::pin(watch(&upstream, 1));
    assert!(futures::poll!(last.as_mut()).is_pending());
    drop(gives_up);
    drop(first);
    drop(soon(last).await);
    assert_eq!(upstream.usage(Lane::Stream).under_way, 0);
}

#[tokio::test]
async fn a_request_that_is_given_up_frees_its_stream() {
    let (sender, mut gone) = mpsc::unbounded_channel();
    let server = serve_http2(100, move |_number, _request, mut respond| {
        let sender = sender.clone();
        async move {
            let reason = poll_fn(|context| respond.poll_reset(context)).await;
            sender.send(reason.unwrap()).unwrap_or_default();
        }
    })
    .await;
    let upstream = server.upstream_with(|bounds| bounds.answer = Duration::from_millis(50));
    let failure = fetch(&upstream, "/").await.unwrap_err();
    assert!(matches!(failure, Failure::TimedOut(_)), "{failure:?}");
    assert_eq!(soon(gone.recv()).await, Some(h2::Reason::CANCEL));
    assert_eq!(upstream.usage(Lane::Short).under_way, 0);
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let (server, _gone) = watch_server(100).await;
    let upstream = server.upstream_with(|bounds| {
        bounds.idle = Duration::ZERO;
        bounds.ping_every = Duration::from_millis(5);
    });
    let watches = soon(watch(&upstream, 1)).await;
    soon(fetch(&upstream, "/number")).await.unwrap();
    soon(until(|| upstream.usage(Lane::Short).connections == 0)).await;
    assert_eq!(upstream.usage(Lane::Stream).connections, 1);
    drop(watches);
    soon(fetch(&upstream, "/number")).await.unwrap();
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn another_identity_is_for_new_connections_and_what_is_open_goes_on() {
    let (server, _gone) = watch_server(100).await;
    let upstream = server.upstream();
    let mut watches = soon(watch(&upstream, 1)).await;
    upstream.replace_tls(&server.tls);
    watches.extend(soon(watch(&upstream, 1)).await);
    assert_ne!(watches[0].0, watches[1].0, "the same connection");
    assert_eq!(upstream.usage(Lane::Stream).connections, 1);
    for (_, body) in &mut watches {
        assert_eq!(soon(piece(body)).await, "more");
    }
}

#[tokio::test]
async fn what_is_open_outlives_the_upstream() {
    let (server, _gone) = watch_server(100).await;
    let upstream = server.upstream();
    let mut watches = soon(watch(&upstream, 1)).await;
    drop(upstream);
    assert_eq!(soon(piece(&mut watches[0].1)).await, "more");
}

#[tokio::test]
async fn closing_ends_what_is_open() {
    let (server, _gone) = watch_server(100).await;
    let upstream = server.upstream();
    let mut watches = soon(watch(&upstream, 1)).await;
    upstream.close();
    let body = &mut watches[0].1;
    soon(async { while http_body_util::BodyExt::frame(body).await.unwrap().is_ok() {} }).await;
    let failure = soon(fetch(&upstream, "/number")).await.unwrap_err();
    assert!(matches!(failure, Failure::Saturated), "{failure:?}");
}

fn one_at_a_time(bounds: &mut crate::upstream::Bounds) {
    bounds.streams = 1;
    bounds.streams_per_connection = 1;
}

/// Watches with the first piece of each: the number of its connection.
async fn watch(upstream: &Upstream, count: usize) -> Vec<(Bytes, UpstreamBody)> {
    join_all((0..count).map(|_| async {
        let answer = upstream.send(get("/watch"), Lane::Stream).await.unwrap();
        let mut body = answer.into_body();
        (piece(&mut body).await, body)
    }))
    .await
}

/// Says the number of the connection. On `/watch` it stays open, and says how it ended.
async fn watch_server(streams: u32) -> (Server, mpsc::UnboundedReceiver<h2::Reason>) {
    let (sender, gone) = mpsc::unbounded_channel();
    let server = serve_http2(streams, move |number, request, mut respond| {
        let sender = sender.clone();
        async move {
            if request.uri().path() != "/watch" {
                return answer(respond, number.to_string());
            }
            let mut stream = respond.send_response(Response::new(()), false).unwrap();
            stream.send_data(number.to_string().into(), false).unwrap();
            stream.send_data("more".into(), false).unwrap();
            if let Ok(reason) = poll_fn(|context| stream.poll_reset(context)).await {
                sender.send(reason).unwrap_or_default();
            }
        }
    })
    .await;
    (server, gone)
}
