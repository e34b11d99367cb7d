"""The golden table of deliberate differences from kube-apiserver, differences.json.

A row exempts the requests it describes, and no others: their answer must be the row's.
"""

import fnmatch
import json
import pathlib
from dataclasses import dataclass

from .cases import Case
from .wire import Answer

FILE = pathlib.Path(__file__).resolve().parents[1] / "differences.json"


@dataclass(frozen=True)
class Row:
    """What differs, for which requests (`METHOD target` patterns), the status and text instead, and why."""

    what: str
    requests: tuple[str, ...]
    status: int
    text: str
    why: str
    headers: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    def covers(self, case: Case) -> bool:
        line = f"{case.method} {case.target}"
        sent = [f"{name}: {value}" for name, value in case.headers]
        return (any(fnmatch.fnmatchcase(line, pattern) for pattern in self.requests)
                and (not self.users or case.user in self.users)
                and all(any(fnmatch.fnmatchcase(one, pattern) for one in sent) for pattern in self.headers))

    def complaint(self, answer: Answer) -> str:
        """How `answer` is not what this row promises; empty if it is."""
        if answer.status != self.status:
            return f"golden row {self.what!r} promises {self.status}, the answer is {answer.status} {answer.body[:200]!r}"
        if self.text.encode() not in answer.body:
            return f"golden row {self.what!r} promises the text {self.text!r}, the answer is {answer.body[:300]!r}"
        return ""


def rows() -> list[Row]:
    table = json.loads(FILE.read_text())
    return [Row(row["what"], tuple(row["requests"]), row["status"], row["text"], row["why"],
                tuple(row.get("headers", [])), tuple(row.get("users", []))) for row in table]
