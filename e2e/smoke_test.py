"""The gateway is up, and somebody who may ask gets an answer."""

from rig import wire


def test_answers_a_listing(gateway, people):
    answer = wire.ask(gateway.address, people["jane"], "GET", "/api/v1/namespaces/demo/pods")
    assert answer.status == 200 and b'"PodList"' in answer.body


def test_refuses_a_stranger(gateway, people):
    answer = wire.ask(gateway.address, people["stranger"], "GET", "/api/v1/namespaces/demo/pods")
    assert answer.status == 401 and b'"Unauthorized"' in answer.body
