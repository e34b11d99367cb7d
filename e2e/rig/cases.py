"""The table of requests, requests.toml, multiplied out along its axes."""

import base64
import itertools
import pathlib
import tomllib
from dataclasses import dataclass

TABLE = pathlib.Path(__file__).resolve().parents[1] / "requests.toml"


@dataclass(frozen=True)
class Step:
    """A request that the administrator makes before or after a case."""

    method: str
    target: str
    body: bytes | None
    kind: str


@dataclass(frozen=True)
class Case:
    """One request by one person, and how its answers are to be compared."""

    group: str
    user: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    before: tuple[Step, ...]
    after: tuple[Step, ...]
    compare: str
    writes: bool

    @property
    def name(self) -> str:
        shown = " ".join(f"{name}={value}" for name, value in self.headers)
        body = f" {self.body[:60]!r}" if self.body is not None else ""
        return f"{self.group}: {self.user} {self.method} {self.target[:160]} {shown[:160]}{body}".strip()


class Table:
    """The groups of the table, by name."""

    def __init__(self, path: pathlib.Path = TABLE):
        table = tomllib.loads(path.read_text())
        self.bodies = {name: _bytes(body) for name, body in table["bodies"].items()}
        self.accepts = table["accepts"]
        self.groups = {group["name"]: group for group in table["group"]}

    def cases(self, name: str) -> list[Case]:
        """Every combination of a group's users, methods, paths, queries, headers and bodies."""
        group = self.groups[name]
        axes = itertools.product(group["users"], group.get("methods", ["GET"]), group["paths"], group.get("queries", [""]),
                                 self._headers(group), group.get("bodies", [""]))
        return [self._case(group, *point) for point in axes]

    def _headers(self, group: dict) -> list[dict[str, object]]:
        own = group.get("headers", [{}])
        accepts = [{"Accept": value} for value in self.accepts] if group.get("every-accept") else [{}]
        return [one | accept for one in own for accept in accepts]

    def _case(self, group: dict, user: str, method: str, path: str, query: str, headers: dict, body: str) -> Case:
        before, after = self._steps(group, "before"), self._steps(group, "after")
        return Case(group["name"], user, method, _target(path, query), _pairs(headers),
                    self.bodies[body] if body else None, before, after, group.get("compare", "all"), bool(before or after or group.get("writes")))

    def _steps(self, group: dict, when: str) -> tuple[Step, ...]:
        return tuple(self._step(line) for line in group.get(when, []))

    def _step(self, line: str) -> Step:
        method, target, *rest = line.split()
        return Step(method, target, self.bodies[rest[0]] if rest else None, rest[1] if len(rest) > 1 else "application/json")


def _target(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{query}" if query else path


def _pairs(headers: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """A list as value means the header several times."""
    return tuple((name, value) for name, values in headers.items()
                 for value in (values if isinstance(values, list) else [values]))


def _bytes(body: object) -> bytes:
    """A body: text; or a table with `base64`, or with a `fill` of so many bytes between `head` and `tail`."""
    if isinstance(body, str):
        return body.encode()
    if "base64" in body:
        return base64.b64decode(body["base64"])
    return (body["head"] + "x" * body["fill"] + body["tail"]).encode()
