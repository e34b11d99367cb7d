"""The relay itself does what the fault tests rely on."""

import pytest
from rig import wire
from rig.people import Person
from rig.relay import Fault, Relay

PATH = "/api/v1/namespaces/demo/configmaps/large"
# What a front proxy says about whom it speaks for.
AS_JANE = [("X-Remote-User", "jane"), ("X-Remote-Group", "dev"), ("X-Remote-Group", "system:authenticated")]


@pytest.fixture
def relay(plane, people):
    with Relay(plane, people["admin"]) as relay:
        yield relay


@pytest.fixture
def caller(plane):
    return Person("front-proxy", plane.ca, plane.pki / "front-proxy-client.crt", plane.pki / "front-proxy-client.key")


def test_relays_both_identities(relay, plane, caller):
    told = wire.ask(relay.address, caller, "GET", PATH, AS_JANE)
    direct = wire.ask(plane.address, caller, "GET", PATH, AS_JANE)
    assert (told.status, told.body) == (200, direct.body)
    assert wire.ask(relay.address, Person("own", plane.ca), "GET", "/api/v1/nodes").status == 200


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.CLOSE])
def test_ends_an_answer_early(relay, caller, fault):
    with relay.suffering(fault, after=50_000), pytest.raises((wire.Cut, OSError)):
        wire.ask(relay.address, caller, "GET", PATH, AS_JANE)
    assert wire.ask(relay.address, caller, "GET", PATH, AS_JANE).status == 200


@pytest.mark.parametrize("fault", [Fault.HUNG, Fault.STALL])
def test_says_nothing(relay, caller, fault):
    with relay.suffering(fault, after=50_000), pytest.raises(TimeoutError):
        wire.ask(relay.address, caller, "GET", PATH, AS_JANE, timeout=1)


def test_answers_from_a_script_and_keeps_what_was_asked(relay, caller):
    with relay.suffering(Fault.SCRIPT, script=b"HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n"):
        assert wire.ask(relay.address, caller, "GET", "/x", AS_JANE).status == 418
    assert b"X-Remote-User: jane" in relay.heads[-1]


def test_is_gone(relay, caller):
    relay.down()
    with pytest.raises(ConnectionRefusedError):
        wire.ask(relay.address, caller, "GET", PATH)
    relay.up()
    assert wire.ask(relay.address, caller, "GET", PATH, AS_JANE).status == 200
