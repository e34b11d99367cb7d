"""A TLS relay between the gateway and kube-apiserver that can be told to misbehave.

It ends TLS on both sides, so that faults are put into HTTP and not only into TCP, and presents upstream the
identity that the client presented. Faults touch only connections of callers (those that present the front-proxy
certificate); the gateway's own reading of rules goes on, unless `everything` is set.
"""

import contextlib
import enum
import select
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from .people import Person
from .plane import Plane
from .ports import LOOPBACK
from .wait import until

CHUNK = 1 << 14
FRONT_PROXY = "front-proxy-client"


class Fault(enum.Enum):
    """What is done to a connection."""

    NONE = "relay everything"
    GONE = "close as soon as it is accepted"
    HUNG = "accept and take requests, answer nothing"
    STALL = "relay `after` bytes of answers, then no more"
    CUT = "relay `after` bytes of answers, then reset the connection"
    CLOSE = "relay `after` bytes of answers, then close in order"
    GARBAGE = "answer with bytes that are no HTTP"
    SCRIPT = "answer every request head with `script`, then close"


@dataclass
class Plan:
    """The fault of the moment."""

    fault: Fault = Fault.NONE
    after: int = 0
    script: bytes = b""
    everything: bool = False


@dataclass
class Relay:
    """Listens on loopback for as long as the `with` lasts."""

    plane: Plane
    own: Person
    protocols: tuple[str, ...] = ("h2", "http/1.1")
    plan: Plan = field(default_factory=Plan)
    heads: list[bytes] = field(default_factory=list)
    open: set[socket.socket] = field(default_factory=set)
    everybodys: set[socket.socket] = field(default_factory=set)

    def __enter__(self) -> "Relay":
        self.listener = socket.create_server((LOOPBACK, 0), backlog=512)
        self.address = self.listener.getsockname()[:2]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def down(self, everything: bool = False) -> None:
        """Nobody listens any more, and what was open is reset: of callers, or `everything`."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.drop(everything)

    def up(self) -> None:
        """Listens again, at the same address."""
        self.listener = socket.create_server(self.address, backlog=512)
        threading.Thread(target=self._accept, daemon=True).start()

    @contextlib.contextmanager
    def suffering(self, fault: Fault, after: int = 0, script: bytes = b"", everything: bool = False) -> Iterator[None]:
        """Inside the `with`, callers' connections suffer `fault`; those open before are dropped first."""
        self.plan = Plan(fault, after, script, everything)
        self.drop()
        try:
            yield
        finally:
            self.plan = Plan()
            self.drop()

    def drop(self, everything: bool = False) -> None:
        """Resets what is open, and returns once it is: a thread that waits on a socket keeps it alive until it wakes."""
        dropped = set(self.everybodys if everything else self.open)
        for connection in dropped:
            reset(connection)
        until("open connections are reset", lambda: not dropped & self.everybodys, 10)

    def _accept(self) -> None:
        listener = self.listener
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError, ValueError), plain:
            client = self._server_context().wrap_socket(plain, server_side=True)
            caller = self._is_caller(client)
            plan = self.plan if caller or self.plan.everything else Plan()
            self.everybodys.add(client)
            if caller:
                self.open.add(client)
            try:
                self._carry(client, caller, plan)
            finally:
                self.open.discard(client)
                self.everybodys.discard(client)
                client.close()

    def _carry(self, client: ssl.SSLSocket, caller: bool, plan: Plan) -> None:
        if plan.fault is Fault.GONE:
            reset(client)
        elif plan.fault is Fault.HUNG:
            while client.recv(CHUNK):
                pass
        elif plan.fault is Fault.GARBAGE:
            client.recv(CHUNK)
            client.sendall(b"\x00\x01\x02 this is no HTTP \xff\xfe\r\n\r\n" * 20)
        elif plan.fault is Fault.SCRIPT:
            self.heads.append(_read_head(client))
            client.sendall(plan.script)
        else:
            self._through(client, caller, plan)

    def _through(self, client: ssl.SSLSocket, caller: bool, plan: Plan) -> None:
        """Both directions in one thread: a TLS connection may not be read and written by two at once."""
        context = self._client_context(caller, client.selected_alpn_protocol())
        with socket.create_connection(self.plane.address) as plain, context.wrap_socket(plain, server_hostname=LOOPBACK) as server:
            left = plan.after
            while True:
                ready = _readable(client, server)
                data = _received(client) if client in ready else None
                if data == b"":
                    return
                if data:
                    server.sendall(data)
                data = _received(server) if server in ready else None
                if data == b"":
                    return
                if data:
                    passed = data if plan.fault is Fault.NONE else data[:left]
                    client.sendall(passed)
                    left -= len(passed)
                    if plan.fault is not Fault.NONE and left <= 0:
                        return self._stop(client, plan)

    def _stop(self, client: ssl.SSLSocket, plan: Plan) -> None:
        if plan.fault is Fault.CUT:
            reset(client)
        elif plan.fault is Fault.STALL:
            while self.plan is plan:
                select.select([], [], [], 0.05)

    def _is_caller(self, client: ssl.SSLSocket) -> bool:
        subject = (client.getpeercert() or {}).get("subject", ())
        return any(value == FRONT_PROXY for part in subject for name, value in part if name == "commonName")

    def _server_context(self) -> ssl.SSLContext:
        pki = self.plane.pki
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(pki / "apiserver.crt"), str(pki / "apiserver.key"))
        context.load_verify_locations(str(pki / "ca.crt"))
        context.load_verify_locations(str(pki / "front-proxy-ca.crt"))
        context.verify_mode = ssl.CERT_OPTIONAL
        context.set_alpn_protocols(list(self.protocols))
        return context

    def _client_context(self, caller: bool, protocol: str | None) -> ssl.SSLContext:
        pki = self.plane.pki
        context = ssl.create_default_context(cafile=str(self.plane.ca))
        if caller:
            context.load_cert_chain(str(pki / f"{FRONT_PROXY}.crt"), str(pki / f"{FRONT_PROXY}.key"))
        else:
            context.load_cert_chain(str(self.own.certificate), str(self.own.key))
        if protocol:
            context.set_alpn_protocols([protocol])
        return context


def reset(connection: socket.socket) -> None:
    """Ends a connection with RST, as a crash does."""
    with contextlib.suppress(OSError, ValueError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        plain = socket.socket(fileno=connection.detach()) if isinstance(connection, ssl.SSLSocket) else connection
        # A thread that waits in recv holds the socket open beyond its close; this wakes it.
        with contextlib.suppress(OSError):
            plain.shutdown(socket.SHUT_RDWR)
        plain.close()


def _readable(*connections: ssl.SSLSocket) -> list[ssl.SSLSocket]:
    """Those with something to read; TLS may hold decrypted bytes that select does not see."""
    return [one for one in connections if one.pending()] or select.select(connections, [], [], 0.05)[0]


def _received(connection: ssl.SSLSocket) -> bytes | None:
    """What came, nothing at its end; None if it was TLS's own talk, such as a session ticket."""
    connection.settimeout(0.05)
    try:
        return connection.recv(CHUNK)
    except TimeoutError:
        return None
    finally:
        connection.settimeout(None)


def _read_head(client: ssl.SSLSocket) -> bytes:
    held = b""
    while b"\r\n\r\n" not in held:
        data = client.recv(CHUNK)
        if not data:
            break
        held += data
    return held
