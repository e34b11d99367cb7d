//! Tunnels between real sockets, and between pipes where every byte held in between counts.

use std::future::pending;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::future::join;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadBuf, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use tokio_util::sync::CancellationToken;

use super::*;

#[tokio::test]
async fn either_side_goes_on_after_the_other_has_said_all() {
    for first_is_client in [true, false] {
        let (mut client, mut upstream, tunnelled) = over_tcp(CancellationToken::new()).await;
        let (first, second) = if first_is_client {
            (&mut client, &mut upstream)
        } else {
            (&mut upstream, &mut client)
        };
        first.write_all(b"all I have to say").await.unwrap();
        first.shutdown().await.unwrap();
        let mut heard = String::new();
        second.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "all I have to say");
        second.write_all(b"a late answer").await.unwrap();
        assert!(!tunnelled.is_finished());
        second.shutdown().await.unwrap();
        heard.clear();
        first.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "a late answer");
        let (to_upstream, to_client) = if first_is_client { (17, 13) } else { (13, 17) };
        let expected = Tunnelled { to_upstream, to_client, ended: Ended::Orderly };
        assert_eq!(tunnelled.await.unwrap(), expected);
    }
}

#[tokio::test]
async fn much_passes_both_ways_at_a_time_and_in_order() {
    let (client, upstream, tunnelled) = over_tcp(CancellationToken::new()).await;
    join(pour_and_drain(client, 3), pour_and_drain(upstream, 5)).await;
    let ended = Ended::Orderly;
    let expected = Tunnelled { to_upstream: MUCH, to_client: MUCH, ended };
    assert_eq!(tunnelled.await.unwrap(), expected);
}

#[tokio::test]
async fn a_reset_is_passed_on_as_a_reset() {
    for first_is_client in [true, false] {
        let (client, upstream, tunnelled) = over_tcp(CancellationToken::new()).await;
        let (mut first, mut second) =
            if first_is_client { (client, upstream) } else { (upstream, client) };
        first.abort();
        drop(first);
        let error = second.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        let broke = if first_is_client { Ended::ClientBroke } else { Ended::UpstreamBroke };
        assert_eq!(tunnelled.await.unwrap().ended, broke(ErrorKind::ConnectionReset));
    }
}

#[tokio::test]
async fn who_is_cancelled_is_reset_on_both_sides() {
    let cancelled = CancellationToken::new();
    let (mut client, mut upstream, tunnelled) = over_tcp(cancelled.clone()).await;
    client.write_all(b"before").await.unwrap();
    upstream.read_exact(&mut [0; 6]).await.unwrap();
    cancelled.cancel();
    let tunnelled = tunnelled.await.unwrap();
    assert_eq!(tunnelled, Tunnelled { to_upstream: 6, to_client: 0, ended: Ended::Cancelled });
    for side in [&mut client, &mut upstream] {
        assert_eq!(side.read_u8().await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn who_does_not_read_makes_the_other_wait() {
    let (mut client, near) = duplex(PIPE);
    let (far, mut upstream) = duplex(PIPE);
    let tunnelled = tokio::spawn(tunnel(Side::new(near), Side::new(far), pending()));
    let mut written = 0;
    let filling = async {
        loop {
            written += client.write(&[0; 4096]).await.unwrap();
        }
    };
    tokio::select! {
        biased;
        () = filling => {}
        () = settled() => {}
    }
    assert!((2 * PIPE..=2 * PIPE + 64 * 1024).contains(&written), "{written} bytes are held");
    let mut all = vec![0; written];
    upstream.read_exact(&mut all).await.unwrap();
    drop((client, upstream));
    assert_eq!(tunnelled.await.unwrap().to_upstream, written as u64);
}

#[tokio::test]
async fn a_cut_is_passed_on_as_a_cut_behind_what_was_sent() {
    let (mut client, near) = duplex(PIPE);
    let (far, mut upstream) = duplex(PIPE);
    let (mut near, mut far) = (Side::new(near), Side::new(far));
    near.ends_in_a_cut = true;
    client.write_all(b"half a mess").await.unwrap();
    drop(client);
    let tunnelled = tunnel(&mut near, &mut far, pending()).await;
    assert_eq!(tunnelled.ended, Ended::ClientBroke(ErrorKind::UnexpectedEof));
    // Neither an orderly end, nor a reset that would overtake what was sent.
    assert!(!far.was_shut && !far.was_aborted);
    drop(far);
    let mut heard = String::new();
    upstream.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "half a mess");
}

const MUCH: u64 = 16 << 20;
const PIPE: usize = 1000;

/// Client and upstream with a tunnel between them.
async fn over_tcp(cancelled: CancellationToken) -> (TcpStream, TcpStream, JoinHandle<Tunnelled>) {
    let (client, near) = connected().await;
    let (far, upstream) = connected().await;
    let tunnelled = tokio::spawn(async move { tunnel(near, far, cancelled.cancelled()).await });
    (client, upstream, tunnelled)
}

async fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (one, other) = join(TcpStream::connect(address), listener.accept()).await;
    (one.unwrap(), other.unwrap().0)
}

/// Sends a sequence of its own, and checks that the sequence of the other comes in whole.
async fn pour_and_drain(socket: TcpStream, step: u8) {
    let (mut reader, mut writer) = socket.into_split();
    let chunk = |step: u8| (0..=255).map(|at: u8| at.wrapping_mul(step)).collect::<Vec<_>>();
    let poured = chunk(step).repeat(64);
    let pour = async {
        for _ in 0..MUCH / poured.len() as u64 {
            writer.write_all(&poured).await.unwrap();
        }
        writer.shutdown().await.unwrap();
    };
    let drain = async {
        let expected = chunk(8 - step);
        let mut heard = [0; 256];
        for _ in 0..MUCH / 256 {
            reader.read_exact(&mut heard).await.unwrap();
            assert!(heard[..] == expected[..]);
        }
        assert_eq!(reader.read(&mut heard).await.unwrap(), 0);
    };
    join(pour, drain).await;
}

/// Until nothing moves any more: many turns of the one thread that all tasks share.
async fn settled() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

/// A side of a tunnel that may end as TLS does without its farewell, and says how it was ended.
struct Side {
    io: DuplexStream,
    ends_in_a_cut: bool,
    was_shut: bool,
    was_aborted: bool,
}

impl Side {
    fn new(io: DuplexStream) -> Self {
        Self { io, ends_in_a_cut: false, was_shut: false, was_aborted: false }
    }
}

impl AsyncRead for Side {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(context, buffer))?;
        if self.ends_in_a_cut && buffer.filled().len() == before {
            return Poll::Ready(Err(ErrorKind::UnexpectedEof.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Side {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.was_shut = true;
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

impl Abort for Side {
    fn abort(&mut self) {
        self.was_aborted = true;
    }
}

impl Abort for &mut Side {
    fn abort(&mut self) {
        (**self).abort();
    }
}
