"""The log: one format for own and library entries, and limits on repeated ones."""

import asyncio
import errno
import json
import subprocess
import sys

import pytest

from controlplane.runtime.metrics import Metrics
from controlplane.runtime.refusals import MAX_CAUSES, Refusals
from tests.support.paths import PROJECT

LINES = """
import logging, structlog
from controlplane.runtime import logs
from controlplane.runtime.sections import LogSettings

logs.configure(LogSettings(format="json"))
structlog.get_logger().info("own", station="awaz")
logging.getLogger("aiohttp.server").error("library: %s", "x\\r\\n2026-01-01 [error] forged")
"""


def test_library_log_entries_are_json_on_one_line() -> None:
    output = subprocess.run([sys.executable, "-c", LINES], cwd=PROJECT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in output.stderr.splitlines()]
    assert [line["event"].partition(":")[0] for line in lines] == ["own", "library"]
    assert [line["level"] for line in lines] == ["info", "error"]


async def test_repeated_event_loop_errors_are_logged_once_a_second(
    capsys: pytest.CaptureFixture[str],
) -> None:
    refusals = Refusals(Metrics())
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(refusals.loop_failed)
    for _ in range(1000):
        error = OSError(errno.EMFILE, "Too many open files")
        loop.call_exception_handler({"message": "socket.accept() out of system resource", "exception": error})
    loop.set_exception_handler(None)
    output = capsys.readouterr().out
    assert output.count("out of system resource") == 1
    assert 'awaz_faults_total{reason="event_loop_failed"} 1000.0' in refusals.metrics.exposition().decode()


def test_refusals_of_many_addresses_are_rarely_logged(capsys: pytest.CaptureFixture[str]) -> None:
    refusals = Refusals(Metrics())
    for number in range(10_000):
        refusals.note("encoder_refused", f"10.0.{number // 256}.{number % 256}")
    assert 0 < capsys.readouterr().out.count("encoder_refused") <= 2 * MAX_CAUSES
