"""A gateway that is told to stop: balancers are told first, answers under way are finished, the log is whole."""

import contextlib
import json
import signal
import threading

import pytest
from rig import curl, events, health, wire
from rig.relay import Fault, Relay
from rig.wait import until

pytestmark = pytest.mark.gateway_only

SMALL = "/api/v1/namespaces/demo/pods/web"
LARGE = "/api/v1/namespaces/demo/configmaps/large"
SHELL = "/api/v1/namespaces/demo2/pods/box/exec?command=cat&stdin=1&stdout=1"
SPDY = [("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1"), ("X-Stream-Protocol-Version", "v4.channel.k8s.io")]
WATCH = "/api/v1/namespaces/demo/configmaps?watch=1"


def test_balancers_are_told_before_anybody_is_turned_away(launcher, people):
    gateway = launcher.start("delayed", shutdown_delay_duration="2s")
    assert health.ask(gateway, "/readyz")[0] == 200
    gateway.process.send(signal.SIGTERM)
    until("it is not ready", lambda: health.ask(gateway, "/readyz") == (503, "not ready: the gateway stops\n"), 2)
    assert health.ask(gateway, "/livez")[0] == 200
    assert wire.ask(gateway.address, people["jane"], "GET", SMALL).status == 200
    assert gateway.process.child.wait(10) == 0
    launcher.stop(gateway)


def test_what_is_under_way_is_finished(launcher, people):
    gateway = launcher.start("finishing", shutdown_grace_period="10s")
    body = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "late"}}).encode()
    headers = [("Content-Type", "application/json"), ("Audit-ID", "late")]
    whole = wire.request("POST", "/api/v1/namespaces/demo2/configmaps?dryRun=All", headers, body)
    with wire.Connection(gateway.address, people["jane"]) as idle, wire.Connection(gateway.address, people["jane"]) as busy:
        idle.send(wire.request("GET", SMALL))
        assert idle.answer().status == 200
        busy.send(whole[:-5])
        until("it is under way", lambda: events.of(gateway.audit_log, "late", "RequestReceived"))
        gateway.process.send(signal.SIGTERM)
        assert idle.ended()
        until("nobody is let in", lambda: not _accepts(gateway, people["jane"]))
        busy.send(whole[-5:])
        assert busy.answer().status == 201
        assert busy.ended()
    assert gateway.process.child.wait(10) == 0
    assert events.complete(gateway.audit_log, "late")["responseStatus"]["code"] == 201
    launcher.stop(gateway)


def _accepts(gateway, person) -> bool:
    with contextlib.suppress(OSError):
        wire.Connection(gateway.address, person).close()
        return True
    return False


def test_what_does_not_end_is_cut_and_recorded(launcher, plane, people):
    """A watch, a shell, and an answer that the cluster does not finish."""
    with Relay(plane, launcher.upstream_user) as relay, relay.suffering(Fault.STALL, 50_000):
        gateway = launcher.start("cutting", upstream=relay.address, shutdown_grace_period="1s")
        asked = {"watch": ("GET", WATCH, []), "shell": ("POST", SHELL, SPDY), "answer": ("GET", LARGE, [])}
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(wire.Connection(gateway.address, people["jane"])) for _ in asked]
            for connection, (audit_id, (method, target, headers)) in zip(connections, asked.items()):
                connection.send(wire.request(method, target, [*headers, ("Audit-ID", audit_id)]))
                assert connection.head().status in (101, 200)
            gateway.process.send(signal.SIGTERM)
            assert all(connection.ended() for connection in connections)
            assert gateway.process.child.wait(10) == 0
        for audit_id in asked:
            assert events.complete(gateway.audit_log, audit_id)
        launcher.stop(gateway)


def test_what_does_not_end_is_cut_over_http2(launcher, plane, people):
    with Relay(plane, launcher.upstream_user) as relay, relay.suffering(Fault.STALL, 50_000):
        gateway = launcher.start("cutting-2", upstream=relay.address, shutdown_grace_period="1s")
        asking = [threading.Thread(target=curl.whole, args=(gateway.address, people["jane"], target)) for target in (WATCH, LARGE)]
        for thread in asking:
            thread.start()
        until("both are under way", lambda: health.counted(gateway, "ravelin_requests") == 2)
        gateway.process.send(signal.SIGTERM)
        assert gateway.process.child.wait(10) == 0
        for thread in asking:
            thread.join()
        ended = [event["requestURI"] for event in events.events(gateway.audit_log) if event["stage"] == events.COMPLETE]
        assert {WATCH, LARGE} <= set(ended)
        launcher.stop(gateway)


def test_a_shell_has_the_grace_time_too(launcher, people):
    gateway = launcher.start("shell", shutdown_grace_period="20s")
    with wire.Connection(gateway.address, people["jane"]) as shell:
        shell.send(wire.request("POST", SHELL, [*SPDY, ("Audit-ID", "shell")]))
        assert shell.head().status == 101
        gateway.process.send(signal.SIGTERM)
        until("nobody is let in", lambda: not _accepts(gateway, people["jane"]))
        assert health.ask(gateway, "/livez")[0] == 200
        assert not events.of(gateway.audit_log, "shell", events.COMPLETE)
    assert gateway.process.child.wait(10) == 0
    assert events.complete(gateway.audit_log, "shell")
    launcher.stop(gateway)
