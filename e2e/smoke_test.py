"""The gateway is up, and somebody who may ask gets an answer."""

import pytest
from rig import health, wire


def test_answers_a_listing(gateway, people):
    answer = wire.ask(gateway.address, people["jane"], "GET", "/api/v1/namespaces/demo/pods")
    assert answer.status == 200 and b'"PodList"' in answer.body


def test_refuses_a_stranger(gateway, people):
    answer = wire.ask(gateway.address, people["stranger"], "GET", "/api/v1/namespaces/demo/pods")
    assert answer.status == 401 and b'"Unauthorized"' in answer.body


@pytest.mark.gateway_only
def test_tells_its_metrics_in_openmetrics(gateway):
    """A family of metrics is described once, and its lines stand together; strict readers insist."""
    status, text = health.ask(gateway, "/metrics")
    described = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert status == 200 and text.endswith("# EOF\n")
    assert len(described) == len(set(described))
