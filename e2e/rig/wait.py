"""Waiting for a condition, with a limit, and never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE = 0.05


def until(what: str, ready: Callable[[], T], seconds: float = 30) -> T:
    """Asks `ready` until it answers something true, and returns that; fails naming `what`."""
    end = time.monotonic() + seconds
    while True:
        if found := ready():
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(PAUSE)
