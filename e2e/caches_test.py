"""What the gateway knows of the cluster when the cluster is not there: nothing at the start, and later for so long."""

import json

import pytest
from rig import health, wire
from rig.gateway import reachable
from rig.relay import Relay
from rig.wait import until

pytestmark = pytest.mark.gateway_only

POD = "/api/v1/namespaces/demo/pods/web"
SECRETS = "/api/v1/namespaces/demo/secrets"
UNREAD = "the authorization rules have not been read yet"
STALE = "the authorization rules are too old to decide by"


@pytest.fixture
def relay(plane, launcher):
    with Relay(plane, launcher.upstream_user) as relay:
        yield relay


def ask(gateway, person, target=POD) -> tuple[int, str]:
    answer = wire.ask(gateway.address, person, "GET", target)
    return answer.status, json.loads(answer.body).get("message", "")


def test_without_rules_nothing_is_decided(relay, launcher, people):
    relay.down()
    gateway = launcher.start("early", upstream=relay.address, wait=False)
    until("the health listener", lambda: reachable(gateway.health))
    assert health.ask(gateway, "/livez") == (200, "ok")
    assert health.ask(gateway, "/readyz") == (503, f"not ready: {UNREAD}\n")
    for person in ("jane", "admin"):
        answer = wire.ask(gateway.address, people[person], "GET", POD)
        status = json.loads(answer.body)
        assert (answer.status, answer.first("retry-after")) == (503, "1")
        assert (status["kind"], status["reason"], status["message"]) == ("Status", "ServiceUnavailable", UNREAD)
    assert wire.ask(gateway.address, people["stranger"], "GET", POD).status == 401
    assert health.counted(gateway, "ravelin_refusals_total", reason="no-rules") == 2
    relay.up()
    until("ready", lambda: health.ask(gateway, "/readyz")[0] == 200)
    assert ask(gateway, people["jane"])[0] == 200
    until("tokens are known", lambda: ask(gateway, people["builder"], "/api/v1/namespaces/demo2/pods/box")[0] == 200)
    launcher.stop(gateway)


def test_rules_decide_until_they_are_too_old(relay, launcher, people):
    gateway = launcher.start("stale", upstream=relay.address, max_staleness="3s")
    until("the rules are fresh", lambda: health.counted(gateway, "ravelin_rules_age_seconds") < 1)
    relay.down(everything=True)
    # What is known goes on deciding: a refusal needs no cluster.
    assert ask(gateway, people["jane"], SECRETS)[0] == 403
    assert ask(gateway, people["jane"])[0] == 503 and STALE not in ask(gateway, people["jane"])[1]
    assert health.ask(gateway, "/readyz")[0] == 200
    until("the rules are too old", lambda: ask(gateway, people["jane"], SECRETS) == (503, STALE), 10)
    assert ask(gateway, people["admin"]) == (503, STALE)
    assert health.ask(gateway, "/readyz") == (503, f"not ready: {STALE}\n")
    relay.up()
    until("ready again", lambda: health.ask(gateway, "/readyz")[0] == 200)
    assert ask(gateway, people["jane"], SECRETS)[0] == 403
    until("the cluster answers again", lambda: ask(gateway, people["jane"])[0] == 200)
    launcher.stop(gateway)


def test_a_quiet_cluster_is_no_lost_one(launcher):
    """Where nothing changes there are signs of life all the same, and in time."""
    gateway = launcher.start("quiet", max_staleness="3s")
    ages = []

    def heard() -> int:
        ages.append(health.counted(gateway, "ravelin_rules_age_seconds"))
        assert 0 <= ages[-1] <= 3
        return sum(after < before for before, after in zip(ages, ages[1:]))

    until("signs of life", lambda: heard() == 2, 10)
    launcher.stop(gateway)
