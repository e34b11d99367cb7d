"""Rules of the gateway's own: they take away from what the cluster allows, and say so."""

import json
import signal

import pytest
from rig import wire
from rig.kubectl import Kubectl, programs
from rig.wait import until

pytestmark = pytest.mark.gateway_only

CONFIGMAPS = "/api/v1/namespaces/demo2/configmaps"
PODS = "/api/v1/namespaces/demo2/pods"
NARROWED = "the gateway's own rules do not allow it"


def manifests(**rules: str) -> str:
    """A role for each, bound. `ravelin` looks in to see whether the gateway is ready."""
    everybody = "[{nonResourceURLs: ['*'], verbs: [get]}, {apiGroups: [authorization.k8s.io, authentication.k8s.io], resources: ['*'], verbs: [create]}]"
    own = "[{apiGroups: [rbac.authorization.k8s.io], resources: ['*'], verbs: [list]}]"
    chosen = {"system:authenticated": everybody, "ravelin": own} | rules
    return "---\n".join(f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: '{who}'}}
rules: {rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: '{who}'}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: '{who}'}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: {'User' if who == 'ravelin' else 'Group'}, name: '{who}'}}]
""" for who, rules in chosen.items())


READ_CONFIGMAPS = "{apiGroups: [''], resources: [configmaps, secrets], verbs: [get, list]}"
READ_PODS = "{apiGroups: [''], resources: [pods], verbs: [get, list]}"
CHOSEN = manifests(dev=f"[{READ_CONFIGMAPS}]")


@pytest.fixture(scope="module")
def narrow(launcher, folder):
    """A gateway whose own rules leave a developer little."""
    rules = folder / "rbac" / "rules.yaml"
    rules.parent.mkdir()
    rules.write_text(CHOSEN)
    gateway = launcher.start("narrow", authorization_rbac_dir=rules.parent)
    yield gateway, rules
    launcher.stop(gateway)


def ask(gateway, person, method, target):
    body = b'{"metadata":{"name":"own-narrow"}}' if method == "POST" else None
    return wire.ask(gateway.address, person, method, target, [("Content-Type", "application/json")] if body else [], body)


@pytest.mark.parametrize("method, target, direct, through", [
    ("GET", CONFIGMAPS, 200, 200),
    ("GET", CONFIGMAPS + "/settings", 200, 200),
    ("GET", CONFIGMAPS + "?watch=1&timeoutSeconds=1", 200, 403),
    ("POST", CONFIGMAPS + "?dryRun=All", 201, 403),
    ("DELETE", CONFIGMAPS + "/none", 404, 403),
    ("GET", PODS, 200, 403),
    ("GET", PODS + "/box/log?tailLines=1", 200, 403),
    ("GET", "/version", 200, 200),
    # What the folder gives and the cluster does not.
    ("GET", "/api/v1/namespaces/demo/secrets", 403, 403)])
def test_both_must_allow(narrow, plane, people, method, target, direct, through):
    assert (ask(plane, people["jane"], method, target).status, ask(narrow[0], people["jane"], method, target).status) == (direct, through)


def test_a_refusal_says_whose_it_is(narrow, plane, people):
    status = json.loads(ask(narrow[0], people["jane"], "GET", PODS).body)
    assert status["message"] == f'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "demo2": {NARROWED}'
    secrets = "/api/v1/namespaces/demo/secrets"
    assert ask(narrow[0], people["jane"], "GET", secrets).body == ask(plane, people["jane"], "GET", secrets).body


def test_administrators_are_asked_no_rule(narrow, people):
    assert ask(narrow[0], people["admin"], "GET", PODS).status == 200


@pytest.fixture(params=["path", "peer"])
def jane(request, plane, narrow, people, folder):
    kubeconfig = plane.kubeconfig(people["jane"], narrow[0].address, folder / "jane.narrow.kubeconfig")
    return Kubectl(programs(plane.assets)[request.param], kubeconfig, home=folder)


@pytest.mark.parametrize("question, expected", [
    (["get", "configmaps"], "yes"), (["delete", "configmaps"], "no"), (["list", "pods"], "no"),
    (["create", "pods/exec"], "no"), (["get", "/version"], "yes"), (["get", "secrets", "-n", "demo"], "no")], ids=str)
def test_can_i(jane, question, expected):
    namespace = [] if "-n" in question else ["-n", "demo2"]
    done = jane.run("auth", "can-i", *question, *namespace)
    assert done.stdout.decode().split()[0] == expected
    assert done.returncode == (0 if expected == "yes" else 1)


def test_can_i_list(jane):
    lines = jane.out("auth", "can-i", "--list", "-n", "demo2", "--no-headers").splitlines()
    listed = {line.split()[0]: line[line.rindex("["):] for line in lines if not line.startswith(" ")}
    assert listed["configmaps"] == "[get list]"
    reviews = ("selfsubjectreviews.authentication.k8s.io", "selfsubjectaccessreviews.authorization.k8s.io", "selfsubjectrulesreviews.authorization.k8s.io")
    assert {review: listed[review] for review in reviews} == dict.fromkeys(reviews, "[create]")
    assert listed.keys() == {"configmaps", "secrets", *reviews}


def test_the_review_says_why(narrow, people):
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
              "spec": {"resourceAttributes": {"namespace": "demo2", "verb": "list", "resource": "pods"}}}
    answer = wire.ask(narrow[0].address, people["jane"], "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                      [("Content-Type", "application/json")], json.dumps(review).encode())
    status = json.loads(answer.body)["status"]
    assert (answer.status, status) == (201, {"allowed": False, "reason": NARROWED})


@pytest.mark.parametrize("accept, status", [
    ("application/json", 201), ("application/vnd.kubernetes.protobuf,application/json", 201), ("*/*", 201),
    ("application/vnd.kubernetes.protobuf", 406)])
def test_a_review_is_answered_in_json(narrow, people, accept, status):
    body = b'{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","spec":{"namespace":"demo2"}}'
    answer = wire.ask(narrow[0].address, people["jane"], "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                      [("Content-Type", "application/json"), ("Accept", accept)], body)
    assert answer.status == status
    assert answer.first("content-type") == ("application/json" if status == 201 else accept)


def test_changed_rules_take_effect_and_broken_ones_do_not(narrow, people):
    gateway, rules = narrow

    def reads() -> tuple[int, int]:
        return tuple(ask(gateway, people["jane"], "GET", target).status for target in (CONFIGMAPS, PODS))

    def put(text: str) -> None:
        rules.write_text(text)
        gateway.process.send(signal.SIGHUP)

    put(manifests(dev=f"[{READ_PODS}]"))
    until("new rules hold", lambda: reads() == (403, 200))
    for broken, named in ((CHOSEN + "---\nkind: Unheard-of\n", "Unheard-of"), ("- {[", rules.name)):
        put(broken)
        until("the mistake is told", lambda: named in gateway.process.tail())
        assert reads() == (403, 200)
    put(CHOSEN)
    until("old rules hold", lambda: reads() == (200, 403))
