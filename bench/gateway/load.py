"""One run of h2load: how many answers a second, and how long each took."""

import pathlib
import re
import subprocess

from rig.people import Person

WARM_UP = 1


def load(address: tuple[str, int], target: str, who: Person, protocol: str, seconds: int, connections: int, streams: int,
         folder: pathlib.Path) -> dict[str, float]:
    """Every answer must be a 2xx; a contest of refusals would be won by the quickest to refuse."""
    log = folder / "h2load.log"
    log.unlink(missing_ok=True)
    command = ["h2load", f"--duration={seconds}", f"--warm-up-time={WARM_UP}", f"--clients={connections}", "--threads=1", f"--log-file={log}"]
    command += ["--h1"] if protocol == "h1" else [f"--max-concurrent-streams={streams}"]
    command += [argument for name, value in who.headers() for argument in ("-H", f"{name}: {value}")]
    said = subprocess.run([*command, "https://%s:%d" % address + target], check=True, capture_output=True, text=True).stdout
    good = int(re.search(r"status codes: (\d+) 2xx", said)[1])
    bad = [int(number) for number in re.findall(r"(\d+) [345]xx", said)]
    if not good or any(bad):
        raise SystemExit(f"bench/gateway: not every answer was good\n{said}")
    times = sorted(_times(log))
    return {"rate": good / seconds, "p50_ms": _quantile(times, 0.50), "p99_ms": _quantile(times, 0.99),
            # What processes did while warming up is in their CPU time, so it belongs into the divisor.
            "requests_in_all": len(times) if len(times) > good else good * (seconds + WARM_UP) / seconds}


def _times(log: pathlib.Path) -> list[float]:
    """Milliseconds: the third column, in microseconds."""
    return [int(line.split("\t")[2]) / 1000 for line in log.read_text().splitlines() if line.count("\t") >= 2]


def _quantile(times: list[float], part: float) -> float:
    return times[min(int(len(times) * part), len(times) - 1)] if times else 0.0
