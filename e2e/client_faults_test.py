"""Clients that go away, dawdle or come in crowds: each request is logged, and nobody else waits."""

import json
import socket
import time
import uuid

import pytest
from rig import events, wire
from rig.relay import reset
from rig.wait import until

WATCH = "/api/v1/namespaces/demo2/configmaps?watch=1"
SMALL = "/api/v1/namespaces/demo/pods/web"
LARGE = "/api/v1/namespaces/demo/configmaps/large"
CROWD = 500


def test_gone_in_the_middle_of_a_watch(gateway, people):
    audit_id = str(uuid.uuid4())
    connection = wire.Connection(gateway.address, people["jane"])
    connection.send(wire.request("GET", WATCH, [("Audit-ID", audit_id)]))
    next(connection.pieces(connection.head()))
    started = until("ResponseStarted", lambda: events.of(gateway.audit_log, audit_id, "ResponseStarted"))
    assert started[0]["responseStatus"]["code"] == 200
    reset(connection.socket)
    assert events.complete(gateway.audit_log, audit_id)["verb"] == "watch"


def test_gone_in_the_middle_of_an_upload(gateway, plane, people):
    audit_id = str(uuid.uuid4())
    body = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "half"}, "data": {"k": "x" * 100_000}}).encode()
    headers = [("Audit-ID", audit_id), ("Content-Type", "application/json")]
    connection = wire.Connection(gateway.address, people["jane"])
    connection.send(wire.request("POST", "/api/v1/namespaces/demo2/configmaps", headers, body)[:50_000])
    until("taken up", lambda: events.of(gateway.audit_log, audit_id, "RequestReceived"))
    reset(connection.socket)
    assert events.complete(gateway.audit_log, audit_id)["user"]["username"] == "jane"
    assert wire.ask(plane.address, people["jane"], "GET", "/api/v1/namespaces/demo2/configmaps/half").status == 404


def test_slow_reading_holds_nobody_up(gateway, people):
    """Twenty clients ask for large answers and read none of it; then one reads, and has all of it."""
    slow = [wire.Connection(gateway.address, people["jane"], timeout=30, receive_buffer=4096) for _ in range(20)]
    try:
        for connection in slow:
            connection.send(wire.request("GET", LARGE))
        assert prompt(gateway, people)
        whole = wire.ask(gateway.address, people["jane"], "GET", LARGE)
        assert slow[7].answer().body == whole.body
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.slow("dawdlers")
def test_slow_headers_hold_nobody_up_and_are_given_up(gateway, people, dawdlers):
    assert prompt(gateway, people)
    assert dawdlers[0].ended()


def test_handshakes_left_hanging_hold_nobody_up(gateway, people):
    """C15: accepting is not handshaking."""
    hanging = [socket.create_connection(gateway.address) for _ in range(50)]
    try:
        assert prompt(gateway, people)
    finally:
        for connection in hanging:
            connection.close()


def test_a_crowd_of_watches_holds_nobody_up(gateway, people):
    """500 watches, and short requests beside them: shared upstream connections must not fill up."""
    crowd = []
    try:
        for _ in range(CROWD):
            connection = wire.Connection(gateway.address, people["jane"], timeout=30)
            crowd.append(connection)
            connection.send(wire.request("GET", WATCH))
        for connection in crowd:
            assert connection.head().status == 200
        for _ in range(20):
            assert prompt(gateway, people)
    finally:
        for connection in crowd:
            connection.close()


def prompt(gateway, people) -> bool:
    started = time.monotonic()
    answer = wire.ask(gateway.address, people["jane"], "GET", SMALL)
    assert answer.status == 200
    return time.monotonic() - started < 2
