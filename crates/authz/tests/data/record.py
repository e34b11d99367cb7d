#!/usr/bin/env python3
"""Records what a real kube-apiserver makes of impersonation, for `impersonation_as_recorded.rs`.

    record.py DIRECTORY > impersonation-constrained.jsonl

DIRECTORY is that of a running cluster of one's own with `audit.log` (every request at Metadata),
`env` (a line APISERVER=https://...), and `pki/` with `ca.crt` and a front-proxy client's
certificate and key. The first line is the RBAC objects, each other line a request in the order
they were made: who asked, what, with which headers; then the status and message of the answer
and, where the audit log shows one, the impersonated user with the constraint.
"""

import http.client
import itertools
import json
import pathlib
import random
import re
import ssl
import sys
import time
import urllib.parse
import uuid

GROUP = "rbac.authorization.k8s.io"
AUTHENTICATION = "authentication.k8s.io"
NODE_NAME = "authentication.kubernetes.io/node-name"
LEGACY = ["impersonate"]


def rule(verbs, groups, resources, names=()):
    return {"verbs": verbs, "apiGroups": groups, "resources": resources, "resourceNames": list(names)}


def may(way, verbs, resources, names=()):
    """What a constrained way asks for: who, and on which calls."""
    return [
        rule([f"impersonate:{way}"], [AUTHENTICATION], resources, names),
        rule([f"impersonate-on:{way}:{verb}" for verb in verbs], ["*"], ["*"]),
    ]


# Requestors by name, each with the rules held cluster-wide.
ROLES = {
    "legacy-all": [
        rule(LEGACY, [""], ["users", "groups", "serviceaccounts"]),
        rule(LEGACY, [AUTHENTICATION], ["uids", "userextras/scopes", "userextras/example.com/team"]),
    ],
    "legacy-bob": [rule(LEGACY, [""], ["users"], ["bob"]), rule(LEGACY, [""], ["groups"], ["dev", ""])],
    "legacy-star": [rule(["*"], ["*"], ["*"])],
    "info-bob": may("user-info", ["list", "get"], ["users"], ["bob", "system:anonymous"])
    + [
        rule(["impersonate:user-info"], [AUTHENTICATION], ["groups"], ["dev", "ops", "qa"]),
        rule(["impersonate:user-info"], [AUTHENTICATION], ["uids"], ["u1"]),
        rule(["impersonate:user-info"], [AUTHENTICATION], ["userextras/example.com/team"], ["x", "y"]),
    ],
    "info-many": may("user-info", ["*", "list", "create"], ["users"])
    + [
        rule(["impersonate:user-info"], [AUTHENTICATION], ["groups"], ["*"]),
        rule(["impersonate:user-info"], [AUTHENTICATION], ["userextras/*"], ["*"]),
    ],
    "info-nowhere": [rule(["impersonate:user-info"], [AUTHENTICATION], ["users", "groups", "uids"])],
    "info-legacy": may("user-info", ["get"], ["users"]) + [rule(LEGACY, [""], ["users", "groups"])],
    "accounts": may("serviceaccount", ["list", "create", "get"], ["serviceaccounts"], ["builder"]),
    "nodes": may("arbitrary-node", ["list", "get"], ["nodes"], ["n1"]),
    "system:serviceaccount:agents:agent": may("associated-node", ["list", "create"], ["nodes"], ["*"]),
    "system:serviceaccount:agents:one": may("associated-node", ["list"], ["nodes"], ["n1"]),
    "nobody": [],
}

DICE = random.Random(7)
WAYS = ["associated-node", "arbitrary-node", "serviceaccount", "user-info"]
VERBS = ["list", "get", "create", "deletecollection"]


def some(choices):
    return DICE.sample(choices, DICE.randint(1, len(choices)))


def random_rules():
    """Rights to impersonate as nobody would write them: bits of several ways, each with gaps."""
    for way in DICE.sample(WAYS, DICE.randint(1, 2)):
        names = some(["n1", "builder", "bob", "eve", "system:anonymous", "*"]) if DICE.random() < 0.5 else []
        yield rule([f"impersonate:{way}"], [AUTHENTICATION], some(["users", "nodes", "serviceaccounts"]), names)
        yield rule([f"impersonate-on:{way}:{verb}" for verb in some(VERBS)], ["*"], some(["*", "pods"]))
        groups = some(["*", "dev", "ops", "qa", "hr", "it"]) if DICE.random() < 0.5 else []
        yield rule([f"impersonate:{way}"], some([AUTHENTICATION, ""]), some(["groups", "uids"]), groups)
        extras = some(["userextras/*", "userextras/example.com/team", "userextras/a/b/c", "userextras"])
        yield rule([f"impersonate:{way}"], [AUTHENTICATION], extras, some(["*", "x", "y", "v"]))
    if DICE.random() < 0.4:
        names = some(["bob", "eve", "dev", "builder", "system:node:n1", ""]) if DICE.random() < 0.6 else []
        yield rule(LEGACY, ["", AUTHENTICATION], some(["users", "groups", "serviceaccounts", "uids", "userextras/*"]), names)


ROLES.update({f"random-{number}": list(random_rules()) for number in range(20)})
ROLES.update({f"system:serviceaccount:agents:random-{number}": list(random_rules()) for number in range(20)})

REQUESTORS = [{"name": name} for name in ROLES if not name.startswith("system:")] + [
    {"name": f"system:serviceaccount:agents:{name}", "extra": {NODE_NAME: nodes}}
    for name, nodes in [("agent", ["n1"]), ("agent", ["n2"]), ("agent", ["n1", "n2"]), ("one", ["n1"])]
] + [
    {"name": f"system:serviceaccount:agents:random-{number}", "extra": {NODE_NAME: [node]}}
    for number in range(20) for node in ("n1", "n2")
] + [
    {"name": "agent", "extra": {NODE_NAME: ["n1"]}},
    {"name": "in-a-namespace"},
    {"name": "dangling"},
    {"name": "root", "groups": ["system:masters"]},
    {"name": "<b>&", "groups": ["a<b"]},
]

USERS = ["bob", "eve", "system:anonymous", "system:node:n1", "system:node:n2", "system:node:N1", "system:node:",
         "system:serviceaccount:apps:builder", "system:serviceaccount:apps:other", "system:serviceaccount:a:b:c",
         "system:serviceaccount:apps:", "system:kube-scheduler", "jürgen \"q\" <x>"]
GROUPS = [["dev"], ["dev", "ops"], ["dev", "ops", "qa", "dev"], ["dev", "ops", "qa", "hr", "it"], ["system:masters"],
          ["a", "b", "c", "system:masters"], [""], ["system:unauthenticated"], ["system:authenticated"]]
EXTRAS = [["example.com%2Fteam", "x"], ["Example.com%2FTeam", "y", "x"], ["scopes", "a"], ["example.com%2fteam", ""],
          ["example.com%2F%54", "x"], ["-a%2Fb", "x"], ["a.b%2F%20c", "x"], ["", "x"], ["a%zz", "x"], ["-%2F%20", "x"],
          ["example.com%2Fteam", "x", "y", "z", "v"], ["example.com%2Fother", "a", "b", "c", "d"], ["a%2Fb%2Fc", "x"],
          ["a" * 254 + "%2Fb", "x"]]


def wanted():
    """Lists of impersonation headers."""
    user = lambda name: [("Impersonate-User", name)]
    groups = lambda names: [("Impersonate-Group", name) for name in names]
    extra = lambda key, *values: [("Impersonate-Extra-" + key, value) for value in values]
    yield from (user(name) for name in USERS)
    yield from (user(name) + groups(names) for name in ("bob", "system:anonymous") for names in GROUPS)
    yield from (user("bob") + extra(*one) for one in EXTRAS)
    yield user("bob") + [("Impersonate-Uid", "u1")]
    yield user("bob") + [("Impersonate-Uid", "u2"), ("Impersonate-Uid", "u1")] + groups(["no"]) + extra("scopes", "a")
    yield user("bob") + user("eve")
    yield user("bob") + sum((extra(f"example.com%2F{key}", "v") for key in "abcd"), [])
    for name in ("system:serviceaccount:apps:builder", "system:node:n1"):
        yield user(name) + groups(["dev"])
        yield user(name) + [("Impersonate-Uid", "u1")]
        yield user(name) + extra("scopes", "a")
    yield user("")
    yield user("") + user("bob")
    yield groups(["dev", "a b"])
    yield extra("scopes", "a", "b")
    yield [("Impersonate-Uid", "u1")]
    yield [("Impersonate-Uid", "")]
    yield groups([""])
    yield user("") + [("Impersonate-Uid", "u1")] + groups(["dev"]) + extra("scopes", "a") + extra("b", "c\td")


CALLS = [
    ("GET", "/api/v1/namespaces/apps/pods"),
    ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews"),
    ("GET", "/healthz/ping"),
    ("GET", "/api/v1/namespaces/apps/pods/web/log?follow=true"),
    ("DELETE", "/apis/apps/v1/namespaces/apps/deployments"),
]


class Server:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        address = re.search(r"APISERVER=\W*(https://[^'\"\s]+)", (self.folder / "env").read_text()).group(1)
        pki = self.folder / "pki"
        self.host = urllib.parse.urlsplit(address).netloc
        self.tls = ssl.create_default_context(cafile=pki / "ca.crt")
        self.tls.load_cert_chain(pki / "front-proxy-client.crt", pki / "front-proxy-client.key")
        self.connection = http.client.HTTPSConnection(self.host, context=self.tls)

    def ask(self, requestor, method, path, headers=(), body=None, audit_id=None):
        send = self.connection
        send.putrequest(method, path)
        send.putheader("X-Remote-User", requestor["name"].encode())
        for group in requestor.get("groups", []) + ["system:authenticated"]:
            send.putheader("X-Remote-Group", group)
        for key, values in requestor.get("extra", {}).items():
            for value in values:
                send.putheader("X-Remote-Extra-" + urllib.parse.quote(key, safe=""), value)
        for name, value in headers:
            send.putheader(name, value.encode())
        body = json.dumps(body).encode() if body is not None else b""
        send.putheader("Content-Type", "application/json")
        send.putheader("Content-Length", str(len(body)))
        send.putheader("Audit-ID", audit_id or str(uuid.uuid4()))
        send.endheaders(body)
        answer = send.getresponse()
        return answer.status, answer.read()

    def audited(self):
        lines = (self.folder / "audit.log").read_text().splitlines()
        events = [json.loads(line) for line in lines if line.endswith("}")]
        return {event["auditID"]: event for event in events if event["stage"] != "RequestReceived"}


ROOT = {"name": "root", "groups": ["system:masters"]}


def create(server, kind, name, namespace=None, **fields):
    plural = kind.lower() + "s"
    within = f"/namespaces/{namespace}" if namespace else ""
    version = "v1" if kind == "Namespace" else f"{GROUP}/v1"
    base = "/api/v1" if kind == "Namespace" else f"/apis/{GROUP}/v1"
    body = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **fields}
    status, answer = server.ask(ROOT, "POST", f"{base}{within}/{plural}", body=body)
    assert status in (201, 409), answer


def bind(server, kind, name, role, user, namespace=None):
    create(server, kind, name, namespace, subjects=[{"kind": "User", "name": user, "apiGroup": GROUP}],
           roleRef={"apiGroup": GROUP, "kind": "ClusterRole", "name": role})


def prepare(server):
    create(server, "Namespace", "apps")
    for number, (user, rules) in enumerate(ROLES.items()):
        create(server, "ClusterRole", f"t{number}", rules=rules)
        bind(server, "ClusterRoleBinding", f"t{number}", f"t{number}", user)
    create(server, "ClusterRole", "account", rules=[
        rule(["impersonate:serviceaccount"], [AUTHENTICATION], ["serviceaccounts"]),
        rule(["impersonate-on:serviceaccount:list", "impersonate-on:serviceaccount:get"], [""], ["pods"]),
        rule(LEGACY, [""], ["serviceaccounts"], ["other"])])
    bind(server, "RoleBinding", "account", "account", "in-a-namespace", "apps")
    bind(server, "ClusterRoleBinding", "dangling", "missing", "dangling")
    time.sleep(2)


def objects(server):
    for plural in ("clusterroles", "clusterrolebindings", "roles", "rolebindings"):
        status, answer = server.ask(ROOT, "GET", f"/apis/{GROUP}/v1/{plural}")
        assert status == 200
        yield json.loads(answer)


def without_managed_fields(listing):
    for item in listing["items"]:
        item["metadata"] = {key: item["metadata"][key] for key in ("name", "namespace") if key in item["metadata"]}
    return listing


def main():
    server = Server(sys.argv[1])
    prepare(server)
    print(json.dumps({"policy": [without_managed_fields(listing) for listing in objects(server)]}))
    cases = DICE.sample(list(itertools.product(REQUESTORS, wanted(), CALLS)), 5000)
    # What follows from a token's node is rare among all, so each requestor with one asks for it all.
    accounts = [requestor for requestor in REQUESTORS if "extra" in requestor]
    nodes = [[("Impersonate-User", f"system:node:{node}")] for node in ("n1", "n2")]
    cases += itertools.product(accounts, nodes, CALLS)
    DICE.shuffle(cases)
    seen = []
    for requestor, headers, (method, path) in cases:
        audit_id = str(uuid.uuid4())
        status, answer = server.ask(requestor, method, path, headers, audit_id=audit_id,
                                    body={} if method == "POST" else None)
        seen.append((audit_id, requestor, headers, method, path, status, answer))
    time.sleep(2)
    events = server.audited()
    for audit_id, requestor, headers, method, path, status, answer in seen:
        event = events[audit_id]
        line = {"requestor": requestor, "headers": headers, "method": method, "path": path, "status": status}
        if "impersonatedUser" in event:
            line["user"] = event["impersonatedUser"]
            line["constraint"] = event.get("authenticationMetadata", {}).get("impersonationConstraint")
        elif status in (400, 403):
            line["answer"] = json.loads(answer)
        print(json.dumps(line, sort_keys=True))


main()
