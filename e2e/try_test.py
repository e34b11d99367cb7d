"""`ravelin try`: a first look, with the embedded sandbox and with real binaries behind the gateway."""

import json
import pathlib
import re
import shutil
import signal
import subprocess

import pytest
from rig import events
from rig.gateway import binary
from rig.kubectl import Kubectl, programs
from rig.plane import assets
from rig.ports import free_port
from rig.process import Process
from rig.wait import until

pytestmark = pytest.mark.gateway_only

EMBEDDED = ["env", "-u", "KUBEBUILDER_ASSETS"]
READY = "Ctrl-C stops all of it"


class Trial:
    """A running trial and its folder."""

    def __init__(self, folder: pathlib.Path, log: pathlib.Path, prefix: list[str]):
        self.folder = folder
        command = [*prefix, str(binary()), "try", f"--folder={folder}", f"--port={free_port()}"]
        self.process = Process("try", command, log)
        until("the trial is ready", self.ready, 60)

    def ready(self) -> bool:
        self.process.check()
        return READY in self.text()

    def text(self) -> str:
        return self.process.log.read_text()

    def run_as(self, person: str, program: pathlib.Path, websockets: bool = True) -> Kubectl:
        return Kubectl(program, self.folder / f"{person}.kubeconfig", websockets, self.folder.parent)

    def interrupt(self) -> int:
        """How it ends at Ctrl-C."""
        self.process.send(signal.SIGINT)
        return self.process.child.wait(20)


@pytest.fixture(scope="module")
def home(folder):
    path = folder / "trial"
    path.mkdir()
    return path


@pytest.fixture(scope="module")
def trial(home):
    trial = Trial(home / "embedded", home / "embedded.log", EMBEDDED)
    yield trial
    trial.process.stop()


@pytest.fixture(params=["path", "peer"])
def run_as(request, trial):
    """Makes a kubectl for a person of the trial."""
    return lambda person, websockets=True: trial.run_as(person, programs(assets())[request.param], websockets)


def ravelin(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*EMBEDDED, str(binary()), *arguments], capture_output=True, text=True, timeout=30)


def manifest(name: str, **data: str) -> bytes:
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}).encode()


def test_reads_and_writes(run_as):
    developer = run_as("developer")
    assert "web" in developer.out("get", "pods")
    assert "created" in developer.out("apply", "-f", "-", data=manifest("own", k="1"))
    assert "configured" in developer.out("apply", "-f", "-", data=manifest("own", k="2"))
    assert "serverside-applied" in developer.out("apply", "--server-side", "--force-conflicts", "-f", "-", data=manifest("own", k="3"))
    assert developer.out("get", "configmap", "own", "-o", "jsonpath={.data.k}") == "3"
    assert "deleted" in developer.out("delete", "configmap", "own")


def test_looks_into_pods(run_as):
    developer = run_as("developer")
    assert developer.out("logs", "deployment/web").strip()
    assert developer.out("exec", "deployment/web", "--", "echo", "hello") == "hello\n"
    done = developer.run("exec", "deployment/web", "--", "sh", "-c", "echo out; exit 3")
    assert (done.returncode, done.stdout) == (3, b"out\n")
    over_spdy = run_as("developer", websockets=False).run("exec", "deployment/web", "--", "echo", "hello")
    assert over_spdy.returncode == 1 and b"this is a sandbox: exec and attach speak WebSocket alone" in over_spdy.stderr


def test_knows_who_asks_and_what_they_may(run_as):
    developer, viewer = run_as("developer"), run_as("viewer")
    told = json.loads(developer.out("auth", "whoami", "-o", "jsonpath={.status.userInfo}"))
    assert (told["username"], told["groups"]) == ("developer", ["developers", "system:authenticated"])
    assert developer.out("auth", "can-i", "delete", "configmaps") == "yes\n"
    assert viewer.run("auth", "can-i", "delete", "configmaps").stdout.startswith(b"no")
    done = viewer.run("delete", "configmap", "web")
    assert done.returncode == 1 and b'User "viewer" cannot delete resource "configmaps"' in done.stderr
    assert "secret/web" in run_as("admin").out("get", "secrets", "--all-namespaces", "-o", "name")


def commands(text: str, title: str) -> list[str]:
    """The lines below a title of what is printed, without their comments."""
    block = text.split(f"\n{title}\n", 1)[1].split("\n\n", 1)[0]
    return [re.sub(r"\s+#.*", "", line).strip() for line in block.splitlines()]


@pytest.mark.parametrize("title, status", [("Allowed, and by which rule:", [0]), ("Refused, and why:", [1, 1, 0])])
def test_what_it_says_to_try_does_what_it_says(trial, title, status):
    shell = ["sh", "-c", f"{commands(trial.text(), 'Be the developer, who may edit the namespace demo:')[0]}; exec \"$@\"", "sh"]
    found = [subprocess.run([*shell, *line.split()], capture_output=True).returncode for line in commands(trial.text(), title)]
    assert found == status * (len(found) // len(status)) and found


def test_the_record_is_whole(trial, run_as):
    run_as("viewer").run("get", "secrets")
    done = ravelin("audit", "verify", str(trial.folder / "audit.log"))
    assert done.returncode == 0, done.stdout + done.stderr
    record = [event for event in events.events(trial.folder / "audit.log") if event["user"]["username"] == "viewer"][-1]
    assert record["annotations"]["authorization.k8s.io/decision"] == "forbid"


def test_a_folder_holds_one_trial(trial):
    for more in ([], ["--clean"]):
        done = ravelin("try", f"--folder={trial.folder}", f"--port={free_port()}", *more)
        assert done.returncode == 1 and "runs already" in done.stderr


def test_a_folder_of_something_else_is_left_alone(home):
    other = home / "other"
    other.mkdir()
    (other / "letter").write_text("dear")
    for more, told in ([], "has other things in it"), (["--clean"], "was not made by"):
        done = ravelin("try", f"--folder={other}", f"--port={free_port()}", *more)
        assert done.returncode == 1 and told in done.stderr
    assert [path.name for path in other.iterdir()] == ["letter"]


def test_ends_in_order_starts_again_and_is_cleaned_up(home):
    folder, log = home / "again", home / "again.log"
    for _ in range(2):
        trial = Trial(folder, log, EMBEDDED)
        watching = trial.run_as("developer", programs(assets())["peer"]).start("get", "configmaps", "-w", "-o", "name")
        assert watching.stdout.readline().startswith(b"configmap/")
        assert trial.interrupt() == 0, trial.process.tail()
        watching.communicate(timeout=10)
        assert "Stopped." in trial.text()
        log.unlink()
    assert ravelin("audit", "verify", str(folder / "audit.log")).returncode == 0
    assert ravelin("try", "--clean", f"--folder={folder}").returncode == 0
    assert not folder.exists()


def test_real_binaries_behind_it(home):
    trial = Trial(home / "real", home / "real.log", ["env", f"KUBEBUILDER_ASSETS={assets()}"])
    try:
        assert "in front of a real kube-apiserver" in trial.text()
        developer, viewer = (trial.run_as(person, programs(assets())["peer"]) for person in ("developer", "viewer"))
        assert "created" in developer.out("apply", "-f", "-", data=manifest("own", k="1"))
        assert developer.out("auth", "can-i", "delete", "configmaps") == "yes\n"
        assert b"cannot delete" in viewer.run("delete", "configmap", "own").stderr
    finally:
        ended = trial.interrupt()
    assert ended == 0, trial.process.tail()
    assert ravelin("audit", "verify", str(trial.folder / "audit.log")).returncode == 0
    shutil.rmtree(trial.folder)
