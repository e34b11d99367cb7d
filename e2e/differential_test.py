"""The same request, sent to kube-apiserver and through the gateway: no client can tell the answers apart.

The requests are in requests.toml, the deliberate differences in differences.json. A group's test reports
every difference it finds, not only the first.
"""

import concurrent.futures

import pytest
from rig import curl, golden, wire
from rig.cases import Case, Step, Table
from rig.compare import differences, plain
from rig.gateway import SELF

TABLE = Table()
GOLDEN = [] if SELF else golden.rows()
PROTOCOLS = {"h1": wire.ask, "h2": curl.ask}
# Something else in the cluster may move between two requests; a real difference shows each time.
ATTEMPTS = 3
AT_ONCE = 4


@pytest.mark.parametrize("group, protocol", [(name, protocol) for name, group in TABLE.groups.items()
                                             for protocol in group.get("protocols", ["h1"])])
def test_answers_are_the_same(group, protocol, plane, gateway, people):
    cases = TABLE.cases(group)
    judge = Judge(plane.address, gateway.address, people, PROTOCOLS[protocol])
    found = [line for line in judge.all(cases) if line]
    assert not found, f"{len(found)} of {len(cases)} differ:\n" + "\n".join(found)


def test_the_table_has_several_hundred_requests():
    assert sum(len(TABLE.cases(group)) for group in TABLE.groups) >= 800


def test_every_golden_row_is_tried():
    cases = [case for group in TABLE.groups for case in TABLE.cases(group)]
    idle = [row.what for row in golden.rows() if not any(row.covers(case) for case in cases)]
    assert not idle, f"rows of differences.json that no request reaches: {idle}"


class Judge:
    """Asks both sides and says what differs."""

    def __init__(self, direct, through, people, ask):
        self.sides = (direct, through)
        self.people = people
        self.ask = ask

    def all(self, cases: list[Case]) -> list[str]:
        """Cases that write go one after another: they use the same names on both sides."""
        if any(case.writes for case in cases):
            return [self.one(case) for case in cases]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self.one, cases))

    def one(self, case: Case) -> str:
        row = next((row for row in GOLDEN if row.covers(case)), None)
        if row:
            complaint = row.complaint(self.answer(self.sides[1], case))
            return f"{case.name}\n    {complaint}" if complaint else ""
        for _ in range(ATTEMPTS):
            direct, through = (plain(self.answer(side, case), case.compare, case.writes) for side in self.sides)
            found = differences(direct, through)
            if not found:
                return ""
        return f"{case.name}\n    " + "\n    ".join(found)

    def answer(self, side: tuple[str, int], case: Case) -> wire.Answer:
        self.steps(case.before)
        try:
            return self.ask(side, self.people[case.user], case.method, case.target, case.headers, case.body)
        except (wire.Cut, OSError, AssertionError) as cut:
            return wire.Answer(0, "", [], f"no answer: {type(cut).__name__}".encode())
        finally:
            self.steps(case.after)

    def steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            headers = [("Content-Type", step.kind)] if step.body is not None else []
            answer = wire.ask(self.sides[0], self.people["admin"], step.method, step.target, headers, step.body)
            assert answer.status < 300 or (step.method == "DELETE" and answer.status == 404), f"{step}: {answer.body!r}"
