"""HTTP/1.1 by hand: the exact bytes go out, and the exact answer comes back."""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .people import Person

Headers = Iterable[tuple[str, str]]
CHUNK = 1 << 16
BODILESS = {204, 304}


class Cut(Exception):
    """The connection ended before the answer did."""


@dataclass
class Answer:
    """A status line, headers in order, and a body as sent (transfer coding removed, content coding kept)."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    trailers: list[tuple[str, str]] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")


class Connection:
    """One TLS connection of one person, and what has arrived on it.

    `origin` is the address to come from, and `before` is what goes out before TLS begins.
    """

    def __init__(self, address: tuple[str, int], who: Person, timeout: float = 20, receive_buffer: int = 0,
                 origin: str = "", before: bytes = b""):
        plain = socket.socket()
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(timeout)
        if origin:
            plain.bind((origin, 0))
        plain.connect(address)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.sendall(before)
        self.who = who
        self.socket = who.tls().wrap_socket(plain, server_hostname=address[0])
        self.held = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def head(self) -> Answer:
        """The next status line and headers; interim 1xx answers other than 101 are passed over."""
        while True:
            lines = self.until(b"\r\n\r\n").split(b"\r\n")
            _, status, *reason = lines[0].decode("latin-1").split(" ", 2)
            answer = Answer(int(status), "".join(reason), [_header(line) for line in lines[1:] if line])
            if answer.status >= 200 or answer.status == 101:
                return answer

    def answer(self, method: str = "GET") -> Answer:
        """The next whole answer."""
        answer = self.head()
        if method != "HEAD" and answer.status not in BODILESS and answer.status != 101:
            answer.body = b"".join(self.pieces(answer))
        return answer

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        """The body's pieces as they arrive."""
        if "chunked" in answer.first("transfer-encoding"):
            yield from self._chunks(answer)
        elif answer.all("content-length"):
            yield self.exactly(int(answer.first("content-length")))
        else:
            yield from self._rest()

    def until(self, mark: bytes) -> bytes:
        while mark not in self.held:
            self._more()
        taken, self.held = self.held.split(mark, 1)
        return taken

    def exactly(self, size: int) -> bytes:
        parts, wanted = [], size
        while wanted > len(self.held):
            parts.append(self.held)
            wanted -= len(self.held)
            self.held = b""
            self._more()
        parts.append(self.held[:wanted])
        self.held = self.held[wanted:]
        return b"".join(parts)

    def ended(self) -> bool:
        """Waits for the peer to close; what it still says is kept in `held`. False if it stays open."""
        try:
            while True:
                self._more()
        except TimeoutError:
            return False
        except (Cut, OSError):
            return True

    def _chunks(self, answer: Answer) -> Iterator[bytes]:
        while size := int(self.until(b"\r\n").split(b";")[0], 16):
            yield self.exactly(size)
            self.exactly(2)
        while line := self.until(b"\r\n"):
            answer.trailers.append(_header(line))

    def _rest(self) -> Iterator[bytes]:
        while True:
            if self.held:
                taken, self.held = self.held, b""
                yield taken
            try:
                self._more()
            except Cut:
                return

    def _more(self) -> None:
        data = self.socket.recv(CHUNK)
        if not data:
            raise Cut(f"the connection ended after {self.held[:200]!r}")
        self.held += data


def request(method: str, target: str, headers: Headers = (), body: bytes | None = None, host: str = "127.0.0.1") -> bytes:
    """The bytes of one request, with `Host` and, where there is a body, `Content-Length`."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers)]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def ask(address: tuple[str, int], who: Person, method: str, target: str, headers: Headers = (),
        body: bytes | None = None, timeout: float = 20) -> Answer:
    """One request on a connection of its own."""
    return raw(address, who, request(method, target, [*who.headers(), *headers], body), method, timeout)


def raw(address: tuple[str, int], who: Person, data: bytes, method: str = "GET", timeout: float = 20) -> Answer:
    """Sends bytes as they are and reads one answer.

    A server may answer and close before it has read a large body; what it said is then still read.
    """
    with Connection(address, who, timeout) as connection:
        try:
            connection.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return connection.answer(method)


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("latin-1").partition(":")
    return name.lower(), value.strip()
