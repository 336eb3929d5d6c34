"""The log: one format for our lines and the libraries', and strangers do not fill it."""

import asyncio
import errno
import json
import subprocess
import sys

import pytest

from controlplane.insight import Insight
from controlplane.refusals import MOST_CAUSES, Refusals
from tests.instruments.house import PROJECT

LINES = """
import logging, structlog
from controlplane import logs
from controlplane.config import Log

logs.configure(Log(format="json"))
structlog.get_logger().info("ours", station="awaz")
logging.getLogger("aiohttp.server").error("theirs: %s", "x\\r\\n2026-01-01 [error] forged")
"""


def test_a_librarys_line_is_json_like_ours_and_stays_one_line() -> None:
    said = subprocess.run([sys.executable, "-c", LINES], cwd=PROJECT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in said.stderr.splitlines()]
    assert [line["event"].partition(":")[0] for line in lines] == ["ours", "theirs"]
    assert [line["level"] for line in lines] == ["info", "error"]


async def test_a_loop_that_is_out_of_resources_is_logged_once_a_second(
    capsys: pytest.CaptureFixture[str],
) -> None:
    refusals = Refusals(Insight())
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(refusals.loop_failed)
    for _ in range(1000):
        error = OSError(errno.EMFILE, "Too many open files")
        loop.call_exception_handler({"message": "socket.accept() out of system resource", "exception": error})
    loop.set_exception_handler(None)
    said = capsys.readouterr().out
    assert said.count("out of system resource") == 1
    assert 'awaz_faults_total{reason="event loop failed"} 1000.0' in refusals.insight.text().decode()


def test_one_reason_from_everywhere_is_not_logged_from_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    refusals = Refusals(Insight())
    for number in range(10_000):
        refusals.note("encoder refused", f"10.0.{number // 256}.{number % 256}")
    assert 0 < capsys.readouterr().out.count("encoder refused") <= 2 * MOST_CAUSES
