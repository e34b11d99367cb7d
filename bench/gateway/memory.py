"""The gateway's memory with many idle watches, and while one large list passes through."""

import asyncio
import subprocess
import time

from rig.gateway import Gateway
from rig.health import counted
from rig.people import Person
from rig.process import Process
from rig.wait import until
from rig.wire import request
from setting import LIST, WATCH

SAMPLE = 0.1
AT_ONCE = 50
# kube-apiserver's limit of streams a connection, and the gateway's.
STREAMS = 100
CONNECTIONS_A_SECOND = 10


def idle_watches(gateway: Gateway, caller: Person, count: int, hold: int) -> dict[str, float]:
    """Opens `count` watches, each on a connection of its own, and holds them."""
    return asyncio.run(_watches(gateway, caller, count, hold))


async def _watches(gateway: Gateway, caller: Person, count: int, hold: int) -> dict[str, float]:
    before, started = gateway.process.resident_bytes(), time.monotonic()
    room = asyncio.Semaphore(AT_ONCE)
    opened = await asyncio.gather(*(_watch(gateway, caller, room) for _ in range(count)))
    good = [writer for writer in opened if writer]
    took, after = time.monotonic() - started, gateway.process.resident_bytes()
    await asyncio.sleep(hold)
    later = gateway.process.resident_bytes()
    for writer in good:
        writer.close()
    return {"asked": count, "open": len(good), "connections": len(good), "seconds_to_open": took, "before_mb": before / 1e6,
            "open_mb": after / 1e6, "after_hold_mb": later / 1e6, "kb_a_watch": (later - before) / 1e3 / max(len(good), 1)}


async def _watch(gateway: Gateway, caller: Person, room: asyncio.Semaphore) -> asyncio.StreamWriter | None:
    """A watch whose first event has arrived, or None if it was not to be had."""
    async with room:
        try:
            reader, writer = await asyncio.open_connection(*gateway.address, ssl=caller.tls(), server_hostname=gateway.address[0])
            writer.write(request("GET", WATCH, caller.headers()))
            await asyncio.wait_for(reader.readuntil(b"ADDED"), 30)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            return None
        return writer


def shared_watches(gateway: Gateway, caller: Person, count: int, hold: int) -> dict[str, float]:
    """Opens `count` watches over HTTP/2, a hundred a connection, as informers of one client share one, and holds them."""
    before, started = gateway.process.resident_bytes(), time.monotonic()
    connections = count // STREAMS
    command = ["h2load", f"--requests={count}", f"--clients={connections}", f"--max-concurrent-streams={STREAMS}", "--threads=1",
               f"--rate={CONNECTIONS_A_SECOND}"]
    command += [argument for name, value in caller.headers() for argument in ("-H", f"{name}: {value}")]
    watching = subprocess.Popen([*command, "https://%s:%d" % gateway.address + WATCH], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until("all watches are open", lambda: watching.poll() is None and counted(gateway, "ravelin_watches") >= count, 120)
        took = time.monotonic() - started
        time.sleep(hold)
        later = gateway.process.resident_bytes()
        return {"open": counted(gateway, "ravelin_watches"), "connections": connections, "seconds_to_open": took, "before_mb": before / 1e6,
                "after_hold_mb": later / 1e6, "kb_a_watch": (later - before) / 1e3 / count}
    finally:
        watching.kill()
        watching.wait()


def big_list(gateway: Gateway, caller: Person, size: int) -> dict[str, object]:
    """Memory over time while the list is read as fast as it comes, and while it is read at 20 MB/s."""
    return {"bytes": size, "fast": _download(gateway, caller, size, []), "slow": _download(gateway, caller, size, ["--limit-rate", "20M"])}


def _download(gateway: Gateway, caller: Person, size: int, flags: list[str]) -> dict[str, object]:
    headers = [argument for name, value in caller.headers() for argument in ("-H", f"{name}: {value}")]
    command = ["curl", "-sS", "--http1.1", "--cacert", str(caller.ca), "-o", "/dev/null", "-w", "%{http_code} %{size_download}", *flags, *headers]
    started = time.monotonic()
    reading = subprocess.Popen([*command, "https://%s:%d" % gateway.address + LIST], stdout=subprocess.PIPE, text=True)
    samples = list(_samples(gateway.process, reading))
    status, received = reading.communicate()[0].split()
    if (status, int(received)) != ("200", size):
        raise SystemExit(f"bench/gateway: the list came as {status} with {received} of {size} bytes")
    return {"seconds": time.monotonic() - started, "least_mb": min(samples), "most_mb": max(samples), "samples_mb": samples}


def _samples(process: Process, reading: subprocess.Popen[str]):
    while True:
        yield round(process.resident_bytes() / 1e6, 1)
        try:
            reading.wait(SAMPLE)
            return
        except subprocess.TimeoutExpired:
            continue
