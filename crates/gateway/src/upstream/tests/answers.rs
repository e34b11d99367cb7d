//! Bodies of answers: their pieces, their ends, and what is no end.

use bytes::Bytes;
use http::Response;
use http_body::Body as _;
use http_body_util::BodyExt as _;

use super::raw::{INTERNAL_ERROR, NO_ERROR, Raw};
use super::rig::{answer, fetch, get, piece, serve, serve_http2, soon};
use crate::upstream::Lane;

#[tokio::test]
async fn an_answer_passes_piece_by_piece_with_its_length() {
    let server = serve_http2(100, |_number, _request, mut respond| async move {
        let head = Response::builder().header("content-length", "8").body(()).unwrap();
        let mut stream = respond.send_response(head, false).unwrap();
        stream.send_data("half".into(), false).unwrap();
        stream.send_data("more".into(), true).unwrap();
    })
    .await;
    let upstream = server.upstream();
    let mut body = upstream.send(get("/"), Lane::Short).await.unwrap().into_body();
    assert_eq!(body.size_hint().exact(), Some(8));
    assert_eq!(soon(piece(&mut body)).await, "half");
    assert_eq!(body.size_hint().exact(), Some(4));
    assert!(!body.is_end_stream());
    assert_eq!(soon(piece(&mut body)).await, "more");
    // Known without another piece, so the client's last one can be marked as such.
    assert!(body.is_end_stream());
    assert_eq!(upstream.usage(Lane::Short).under_way, 0);
}

#[tokio::test]
async fn trailers_are_dropped() {
    let server = serve_http2(100, |_number, _request, mut respond| async move {
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        stream.send_data("all".into(), false).unwrap();
        let trailers = [("x-remote-user".parse().unwrap(), "root".parse().unwrap())];
        stream.send_trailers(trailers.into_iter().collect()).unwrap();
    })
    .await;
    let upstream = server.upstream();
    let body = upstream.send(get("/"), Lane::Short).await.unwrap().into_body();
    let collected = soon(body.collect()).await.unwrap();
    assert!(collected.trailers().is_none());
    assert_eq!(collected.to_bytes(), "all");
}

#[tokio::test]
async fn an_answer_without_body_gives_its_place_back_at_once() {
    let server = serve_http2(100, |_number, _request, mut respond| async move {
        let head = Response::builder().status(304).header("etag", "a").body(()).unwrap();
        respond.send_response(head, true).unwrap();
    })
    .await;
    let upstream = server.upstream();
    let answer = soon(upstream.send(get("/"), Lane::Short)).await.unwrap();
    assert!(answer.body().is_end_stream());
    assert_eq!(upstream.usage(Lane::Short).under_way, 0);
}

#[tokio::test]
async fn what_breaks_off_is_an_error_and_no_end() {
    for how in ["reset", "no error", "gone", "goaway"] {
        let server = serve(&["h2"], move |_number, socket| async move {
            let mut raw = Raw::accept(socket).await;
            let stream = raw.request().await;
            raw.headers(stream).await;
            raw.data(stream, b"half", false).await;
            match how {
                "reset" => raw.reset(stream, INTERNAL_ERROR).await,
                "no error" => raw.reset(stream, NO_ERROR).await,
                "goaway" => raw.go_away(0, NO_ERROR).await,
                _ => return,
            }
            raw.request().await;
        })
        .await;
        let upstream = server.upstream();
        let mut body = upstream.send(get("/"), Lane::Short).await.unwrap().into_body();
        assert_eq!(soon(piece(&mut body)).await, "half", "{how}");
        let end = soon(body.frame()).await;
        assert!(matches!(end, Some(Err(_))), "{how}: {end:?}");
        assert_eq!(upstream.usage(Lane::Short).under_way, 0, "{how}");
        // Asked again, it does not claim more.
        assert!(soon(body.frame()).await.is_none(), "{how}");
    }
}

#[tokio::test]
async fn a_body_shorter_than_its_length_is_an_error() {
    let server = serve_http2(100, |_number, _request, mut respond| async move {
        let head = Response::builder().header("content-length", "8").body(()).unwrap();
        let mut stream = respond.send_response(head, false).unwrap();
        stream.send_data("half".into(), true).unwrap();
    })
    .await;
    let upstream = server.upstream();
    let body = upstream.send(get("/"), Lane::Short).await.unwrap().into_body();
    assert!(soon(body.collect()).await.is_err());
}

#[tokio::test]
async fn clients_that_do_not_read_hold_up_nobody() {
    let server = serve_http2(100, |_number, request, mut respond| async move {
        if request.uri().path() == "/small" {
            return answer(respond, "small");
        }
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        stream.send_data(vec![0; 1 << 21].into(), true).unwrap();
    })
    .await;
    // One connection: nothing is spread over more than the room allows.
    let upstream = server.upstream_with(|bounds| bounds.requests = 90);
    let mut unread = Vec::new();
    for _ in 0..80 {
        let mut body = upstream.send(get("/large"), Lane::Short).await.unwrap().into_body();
        soon(piece(&mut body)).await;
        unread.push(body);
    }
    assert_eq!(soon(fetch(&upstream, "/small")).await.unwrap(), "small");
    assert_eq!(server.connections(), 1);
}

/// Late frames of streams that were given up must not count against the connection: 1,024 of them
/// end it by default, and everybody's watches with it.
#[tokio::test]
async fn many_that_give_up_cost_nobody_a_connection() {
    let server = serve_http2(200, |_number, request, mut respond| async move {
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        while stream.send_data(Bytes::from_static(b"event"), false).is_ok() {
            if request.uri().path() == "/watch" {
                break;
            }
            tokio::task::yield_now().await;
        }
        std::future::pending::<()>().await;
    })
    .await;
    let upstream = server.upstream();
    let open = |path| upstream.send(get(path), Lane::Stream);
    let mut watch = soon(open("/watch")).await.unwrap().into_body();
    for _ in 0..50 {
        let given_up = soon(futures::future::join_all((0..40).map(|_| open("/noise")))).await;
        assert!(given_up.iter().all(Result::is_ok));
    }
    assert_eq!(soon(piece(&mut watch)).await, "event");
    assert!(futures::poll!(watch.frame()).is_pending(), "the watch ended");
    assert_eq!(server.connections(), 1);
}

/// Small frames that nobody reads must not end the connection either.
#[tokio::test]
async fn small_pieces_that_nobody_reads_cost_nobody_a_connection() {
    let server = serve(&["h2"], |_number, socket| async move {
        let mut raw = Raw::accept(socket).await;
        let (watch, noise) = (raw.request().await, raw.request().await);
        raw.headers(watch).await;
        raw.headers(noise).await;
        let frame = [&[0, 0, 1, 0, 0][..], &noise.to_be_bytes(), b"x"].concat();
        for _ in 0..100 {
            raw.bytes(&frame.repeat(1_000)).await;
        }
        raw.data(watch, b"event", false).await;
        raw.request().await;
    })
    .await;
    let upstream = server.upstream();
    let send = || upstream.send(get("/"), Lane::Stream);
    let (watch, noise) = soon(futures::future::join(send(), send())).await;
    let (mut watch, _noise) = (watch.unwrap().into_body(), noise.unwrap());
    assert_eq!(soon(piece(&mut watch)).await, "event");
}
