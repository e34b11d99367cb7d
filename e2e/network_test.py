"""From where callers may come, and whose word about that is taken."""

import json
import signal
import socket
import ssl
import uuid

import pytest
from rig import events, health, wire
from rig.gateway import reachable
from rig.wait import until

pytestmark = pytest.mark.gateway_only

PODS = "/api/v1/namespaces/demo/pods?limit=1"
SETTINGS = "/api/v1/namespaces/demo2/configmaps/settings"
EXEC = "/api/v1/namespaces/demo2/pods/box/exec?command=true&stdout=1"
DENIED = "requests of this caller are not allowed from this network address"
ACCESS = """
rules:
- {name: everybody, allow-from: [10.0.0.0/8, 127.0.0.0/8, "2001:db8::/32"]}
- {name: writes, groups: [dev], verbs: [create, update, patch, delete], allow-from: [10.1.0.0/16]}
- {name: deputies, users: [deputy], deny-from: [10.9.0.0/16]}
- {name: metrics, paths: [/metrics, /livez/*], allow-from: [10.2.0.0/16]}
- {name: shells, resources: [pods/exec], namespaces: [demo2], deny-from: [10.1.7.0/24]}
"""
# The balancer, whose word is taken, and somebody beside it.
BALANCER, STRANGER = "127.0.0.1", "127.0.0.2"


@pytest.fixture(scope="module")
def ruled(launcher, folder):
    """A gateway behind a load balancer, with rules about networks."""
    rules = folder / "network-rules.yaml"
    rules.write_text(ACCESS)
    gateway = launcher.start("ruled", network_rules_file=rules, trusted_proxies=f"{BALANCER}/32")
    yield gateway, rules
    launcher.stop(gateway)


def ask(gateway, person, method="GET", target=PODS, headers=(), origin="", before=b""):
    with wire.Connection(gateway.address, person, origin=origin, before=before) as connection:
        connection.send(wire.request(method, target, [*person.headers(), *headers]))
        return connection.answer(method)


def coming_from(*hops: str) -> list[tuple[str, str]]:
    return [("X-Forwarded-For", hop) for hop in hops]


def is_let_through(gateway, person, *asked, **connection) -> bool:
    answer = ask(gateway, person, *asked, **connection)
    if answer.status == 403 and DENIED.encode() in answer.body:
        return False
    assert answer.status != 403, answer
    return True


AS_JANE = [("Impersonate-User", "jane"), ("Impersonate-Group", "dev")]
CASES = {
    "everybody, from the company": ("jane", "GET", PODS, "10.200.0.1", True),
    "everybody, over IPv6": ("jane", "GET", PODS, "2001:db8::7", True),
    "everybody, from elsewhere": ("jane", "GET", PODS, "192.0.2.1", False),
    "everybody, from elsewhere over IPv6": ("jane", "GET", PODS, "2001:db9::7", False),
    "a group's writes, from its office": ("jane", "DELETE", SETTINGS + "-none", "10.1.2.3", True),
    "a group's writes, from another": ("jane", "DELETE", SETTINGS + "-none", "10.2.2.3", False),
    "somebody else's writes, from there": ("builder", "DELETE", SETTINGS + "-none", "10.2.2.3", True),
    "a user, from where all but they may come": ("deputy", "GET", "/version", "10.9.0.1", False),
    "another user, from there": ("jane", "GET", "/version", "10.9.0.1", True),
    "a path, from where it may be read": ("ops", "GET", "/metrics", "10.2.0.1", True),
    "a path, from elsewhere": ("ops", "GET", "/metrics", "10.1.0.1", False),
    "a path below a named one, from elsewhere": ("ops", "GET", "/livez/ping", "10.1.0.1", False),
    "a path like a named one, from elsewhere": ("ops", "GET", "/livez", "10.1.0.1", True),
    "a subresource, from where it is denied": ("builder", "POST", EXEC, "10.1.7.1", False),
    "its resource, from there": ("builder", "GET", "/api/v1/namespaces/demo2/pods/box", "10.1.7.1", True),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_rules_by_who_asks_and_for_what(ruled, people, case):
    person, method, target, origin, expected = case
    assert is_let_through(ruled[0], people[person], method, target, coming_from(origin)) is expected


def test_rules_are_about_the_caller_whoever_they_act_as(ruled, people):
    for origin, expected in (("10.9.0.1", False), ("10.2.0.1", True)):
        assert is_let_through(ruled[0], people["deputy"], "GET", PODS, coming_from(origin) + AS_JANE) is expected


def test_a_refusal_reads_as_any_other_and_is_counted_and_recorded(ruled, people):
    before = health.counted(ruled[0], "ravelin_refusals_total", reason="network")
    answer = ask(ruled[0], people["jane"], headers=coming_from("192.0.2.1"))
    status = json.loads(answer.body)
    assert status["message"] == f'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "demo": {DENIED}'
    assert health.counted(ruled[0], "ravelin_refusals_total", reason="network") == before + 1
    event = events.complete(ruled[0].audit_log, answer.first("audit-id"))
    assert (event["responseStatus"]["code"], event["sourceIPs"]) == (403, ["192.0.2.1", "127.0.0.1"])


@pytest.mark.parametrize("hops, origin, expected", [
    (["10.1.2.3"], BALANCER, ["10.1.2.3", "127.0.0.1"]),
    (["192.0.2.1, 10.1.2.3"], BALANCER, ["10.1.2.3", "127.0.0.1"]),
    (["192.0.2.1", "10.1.2.3", "127.0.0.1"], BALANCER, ["10.1.2.3", "127.0.0.1"]),
    (["10.1.2.3, who knows"], BALANCER, ["127.0.0.1"]),
    ([], BALANCER, ["127.0.0.1"]),
    (["192.0.2.1"], STRANGER, ["127.0.0.2"]),
    (["127.0.0.1", "192.0.2.1"], STRANGER, ["127.0.0.2"])], ids=str)
def test_only_the_balancer_is_believed_about_addresses(ruled, plane, people, hops, origin, expected):
    audit_id = str(uuid.uuid4())
    answer = ask(ruled[0], people["jane"], headers=[("Audit-ID", audit_id), *coming_from(*hops)], origin=origin)
    assert answer.status == 200
    assert events.complete(ruled[0].audit_log, audit_id)["sourceIPs"] == expected
    assert expected[0] in events.complete(plane.audit_log, audit_id)["sourceIPs"]


def test_changed_rules_take_effect_and_broken_ones_do_not(ruled, people):
    gateway, rules = ruled
    try:
        rules.write_text("rules:\n- {name: nobody, users: [jane], deny-from: [10.0.0.0/8]}\n")
        gateway.process.send(signal.SIGHUP)
        until("new rules hold", lambda: not is_let_through(gateway, people["jane"], "GET", PODS, coming_from("10.1.2.3")))
        rules.write_text("rules:\n- {name: nobody, deny-from: [10.0.0.0/99]}\n")
        gateway.process.send(signal.SIGHUP)
        until("the mistake is told", lambda: "10.0.0.0/99" in gateway.process.tail())
        assert not is_let_through(gateway, people["jane"], "GET", PODS, coming_from("10.1.2.3"))
    finally:
        rules.write_text(ACCESS)
        gateway.process.send(signal.SIGHUP)
    until("old rules hold", lambda: is_let_through(gateway, people["jane"], "GET", PODS, coming_from("10.1.2.3")))


@pytest.fixture(scope="module")
def proxied(launcher):
    """A gateway whose load balancer writes PROXY headers."""
    gateway = launcher.start("proxied", wait=False, trusted_proxies=f"{BALANCER}/32,10.7.0.0/16", proxy_protocol="true",
                             handshake_timeout="1s")
    until("the health listener", lambda: reachable(gateway.health))
    until("ready", lambda: health.ask(gateway, "/readyz")[0] == 200)
    yield gateway
    launcher.stop(gateway)


def version_2(command: int, family: int, *addresses: str, more: bytes = b"") -> bytes:
    kind = socket.AF_INET6 if family == 0x21 else socket.AF_INET
    body = b"".join(socket.inet_pton(kind, address) for address in addresses)
    body += (b"\x30\x39\x01\xbb" if addresses else b"") + more
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes([command, family]) + len(body).to_bytes(2) + body


HEADERS = {
    "version 1": (b"PROXY TCP4 10.1.2.3 127.0.0.1 12345 443\r\n", ["10.1.2.3"]),
    "version 1, IPv6": (b"PROXY TCP6 2001:db8::7 ::1 12345 443\r\n", ["2001:db8::7"]),
    "version 1, unknown": (b"PROXY UNKNOWN\r\n", ["127.0.0.1"]),
    "version 2": (version_2(0x21, 0x11, "10.1.2.3", "127.0.0.1"), ["10.1.2.3"]),
    "version 2, IPv6": (version_2(0x21, 0x21, "2001:db8::7", "::1"), ["2001:db8::7"]),
    "version 2, with more in it": (version_2(0x21, 0x11, "10.1.2.3", "127.0.0.1", more=b"\x04\0\x03abc"), ["10.1.2.3"]),
    "version 2, of the balancer itself": (version_2(0x20, 0x00), ["127.0.0.1"]),
}


@pytest.mark.parametrize("header, expected", HEADERS.values(), ids=HEADERS.keys())
def test_a_proxy_header_says_where_a_connection_comes_from(proxied, people, header, expected):
    audit_id = str(uuid.uuid4())
    assert ask(proxied, people["jane"], headers=[("Audit-ID", audit_id)], before=header).status == 200
    assert events.complete(proxied.audit_log, audit_id)["sourceIPs"] == expected


@pytest.mark.parametrize("client, expected", [("10.1.2.3", ["10.1.2.3"]), ("10.7.0.1", ["10.8.0.1", "10.7.0.1"])])
def test_a_proxy_header_decides_who_is_believed_about_forwarding(proxied, people, client, expected):
    audit_id = str(uuid.uuid4())
    headers = [("Audit-ID", audit_id), *coming_from("10.8.0.1")]
    header = f"PROXY TCP4 {client} 127.0.0.1 12345 443\r\n".encode()
    assert ask(proxied, people["jane"], headers=headers, before=header).status == 200
    assert events.complete(proxied.audit_log, audit_id)["sourceIPs"] == expected


GOOD, GOOD_2 = HEADERS["version 1"][0], HEADERS["version 2"][0]
NO_HEADERS = {
    "none": (b"", BALANCER), "garbage": (b"\x00" * 64, BALANCER), "HTTP": (b"GET / HTTP/1.1\r\n\r\n", BALANCER),
    "an address too many": (b"PROXY TCP4 10.1.2.3 127.0.0.1 12345 443 10.1.2.3\r\n", BALANCER),
    "a name": (b"PROXY TCP4 localhost 127.0.0.1 12345 443\r\n", BALANCER),
    "version 1 without an end": (b"PROXY " + b"x" * 200, BALANCER),
    "version 2 of datagrams": (version_2(0x21, 0x12, "10.1.2.3", "127.0.0.1"), BALANCER),
    "version 2 cut short": (version_2(0x21, 0x11, "10.1.2.3"), BALANCER),
    "version 2 that does not come to its end": (GOOD_2[:14] + b"\x0f\x00", BALANCER),
    "a good one of a stranger": (GOOD, STRANGER),
}


@pytest.mark.parametrize("header, origin", NO_HEADERS.values(), ids=NO_HEADERS.keys())
def test_a_connection_without_a_proper_header_is_closed(proxied, people, header, origin):
    before = health.counted(proxied, "ravelin_connections_refused_total", reason="proxy-header")
    with pytest.raises((ssl.SSLError, OSError)):
        ask(proxied, people["jane"], before=header, origin=origin)
    assert health.counted(proxied, "ravelin_connections_refused_total", reason="proxy-header") == before + 1


def test_a_proxy_header_that_nobody_asked_for_is_no_tls(ruled, people):
    before = health.counted(ruled[0], "ravelin_failed_handshakes_total")
    with pytest.raises((ssl.SSLError, OSError)):
        ask(ruled[0], people["jane"], before=GOOD)
    assert health.counted(ruled[0], "ravelin_failed_handshakes_total") == before + 1


def test_failed_logins_count_against_the_client_and_not_the_balancer(launcher, people):
    gateway = launcher.start("balanced", trusted_proxies=f"{BALANCER}/32", max_failed_logins=2)
    for _ in range(2):
        assert ask(gateway, people["stranger"], headers=[("Authorization", "Bearer x.y.z"), *coming_from("10.1.2.3")]).status == 401
    assert ask(gateway, people["jane"], headers=coming_from("10.1.2.3")).status == 429
    assert ask(gateway, people["jane"], headers=coming_from("10.1.2.4")).status == 200
    launcher.stop(gateway)
