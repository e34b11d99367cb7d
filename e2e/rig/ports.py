"""Ports on loopback that nobody listens at."""

import socket

LOOPBACK = "127.0.0.1"
GIVEN: set[int] = set()


def free_port() -> int:
    """A port that is free now, and was not given before: who asked for it may not listen yet."""
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port = probe.getsockname()[1]
        if port not in GIVEN:
            GIVEN.add(port)
            return port
