"""kube-apiserver gone, hung, slow, cut off in the middle or speaking nonsense: the client is told, and the log knows."""

import json
import time
import uuid

import pytest
from rig import curl, events, wire
from rig.relay import Fault, Relay
from rig.wait import until

pytestmark = pytest.mark.gateway_only

SMALL = "/api/v1/namespaces/demo/pods/web"
LARGE = "/api/v1/namespaces/demo/configmaps/large"
PART = 50_000
UNAVAILABLE = {502, 503}


@pytest.fixture(scope="module", params=[("h2", "http/1.1"), ("http/1.1",)], ids=["upstream-h2", "upstream-h1"])
def behind(request, plane, people, launcher):
    """A gateway whose way to kube-apiserver is a relay."""
    with Relay(plane, launcher.upstream_user, request.param) as relay:
        gateway = launcher.start(f"behind-{len(request.param)}", upstream=relay.address)
        until("rules are known", lambda: ask(gateway, people).status == 200)
        yield relay, gateway
        launcher.stop(gateway)


def ask(gateway, people, target=SMALL, audit_id="", timeout=20.0):
    headers = [("Audit-ID", audit_id)] if audit_id else []
    return wire.ask(gateway.address, people["jane"], "GET", target, headers, timeout=timeout)


def is_status(answer, codes):
    body = json.loads(answer.body)
    assert answer.status in codes, answer
    assert body["kind"] == "Status" and body["code"] == answer.status and body["message"], body


def test_gone(behind, people):
    relay, gateway = behind
    audit_id = str(uuid.uuid4())
    relay.down()
    try:
        is_status(ask(gateway, people, audit_id=audit_id), UNAVAILABLE)
        assert events.complete(gateway.audit_log, audit_id)["responseStatus"]["code"] in UNAVAILABLE
    finally:
        relay.up()
    until("back again", lambda: ask(gateway, people).status == 200, 15)


def test_refusals_need_no_upstream(behind, people):
    relay, gateway = behind
    relay.down()
    try:
        assert ask(gateway, people, "/api/v1/namespaces/demo/secrets").status == 403
    finally:
        relay.up()


@pytest.mark.parametrize("fault", [Fault.GONE, Fault.GARBAGE])
def test_no_answer_to_make_sense_of(behind, people, fault):
    relay, gateway = behind
    with relay.suffering(fault):
        is_status(ask(gateway, people), UNAVAILABLE)
    assert until("back again", lambda: ask(gateway, people).status == 200, 15)


def test_hung(behind, people):
    relay, gateway = behind
    audit_id, started = str(uuid.uuid4()), time.monotonic()
    with relay.suffering(Fault.HUNG):
        is_status(ask(gateway, people, SMALL + "?timeout=1s", audit_id), {504})
    assert time.monotonic() - started < 5
    assert events.complete(gateway.audit_log, audit_id)["responseStatus"]["code"] == 504


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.CLOSE])
def test_an_answer_cut_short_is_never_taken_for_whole(behind, people, fault):
    relay, gateway = behind
    audit_id = str(uuid.uuid4())
    with relay.suffering(fault, PART):
        with pytest.raises((wire.Cut, OSError)):
            ask(gateway, people, LARGE, audit_id)
        assert events.complete(gateway.audit_log, audit_id)
    assert ask(gateway, people, LARGE).status == 200


def test_an_answer_cut_short_over_http2(behind, people):
    relay, gateway = behind
    with relay.suffering(Fault.CUT, PART):
        assert not curl.whole(gateway.address, people["jane"], LARGE)
    assert curl.whole(gateway.address, people["jane"], LARGE)


def test_a_stalled_answer_ends_with_its_deadline(behind, people):
    relay, gateway = behind
    started = time.monotonic()
    with relay.suffering(Fault.STALL, PART), pytest.raises((wire.Cut, ConnectionError)):
        ask(gateway, people, LARGE + "?timeout=1s", timeout=20)
    assert time.monotonic() - started < 10


def test_a_cut_watch_ends_for_the_client(behind, people):
    relay, gateway = behind
    with wire.Connection(gateway.address, people["jane"]) as connection:
        connection.send(wire.request("GET", "/api/v1/namespaces/demo/configmaps?watch=1"))
        pieces = connection.pieces(connection.head())
        assert b"ADDED" in next(pieces)
        relay.drop()
        with pytest.raises((wire.Cut, OSError)):
            while True:
                next(pieces)


def test_an_upgrade_answered_without_101_is_no_tunnel(behind, people):
    """C4: what follows a refused upgrade must not reach the upstream over the same connection."""
    relay, gateway = behind
    smuggled = b"GET /api/v1/namespaces/demo/secrets HTTP/1.1\r\nHost: x\r\n\r\n"
    upgrade = [("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "v4.channel.k8s.io")]
    target = "/api/v1/namespaces/demo2/pods/box/exec?command=true&stdout=1"
    before = len(relay.heads)
    with relay.suffering(Fault.SCRIPT, script=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"):
        answer = wire.raw(gateway.address, people["jane"], wire.request("POST", target, upgrade, b"") + smuggled, "POST")
    assert answer.status == 502
    assert not any(b"secrets" in head for head in relay.heads[before:])


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_of_an_upgrade_is_not_followed(behind, people, status):
    relay, gateway = behind
    script = f"HTTP/1.1 {status} Moved\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".encode()
    upgrade = [("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "v4.channel.k8s.io")]
    with relay.suffering(Fault.SCRIPT, script=script):
        answer = wire.ask(gateway.address, people["jane"], "POST", "/api/v1/namespaces/demo2/pods/box/attach?stdout=1", upgrade, b"")
    assert answer.status == 502 and not answer.all("location")
