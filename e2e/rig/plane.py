"""A real Kubernetes control plane on loopback, started and ended by the peers tool."""

import json
import os
import pathlib
import subprocess

from .people import Person
from .ports import LOOPBACK

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
MANIFESTS = REPOSITORY / "e2e" / "manifests"
PEERS = pathlib.Path(os.environ.get("RAVELIN_PEERS", REPOSITORY.parent / "shared" / "tools" / "peers"))


def assets() -> pathlib.Path:
    """The folder of the Kubernetes binaries: KUBEBUILDER_ASSETS, or what the peers tool builds."""
    named = os.environ.get("KUBEBUILDER_ASSETS")
    if named:
        return pathlib.Path(named)
    built = subprocess.run([str(PEERS / "build")], check=True, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(built.stdout.strip())


class Plane:
    """etcd, kube-apiserver, controllers, scheduler, kwok and a test kubelet, with their certificates."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.assets = assets()
        self.pki = folder / "pki"

    def up(self, *flags: str, nodes: int = 2) -> None:
        extra = [f"--apiserver-arg={flag}" for flag in flags]
        self._peers("cluster", "up", self.folder, "--nodes", str(nodes), *extra)

    def down(self) -> None:
        self._peers("cluster", "down", self.folder)

    @property
    def address(self) -> tuple[str, int]:
        return LOOPBACK, int((self.folder / "server").read_text().rsplit(":", 1)[1])

    @property
    def ca(self) -> pathlib.Path:
        return self.pki / "ca.crt"

    @property
    def audit_log(self) -> pathlib.Path:
        return self.folder / "audit.log"

    def person(self, name: str, *groups: str) -> Person:
        """A user with a client certificate; made on first use."""
        self._peers("cluster", "user", self.folder, name, *groups)
        return Person(name, self.ca, certificate=self.pki / f"{name}.crt", key=self.pki / f"{name}.key")

    def account(self, namespace: str, name: str, audience: str = "") -> Person:
        """A service account with a fresh token."""
        flags = [f"--audience={audience}"] if audience else []
        token = self.kubectl("create", "token", name, "-n", namespace, *flags).strip()
        return Person(f"system:serviceaccount:{namespace}:{name}", self.ca, token=token)

    def kubectl(self, *flags: str, text: str | None = None) -> str:
        """Runs kubectl as the administrator, straight at kube-apiserver."""
        command = [str(self.assets / "kubectl"), f"--kubeconfig={self.folder / 'admin.kubeconfig'}", *map(str, flags)]
        done = subprocess.run(command, input=text, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"kubectl {' '.join(map(str, flags))}: {done.stderr}")
        return done.stdout

    def apiserver_command(self) -> list[str]:
        """The command line of the running kube-apiserver."""
        for line in (self.folder / "pids").read_text().splitlines():
            pid, name = line.split()
            if name == "kube-apiserver":
                return pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
        raise AssertionError("the control plane has no kube-apiserver")

    def kubeconfig(self, person: Person, address: tuple[str, int], path: pathlib.Path) -> pathlib.Path:
        """Writes a kubeconfig for `person` that speaks to `address`."""
        path.touch(mode=0o600)
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "e2e",
            "clusters": [{"name": "e2e", "cluster": {"server": "https://%s:%d" % address,
                                                     "certificate-authority": str(self.ca)}}],
            "users": [{"name": "e2e", "user": person.kubeconfig_user()}],
            "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": "e2e"}}],
        }))
        return path

    def _peers(self, tool: str, *arguments: object) -> None:
        environment = {**os.environ, "KUBEBUILDER_ASSETS": str(self.assets)}
        done = subprocess.run([str(PEERS / tool), *map(str, arguments)], env=environment, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"{tool} {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
