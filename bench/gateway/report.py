"""Medians over the rounds, and the table that is printed."""

import statistics

MEASURES = ("rate", "p50_ms", "p99_ms", "cpu_ms_a_request", "resident_mb")


def medians(runs: list[dict]) -> list[dict]:
    """One row a contestant and protocol."""
    kinds = dict.fromkeys((run["contestant"], run["protocol"]) for run in runs)
    return [{"contestant": name, "protocol": protocol,
             **{measure: statistics.median(run[measure] for run in runs if (run["contestant"], run["protocol"]) == (name, protocol)) for measure in MEASURES}}
            for name, protocol in kinds]


def table(answer: dict) -> str:
    lines = ["| way | protocol | requests/s | of nginx | p50 ms | p99 ms | CPU cores per 1,000/s | memory MB |", "|---|---|---|---|---|---|---|---|"]
    nginx = {row["protocol"]: row["rate"] for row in answer["rates"] if row["contestant"] == "nginx"}
    for row in answer["rates"]:
        share = f"{row['rate'] / nginx[row['protocol']]:.2f}" if row["protocol"] in nginx else "-"
        lines.append(f"| {row['contestant']} | {row['protocol']} | {row['rate']:.0f} | {share} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} "
                     f"| {row['cpu_ms_a_request']:.3f} | {row['resident_mb']:.0f} |")
    return "\n".join(lines + _memory(answer))


def _memory(answer: dict) -> list[str]:
    if "watches" not in answer:
        return []
    watches, shared, listing = answer["watches"], answer["shared_watches"], answer["list"]
    return ["", f"{watches['open']} of {watches['asked']} idle watches over {watches['connections']} connections: {watches['before_mb']:.0f} MB before, "
            f"{watches['open_mb']:.0f} MB open, {watches['after_hold_mb']:.0f} MB after a while ({watches['kb_a_watch']:.0f} kB each)",
            f"{shared['open']:.0f} idle watches over {shared['connections']} connections of HTTP/2: {shared['before_mb']:.0f} MB before, "
            f"{shared['after_hold_mb']:.0f} MB after a while ({shared['kb_a_watch']:.0f} kB each)",
            f"list of {listing['bytes'] / 1e6:.0f} MB: read fast in {listing['fast']['seconds']:.1f} s at {listing['fast']['least_mb']:.0f} to "
            f"{listing['fast']['most_mb']:.0f} MB; read slowly at {listing['slow']['least_mb']:.0f} to {listing['slow']['most_mb']:.0f} MB"]
