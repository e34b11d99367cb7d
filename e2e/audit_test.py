"""The gateway's audit events beside kube-apiserver's for the same requests: equal, field by field."""

import json
import re
import subprocess
import uuid

import pytest
from rig import events, wire
from rig.gateway import binary
from rig.wait import until

JSON = ("Content-Type", "application/json")
CONFIGMAP = b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"logged"},"data":{"k":"v"}}'
REVIEW = b'{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}'
AUDITED = "/api/v1/namespaces/audited/configmaps"
BODIES = "/api/v1/namespaces/demo2/configmaps"
PATCH = ("Content-Type", "application/merge-patch+json")

# person, method, target, headers, body, and whether `logged` is there before.
REQUESTS = {
    "a get": ("jane", "GET", "/api/v1/namespaces/demo/pods/web", [], None, False),
    "a list": ("jane", "GET", "/api/v1/namespaces/demo/pods?limit=1", [], None, False),
    "a list by name": ("jane", "GET", "/api/v1/namespaces/demo/pods?fieldSelector=metadata.name%3Dweb", [], None, False),
    "a short watch": ("jane", "GET", "/api/v1/namespaces/demo/pods?watch=1&timeoutSeconds=1", [], None, False),
    "a refusal": ("jane", "GET", "/api/v1/namespaces/demo/secrets/canary", [], None, False),
    "a refusal of a list": ("nobody", "GET", "/api/v1/nodes", [], None, False),
    "something missing": ("jane", "GET", "/api/v1/namespaces/demo/pods/none", [], None, False),
    "an unknown resource": ("admin", "GET", "/api/v1/gadgets", [], None, False),
    "a path": ("jane", "GET", "/version", [], None, False),
    "a refused path": ("jane", "GET", "/metrics", [], None, False),
    "a bad timeout": ("jane", "GET", "/version?timeout=abc", [], None, False),
    "no credentials": ("stranger", "GET", "/api/v1/namespaces/demo/pods", [], None, False),
    "a bad token": ("stranger", "GET", "/api/v1/pods", [("Authorization", "Bearer nonsense")], None, False),
    "a service account": ("builder", "GET", BODIES, [], None, False),
    "a user agent": ("jane", "GET", "/version", [("User-Agent", "agent/1.0 " + "x" * 1100)], None, False),
    "a forwarded address": ("jane", "GET", "/version", [("User-Agent", "forwarded")], None, False),
    "impersonation": ("deputy", "GET", "/api/v1/namespaces/demo/pods/web", [("Impersonate-User", "jane")], None, False),
    "impersonation of more": ("admin", "GET", "/version", [("Impersonate-User", "zoe"), ("Impersonate-Group", "a"), ("Impersonate-Uid", "u"), ("Impersonate-Extra-Scopes", "s")], None, False),
    "impersonation refused": ("jane", "GET", "/version", [("Impersonate-User", "admin")], None, False),
    "impersonation of nobody": ("admin", "GET", "/version", [("Impersonate-Group", "dev")], None, False),
    "logs": ("jane", "GET", "/api/v1/namespaces/demo/pods/web/log?container=main", [], None, False),
    "exec without an upgrade": ("jane", "POST", "/api/v1/namespaces/demo2/pods/box/exec?command=true&stdout=1", [], b"", False),
    "a creation": ("jane", "POST", AUDITED, [JSON], CONFIGMAP, False),
    "a creation at Request": ("jane", "POST", BODIES, [JSON], CONFIGMAP, False),
    "a creation at Metadata": ("admin", "POST", "/api/v1/namespaces/scratch/configmaps", [JSON], CONFIGMAP, False),
    "a creation in YAML": ("jane", "POST", AUDITED, [("Content-Type", "application/yaml")], b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: logged}\n", False),
    "a creation with a generated name": ("jane", "POST", AUDITED + "?dryRun=All", [JSON], CONFIGMAP.replace(b'"name":"logged"', b'"generateName":"made-"'), False),
    "a creation that conflicts": ("jane", "POST", AUDITED, [JSON], CONFIGMAP, True),
    "a creation that is broken": ("jane", "POST", AUDITED, [JSON], b'{"apiVersion":', False),
    "a creation that is invalid": ("jane", "POST", AUDITED, [JSON], CONFIGMAP.replace(b"logged", b"No Name"), False),
    "a creation refused": ("nobody", "POST", AUDITED, [JSON], CONFIGMAP, False),
    "an update": ("jane", "PUT", AUDITED + "/logged", [JSON], CONFIGMAP, True),
    "a patch": ("jane", "PATCH", AUDITED + "/logged", [PATCH], b'{"data":{"k":"w"}}', True),
    "a patch at Request": ("jane", "PATCH", BODIES + "/logged", [PATCH], b'{"data":{"k":"w"}}', True),
    "a patch refused": ("nobody", "PATCH", AUDITED + "/logged", [PATCH], b'{"data":{"k":"w"}}', True),
    "a deletion": ("jane", "DELETE", AUDITED + "/logged", [], None, True),
    "a deletion with options": ("jane", "DELETE", AUDITED + "/logged", [JSON], b'{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0}', True),
    "a deletion of a collection": ("jane", "DELETE", AUDITED + "?labelSelector=none%3Dsuch", [], None, False),
    "a read with bodies": ("jane", "GET", AUDITED + "/logged", [], None, True),
    "a Table": ("jane", "GET", AUDITED + "/logged", [("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")], None, True),
    "a read in protobuf": ("jane", "GET", AUDITED + "/logged", [("Accept", "application/vnd.kubernetes.protobuf")], None, True),
    "a read in YAML": ("jane", "GET", AUDITED + "/logged", [("Accept", "application/yaml")], None, True),
    "something missing, with bodies": ("jane", "GET", AUDITED + "/none", [], None, False),
    "an access review": ("jane", "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", [JSON], REVIEW, False),
    "HEAD": ("jane", "HEAD", "/api/v1/namespaces/demo/pods/web", [], None, False),
    "OPTIONS": ("admin", "OPTIONS", "/api/v1/namespaces/demo/pods", [], None, False),
}
PLACES = [f"/api/v1/namespaces/{namespace}/configmaps/logged" for namespace in ("audited", "demo2", "scratch")]

# Never the same twice.
TIMES = {"requestReceivedTimestamp", "stageTimestamp", "auditID"}
# Say how long something took, who admitted it inside the API server, and the gateway's own chain.
ANNOTATIONS = ("apiserver.latency.k8s.io/", "pod-security.kubernetes.io/", "ravelin", "apiserver.k8s.io/")
OBJECT_FACTS = {"uid", "resourceVersion", "creationTimestamp"}
MADE_UP = [
    (re.compile(r"made-[a-z0-9]{5}"), "made-#####"),
    # Two bindings let everybody read /version; which one a server names is not fixed.
    (re.compile(r"system:(discovery|public-info-viewer)"), "system:EITHER"),
]


@pytest.fixture
def settled(plane, people):
    """Puts `logged` in place, or away, before a request."""
    def settle(there: bool) -> None:
        for place in PLACES:
            wire.ask(plane.address, people["admin"], "DELETE", place)
            if there:
                made = wire.ask(plane.address, people["admin"], "POST", place.removesuffix("/logged"), [JSON], CONFIGMAP)
                assert made.status == 201, made
    yield settle
    settle(False)


@pytest.mark.parametrize("name", REQUESTS)
def test_events_equal_the_clusters_own(plane, gateway, people, settled, name):
    sides = {plane.address: plane.audit_log, gateway.address: gateway.audit_log}
    direct, through = ([comparable(event) for event in recorded(address, log, people, settled, name)] for address, log in sides.items())
    assert direct, "the policy records every one of these requests"
    assert [event["stage"] for event in through] == [event["stage"] for event in direct]
    assert not unequal(direct, through)


@pytest.mark.gateway_only
@pytest.mark.parametrize("name", [name for name in REQUESTS if not any(word in name for word in ("refus", "bad", "no credentials", "of nobody"))])
def test_both_logs_hold_the_request_under_one_id(plane, gateway, people, settled, name):
    """What the cluster logs of a request that came through the gateway, beside what the gateway logs of it."""
    audit_id = str(uuid.uuid4())
    sent(gateway.address, people, settled, name, audit_id)
    ours, theirs = events.complete(gateway.audit_log, audit_id), events.complete(plane.audit_log, audit_id)
    for field in ("verb", "requestURI", "objectRef", "responseStatus", "userAgent", "level"):
        assert comparable(ours).get(field) == comparable(theirs).get(field), field
    effective = ours.get("impersonatedUser", ours["user"])
    assert {key: value for key, value in theirs["user"].items()} == effective


def unequal(direct, through):
    """Which fields of which stage differ, and how."""
    return [f"{one['stage']} {field}: {one.get(field)!r} became {other.get(field)!r}" for one, other in zip(direct, through)
            for field in sorted({*one, *other}) if one.get(field) != other.get(field)]


def recorded(address, log, people, settled, name):
    audit_id = str(uuid.uuid4())
    status = sent(address, people, settled, name, audit_id)
    # A failed authentication and a bad timeout leave one event, of another stage.
    if status in (400, 401):
        until(f"an event of {audit_id}", lambda: events.of(log, audit_id))
    else:
        events.complete(log, audit_id)
    return events.of(log, audit_id)


def sent(address, people, settled, name, audit_id) -> int:
    person, method, target, headers, body, there = REQUESTS[name]
    settled(there)
    return wire.ask(address, people[person], method, target, [*headers, ("Audit-ID", audit_id)], body).status


def comparable(event):
    """An event without what cannot be the same twice."""
    kept = {key: value for key, value in event.items() if key not in TIMES}
    kept["annotations"] = {key: value for key, value in event.get("annotations", {}).items() if not key.startswith(ANNOTATIONS)}
    text = json.dumps(without(kept, OBJECT_FACTS))
    for pattern, put in MADE_UP:
        text = pattern.sub(put, text)
    return json.loads(text)


def without(value, names):
    if isinstance(value, dict):
        return {key: without(held, names) for key, held in value.items() if key not in names}
    if isinstance(value, list):
        return [without(held, names) for held in value]
    return value


def test_canary_values_stay_out_of_the_log(gateway, people):
    """The policy keeps bodies of Secrets out; so nothing of a Secret is in the log."""
    audit_id = str(uuid.uuid4())
    answer = wire.ask(gateway.address, people["admin"], "GET", "/api/v1/namespaces/demo/secrets/canary", [("Audit-ID", audit_id)])
    assert answer.status == 200
    events.complete(gateway.audit_log, audit_id)
    # "canary-4711", as a Secret holds it.
    assert b"Y2FuYXJ5LTQ3MTE" not in gateway.audit_log.read_bytes()


def test_tokens_stay_out_of_the_log(gateway, people):
    wire.ask(gateway.address, people["builder"], "GET", "/version")
    assert people["builder"].token.encode() not in gateway.audit_log.read_bytes()
    assert people["builder"].token not in gateway.process.log.read_text(errors="replace")


def verify(path):
    return subprocess.run([str(binary()), "audit", "verify", str(path)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def closed_log(launcher, people):
    """The log of a gateway that served fifty requests and was ended."""
    gateway = launcher.start("chained")
    for number in range(50):
        wire.ask(gateway.address, people["jane"], "GET", f"/api/v1/namespaces/demo/pods/web?number={number}")
    launcher.stop(gateway)
    return gateway.audit_log


@pytest.mark.gateway_only
def test_an_untouched_log_verifies(closed_log):
    done = verify(closed_log)
    assert done.returncode == 0, done.stderr


def changed(lines):
    lines[20] = lines[20].replace(b'"jane"', b'"joan"')


def removed(lines):
    del lines[20]


def swapped(lines):
    lines[20], lines[21] = lines[21], lines[20]


def doubled(lines):
    lines.insert(20, lines[19])


@pytest.mark.gateway_only
@pytest.mark.parametrize("tamper", [changed, removed, swapped, doubled])
def test_tampering_is_found_and_named(closed_log, tmp_path, tamper):
    lines = closed_log.read_bytes().splitlines(keepends=True)
    original = list(lines)
    tamper(lines)
    assert lines != original
    copy = tmp_path / "audit.log"
    copy.write_bytes(b"".join(lines))
    done = verify(copy)
    assert done.returncode != 0
    told = done.stdout + done.stderr
    assert "21" in told or json.loads(original[20])["auditID"] in told, told


@pytest.mark.gateway_only
def test_a_torn_tail_is_told_from_tampering(closed_log, tmp_path):
    copy = tmp_path / "audit.log"
    copy.write_bytes(closed_log.read_bytes()[:-30])
    torn = verify(copy)
    lines = closed_log.read_bytes().splitlines(keepends=True)
    changed(lines)
    copy.write_bytes(b"".join(lines))
    assert (torn.stdout + torn.stderr) != (verify(copy).stdout + verify(copy).stderr)
    assert "torn" in (torn.stdout + torn.stderr) or "incomplete" in (torn.stdout + torn.stderr)
