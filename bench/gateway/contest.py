"""The contestants, and rounds in which each has its turn."""

import pathlib

from load import load
from rig.gateway import Gateway, Launcher
from rig.ports import LOOPBACK, free_port
from setting import HERE, THING, Setting, pids
from usage import Usage

CONTESTANTS = ("direct", "nginx", "kube-apiserver", "ravelin")
PROTOCOLS = ("h1", "h2")
# On, and never reached: what they cost is measured, not what they refuse.
LIMITS = {"caller_requests_per_second": 1_000_000, "caller_burst": 1_000_000, "handshakes_per_second": 100_000, "handshake_burst": 100_000,
          "max_connections": 100_000, "max_connections_per_address": 100_000, "max_watches": 50_000, "max_watches_per_caller": 50_000,
          "max_failed_logins": 30}


class Contest:
    """Each contestant is an address, and the processes that answer for it."""

    def __init__(self, setting: Setting, names: list[str]):
        unknown = set(names) - set(CONTESTANTS)
        if unknown:
            raise SystemExit(f"bench/gateway: no contestants {sorted(unknown)}; there are {', '.join(CONTESTANTS)}")
        self.setting = setting
        self.gateway: Gateway | None = None
        starts = {"direct": self._direct, "nginx": self._nginx, "kube-apiserver": self._apiserver, "ravelin": self._ravelin}
        self.contestants = {name: starts[name]() for name in names}

    def rounds(self, count: int, seconds: int, connections: int, streams: int) -> list[dict[str, object]]:
        """Every contestant once a round; who begins moves on, so that none always follows the same one."""
        names, runs = list(self.contestants), []
        for number in range(count):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                for protocol in PROTOCOLS:
                    run = self._run(name, protocol, seconds, connections, streams)
                    runs.append({"round": number, "contestant": name, "protocol": protocol, **run})
                    print(f"round {number + 1}: {name} {protocol} {run['rate']:.0f} requests/s")
        return runs

    def _run(self, name: str, protocol: str, seconds: int, connections: int, streams: int) -> dict[str, float]:
        address, workers = self.contestants[name]
        usage = Usage(workers())
        found = load(address, THING, self.setting.caller, protocol, seconds, connections, streams, self.setting.folder)
        used = usage.since()
        return {**found, "cpu_ms_a_request": 1000 * used / max(found["requests_in_all"], 1), "resident_mb": usage.resident() / 1e6}

    def _direct(self):
        return (LOOPBACK, self.setting.upstream_port), lambda: pids(self.setting.upstream)

    def _nginx(self):
        port = free_port()
        process = self.setting.nginx("proxy", port=port, upstream=self.setting.upstream_port)
        return (LOOPBACK, port), lambda: pids(process)

    def _apiserver(self):
        started = (self.setting.plane.folder / "pids").read_text().splitlines()
        pid = next(int(line.split()[0]) for line in started if line.endswith(" kube-apiserver"))
        return self.setting.plane.address, lambda: [pid]

    def _ravelin(self):
        launcher = Launcher(self.setting.plane, pathlib.Path(self.setting.folder), self.setting.upstream_user)
        self.gateway = launcher.start("ravelin", upstream=(LOOPBACK, self.setting.upstream_port), audit_policy_file=HERE / "policy.yaml", **LIMITS)
        self.setting.processes.append(self.gateway.process)
        return self.gateway.address, lambda: [self.gateway.process.pid]
