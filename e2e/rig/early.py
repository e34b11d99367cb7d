"""What takes its time by nature is started with the session, and its tests come last and find it nearly done.

A test says so with `@pytest.mark.slow("fixture", ...)`, naming session fixtures of this module.
"""

import subprocess
import time
from collections.abc import Iterator

import pytest

from . import wire
from .kubectl import Kubectl, programs
from .plane import PEERS

# kube-apiserver gives a client half a minute for its headers.
HEADER_TIME = 45
DAWDLERS = 20


@pytest.fixture(scope="session", autouse=True)
def early(request: pytest.FixtureRequest) -> None:
    """Starts what the selected slow tests wait for."""
    for item in request.session.items:
        for marker in item.iter_markers("slow"):
            for name in marker.args:
                request.getfixturevalue(name)


@pytest.fixture(scope="session")
def long_watches(plane, gateway, people, folder) -> Iterator[tuple[float, list[subprocess.Popen[bytes]]]]:
    """When they started, and a watch of configmaps by each kubectl, its first events read."""
    kubeconfig = plane.kubeconfig(people["jane"], gateway.address, folder / "watching.kubeconfig")
    watches = [Kubectl(program, kubeconfig, home=folder).start("get", "configmaps", "-n", "demo2", "-w", "-o", "name")
               for program in programs(plane.assets).values()]
    for watch in watches:
        assert watch.stdout.readline().startswith(b"configmap/"), watch.stderr.read()
    yield time.monotonic(), watches
    for watch in watches:
        watch.kill()
        watch.wait()


@pytest.fixture(scope="session")
def dawdlers(gateway, people) -> Iterator[list[wire.Connection]]:
    """Connections on which a request's headers have begun and do not end."""
    slow = [wire.Connection(gateway.address, people["jane"], timeout=HEADER_TIME) for _ in range(DAWDLERS)]
    for connection in slow:
        connection.send(b"GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    yield slow
    for connection in slow:
        connection.close()


@pytest.fixture(scope="session")
def keycloak_starting(plane, folder) -> Iterator[subprocess.Popen[str]]:
    """The peers' tool at work on a real OpenID provider."""
    serving = [str(plane.pki / "apiserver.crt"), str(plane.pki / "apiserver.key")]
    starting = subprocess.Popen([str(PEERS / "keycloak"), "up", str(folder / "keycloak"), *serving],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    yield starting
    starting.wait()
    subprocess.run([str(PEERS / "keycloak"), "down", str(folder / "keycloak")], check=True, capture_output=True)
