"""What a gateway tells on its health listener: whether it is ready, and what it has counted."""

import http.client

from .gateway import Gateway


def ask(gateway: Gateway, path: str) -> tuple[int, str]:
    """Status and text of an answer."""
    connection = http.client.HTTPConnection(*gateway.health, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def counted(gateway: Gateway, name: str, **labels: str) -> float:
    """A metric's value; 0 if it has not been counted yet."""
    shown = ",".join(f'{key}="{value}"' for key, value in labels.items())
    start = f"{name}{{{shown}}} " if shown else f"{name} "
    lines = ask(gateway, "/metrics")[1].splitlines()
    return next((float(line[len(start):]) for line in lines if line.startswith(start)), 0.0)
