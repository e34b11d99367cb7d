"""A program under test: started in the background, its output in a file, ended with the session."""

import os
import pathlib
import signal
import subprocess

PATIENCE = 15
TAIL = 4000


class Process:
    """One running program. Its whole process group ends with it."""

    def __init__(self, name: str, command: list[str], log: pathlib.Path, environment: dict[str, str] | None = None):
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        with open(log, "ab") as output:
            self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                          env={**os.environ, **(environment or {})}, start_new_session=True)

    @property
    def pid(self) -> int:
        return self.child.pid

    def running(self) -> bool:
        return self.child.poll() is None

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-TAIL:]

    def check(self) -> None:
        """Fails, with the end of the log, if the program has ended by itself."""
        if not self.running():
            raise AssertionError(f"{self.name} ended with {self.child.returncode}\n{' '.join(self.command)}\n{self.tail()}")

    def stop(self) -> None:
        """Ends it politely, then firmly."""
        self.send(signal.SIGTERM)
        try:
            self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.child.wait(PATIENCE)

    def send(self, number: signal.Signals) -> None:
        if self.running():
            os.killpg(self.child.pid, number)

    def resident_bytes(self) -> int:
        """The memory it holds now, from /proc."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0
