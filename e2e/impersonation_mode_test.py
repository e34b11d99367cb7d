"""A gateway that tells the cluster by impersonation who asks, with the rights of deploy/impersonation.yaml."""

import json

import pytest
from rig import health, wire
from rig.gateway import Launcher
from rig.kubectl import Kubectl, programs
from rig.plane import REPOSITORY

pytestmark = pytest.mark.gateway_only

PODS = "/api/v1/namespaces/demo/pods"
WHOAMI = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
REVIEW = b'{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}'
CREDENTIAL = "authentication.kubernetes.io/credential-id"


def me(address, person) -> dict[str, object]:
    answer = wire.ask(address, person, "POST", WHOAMI, [("Content-Type", "application/json")], REVIEW)
    assert answer.status == 201, answer
    return json.loads(answer.body)["status"]["userInfo"]


@pytest.fixture(params=[("path", True), ("path", False), ("peer", True), ("peer", False)],
                ids=["path-websocket", "path-spdy", "peer-websocket", "peer-spdy"])
def run_as(request, plane, impersonating, people, folder):
    """Makes a kubectl for a person, through the gateway."""
    version, websockets = request.param

    def make(person: str) -> Kubectl:
        kubeconfig = plane.kubeconfig(people[person], impersonating.address, folder / f"{person}.impersonating.kubeconfig")
        return Kubectl(programs(plane.assets)[version], kubeconfig, websockets, folder)

    return make


@pytest.mark.parametrize("person, namespace, status", [
    ("jane", "demo", 200), ("jane", "kube-system", 403), ("builder", "demo2", 200), ("builder", "demo", 403),
    ("nobody", "demo", 403), ("stranger", "demo", 401)])
def test_rules_hold_as_they_do_directly(impersonating, plane, people, person, namespace, status):
    asked = people[person], "GET", f"/api/v1/namespaces/{namespace}/pods?limit=1"
    assert wire.ask(impersonating.address, *asked).status == wire.ask(plane.address, *asked).status == status


def test_a_person_is_the_same_behind_it(impersonating, plane, people):
    told = me(impersonating.address, people["jane"])
    assert told == me(plane.address, people["jane"])
    assert told["extra"][CREDENTIAL][0].startswith("X509SHA256=")


def test_a_service_account_is_itself_behind_it(impersonating, plane, people):
    """Constrained impersonation of service accounts takes the name alone; its groups follow from that."""
    through, direct = (me(address, people["builder"]) for address in (impersonating.address, plane.address))
    assert through["username"] == direct["username"] == "system:serviceaccount:demo:builder"
    assert through["groups"] == direct["groups"]


def test_executes(run_as):
    done = run_as("jane").run("exec", "box", "-n", "demo2", "--", "sh", "-c", "echo hello; exit 3")
    assert (done.stdout, done.returncode) == (b"hello\n", 3), done.stderr


def test_the_deputy_acts_as_others_through_it(run_as):
    as_jane = ["--as=jane", "--as-group=dev"]
    deputy = run_as("deputy")
    told = json.loads(deputy.out("auth", "whoami", *as_jane, "-o", "jsonpath={.status.userInfo}"))
    assert (told["username"], told["groups"]) == ("jane", ["dev", "system:authenticated"])
    assert deputy.out("get", "pod", "web", "-n", "demo", "-o", "name", *as_jane) == "pod/web\n"
    assert b"forbidden" in deputy.run("get", "pods", "-n", "demo", "--as=ops").stderr


def test_an_administrator_is_told_why_not(impersonating, people):
    before = health.counted(impersonating, "ravelin_refusals_total", reason="powerful")
    answer = wire.ask(impersonating.address, people["admin"], "GET", PODS)
    status = json.loads(answer.body)
    assert (answer.status, status["kind"], status["reason"]) == (403, "Status", "Forbidden")
    for part in ("system:masters", "does not impersonate", "--allow-impersonating", "front proxy"):
        assert part in status["message"]
    assert health.counted(impersonating, "ravelin_refusals_total", reason="powerful") == before + 1


def test_a_group_without_leave_at_the_cluster_gets_its_refusal(impersonating, plane):
    """The manifest names groups; the gateway's own rules would let this caller ask."""
    answer = wire.ask(impersonating.address, plane.person("guest", "guests"), "GET", "/version")
    status = json.loads(answer.body)
    assert answer.status == 403
    assert 'groups.authentication.k8s.io "guests" is forbidden: User "ravelin" cannot impersonate:user-info' in status["message"]


def test_an_administrator_with_leave_needs_that_of_the_cluster_too(launcher, people):
    gateway = launcher.start("allowing", impersonate=True, allow_impersonating="system:masters")
    message = json.loads(wire.ask(gateway.address, people["admin"], "GET", PODS).body)["message"]
    launcher.stop(gateway)
    assert 'User "ravelin"' in message and "impersonating the system:masters group is not allowed" in message


def test_rights_of_older_clusters_reach_as_far_as_they_say(launcher, plane, people, folder):
    """The manifest for clusters without constrained impersonation, with the most powerful group added to it."""
    older = plane.person("ravelin-older")
    manifests = "---\n".join((REPOSITORY / "deploy" / name).read_text() for name in ("rules.yaml", "impersonation-before-1.36.yaml"))
    manifests = manifests.replace("name: ravelin", "name: ravelin-older").replace("[dev, ops]", "[dev, ops, 'system:masters']")
    plane.kubectl("apply", "-f", "-", text=manifests)
    gateway = Launcher(plane, folder, older).start("older", impersonate=True, allow_impersonating="system:masters")
    for person in ("jane", "admin"):
        assert me(gateway.address, people[person]) == me(plane.address, people[person])
    assert wire.ask(gateway.address, people["builder"], "GET", "/api/v1/namespaces/demo2/pods").status == 200
    gateway.process.stop()
