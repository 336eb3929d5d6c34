"""Results, on the screen and in bench/results/<name>.json."""

import json
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

DIRECTORY = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Result:
    """One metric: the daemon's value, the peer's, their ratio (above 1 where the daemon is better), and the target."""

    metric: str
    unit: str
    ours: float
    peer: float | None
    peer_name: str
    ratio: float | None
    target: str
    met: bool


def result(
    metric: str,
    unit: str,
    ours: float,
    most: float,
    *,
    peer: float | None = None,
    peer_name: str = "",
    digits: int = 1,
) -> Result:
    """Return a result of a quantity that should be small, with `most` as its target."""
    ratio = round(peer / ours, 1) if peer is not None and ours else None
    rounded = round(peer, digits) if peer is not None else None
    return Result(metric, unit, round(ours, digits), rounded, peer_name, ratio, f"<= {most:g}", ours <= most)


def rate(
    metric: str, unit: str, ours: float, least: float, *, peer: float | None = None, peer_name: str = ""
) -> Result:
    """Return a result of a quantity that should be large; the target is a ratio if there is a peer, else a value."""
    ratio = round(ours / peer, 2) if peer else None
    reached = ours if ratio is None else ratio
    target = f">= {least:g}" + ("" if ratio is None else "x")
    return Result(
        metric, unit, round(ours, 2), round(peer, 2) if peer else None, peer_name, ratio, target, reached >= least
    )


def paired(
    metric: str, unit: str, ours: list[float], peers: list[float], *, least: float, peer_name: str, small: bool = False
) -> Result:
    """Return a result of paired rounds: the medians, and the median of the rounds' ratios.

    `small` marks a quantity that should be small; the ratio is above 1 where the daemon is better in either case.
    """
    each = [b / a if small else a / b for a, b in zip(ours, peers, strict=True)]
    own, peer, ratio = (round(statistics.median(values), 2) for values in (ours, peers, each))
    return Result(metric, unit, own, peer, peer_name, ratio, f">= {least:g}x", ratio >= least)


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def report(name: str, results: list[Result], *, keep: bool = True) -> None:
    """Print the results, and write them unless `keep` is false."""
    table = Table("metric", "ours", "peer", "ratio", "target", "met", title=name)
    for row in results:
        peer = f"{row.peer:g} {row.unit} ({row.peer_name})" if row.peer is not None else "-"
        ratio = f"{row.ratio:g}x" if row.ratio is not None else "-"
        table.add_row(row.metric, f"{row.ours:g} {row.unit}", peer, ratio, row.target, "yes" if row.met else "NO")
    Console(width=150).print(table)
    if not keep:
        return
    DIRECTORY.mkdir(exist_ok=True)
    (DIRECTORY / f"{name}.json").write_text(json.dumps([asdict(row) for row in results], indent=2) + "\n")
