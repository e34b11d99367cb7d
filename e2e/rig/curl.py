"""HTTP/2 through curl."""

import subprocess
import tempfile

from .people import Person
from .wire import Answer


def ask(address: tuple[str, int], who: Person, method: str, target: str, headers=(), body: bytes | None = None,
        timeout: float = 20) -> Answer:
    """One request over HTTP/2. Fails if the server does not speak it."""
    with tempfile.NamedTemporaryFile() as answered:
        command = [*_command(address, who, target, timeout), "-D", "-", "-o", answered.name]
        command += ["-I"] if method == "HEAD" else ["-X", method]
        for line in _lines([*who.headers(), *headers]):
            command += ["-H", line]
        if body is not None:
            command += ["--data-binary", "@-"]
        done = subprocess.run(command, input=body or b"", capture_output=True)
        # An answer may come before the whole body was taken; curl then calls the rest an error.
        if done.returncode and not done.stdout:
            raise AssertionError(f"curl: {done.stderr.decode(errors='replace')}")
        return _answer(done.stdout, answered.read())


def whole(address: tuple[str, int], who: Person, target: str) -> bool:
    """Whether an answer over HTTP/2 came with its proper end."""
    return subprocess.run([*_command(address, who, target, 20), "-o", "/dev/null"], capture_output=True).returncode == 0


def _command(address: tuple[str, int], who: Person, target: str, timeout: float) -> list[str]:
    command = ["curl", "-s", "-S", "--http2", "--path-as-is", "-g", "-m", str(timeout), "--cacert", str(who.ca),
               "https://%s:%d" % address + target]
    if who.certificate:
        command += ["--cert", str(who.certificate), "--key", str(who.key)]
    return command


def _lines(headers: list[tuple[str, str]]):
    """The headers asked for, and none that curl would add by itself."""
    named = {name.lower() for name, _ in headers}
    for name, value in headers:
        yield f"{name}: {value}" if value else f"{name};"
    for name in ("Accept", "User-Agent", "Content-Type", "Expect"):
        if name.lower() not in named:
            yield f"{name}:"


def _answer(head: bytes, body: bytes) -> Answer:
    block = [part for part in head.split(b"\r\n\r\n") if part.strip()]
    lines = block[0].decode("latin-1").split("\r\n")
    version, status, *_ = lines[0].split(" ")
    if version != "HTTP/2":
        raise AssertionError(f"the server answered with {version}")
    pairs = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
    return Answer(int(status), "", pairs, body)
