"""kubectl as people run it: two versions, two transports, straight or through a gateway."""

import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

LIMIT = 120


@dataclass(frozen=True)
class Kubectl:
    """A kubectl binary with a kubeconfig and a choice of transport for streams."""

    program: pathlib.Path
    kubeconfig: pathlib.Path
    websockets: bool = True
    home: pathlib.Path = pathlib.Path("/tmp")

    def environment(self) -> dict[str, str]:
        on = "true" if self.websockets else "false"
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig), "HOME": str(self.home),
                "KUBECTL_REMOTE_COMMAND_WEBSOCKETS": on, "KUBECTL_PORT_FORWARD_WEBSOCKETS": on}

    def run(self, *arguments: str, data: bytes = b"", limit: float = LIMIT) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(self._command(arguments), input=data, capture_output=True, env=self.environment(), timeout=limit)

    def out(self, *arguments: str, data: bytes = b"") -> str:
        """What it prints; fails if it fails."""
        done = self.run(*arguments, data=data)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr.decode()}"
        return done.stdout.decode()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Runs in the background with pipes at all three ends."""
        return subprocess.Popen(self._command(arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self.environment())

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [str(self.program), *arguments]


def programs(assets: pathlib.Path) -> dict[str, pathlib.Path]:
    """The kubectl of the peers, and the one on PATH."""
    found = {"peer": assets / "kubectl"}
    if on_path := shutil.which("kubectl"):
        found["path"] = pathlib.Path(on_path)
    return found
