//! `exec` and `attach` over WebSocket, in Kubernetes' channel protocol: the first byte of a message
//! says which stream it is of. Nothing is executed; see [`crate::shell`].

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use http::header::{CONNECTION, HeaderName, UPGRADE};
use http::{HeaderMap, HeaderValue, StatusCode};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use model::Status;
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::answer::Answer;
use crate::asked::Asked;
use crate::object::name;
use crate::refusal::Refusal;
use crate::shell::{self, Command, Hangup, Terminal};
use crate::{kind, logs, write};

/// Answers `pods/{name}/exec` and `pods/{name}/attach` with 101, and goes on in a task.
pub(crate) fn answer(asked: &Asked, upgrade: OnUpgrade) -> Result<Answer, Refusal> {
    // As from 1.35 on: a WebSocket handshake is a GET, but what it does needs `create`.
    asked.require("create")?;
    let pods = kind::of_plural("pods").ok_or_else(Refusal::no_such_path)?;
    let pod = write::read(&asked.world, &asked.place(pods))?;
    logs::container(&pod, &asked.parameter("container"))?;
    let (answer, protocol) = handshake(&asked.headers)?;
    let permit = Arc::clone(&asked.world.room).try_acquire_owned().map_err(|_full| {
        Refusal::from(Status::too_many_requests("the sandbox holds as many sessions as it may", 1))
    })?;
    let query = asked.query();
    let command = Command {
        words: query.all("command").map(Cow::into_owned).collect(),
        is_attach: asked.call.subresource == "attach",
        is_terminal: query.flag("tty"),
        has_input: query.flag("stdin"),
        host: name(&pod).to_owned(),
    };
    let world = Arc::clone(&asked.world);
    let session = async move {
        let Ok(connection) = upgrade.await else { return };
        let socket = socket(connection).await;
        let session = Session { socket, protocol, input: command.has_input };
        tokio::select! {
            () = session.run(&command) => {}
            () = tokio::time::sleep(world.options.watch) => {}
            () = world.stop.cancelled() => {}
        }
        drop(permit);
    };
    asked.world.sessions.spawn(session);
    Ok(answer)
}

/// The answer to a WebSocket handshake, and the protocol chosen.
fn handshake(headers: &HeaderMap) -> Result<(Answer, Protocol), Refusal> {
    let has = |name: HeaderName, wanted: &str| {
        let values = headers.get_all(name);
        let texts = values.iter().filter_map(|value| value.to_str().ok());
        texts.flat_map(|text| text.split(',')).any(|one| one.trim().eq_ignore_ascii_case(wanted))
    };
    if !has(CONNECTION, "upgrade") {
        return Err(Refusal::bad_request("Upgrade request required"));
    }
    if !has(UPGRADE, "websocket") {
        return Err(Refusal::not_in_the_sandbox("exec and attach speak WebSocket alone, not SPDY"));
    }
    let key = headers.get("sec-websocket-key").map(HeaderValue::as_bytes);
    let key = key.filter(|_| has(HeaderName::from_static("sec-websocket-version"), "13"));
    let key = key.ok_or_else(|| Refusal::bad_request("not a WebSocket handshake of version 13"))?;
    let asked = HeaderName::from_static("sec-websocket-protocol");
    let protocol =
        [Protocol::V5, Protocol::V4].into_iter().find(|one| has(asked.clone(), one.name()));
    let protocol = protocol.ok_or_else(|| {
        Refusal::not_in_the_sandbox("exec and attach speak v5.channel.k8s.io and v4.channel.k8s.io")
    })?;
    let mut answer = Answer::full(StatusCode::SWITCHING_PROTOCOLS, "", Bytes::new());
    let accept = HeaderValue::try_from(derive_accept_key(key));
    let accept =
        accept.map_err(|_not_text| Refusal::bad_request("unreadable Sec-WebSocket-Key"))?;
    let headers = answer.0.headers_mut();
    headers.clear();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert("sec-websocket-accept", accept);
    headers.insert(asked, HeaderValue::from_static(protocol.name()));
    Ok((answer, protocol))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    /// Cannot say that stdin has ended.
    V4,
    /// Says it with channel 255.
    V5,
}

impl Protocol {
    fn name(self) -> &'static str {
        match self {
            Self::V4 => "v4.channel.k8s.io",
            Self::V5 => "v5.channel.k8s.io",
        }
    }
}

type Socket = WebSocketStream<TokioIo<Upgraded>>;

async fn socket(connection: Upgraded) -> Socket {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MOST_MESSAGE))
        .max_frame_size(Some(MOST_MESSAGE));
    WebSocketStream::from_raw_socket(TokioIo::new(connection), Role::Server, Some(config)).await
}

struct Session {
    socket: Socket,
    protocol: Protocol,
    /// Whether more may come from stdin.
    input: bool,
}

impl Session {
    /// Runs the command to its end; a client that leaves ends it earlier.
    async fn run(mut self, command: &Command) {
        if let Ok(code) = shell::run(&mut self, command).await {
            let told = self.send(ERROR, status(code).to_string().as_bytes()).await;
            if told.is_ok() && self.socket.close(Some(DONE)).await.is_ok() {
                // The client's own close is awaited, so that nothing it still sends resets the
                // connection before it has read the status.
                while let Some(Ok(_)) = self.socket.next().await {}
            }
        }
    }

    async fn send(&mut self, channel: u8, data: &[u8]) -> Result<(), Hangup> {
        let message: Vec<u8> = [channel].iter().chain(data).copied().collect();
        self.socket.send(Message::binary(message)).await.map_err(|_closed| Hangup)
    }
}

impl Terminal for Session {
    async fn read(&mut self) -> Result<Option<Bytes>, Hangup> {
        while self.input {
            let message = self.socket.next().await.and_then(Result::ok).ok_or(Hangup)?;
            let data = match message {
                Message::Binary(data) => data,
                Message::Text(text) => text.into(),
                Message::Close(_) => return Err(Hangup),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => continue,
            };
            match data.split_first() {
                Some((&STDIN, rest)) if !rest.is_empty() => return Ok(Some(data.slice(1..))),
                Some((&CLOSE, [STDIN])) if self.protocol == Protocol::V5 => self.input = false,
                // Sizes of terminals nobody looks at.
                Some(_) | None => {}
            }
        }
        Ok(None)
    }

    async fn write(&mut self, data: &[u8]) -> Result<(), Hangup> {
        self.send(STDOUT, data).await
    }
}

/// How a command ended, as the last message tells it.
fn status(code: u8) -> Value {
    if code == 0 {
        return json!({"metadata": {}, "status": "Success"});
    }
    json!({
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": format!("command terminated with non-zero exit code: exit status {code}"),
        "details": {"causes": [{"reason": "ExitCode", "message": code.to_string()}]},
    })
}

const DONE: CloseFrame = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::from_static("") };
const STDIN: u8 = 0;
const STDOUT: u8 = 1;
const ERROR: u8 = 3;
const CLOSE: u8 = 255;
/// The longest message taken; kubectl sends at most 32 KiB.
const MOST_MESSAGE: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(upgrade: &'static str, protocol: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", upgrade),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-protocol", protocol),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn chooses_the_newest_protocol() {
        let both = headers("websocket", "v4.channel.k8s.io, v5.channel.k8s.io");
        let (answer, protocol) = handshake(&both).unwrap();
        assert_eq!(protocol, Protocol::V5);
        assert_eq!(answer.0.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn refuses_what_it_does_not_speak() {
        assert!(handshake(&HeaderMap::new()).is_err());
        assert!(handshake(&headers("SPDY/3.1", "v4.channel.k8s.io")).is_err());
        assert!(handshake(&headers("websocket", "channel.k8s.io")).is_err());
    }
}
