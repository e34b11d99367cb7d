"""Where the contest takes place: a control plane, and one static HTTPS upstream that nginx serves."""

import json
import os
import pathlib
import pwd
import subprocess
import sys

from rig import wire
from rig.gateway import reachable
from rig.identity import identity
from rig.plane import Plane
from rig.ports import LOOPBACK, free_port
from rig.process import Process
from rig.wait import until

HERE = pathlib.Path(__file__).resolve().parent
GROUP = "bench.example.com"
ROOT = f"/apis/{GROUP}/v1"
THING = f"{ROOT}/namespaces/bench/things/one"
WATCH = f"{ROOT}/namespaces/bench/things?watch=1"
LIST = f"{ROOT}/namespaces/bench/lists"
JSON = [("Content-Type", "application/json")]
ROLE = "bench-reader"
MEGABYTES = 200


class Setting:
    """Everything but the contestants; up for as long as the `with` lasts."""

    def __init__(self, folder: pathlib.Path, bindings: int):
        self.folder = folder
        self.bindings = bindings
        self.plane = Plane(folder / "plane")
        self.processes: list[Process] = []
        self.list_bytes = 0

    def __enter__(self) -> "Setting":
        try:
            self._open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            process.stop()
        self.plane.down()

    def start(self, name: str, command: list[str]) -> Process:
        process = Process(name, command, self.folder / f"{name}.log")
        self.processes.append(process)
        return process

    def nginx(self, name: str, **values: object) -> Process:
        """nginx with one of the configurations beside this file."""
        text = (HERE / f"{name}.conf").read_text()
        for key, value in {"folder": self.folder, "pki": self.plane.pki, **values}.items():
            text = text.replace(f"@{key}@", str(value))
        path = self.folder / f"{name}.conf"
        path.write_text(text)
        # Its workers would run as nobody, who may not look into this folder.
        directives = f"daemon off; user {pwd.getpwuid(os.geteuid()).pw_name};"
        process = self.start(name, ["nginx", "-e", str(self.folder / f"{name}.error.log"), "-p", str(self.folder), "-c", str(path), "-g", directives])
        port = int(values["port"])
        until(f"{name} listens", lambda: process.check() is None and reachable((LOOPBACK, port)))
        return process

    def _open(self) -> None:
        self.plane.up("--anonymous-auth=false")
        self.admin = self.plane.person("admin")
        self.upstream_user = identity(self.plane)
        self._rights()
        self._files()
        holder, self.upstream_port = free_port(), free_port()
        self.start("hold", [sys.executable, str(HERE / "hold.py"), str(holder)])
        until("hold listens", lambda: reachable((LOOPBACK, holder)))
        self.upstream = self.nginx("upstream", port=self.upstream_port, hold=holder, apiserver="%s:%d" % self.plane.address)
        self._aggregate()

    def _rights(self) -> None:
        """Many bindings, of which few are the caller's."""
        rule = {"apiGroups": [GROUP], "resources": ["*"], "verbs": ["get", "list", "watch"]}
        objects = [("", "namespaces", {"metadata": {"name": "bench"}}),
                   ("bench", "serviceaccounts", {"metadata": {"name": "caller"}}),
                   ("", "clusterroles", {"metadata": {"name": ROLE}, "rules": [rule]}),
                   ("bench", "rolebindings", binding("bench-caller", "ServiceAccount", "caller", "bench"))]
        objects += [("", "clusterrolebindings", binding(f"bench-{number}", "User", f"user-{number}")) for number in range(self.bindings // 2)]
        objects += [("bench", "rolebindings", binding(f"bench-{number}", "User", f"user-{number}")) for number in range(self.bindings // 2)]
        with wire.Connection(self.plane.address, self.admin) as connection:
            for namespace, kind, body in objects:
                root = "/api/v1" if kind in ("namespaces", "serviceaccounts") else "/apis/rbac.authorization.k8s.io/v1"
                place = f"/namespaces/{namespace}" if namespace else ""
                connection.send(wire.request("POST", f"{root}{place}/{kind}", JSON, json.dumps(body).encode()))
                made = connection.answer()
                assert made.status == 201, made
        self.caller = self.plane.account("bench", "caller")

    def _files(self) -> None:
        """What the upstream serves: one object of 1 KB, a discovery document, and a list of 200 MB."""
        static = self.folder / "static"
        static.mkdir()
        thing = {"kind": "Thing", "apiVersion": f"{GROUP}/v1", "metadata": {"name": "one", "namespace": "bench"}, "text": ""}
        thing["text"] = "x" * (1024 - len(json.dumps(thing)))
        (static / "thing.json").write_text(json.dumps(thing))
        resources = [{"name": name, "namespaced": True, "kind": "Thing", "verbs": ["get", "list", "watch"]} for name in ("things", "lists")]
        (static / "discovery.json").write_text(json.dumps({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{GROUP}/v1", "resources": resources}))
        with open(static / "list.json", "w") as listing:
            listing.write(f'{{"kind":"ThingList","apiVersion":"{GROUP}/v1","metadata":{{}},"items":[')
            listing.write(",".join([json.dumps(thing)] * (MEGABYTES * 1024)))
            listing.write("]}")
        self.list_bytes = (static / "list.json").stat().st_size

    def _aggregate(self) -> None:
        """kube-apiserver's aggregation layer in front of the same upstream."""
        service = {"metadata": {"name": "upstream"}, "spec": {"type": "ExternalName", "externalName": "localhost", "ports": [{"port": self.upstream_port}]}}
        wire.ask(self.plane.address, self.admin, "POST", "/api/v1/namespaces/bench/services", JSON, json.dumps(service).encode())
        registration = {"metadata": {"name": f"v1.{GROUP}"}, "spec": {
            "group": GROUP, "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 100, "insecureSkipTLSVerify": True,
            "service": {"namespace": "bench", "name": "upstream", "port": self.upstream_port}}}
        made = wire.ask(self.plane.address, self.admin, "POST", "/apis/apiregistration.k8s.io/v1/apiservices", JSON, json.dumps(registration).encode())
        assert made.status == 201, made
        until("the aggregated API answers", lambda: wire.ask(self.plane.address, self.caller, "GET", THING).status == 200, 60)


def binding(name: str, kind: str, subject: str, namespace: str = "") -> dict[str, object]:
    group = {} if namespace else {"apiGroup": "rbac.authorization.k8s.io"}
    place = {"namespace": namespace} if namespace else {}
    return {"metadata": {"name": name}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": ROLE},
            "subjects": [{"kind": kind, "name": subject, **group, **place}]}


def pids(process: Process) -> list[int]:
    """A process and its children: nginx works in these."""
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    return [process.pid, *map(int, found)]
