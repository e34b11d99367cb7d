"""kubectl through the gateway: both versions, over WebSocket and over SPDY."""

import hashlib
import itertools
import json
import os
import select
import socket
import subprocess
import time

import pytest
from rig.kubectl import Kubectl, programs
from rig.wait import until

MEGABYTE = 1 << 20
BULK = 100 * MEGABYTE
NUMBERS = itertools.count()


@pytest.fixture(scope="session", params=[("path", True), ("path", False), ("peer", True), ("peer", False)],
                ids=["path-websocket", "path-spdy", "peer-websocket", "peer-spdy"])
def run_as(request, plane, gateway, people, folder):
    """Makes a kubectl for a person, through the gateway or straight at the cluster."""
    version, websockets = request.param
    known = programs(plane.assets)
    assert version in known, "no kubectl on PATH"

    def make(person: str, direct: bool = False) -> Kubectl:
        where = "direct" if direct else "gateway"
        address = plane.address if direct else gateway.address
        kubeconfig = plane.kubeconfig(people[person], address, folder / f"{person}.{where}.kubeconfig")
        return Kubectl(known[version], kubeconfig, websockets, folder)

    return make


@pytest.fixture
def fresh():
    """A name that no other test uses."""
    return f"own-{os.getpid()}-{next(NUMBERS)}"


def manifest(name: str, **data: str) -> bytes:
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "demo2"}, "data": data}).encode()


def test_gets_in_every_format(run_as):
    jane = run_as("jane")
    assert "web" in jane.out("get", "pods", "-n", "demo")
    assert "Running" in jane.out("get", "pods", "-n", "demo", "-o", "wide")
    assert json.loads(jane.out("get", "pods", "-n", "demo", "-o", "json"))["kind"] == "List"
    assert "colour: red" in jane.out("get", "widgets", "one", "-n", "demo", "-o", "yaml")
    assert "Name:" in jane.out("describe", "pod", "web", "-n", "demo")


def test_applies_patches_and_deletes(run_as, fresh):
    jane = run_as("jane")
    jane.out("apply", "-f", "-", data=manifest(fresh, k="1"))
    assert "configured" in jane.out("apply", "-f", "-", data=manifest(fresh, k="2"))
    assert "serverside-applied" in jane.out("apply", "--server-side", "--force-conflicts", "-f", "-", data=manifest(fresh, k="3"))
    patches = {"merge": '{"data":{"k":"4"}}', "strategic": '{"data":{"k":"5"}}', "json": '[{"op":"replace","path":"/data/k","value":"6"}]'}
    for number, (kind, patch) in enumerate(patches.items(), start=4):
        jane.out("patch", "configmap", fresh, "-n", "demo2", f"--type={kind}", "-p", patch)
        assert jane.out("get", "configmap", fresh, "-n", "demo2", "-o", "jsonpath={.data.k}") == str(number)
    assert "deleted" in jane.out("delete", "configmap", fresh, "-n", "demo2")
    assert b"NotFound" in jane.run("get", "configmap", fresh, "-n", "demo2").stderr


def test_edits_custom_objects(run_as, fresh):
    jane = run_as("jane")
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": fresh, "namespace": "demo2"}, "spec": {"size": 1}}
    jane.out("apply", "-f", "-", data=json.dumps(widget).encode())
    jane.out("scale", "widget", fresh, "-n", "demo2", "--replicas=5")
    assert jane.out("get", "widget", fresh, "-n", "demo2", "-o", "jsonpath={.spec.size}") == "5"
    jane.out("delete", "widget", fresh, "-n", "demo2")


def test_waits_for_a_deletion(run_as, fresh):
    jane = run_as("jane")
    jane.out("create", "configmap", fresh, "-n", "demo2")
    waiting = jane.start("wait", "--for=delete", f"configmap/{fresh}", "-n", "demo2", "--timeout=30s")
    jane.out("delete", "configmap", fresh, "-n", "demo2")
    _, complaint = waiting.communicate(timeout=30)
    assert waiting.returncode == 0, complaint


REFUSED = [
    ("jane", ["get", "secrets", "-n", "demo"]),
    ("jane", ["get", "nodes"]),
    ("jane", ["get", "pods", "-A"]),
    ("jane", ["delete", "pod", "web", "-n", "demo"]),
    ("jane", ["get", "gadgets"]),
    ("jane", ["get", "pod", "none", "-n", "demo"]),
    ("jane", ["logs", "none", "-n", "demo"]),
    ("jane", ["logs", "web", "-c", "none", "-n", "demo"]),
    ("jane", ["exec", "web", "-n", "demo", "--", "true"]),
    ("jane", ["port-forward", "web", "0:80", "-n", "demo"]),
    ("jane", ["attach", "web", "-n", "demo"]),
    ("jane", ["get", "pods", "-n", "demo", "-l", "((("]),
    ("jane", ["get", "pods", "--as=admin"]),
    ("jane", ["auth", "can-i", "get", "secrets", "-n", "demo"]),
    ("ops", ["exec", "box", "-n", "demo2", "--", "true"]),
    ("nobody", ["get", "pods"]),
    ("nobody", ["auth", "can-i", "--list", "-n", "demo"]),
    ("stranger", ["get", "pods"]),
    ("deputy", ["get", "pods", "-n", "demo", "--as=jane", "--as-group=system:masters"]),
    ("deputy", ["get", "pods", "-n", "demo", "--as=jane", "--as-uid=u-2"]),
    ("admin", ["get", "--raw", "/none"]),
    ("admin", ["get", "pods", "--as-group=dev"]),
]


@pytest.mark.parametrize("person, arguments", REFUSED, ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_errors_read_as_they_do_directly(run_as, person, arguments):
    direct, through = run_as(person, direct=True).run(*arguments), run_as(person).run(*arguments)
    assert direct.returncode != 0 or "auth" in arguments
    assert (through.returncode, through.stdout, through.stderr) == (direct.returncode, direct.stdout, direct.stderr)


@pytest.mark.parametrize("person", ["admin", "jane", "ops", "builder"])
@pytest.mark.parametrize("question", [["whoami", "-o", "json"], ["can-i", "--list", "-n", "demo2"], ["can-i", "create", "pods/exec", "-n", "demo2"]],
                         ids=" ".join)
def test_who_am_i_and_what_may_i(run_as, person, question):
    answers = [run_as(person, direct=direct).run("auth", *question) for direct in (True, False)]
    direct, through = (sorted(line for line in done.stdout.decode().splitlines() if "creationTimestamp" not in line) for done in answers)
    assert through == direct
    assert answers[0].returncode == answers[1].returncode


def test_impersonates_within_its_rights(run_as):
    deputy = run_as("deputy")
    as_jane = ["--as=jane", "--as-group=dev", "-o", "jsonpath={.status.userInfo}"]
    told = json.loads(deputy.out("auth", "whoami", *as_jane))
    assert told["username"] == "jane" and told["groups"] == ["dev", "system:authenticated"]
    assert json.loads(deputy.out("auth", "whoami", *as_jane, "--as-uid=u-1"))["uid"] == "u-1"
    account = "--as=system:serviceaccount:demo:builder"
    assert "system:serviceaccounts:demo" in deputy.out("auth", "whoami", account, "-o", "yaml")


def test_reads_logs(run_as):
    lines = run_as("jane").out("logs", "web", "-n", "demo", "-c", "main").splitlines()
    assert lines == [f"line {number} of main" for number in range(1, 11)]


def test_follows_logs_line_by_line(run_as):
    """Lines are made every 100 ms; one that is held back until others have gathered would come late."""
    with run_as("jane").start("logs", "-f", "web", "-n", "demo", "-c", "main") as following:
        try:
            arrived = [(following.stdout.readline(), time.monotonic()) for _ in range(25)]
        finally:
            following.kill()
    assert arrived[24][0] == b"line 25 of main\n"
    gaps = [later[1] - earlier[1] for earlier, later in zip(arrived[10:], arrived[11:])]
    assert max(gaps) < 1.5 and sum(gap > 0.02 for gap in gaps) >= 10, gaps


@pytest.mark.parametrize("code", [0, 7, 255])
def test_exec_carries_output_and_exit_code(run_as, code):
    done = run_as("jane").run("exec", "box", "-n", "demo2", "--", "sh", "-c", f"echo out; echo err >&2; exit {code}")
    assert (done.returncode, done.stdout) == (code, b"out\n")
    assert done.stderr.startswith(b"err\n")


def test_exec_half_closes_standard_input(run_as):
    """`sort` answers only once its input has ended, and the answer still comes back."""
    done = run_as("jane").run("exec", "-i", "box", "-n", "demo2", "--", "sort", data=b"b\na\n")
    assert (done.returncode, done.stdout) == (0, b"a\nb\n")


def test_exec_takes_100_megabytes(run_as):
    data = os.urandom(MEGABYTE) * (BULK // MEGABYTE)
    done = run_as("jane").run("exec", "-i", "box", "-n", "demo2", "--", "sha256sum", data=data)
    assert done.stdout.split()[0].decode() == hashlib.sha256(data).hexdigest()


def test_exec_gives_100_megabytes(run_as):
    done = run_as("jane").run("exec", "box", "-n", "demo2", "--", "sh", "-c", f"yes 0123456789abcde | head -c {BULK}")
    wanted = (b"0123456789abcde\n" * (BULK // 16))
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(wanted).digest()


def test_exec_with_a_terminal(run_as):
    done = run_as("jane").run("exec", "-it", "box", "-n", "demo2", "--", "sh", "-c", "test -t 1 && echo terminal")
    # Without a terminal on this side kubectl asks for none on the other; what matters is that it says so.
    assert done.returncode in (0, 1) and b"Unable to use a TTY" in done.stderr


def test_tar_through_exec_as_cp_does(run_as, tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "file").write_bytes(os.urandom(3 * MEGABYTE))
    jane, target = run_as("jane"), tmp_path / "to"
    target.mkdir()
    packed = subprocess.run(["tar", "-C", str(tmp_path / "from"), "-cf", "-", "."], check=True, capture_output=True).stdout
    done = jane.run("exec", "-i", "box", "-n", "demo2", "--", "tar", "-C", str(target), "-xf", "-", data=packed)
    assert done.returncode == 0, done.stderr
    jane.out("cp", f"demo2/box:{target}/file", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == (tmp_path / "from" / "file").read_bytes()


def test_attach_echoes(run_as):
    done = run_as("jane").run("attach", "-i", "box", "-n", "demo2", "-c", "box-none")
    assert done.returncode != 0
    done = run_as("jane").run("attach", "-i", "box", "-n", "demo2", data=b"hello\n")
    assert b"hello\n" in done.stdout, done.stderr


def test_forwards_a_port(run_as):
    """The pod's port 7 echoes. Two connections, one after the other, and one that is half closed."""
    with run_as("jane").start("port-forward", "box", ":7", "-n", "demo2") as forwarding:
        try:
            port = int(forwarding.stdout.readline().split(b":")[1].split()[0])
            for size in (10, MEGABYTE):
                data = os.urandom(size)
                assert echoed(port, data) == data
        finally:
            forwarding.kill()


def echoed(port: int, data: bytes) -> bytes:
    """Sends, reads what comes back meanwhile, then closes the sending half and reads to the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        sent, got = 0, b""
        while len(got) < len(data):
            readable, writable, _ = select.select([connection], [connection] if sent < len(data) else [], [], 20)
            assert readable or writable, f"nothing moved after {len(got)} of {len(data)} bytes"
            if writable:
                sent += connection.send(data[sent:sent + 65536])
            if readable:
                piece = connection.recv(65536)
                assert piece, f"closed after {len(got)} of {len(data)} bytes"
                got += piece
        connection.shutdown(socket.SHUT_WR)
        return got


@pytest.mark.slow("long_watches")
def test_watches_for_more_than_a_minute(plane, long_watches, fresh):
    """Both kubectls at once; an event a minute after the first still arrives."""
    started, watches = long_watches
    until("a minute passed", lambda: time.monotonic() > started + 62, 70)
    plane.kubectl("create", "configmap", fresh, "-n", "demo2")
    try:
        for watch in watches:
            names = iter(lambda watch=watch: watch.stdout.readline().strip(), b"")
            assert any(name == f"configmap/{fresh}".encode() for name in names), watch.stderr.read()
    finally:
        plane.kubectl("delete", "configmap", fresh, "-n", "demo2")
