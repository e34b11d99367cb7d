//! An upstream that does not offer HTTP/2.

use std::time::Duration;

use http_body_util::BodyExt as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};

use super::rig::{Fed, Server, fetch, get, piece, post, serve, soon, until};
use crate::upstream::{Failure, Lane, Step};

const SERVED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nserved";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

#[tokio::test]
async fn a_connection_is_used_again_once_its_answer_is_over() {
    let server = saying(SERVED).await;
    let upstream = server.upstream();
    for _ in 0..20 {
        assert_eq!(soon(fetch(&upstream, "/")).await.unwrap(), "served");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn each_request_at_a_time_has_a_connection() {
    let server = saying(SERVED).await;
    let upstream = server.upstream_with(|bounds| bounds.requests = 8);
    let all = soon(futures::future::join_all((0..40).map(|_| fetch(&upstream, "/")))).await;
    assert!(all.iter().all(Result::is_ok));
    assert!(server.connections() <= 8, "{} connections", server.connections());
    assert!(server.connections() > 1, "one connection");
}

#[tokio::test]
async fn a_request_has_the_upstreams_host_and_a_target_in_origin_form() {
    let (sender, mut heads) = tokio::sync::mpsc::unbounded_channel();
    let server = serve(&["http/1.1"], move |_number, socket| {
        let sender = sender.clone();
        async move {
            let mut socket = BufReader::new(socket);
            sender.send(head(&mut socket).await.unwrap()).unwrap();
            socket.get_mut().write_all(SERVED.as_bytes()).await.unwrap();
            socket.get_mut().flush().await.unwrap();
            socket.read_u8().await.unwrap();
        }
    })
    .await;
    soon(fetch(&server.upstream(), "/api/v1/pods?limit=1")).await.unwrap();
    let head = soon(heads.recv()).await.unwrap();
    let expected =
        format!("GET /api/v1/pods?limit=1 HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n\r\n", server.port);
    assert_eq!(head, expected);
}

#[tokio::test]
async fn an_answer_that_is_dropped_costs_its_connection() {
    let server =
        saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nevent\r\n").await;
    let upstream = server.upstream_with(|bounds| bounds.requests = 1);
    for connections in 1..=3 {
        let mut body = soon(upstream.send(get("/"), Lane::Short)).await.unwrap().into_body();
        assert_eq!(soon(piece(&mut body)).await, "event");
        assert_eq!(server.connections(), connections);
    }
}

#[tokio::test]
async fn what_breaks_off_is_an_error_and_no_end() {
    for rest in ["5\r\nev", "5\r\nevent\r\n", "5\r\nevent\r\nxyz\r\n"] {
        let server = serve(&["http/1.1"], move |_number, socket| async move {
            let mut socket = BufReader::new(socket);
            head(&mut socket).await.unwrap();
            socket.get_mut().write_all(CHUNKED.as_bytes()).await.unwrap();
            socket.get_mut().write_all(rest.as_bytes()).await.unwrap();
            socket.get_mut().shutdown().await.unwrap();
        })
        .await;
        let body = soon(server.upstream().send(get("/"), Lane::Short)).await.unwrap().into_body();
        assert!(soon(body.collect()).await.is_err(), "{rest:?}");
    }
}

#[tokio::test]
async fn garbage_and_silence() {
    for said in ["SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 two hundred\r\n\r\n", "\0\0\0\0\r\n\r\n"]
    {
        let server = saying(said).await;
        let failure = soon(fetch(&server.upstream(), "/")).await.unwrap_err();
        assert!(matches!(failure, Failure::Garbage(_)), "{said:?}: {failure:?}");
    }
    let server = saying("").await;
    let upstream = server.upstream_with(|bounds| bounds.answer = Duration::from_millis(50));
    let failure = soon(fetch(&upstream, "/")).await.unwrap_err();
    assert!(matches!(failure, Failure::TimedOut(Step::Answer)), "{failure:?}");
}

#[tokio::test]
async fn a_connection_that_ends_in_the_place_of_an_answer_is_a_reset() {
    let server = serve(&["http/1.1"], |_number, socket| async move {
        head(&mut BufReader::new(socket)).await.unwrap();
    })
    .await;
    let failure = soon(fetch(&server.upstream(), "/")).await.unwrap_err();
    assert!(matches!(failure, Failure::Reset(_)), "{failure:?}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_client_that_breaks_off_its_upload_is_told_apart() {
    let server = saying("").await;
    let (feed, body) = Fed::new();
    feed.send(Ok("half".into())).unwrap();
    feed.send(Err(std::io::Error::other("the client is gone"))).unwrap();
    let failure = soon(server.upstream().send(post(body), Lane::Short)).await.unwrap_err();
    assert!(matches!(failure, Failure::Request(_)), "{failure:?}");
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = saying(SERVED).await;
    let upstream = server.upstream_with(|bounds| {
        bounds.idle = Duration::ZERO;
        bounds.ping_every = Duration::from_millis(5);
    });
    soon(fetch(&upstream, "/")).await.unwrap();
    soon(until(|| upstream.usage(Lane::Short).connections == 0)).await;
    assert_eq!(soon(fetch(&upstream, "/")).await.unwrap(), "served");
    assert_eq!(server.connections(), 2);
}

/// Says the same to every request.
async fn saying(said: &'static str) -> Server {
    serve(&["http/1.1"], move |_number, socket| async move {
        let mut socket = BufReader::new(socket);
        while head(&mut socket).await.is_some() {
            socket.get_mut().write_all(said.as_bytes()).await.unwrap();
            socket.get_mut().flush().await.unwrap();
        }
    })
    .await
}

/// The head of the next request; nothing if the client left.
pub(super) async fn head<S>(socket: &mut BufReader<S>) -> Option<String>
where
    S: tokio::io::AsyncRead + Unpin,
{
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if socket.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    Some(head)
}
