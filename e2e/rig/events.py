"""Audit logs: one audit.k8s.io/v1 event a line."""

import json
import pathlib
from typing import Any

from .wait import until

Event = dict[str, Any]
COMPLETE = "ResponseComplete"


def events(log: pathlib.Path) -> list[Event]:
    """Every whole line; a last line that is still being written is left out."""
    if not log.exists():
        return []
    text = log.read_bytes()
    return [json.loads(line) for line in text[:text.rfind(b"\n") + 1].splitlines()]


def of(log: pathlib.Path, audit_id: str, stage: str = "") -> list[Event]:
    # A log grows to many thousand events; only lines that name the request are parsed.
    named = audit_id.encode()
    if not log.exists():
        return []
    found = [json.loads(line) for line in log.read_bytes().splitlines(keepends=True) if named in line and line.endswith(b"\n")]
    return [event for event in found if event["auditID"] == audit_id and stage in ("", event["stage"])]


def complete(log: pathlib.Path, audit_id: str, seconds: float = 10) -> Event:
    """The event that ends the request; waits for it."""
    return until(f"the {COMPLETE} event of {audit_id} in {log.name}", lambda: of(log, audit_id, COMPLETE), seconds)[0]
