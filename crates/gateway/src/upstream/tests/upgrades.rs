//! Requests for an upgrade, and what the upstream makes of them.

use http::Request;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};

use super::http1::head;
use super::rig::{Server, serve, soon};
use crate::upstream::{Failure, UpgradeAnswer};

#[tokio::test]
async fn a_101_continues_with_the_protocol_that_was_asked_for() {
    let server = answering(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: spdy/3.1\r\n\
         X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\nahead",
    )
    .await;
    let upstream = server.upstream();
    let UpgradeAnswer::Switched { head, mut io } = soon(upstream.upgrade(exec())).await.unwrap()
    else {
        panic!("refused")
    };
    assert_eq!(head.headers["x-stream-protocol-version"], "v4.channel.k8s.io");
    assert_eq!(upstream.upgraded(), 1);
    io.write_all(b"echo").await.unwrap();
    io.shutdown().await.unwrap();
    // What came with the head, then what comes after this side has said all it had to say.
    let mut rest = String::new();
    soon(io.read_to_string(&mut rest)).await.unwrap();
    assert_eq!(rest, "aheadecho");
    drop(io);
    assert_eq!(upstream.upgraded(), 0);
}

#[tokio::test]
async fn anything_but_that_101_or_an_error_is_not_continued() {
    for said in [
        "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c",
        "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nUpgrade: h2c",
        "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1, h2c",
        "101 Switching Protocols\r\nConnection: Upgrade",
        "101 Switching Protocols\r\nUpgrade: SPDY/3.1",
        "200 OK\r\nContent-Length: 0",
        "204 No Content",
        "302 Found\r\nLocation: https://elsewhere/\r\nContent-Length: 0",
        "304 Not Modified",
    ] {
        let server = answering(&format!("HTTP/1.1 {said}\r\n\r\n")).await;
        let upstream = server.upstream();
        let failure = soon(upstream.upgrade(exec())).await.unwrap_err();
        let status: u16 = said.split(' ').next().unwrap().parse().unwrap();
        assert!(
            matches!(failure, Failure::NotSwitched(found) if found == status),
            "{said}: {failure:?}"
        );
        assert_eq!(upstream.upgraded(), 0, "{said}");
    }
}

#[tokio::test]
async fn a_refusal_is_relayed_and_its_connection_is_not_used_again() {
    for status in [400, 403, 404, 500, 503] {
        let said = format!("HTTP/1.1 {status} No\r\nContent-Length: 7\r\n\r\nbecause");
        let server = answering(&said).await;
        let upstream = server.upstream();
        for connections in 1..=2 {
            let UpgradeAnswer::Refused(answer) = soon(upstream.upgrade(exec())).await.unwrap()
            else {
                panic!("switched with {status}")
            };
            assert_eq!(answer.status(), status);
            let body = soon(answer.into_body().collect()).await.unwrap().to_bytes();
            assert_eq!(body, "because");
            assert_eq!((server.connections(), upstream.upgraded()), (connections, 0));
        }
    }
}

#[tokio::test]
async fn upgrades_are_bounded() {
    let server = answering(SWITCH).await;
    let upstream = server.upstream_with(|bounds| bounds.upgrades = 1);
    let first = soon(upstream.upgrade(exec())).await.unwrap();
    let second = soon(upstream.upgrade(exec())).await;
    assert!(matches!(second, Err(Failure::Saturated)), "{second:?}");
    drop(first);
    soon(upstream.upgrade(exec())).await.unwrap();
}

#[tokio::test]
async fn a_request_for_an_upgrade_says_so_and_has_no_body() {
    let (sender, mut heads) = tokio::sync::mpsc::unbounded_channel();
    let server = serve(&["http/1.1", "h2"], move |_number, socket| {
        let sender = sender.clone();
        async move {
            assert_ne!(socket.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
            let mut socket = BufReader::new(socket);
            sender.send(head(&mut socket).await.unwrap()).unwrap();
            socket.get_mut().write_all(SWITCH.as_bytes()).await.unwrap();
            socket.get_mut().flush().await.unwrap();
        }
    })
    .await;
    let mut request = exec();
    request.headers_mut().insert("content-length", "5".parse().unwrap());
    request.headers_mut().insert("te", "trailers".parse().unwrap());
    soon(server.upstream().upgrade(request)).await.unwrap();
    let head = soon(heads.recv()).await.unwrap();
    let expected = format!(
        "POST /api/v1/namespaces/a/pods/b/exec?command=ls HTTP/1.1\r\nconnection: Upgrade\r\n\
         upgrade: SPDY/3.1\r\nhost: 127.0.0.1:{}\r\n\r\n",
        server.port
    );
    assert_eq!(head, expected);
}

const SWITCH: &str =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";

pub(super) fn exec() -> Request<()> {
    Request::post("/api/v1/namespaces/a/pods/b/exec?command=ls")
        .header("connection", "Upgrade")
        .header("upgrade", "SPDY/3.1")
        .body(())
        .unwrap()
}

/// Says the same to every request, and from then on repeats what it hears.
async fn answering(said: &str) -> Server {
    let said = said.to_owned();
    serve(&["http/1.1"], move |_number, socket| {
        let said = said.clone();
        async move {
            let mut socket = BufReader::new(socket);
            head(&mut socket).await.unwrap();
            let (mut reader, mut writer) = tokio::io::split(socket);
            writer.write_all(said.as_bytes()).await.unwrap();
            writer.flush().await.unwrap();
            drop(tokio::io::copy(&mut reader, &mut writer).await);
            drop(writer.shutdown().await);
        }
    })
    .await
}
