"""`make bench`: run every benchmark, or the ones named."""

import asyncio
import signal
import sys
from types import FrameType

from bench.chat import bench as chat
from bench.connect import bench as connect
from bench.fanout import bench as fanout
from bench.golive import bench as golive
from bench.library import bench as library
from bench.onair import bench as onair
from bench.restart import bench as restart
from bench.results_file import report
from bench.sync import bench as sync
from bench.web import bench as web

BENCHMARKS = {
    "onair": onair.run,
    "connect": connect.run,
    "fanout": fanout.run,
    "restart": restart.run,
    "web": web.run,
    "library": library.run,
    "golive": golive.run,
    "chat": chat.run,
    "sync": sync.run,
}
QUICK = {"fanout": fanout.QUICK, "restart": restart.QUICK, "chat": chat.QUICK}
"""Benchmarks set to a short run, whose results are not kept."""


def _exit(number: int, _frame: FrameType | None) -> None:
    # As an exception, so that a benchmark ends the processes that it started.
    sys.exit(128 + number)


def main() -> int:
    """Run the benchmarks and report their results."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _exit)
    for name in names:
        report(name, asyncio.run(BENCHMARKS[name]()), keep=not QUICK.get(name, False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
