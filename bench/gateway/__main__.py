"""Compares ways to one static upstream, side by side in one run: see ../README.md."""

import argparse
import json
import pathlib
import resource
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "e2e"), str(HERE)]

from contest import CONTESTANTS, Contest  # noqa: E402
from memory import big_list, idle_watches, shared_watches  # noqa: E402
from report import medians, table  # noqa: E402
from setting import Setting  # noqa: E402


def main() -> None:
    asked = arguments()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="ravelin-bench-") as place, Setting(pathlib.Path(place), asked.bindings) as setting:
        contest = Contest(setting, asked.contestants.split(","))
        runs = contest.rounds(asked.rounds, asked.seconds, asked.connections, asked.streams)
        answer = {"settings": vars(asked) | {"output": str(asked.output)}, "rates": medians(runs), "runs": runs}
        if gateway := contest.gateway:
            answer["watches"] = idle_watches(gateway, setting.caller, asked.watches, asked.hold)
            answer["shared_watches"] = shared_watches(gateway, setting.caller, asked.shared_watches, asked.hold)
            answer["list"] = big_list(gateway, setting.caller, setting.list_bytes)
    asked.output.write_text(json.dumps(answer, indent=1))
    print(table(answer))
    print(f"\nall runs: {asked.output}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/gateway", description=__doc__)
    parser.add_argument("--contestants", default=",".join(CONTESTANTS), help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="each contestant runs this often, in turn (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=10, help="of one run, after a second of warming up (default %(default)s)")
    parser.add_argument("--connections", type=int, default=32, help="default %(default)s")
    parser.add_argument("--streams", type=int, default=1, help="requests at once on an HTTP/2 connection (default %(default)s)")
    parser.add_argument("--bindings", type=int, default=1000, help="role bindings in the cluster (default %(default)s)")
    parser.add_argument("--watches", type=int, default=5000, help="idle watches, each on a connection of its own (default %(default)s)")
    parser.add_argument("--shared-watches", type=int, default=10_000, help="idle watches, 100 on an HTTP/2 connection (default %(default)s)")
    parser.add_argument("--hold", type=int, default=20, help="seconds that they idle (default %(default)s)")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("bench-gateway.json"))
    return parser.parse_args()


main()
