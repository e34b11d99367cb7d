"""The gateway under test, or, with RAVELIN_E2E_SELF=1, a second kube-apiserver in its place.

The second kube-apiserver shares etcd with the first, so that every test that is not about the gateway alone
can be shown to hold for Kubernetes itself.
"""

import os
import pathlib
import socket
import ssl

from . import wire
from .people import Person
from .plane import MANIFESTS, REPOSITORY, Plane
from .ports import LOOPBACK, free_port
from .process import Process
from .wait import until

SELF = os.environ.get("RAVELIN_E2E_SELF") == "1"
# What the gateway's own identity may read, and only by the cluster's rules.
RULES = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?limit=1"
# These say how a gateway reaches the cluster behind it; kube-apiserver has no use for them.
# The suite sends from one address, over a new connection each time, and fails to log in on purpose.
UNLIMITED = {"--max-failed-logins": 0, "--handshakes-per-second": 0, "--caller-requests-per-second": 0,
             "--max-connections-per-address": 0}
GATEWAY_ONLY = {"--kubeconfig", "--health-bind-address", *UNLIMITED}


def binary() -> pathlib.Path:
    """The gateway's program: RAVELIN_BIN, or what cargo built last."""
    named = os.environ.get("RAVELIN_BIN")
    if named:
        return pathlib.Path(named)
    built = [REPOSITORY / "target" / profile / "ravelin" for profile in ("release", "debug")]
    found = [path for path in built if path.exists()]
    if not found:
        raise AssertionError(f"no ravelin: build it, or name it in RAVELIN_BIN (looked for {', '.join(map(str, built))})")
    return max(found, key=lambda path: path.stat().st_mtime)


class Gateway:
    """A running gateway: where it listens, what it logs, and the process."""

    def __init__(self, process: Process, port: int, health: tuple[str, int], audit_log: pathlib.Path):
        self.process = process
        self.address = (LOOPBACK, port)
        self.health = health
        self.audit_log = audit_log

    def ready(self, witness: Person) -> bool:
        """Whether it answers, and knows the rules by which `witness` may read the rules."""
        self.process.check()
        try:
            return wire.ask(self.address, witness, "GET", RULES, timeout=5).status == 200
        except (OSError, ssl.SSLError, wire.Cut):
            return False


class Launcher:
    """Starts gateways for one plane and ends them all."""

    def __init__(self, plane: Plane, folder: pathlib.Path, upstream_user: Person):
        self.plane = plane
        self.folder = folder
        self.upstream_user = upstream_user
        self.started: list[Gateway] = []

    def start(self, name: str, upstream: tuple[str, int] | None = None, wait: bool = True,
              impersonate: bool = False, **flags: object) -> Gateway:
        """Starts a gateway; `flags` are options with `_` for `-`, over the defaults below. None leaves one out."""
        port, health = free_port(), (LOOPBACK, free_port())
        audit_log = self.folder / f"{name}.audit.log"
        chosen = self._defaults(name, port, health, audit_log, upstream or self.plane.address, impersonate)
        chosen |= {"--" + flag.replace("_", "-"): value for flag, value in flags.items()}
        options = [f"{flag}={value}" for flag, value in chosen.items() if value is not None]
        process = Process(name, self._command(options), self.folder / f"{name}.log")
        gateway = Gateway(process, port, health, pathlib.Path(str(chosen["--audit-log-path"])))
        self.started.append(gateway)
        if wait:
            until(f"{name} ready", lambda: gateway.ready(self.upstream_user), 60)
        return gateway

    def stop(self, gateway: Gateway) -> None:
        gateway.process.stop()
        self.started.remove(gateway)

    def stop_all(self) -> None:
        for gateway in self.started:
            gateway.process.stop()
        self.started.clear()

    def tails(self) -> str:
        return "\n".join(f"--- {gateway.process.name}\n{gateway.process.tail()}" for gateway in self.started)

    def _command(self, options: list[str]) -> list[str]:
        if not SELF:
            return [str(binary()), "gateway", *options]
        kept = [option for option in options if option.split("=")[0] not in GATEWAY_ONLY]
        return [*self.plane.apiserver_command(), *kept]

    def _defaults(self, name: str, port: int, health: tuple[str, int], audit_log: pathlib.Path,
                  upstream: tuple[str, int], impersonate: bool) -> dict[str, object]:
        pki = self.plane.pki
        kubeconfig = self.plane.kubeconfig(self.upstream_user, upstream, self.folder / f"{name}.upstream.kubeconfig")
        proxy = {} if impersonate else {"--proxy-client-cert-file": pki / "front-proxy-client.crt",
                                        "--proxy-client-key-file": pki / "front-proxy-client.key"}
        return {"--kubeconfig": kubeconfig, "--bind-address": LOOPBACK, "--secure-port": port,
                "--health-bind-address": "%s:%d" % health, "--tls-cert-file": pki / "apiserver.crt",
                "--tls-private-key-file": pki / "apiserver.key", "--client-ca-file": self.plane.ca,
                "--audit-policy-file": MANIFESTS / "audit-policy.yaml", "--audit-log-path": audit_log, **UNLIMITED, **proxy}


def reachable(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) == 0
