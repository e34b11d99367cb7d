"""Attacks on the wire, by class of incident: none of them changes who asks or what is asked."""

import base64
import json
import socket
import ssl

import pytest
from rig import events, wire
from rig.gateway import SELF

WHOAMI = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
REVIEW = b'{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}'
JSON = ("Content-Type", "application/json")
SECRETS = "/api/v1/namespaces/demo/secrets"
REFUSED = {400, 401, 403, 404, 405, 414, 431, 500, 501}


def told(gateway, person, headers, answer=None):
    """Who the cluster says asks, when `headers` are sent as well; None if the request is refused."""
    answer = answer or wire.ask(gateway.address, person, "POST", WHOAMI, [JSON, *headers], REVIEW)
    if answer.status != 201:
        assert answer.status in REFUSED, answer
        return None
    return json.loads(answer.body)["status"]["userInfo"]


# C1, C2: identity smuggled in by headers. Each leaves jane as she is, or is refused.
SMUGGLED = [
    [("Connection", "Impersonate-User")],
    [("Connection", "close, Impersonate-User, Impersonate-Group, X-Remote-User, X-Remote-Group")],
    [("Connection", ""), ("Connection", "X-Remote-User")],
    [("Connection", "Authorization"), ("Connection", "X-Remote-Group")],
    [("Connection", "Content-Length")],
    [("X-Remote-User", "admin")],
    [("X-Remote-User", "admin"), ("X-Remote-Group", "system:masters")],
    [("X-Remote-Group", "system:masters")],
    [("x-remote-group", "system:masters"), ("X-REMOTE-GROUP", "system:masters")],
    [("X_Remote_User", "admin"), ("X_Remote_Group", "system:masters")],
    [("X-Remote_Group", "system:masters")],
    [("X-Remote-Uid", "0"), ("X-Remote-Extra-Scopes", "all")],
    [("X-Remote-Extra-authentication.kubernetes.io%2Fcredential-id", "forged")],
    [("Impersonate_User", "admin")],
    [("Impersonate_Group", "system:masters"), ("Impersonate-_Group", "system:masters")],
    [("X-Forwarded-User", "admin"), ("X-Forwarded-Groups", "system:masters")],
    [("X-Original-User", "admin"), ("Remote-User", "admin"), ("X-Auth-Request-User", "admin")],
    [("Proxy-Authorization", "Basic YWRtaW46YWRtaW4=")],
    [("Keep-Alive", "X-Remote-User"), ("TE", "trailers, X-Remote-User")],
]


@pytest.mark.parametrize("headers", SMUGGLED, ids=lambda headers: " ".join("=".join(pair) for pair in headers))
@pytest.mark.parametrize("mode", ["gateway", pytest.param("impersonating", marks=pytest.mark.gateway_only)])
def test_headers_do_not_make_somebody_else_of_a_caller(request, plane, people, headers, mode):
    gateway = request.getfixturevalue(mode)
    as_told = told(gateway, people["jane"], headers)
    assert as_told is None or as_told == told(plane_side(plane), people["jane"], [])


@pytest.mark.parametrize("headers", SMUGGLED, ids=lambda headers: " ".join("=".join(pair) for pair in headers))
def test_headers_do_not_make_anybody_of_a_stranger(gateway, people, headers):
    assert told(gateway, people["stranger"], headers) is None


def plane_side(plane):
    class Side:
        address = plane.address
    return Side


HOSTILE_IMPERSONATION = [
    [("Impersonate-User", "")],
    [("Impersonate-User", " ")],
    [("Impersonate-User", ""), ("Impersonate-User", "admin")],
    [("Impersonate-User", "jane"), ("Impersonate-User", "admin")],
    [("Impersonate-Group", "system:masters")],
    [("Impersonate-User", "jane"), ("Impersonate-Group", "dev,system:masters")],
    [("Impersonate-User", "jane"), ("Impersonate-Group", "dev"), ("Impersonate-Group", "system:masters")],
    [("Impersonate-User", "jane"), ("IMPERSONATE-GROUP", "system:masters")],
    [("Impersonate-User", "jane"), ("Connection", "Impersonate-User")],
    [("Impersonate-User", "admin\t")],
    [("Impersonate-User", "system:masters")],
]


@pytest.mark.parametrize("headers", HOSTILE_IMPERSONATION, ids=lambda headers: " ".join("=".join(pair) for pair in headers))
def test_a_deputy_becomes_jane_or_nobody(gateway, people, headers):
    as_told = told(gateway, people["deputy"], headers)
    if as_told is not None:
        assert as_told["username"] in ("jane", "deputy") and "system:masters" not in as_told["groups"], as_told
        # To run as oneself although somebody else was named is to ignore what was asked.
        named = any(value.strip() for name, value in headers if name == "Impersonate-User")
        assert not named or SELF or as_told["username"] == "jane"


def test_trailers_carry_no_identity(gateway, people):
    """C2: a chunked body's trailer is taken off."""
    head = wire.request("POST", WHOAMI, [JSON, ("Transfer-Encoding", "chunked"), ("Trailer", "X-Remote-User, Impersonate-User")])
    body = b"%x\r\n%b\r\n0\r\nX-Remote-User: admin\r\nImpersonate-User: admin\r\nX-Remote-Group: system:masters\r\n\r\n" % (len(REVIEW), REVIEW)
    as_told = told(gateway, people["jane"], [], wire.raw(gateway.address, people["jane"], head + body, "POST"))
    assert as_told is None or (as_told["username"], "system:masters" in as_told["groups"]) == ("jane", False)


# Requests that two parsers may read in two ways: refused, or answered once and the connection ended.
FRAMING = {
    "two lengths": b"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 60\r\n\r\n",
    "length and chunks": b"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks said twice": b"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "unknown coding": b"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "coding behind a space": b"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "negative length": b"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "signed length": b"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
    "length in hexadecimal": b"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\nhello",
    "chunk size too large": b"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "chunk size signed": b"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "two hosts": b"GET {path} HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "no host": b"GET {path} HTTP/1.1\r\n\r\n",
    "bad host": b"GET {path} HTTP/1.1\r\nHost: a b\r\n\r\n",
    "folded header": b"GET {path} HTTP/1.1\r\nHost: x\r\nX-A: b\r\n Impersonate-User: admin\r\n\r\n",
    "folded first header": b"GET {path} HTTP/1.1\r\n Host: x\r\n\r\n",
    "space before the colon": b"GET {path} HTTP/1.1\r\nHost: x\r\nImpersonate-User : admin\r\n\r\n",
    "no colon": b"GET {path} HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n",
    "NUL in a header": b"GET {path} HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
    "CR in a header": b"GET {path} HTTP/1.1\r\nHost: x\r\nX-A: a\rImpersonate-User: admin\r\n\r\n",
    "NUL in the path": b"GET {path}\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "old version": b"GET {path} HTTP/0.9\r\n\r\n",
    "future version": b"GET {path} HTTP/9.9\r\nHost: x\r\n\r\n",
    "two spaces": b"GET  {path} HTTP/1.1\r\nHost: x\r\n\r\n",
    "no path": b"GET HTTP/1.1\r\nHost: x\r\n\r\n",
    "path without a slash": b"GET api/v1/namespaces/demo/secrets HTTP/1.1\r\nHost: x\r\n\r\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "HTTP/2 preface after TLS for HTTP/1.1": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "CONNECT": b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n",
    "asterisk": b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
}
SMUGGLE = b"GET /api/v1/namespaces/demo/secrets HTTP/1.1\r\nHost: x\r\nX-Second: 1\r\n\r\n"


@pytest.mark.parametrize("name", FRAMING)
def test_framing_is_read_in_one_way_or_not_at_all(gateway, people, name):
    data = FRAMING[name].replace(b"{path}", SECRETS.encode())
    with wire.Connection(gateway.address, people["jane"], timeout=5) as connection:
        connection.send(data)
        try:
            answer = connection.answer()
        except (wire.Cut, ConnectionError, ssl.SSLError, ValueError):
            return
        assert answer.status in REFUSED | {505}, answer


@pytest.mark.parametrize("name", ["two lengths", pytest.param("length and chunks", marks=pytest.mark.gateway_only), "chunks said twice", "unknown coding", "two hosts", "chunk size signed"])
def test_nothing_is_smuggled_behind_bad_framing(gateway, plane, people, name):
    """What follows is not read as a request. (kube-apiserver takes chunks over a length, and reads on.)"""
    data = FRAMING[name].replace(b"{path}", b"/version") + SMUGGLE
    with wire.Connection(gateway.address, people["admin"], timeout=5) as connection:
        connection.send(data)
        assert connection.ended(), "the connection stays open after bad framing"
        assert b"canary" not in connection.held and b"SecretList" not in connection.held


# C12: the path as the gateway reads it and as the cluster reads it. jane may view pods in demo, and no secrets.
SPLIT = [
    "/api/v1/namespaces/demo/pods/../secrets", "/api/v1/namespaces/demo/pods/%2e%2e/secrets", "/api/v1/namespaces/demo/pods/..%2fsecrets",
    "/api/v1/namespaces/demo/pods/..%5csecrets", "/api/v1/namespaces/demo/./secrets", "/api/v1/namespaces/demo//secrets", "//api/v1/namespaces/demo/secrets",
    "/api/v1/namespaces/demo%2fsecrets", "/api/v1/namespaces%2fdemo%2fsecrets", "/%61pi/v1/namespaces/demo/secrets", "/api/v1/namespaces/demo/%73ecrets",
    "/api/v1/namespaces/demo/secrets%00", "/api/v1/namespaces/demo/pods%00/../secrets", "/api/v1/namespaces/demo/secrets/", "/api/v1/namespaces/demo/secrets//",
    "/api/v1/namespaces/demo/secrets?a=/pods", "/api/v1/namespaces/demo/secrets;a=b", "/api/v1/namespaces/demo/secrets#/pods", "/version/../api/v1/namespaces/demo/secrets",
    "/healthz/../api/v1/namespaces/demo/secrets", "/api/v1/namespaces/demo/pods/web/log/../../../secrets", "/api/v1/watch/namespaces/demo/secrets",
    "/api/v1/namespaces/demo/secrets/canary", "/api/v1/namespaces/demo2/../demo/secrets", "/API/v1/namespaces/demo/secrets", "/api/v1/namespaces/demo/Secrets",
    "/api/v1/namespaces/demo/secrets\\", "\\api\\v1\\namespaces\\demo\\secrets", "https://127.0.0.1/api/v1/namespaces/demo/secrets",
    "http://elsewhere/api/v1/namespaces/demo/secrets", "/api/v1/namespaces/demo/\xc0\xaf/secrets", "/api/v1/namespaces/demo/secr%ffets", "/api/v1/namespaces/demo/secrets%",
    "/api/v1/namespaces/demo/pods/web%2flog", "/api/v1/secrets?namespace=demo", "/api/v1/secrets?fieldSelector=metadata.namespace=demo",
]


@pytest.mark.parametrize("path", SPLIT)
@pytest.mark.parametrize("person", ["jane", "nobody"])
def test_no_way_of_writing_a_path_gets_past_the_rules(gateway, people, path, person):
    data = b"GET " + path.encode("latin-1") + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with wire.Connection(gateway.address, people[person], timeout=10) as connection:
        connection.send(data)
        try:
            answer = connection.answer()
        except (wire.Cut, ConnectionError):
            return
    assert answer.status in REFUSED, answer
    assert b"canary-4711" not in answer.body and base64.b64encode(b"canary-4711") not in answer.body


@pytest.mark.parametrize("value", ["Bearer ", "Bearer", "Bearer  ", "bearer \t", "Bearer null", "Bearer undefined", "Basic Og==", "Bearer " + "a" * 20000, "Bearer ..", "Negotiate x"])
def test_an_empty_or_odd_credential_is_none(gateway, people, value):
    """C3."""
    answer = wire.ask(gateway.address, people["stranger"], "GET", "/api", [("Authorization", value)])
    assert answer.status in (401, 431), answer


def test_two_credentials_are_not_mixed(gateway, people):
    """Only the first Authorization counts, as upstream; a good one hidden behind it is not used."""
    good = f"Bearer {people['builder'].token}"
    assert wire.ask(gateway.address, people["stranger"], "GET", "/api", [("Authorization", "Bearer bad"), ("Authorization", good)]).status in (400, 401)


UPGRADES = {
    "h2c": [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA")],
    "h2c and websocket": [("Connection", "Upgrade"), ("Upgrade", "h2c, websocket")],
    "unknown": [("Connection", "Upgrade"), ("Upgrade", "gopher")],
    "TLS": [("Connection", "Upgrade"), ("Upgrade", "TLS/1.2")],
    "spdy": [("Connection", "Upgrade"), ("Upgrade", "SPDY/3.1")],
    "websocket": [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")],
}


@pytest.mark.parametrize("name", UPGRADES)
@pytest.mark.parametrize("path", ["/version", SECRETS, "/api/v1/namespaces/demo/pods/web", "/apis/example.com/v1/namespaces/demo/widgets"])
def test_an_upgrade_opens_no_tunnel_where_none_belongs(gateway, people, name, path):
    """C4."""
    with wire.Connection(gateway.address, people["jane"], timeout=5) as connection:
        connection.send(wire.request("GET", path, UPGRADES[name]))
        answer = connection.head()
    assert answer.status != 101, answer


EXEC_LIKE = ["exec?command=true&stdout=1", "attach?stdout=1", "portforward?ports=80"]


@pytest.mark.parametrize("subresource", EXEC_LIKE)
@pytest.mark.parametrize("name", ["spdy", "websocket"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_exec_needs_create_over_every_transport(gateway, people, subresource, name, method):
    """C6: ops may `get` these subresources and may not `create` them."""
    headers = [*UPGRADES[name], ("Sec-WebSocket-Protocol", "v5.channel.k8s.io"), ("X-Stream-Protocol-Version", "v4.channel.k8s.io")]
    target = f"/api/v1/namespaces/demo2/pods/box/{subresource}"
    answer = wire.ask(gateway.address, people["ops"], method, target, headers, b"" if method == "POST" else None)
    # Over WebSocket kube-apiserver asks for `create` from its handler, which is another text but the same refusal.
    assert answer.status == 403, answer


@pytest.mark.gateway_only
@pytest.mark.parametrize("path", ["/api/v1/nodes/node-0/proxy/exec/demo2/box/main?command=true&output=1", "/api/v1/namespaces/demo2/pods/box/proxy/", "/api/v1/namespaces/demo/services/web/proxy/"])
@pytest.mark.parametrize("name", ["spdy", "websocket"])
def test_an_upgrade_through_a_proxy_subresource_needs_create(gateway, people, path, name):
    """C6, and a deliberate difference: ops may `get` these."""
    answer = wire.ask(gateway.address, people["ops"], "GET", path, [*UPGRADES[name], ("Sec-WebSocket-Protocol", "v4.channel.k8s.io")])
    assert answer.status == 403, answer


def test_a_websocket_token_is_taken_and_never_echoed(gateway, people, plane):
    """C9: the token arrives as a subprotocol; the answer names another one, and the log does not hold it."""
    token = base64.urlsafe_b64encode(people["builder"].token.encode()).decode().rstrip("=")
    offered = f"base64url.bearer.authorization.k8s.io.{token}, v4.channel.k8s.io"
    target = "/api/v1/namespaces/demo2/pods/box/exec?command=true&stdout=1"
    headers = [*UPGRADES["websocket"], ("Sec-WebSocket-Protocol", offered)]
    with wire.Connection(gateway.address, people["stranger"]) as connection:
        connection.send(wire.request("GET", target, headers))
        answer = connection.head()
    assert answer.status == 101, answer
    assert answer.first("sec-websocket-protocol") == "v4.channel.k8s.io"
    assert token[:100].encode() not in gateway.audit_log.read_bytes()
    assert token[:100] not in gateway.process.log.read_text(errors="replace")


@pytest.mark.parametrize("offered", ["base64url.bearer.authorization.k8s.io.{token}", "base64url.bearer.authorization.k8s.io.{token}, base64url.bearer.authorization.k8s.io.{token}, v4.channel.k8s.io",
                                     "base64url.bearer.authorization.k8s.io.%%%, v4.channel.k8s.io", "base64url.bearer.authorization.k8s.io., v4.channel.k8s.io"])
def test_a_malformed_websocket_token_is_refused(gateway, people, offered):
    token = base64.urlsafe_b64encode(people["builder"].token.encode()).decode().rstrip("=")
    headers = [*UPGRADES["websocket"], ("Sec-WebSocket-Protocol", offered.replace("{token}", token))]
    answer = wire.ask(gateway.address, people["stranger"], "GET", "/api/v1/namespaces/demo2/pods/box/exec?command=true&stdout=1", headers)
    assert answer.status == 401, answer


def test_an_address_is_not_taken_from_a_header(gateway, people):
    """C14: what a client claims as its address does not become the only address in the log."""
    audit_id = "address-" + str(id(object()))
    wire.ask(gateway.address, people["jane"], "GET", "/version", [("X-Forwarded-For", "10.9.9.9"), ("Audit-ID", audit_id)])
    assert "127.0.0.1" in events.complete(gateway.audit_log, audit_id)["sourceIPs"]


def test_plain_http_is_refused(gateway):
    with socket.create_connection(gateway.address, timeout=10) as plain:
        plain.sendall(b"GET /version HTTP/1.1\r\nHost: x\r\n\r\n")
        answered = b""
        while data := _received(plain):
            answered += data
    assert b" 200 " not in answered


def _received(plain: socket.socket) -> bytes:
    try:
        return plain.recv(4096)
    except ConnectionError:
        return b""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(gateway, people, version):
    context = ssl.create_default_context(cafile=str(people["jane"].ca))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(gateway.address) as plain, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(plain, server_hostname="127.0.0.1")


@pytest.mark.parametrize("size, count", [(1 << 16, 1), (1 << 21, 1), (100, 20_000)])
def test_very_large_headers_are_refused_or_borne(gateway, people, size, count):
    headers = [(f"X-Filler-{number}", "x" * size) for number in range(count)]
    with wire.Connection(gateway.address, people["jane"], timeout=20) as connection:
        try:
            connection.send(wire.request("GET", "/version", headers))
            assert connection.answer().status in (200, 400, 431)
        except (wire.Cut, OSError):
            pass
    assert wire.ask(gateway.address, people["jane"], "GET", "/version").status == 200
