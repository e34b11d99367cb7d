"""What is too much for the gateway is refused by it, to those who ask too much and to nobody else."""

import contextlib
import ssl
from collections.abc import Iterator

import pytest
from rig import events, health, wire
from rig.relay import Fault, Relay
from rig.wait import until

pytestmark = pytest.mark.gateway_only

SMALL = "/api/v1/namespaces/demo2/configmaps/settings"
LARGE = "/api/v1/namespaces/demo/configmaps/large"
CONFIGMAPS = "/api/v1/namespaces/demo2/configmaps"
EXEC = "/api/v1/namespaces/demo2/pods/box/exec?command=cat&stdin=1&stdout=1"
SPDY = [("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "v4.channel.k8s.io")]
PART = 50_000
BAD_TOKEN = [("Authorization", "Bearer nobody.gave.it")]


@pytest.fixture
def limited(launcher):
    """Starts gateways that end with the test."""
    started = []

    def start(**flags):
        gateway = launcher.start("limited-" + "-".join(flags).replace("_", "-"), **flags)
        started.append(gateway)
        return gateway

    yield start
    for gateway in started:
        launcher.stop(gateway)


def status(gateway, person, target=SMALL, method="GET", headers=(), body=None) -> int:
    return wire.ask(gateway.address, person, method, target, headers, body).status


def is_too_many(answer) -> None:
    """Word for word what kube-apiserver answers when its own limit in flight is reached."""
    assert (answer.status, answer.body) == (429, b"Too many requests, please try again later.\n")
    assert answer.first("content-type") == "text/plain; charset=utf-8"
    assert int(answer.first("retry-after")) >= 1


def refused(gateway, reason: str) -> float:
    return health.counted(gateway, "ravelin_refusals_total", reason=reason)


def attempt(gateway, person) -> list[wire.Connection]:
    """A new connection; none if it is closed before its handshake."""
    try:
        return [wire.Connection(gateway.address, person)]
    except (ssl.SSLError, OSError):
        return []


def shut_out(gateway, person) -> bool:
    connections = attempt(gateway, person)
    for connection in connections:
        connection.close()
    return not connections


@contextlib.contextmanager
def asking(gateway, person, data: bytes) -> Iterator[wire.Connection]:
    with wire.Connection(gateway.address, person) as connection:
        connection.send(data)
        yield connection


def test_reading_requests_in_flight(limited, plane, launcher, people):
    with Relay(plane, launcher.upstream_user, ("http/1.1",)) as relay:
        gateway = limited(upstream=relay.address, max_requests_inflight=1)
        with relay.suffering(Fault.STALL, PART), asking(gateway, people["jane"], wire.request("GET", LARGE)) as slow:
            assert slow.head().status == 200
            answer = wire.ask(gateway.address, people["builder"], "GET", SMALL)
            is_too_many(answer)
            assert answer.first("retry-after") == "1"
            assert status(gateway, people["admin"]) == 200
            assert status(gateway, people["jane"], CONFIGMAPS, "POST", body=b"{}") != 429
            assert refused(gateway, "in-flight") == 1
        until("the seat is free again", lambda: status(gateway, people["builder"]) == 200)


def test_mutating_requests_in_flight(limited, people):
    gateway = limited(max_mutating_requests_inflight=1)
    create = "POST", CONFIGMAPS + "?dryRun=All", [("Content-Type", "application/json")], b'{"metadata":{"name":"small"}}'

    def created(person):
        return wire.ask(gateway.address, people[person], *create).status

    with asking(gateway, people["jane"], wire.request(*create)[:-5]):
        until("the seat is taken", lambda: created("builder") == 429)
        assert status(gateway, people["builder"]) == 200
    until("the seat is free again", lambda: created("builder") == 201)


def test_a_callers_requests_a_second(limited, people):
    gateway = limited(caller_requests_per_second=1, caller_burst=3)
    with wire.Connection(gateway.address, people["jane"]) as connection:
        answers = []
        for _ in range(6):
            connection.send(wire.request("GET", SMALL))
            answers.append(connection.answer())
    assert [answer.status for answer in answers[:3]] == [200] * 3
    refusal = next(answer for answer in answers if answer.status != 200)
    is_too_many(refusal)
    event = events.complete(gateway.audit_log, refusal.first("audit-id"))
    assert (event["user"]["username"], event["responseStatus"]["code"]) == ("jane", 429)
    assert status(gateway, people["builder"]) == 200
    assert refused(gateway, "rate") >= 1
    until("time gives back", lambda: status(gateway, people["jane"]) == 200, 5)


@pytest.mark.parametrize("flag", ["max_watches_per_caller", "max_watches"])
def test_watches(limited, people, flag):
    gateway = limited(**{flag: 1})
    watch = CONFIGMAPS + "?watch=1&timeoutSeconds=1"
    with asking(gateway, people["jane"], wire.request("GET", CONFIGMAPS + "?watch=1")) as watching:
        assert watching.head().status == 200
        is_too_many(wire.ask(gateway.address, people["jane"], "GET", watch))
        assert status(gateway, people["builder"], watch) == (200 if flag.endswith("caller") else 429)
        assert status(gateway, people["jane"]) == 200
        assert refused(gateway, "streams") >= 1
    until("the watch is over", lambda: status(gateway, people["jane"], watch) == 200)


@pytest.mark.parametrize("flag", ["max_upgrades_per_caller", "max_upgrades"])
def test_upgrades(limited, people, flag):
    gateway = limited(**{flag: 1})

    def upgrade(person):
        connection = wire.Connection(gateway.address, people[person])
        connection.send(wire.request("POST", EXEC, [*people[person].headers(), *SPDY]))
        return connection, connection.head().status

    first, upgraded = upgrade("jane")
    assert upgraded == 101
    assert upgrade("jane")[1] == 429
    assert upgrade("builder")[1] == (101 if flag.endswith("caller") else 429)
    first.close()
    until("the stream is over", lambda: upgrade("jane")[1] == 101)


def test_failed_logins(limited, plane, people):
    gateway = limited(max_failed_logins=3, failed_login_refusal="2s")
    with wire.Connection(gateway.address, people["jane"]) as jane:
        for _ in range(3):
            assert status(gateway, people["stranger"], headers=BAD_TOKEN) == 401
        jane.send(wire.request("GET", SMALL))
        is_too_many(jane.answer())
        assert shut_out(gateway, people["jane"])
        assert health.counted(gateway, "ravelin_connections_refused_total", reason="failed-logins") == 1
        assert (refused(gateway, "failed-logins"), health.counted(gateway, "ravelin_failed_logins_total")) == (1, 3)
    until("the refusal is over", lambda: not shut_out(gateway, people["jane"]), 5)
    assert status(gateway, people["jane"]) == 200


def test_no_credentials_are_no_failed_login(limited, people):
    gateway = limited(max_failed_logins=1)
    assert [status(gateway, people["stranger"]) for _ in range(3)] == [401] * 3
    assert status(gateway, people["jane"]) == 200


@pytest.mark.parametrize("flags, open, reason", [
    ({"max_connections_per_address": 2}, 2, "address"),
    ({"max_connections": 2}, 2, "total"),
    ({"handshakes_per_second": 1, "handshake_burst": 1}, 1, "handshakes")], ids=["address", "total", "handshakes"])
def test_connections_beyond_are_closed_before_tls(limited, people, flags, open, reason):
    gateway = limited(**flags)
    name = "ravelin_connections_refused_total"
    let_in = []
    until("as many are let in", lambda: let_in.extend(attempt(gateway, people["jane"])) or len(let_in) == open)
    before = health.counted(gateway, name, reason=reason)
    assert shut_out(gateway, people["jane"])
    assert health.counted(gateway, name, reason=reason) == before + 1
    assert health.ask(gateway, "/readyz")[0] == 200
    for connection in let_in:
        connection.close()
    until("there is room again", lambda: not shut_out(gateway, people["jane"]))
