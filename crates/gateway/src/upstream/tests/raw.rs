//! HTTP/2 frame by frame, for what no well-behaved server says.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::rig::ServerSocket;

pub(super) const NO_ERROR: u32 = 0;
pub(super) const INTERNAL_ERROR: u32 = 2;
pub(super) const REFUSED_STREAM: u32 = 7;

/// `:status: 200` (RFC 7541, appendix A, entry 8).
const STATUS_200: &[u8] = &[0x88];
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

/// One side of an HTTP/2 connection that the test speaks itself.
pub(super) struct Raw(ServerSocket);

impl Raw {
    /// Reads the preface and says as little as it can: SETTINGS, and what they are answered with.
    pub(super) async fn accept(mut socket: ServerSocket) -> Self {
        let mut preface = [0; 24];
        socket.read_exact(&mut preface).await.unwrap();
        let mut raw = Self(socket);
        raw.send(4, 0, 0, &[]).await;
        raw
    }

    /// The stream of the next request; pings are answered meanwhile. Zero when the client is gone.
    pub(super) async fn request(&mut self) -> u32 {
        loop {
            let Some((kind, flags, stream, payload)) = self.frame().await else { return 0 };
            match kind {
                1 => return stream,
                4 if flags & ACK == 0 => self.send(4, ACK, 0, &[]).await,
                6 if flags & ACK == 0 => self.send(6, ACK, 0, &payload).await,
                _ => {}
            }
        }
    }

    pub(super) async fn headers(&mut self, stream: u32) {
        self.send(1, END_HEADERS, stream, STATUS_200).await;
    }

    pub(super) async fn data(&mut self, stream: u32, data: &[u8], last: bool) {
        self.send(0, if last { END_STREAM } else { 0 }, stream, data).await;
    }

    pub(super) async fn reset(&mut self, stream: u32, code: u32) {
        self.send(3, 0, stream, &code.to_be_bytes()).await;
    }

    pub(super) async fn go_away(&mut self, last: u32, code: u32) {
        let payload = [last.to_be_bytes(), code.to_be_bytes()].concat();
        self.send(7, 0, 0, &payload).await;
    }

    pub(super) async fn bytes(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
        self.0.flush().await.unwrap();
    }

    pub(super) async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = length[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.bytes(&frame).await;
    }

    pub(super) async fn frame(&mut self) -> Option<(u8, u8, u32, Vec<u8>)> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.0.read_exact(&mut payload).await.ok()?;
        Some((kind, flags, u32::from_be_bytes(stream), payload))
    }
}
