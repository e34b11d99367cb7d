"""What processes used, from /proc."""

import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Usage:
    """CPU time since the start of the measurement, and memory now, of a few processes together."""

    def __init__(self, pids: list[int]):
        self.pids = pids
        self.before = self._seconds()

    def since(self) -> float:
        return self._seconds() - self.before

    def resident(self) -> int:
        """Bytes. Pages that several of them share count once each; nginx workers share few."""
        return sum(int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE for pid in self.pids)

    def _seconds(self) -> float:
        return sum(sum(map(int, _fields(pid)[11:13])) for pid in self.pids) / TICKS


def _fields(pid: int) -> list[str]:
    """The fields of stat after the name, which may hold spaces."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
