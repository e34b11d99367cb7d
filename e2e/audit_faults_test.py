"""The audit log that cannot be written, and the process that is killed."""

import concurrent.futures
import contextlib
import threading
import uuid

import pytest
from rig import events, wire
from rig.gateway import SELF
from rig.wait import until

SMALL = "/api/v1/namespaces/demo/pods/web"
WORKERS = 8
ENOUGH = 400


@pytest.mark.parametrize("mode, status", [("batch", 200), ("blocking", 200), ("blocking-strict", 500)])
def test_a_full_disk(launcher, people, mode, status):
    """Only the strict mode refuses what it cannot record; as kube-apiserver, it says so."""
    gateway = launcher.start(f"full-{mode}", wait=False, audit_log_path="/dev/full", audit_log_mode=mode)
    try:
        answer = settled(gateway, people["jane"])
        assert answer.status == status, answer
        if status == 500:
            assert b"failed to store audit event" in answer.body
    finally:
        launcher.stop(gateway)


@pytest.mark.gateway_only
def test_a_log_that_cannot_be_opened_stops_the_start(launcher):
    gateway = launcher.start("unwritable", wait=False, audit_log_path="/proc/none/audit.log")
    try:
        assert gateway.process.child.wait(30) != 0
        assert "/proc/none/audit.log" in gateway.process.tail()
    finally:
        launcher.stop(gateway)


def settled(gateway, person):
    """The first answer that comes from a server that is up and knows the rules."""
    def answer():
        gateway.process.check()
        with contextlib.suppress(OSError, wire.Cut):
            found = wire.ask(gateway.address, person, "GET", SMALL)
            return found if found.status not in (401, 403, 503) else None

    return until("an answer", answer, 60)


def test_every_answer_before_a_kill_is_in_the_log(launcher, people):
    gateway = launcher.start("killed", audit_log_mode="blocking-strict")
    answered: list[str] = []
    enough, dead = threading.Event(), threading.Event()

    def load():
        with contextlib.suppress(OSError, wire.Cut), wire.Connection(gateway.address, people["jane"]) as connection:
            while not dead.is_set():
                audit_id = str(uuid.uuid4())
                connection.send(wire.request("GET", SMALL, [("Audit-ID", audit_id)]))
                if connection.answer().status == 200:
                    answered.append(audit_id)
                    if len(answered) >= ENOUGH:
                        enough.set()

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        workers = [pool.submit(load) for _ in range(WORKERS)]
        assert enough.wait(60), f"{len(answered)} answers in a minute"
        gateway.process.kill()
        dead.set()
        for worker in workers:
            worker.result()
    # kube-apiserver writes the last event after the answer; the gateway promises it before.
    stages = {"RequestReceived"} if SELF else {"ResponseComplete"}
    logged = {event["auditID"] for event in events.events(gateway.audit_log) if event["stage"] in stages}
    launcher.stop(gateway)
    assert not set(answered) - logged, f"{len(set(answered) - logged)} of {len(answered)} answers are not in the log"
