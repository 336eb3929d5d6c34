"""The examples of the reference page run as they are shown."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import loopback
from tests.support.daemon_on_air import DaemonOnAir, daemon_on_air
from tests.support.loopback import bearer
from tests.support.npm_client import NODE
from tests.support.paths import PROJECT

EXAMPLES = PROJECT / "ui/examples"


@pytest.fixture(scope="module")
def platform() -> Iterator[DaemonOnAir]:
    with daemon_on_air("owner") as started:
        started.report_track("Lamp")
        yield started


@pytest.fixture
def environment(platform: DaemonOnAir) -> dict[str, str]:
    """The variables of the examples: a daemon with a station on air, and its owner's login and password."""
    login = {"LOGIN": "owner", "PASSWORD": platform.passwords["owner"]}
    return {**os.environ, **login, "AWAZ": platform.daemon.url, "no_proxy": "127.0.0.1"}


def run(script: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(["sh", script], env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_is_tested_and_shown() -> None:
    page = (PROJECT / "ui/src/pages/docs.ts").read_text(encoding="utf-8")
    names = {path.name for path in EXAMPLES.iterdir()}
    # The last one is for a browser: tests/system/test_other_sites.py.
    assert names == {"now-playing.sh", "post-title.sh", "events.sh", "follow.mjs", "elements.html"}
    assert [name for name in names if f"examples/{name}?raw" not in page] == []


def test_the_now_playing_example_prints_what_is_on_air(environment: dict[str, str]) -> None:
    assert json.loads(run(EXAMPLES / "now-playing.sh", environment))["on_air"] == "autodj"


def test_the_title_example_sets_the_title(environment: dict[str, str]) -> None:
    shown = json.loads(run(EXAMPLES / "post-title.sh", environment))
    assert (shown["metadata"]["track"]["title"], shown["metadata"]["track"]["artist"]) == ("Chirag", "The Lamps")


def test_the_event_stream_example_prints_a_snapshot(environment: dict[str, str]) -> None:
    assert "event: snapshot" in run(EXAMPLES / "events.sh", environment)


@contextmanager
def ended(process: "subprocess.Popen[str]") -> Iterator[None]:
    """End a process with the block, whatever happens in it."""
    try:
        yield
    finally:
        process.terminate()


def test_the_socket_example_shows_titles_as_they_change(environment: dict[str, str]) -> None:
    with followed(environment) as lines:
        assert next(lines).startswith("autodj · ")
        set_title("Another", environment)
        assert next(lines) == "now · Another\n"


def test_the_socket_example_comes_back_to_a_daemon_that_restarts(
    platform: DaemonOnAir, environment: dict[str, str]
) -> None:
    with followed(environment) as lines:
        assert next(lines).startswith("autodj · ")
        platform.daemon.kill()
        platform.daemon.restart()
        platform.daemon.wait_until_on_air("awaz")
        set_title("Afterwards", environment)
        assert any(line.endswith("· Afterwards\n") for line in lines)


@contextmanager
def followed(environment: dict[str, str]) -> Iterator[Iterator[str]]:
    """Run the socket example, and give the lines that it prints."""
    command = [str(NODE), str(EXAMPLES / "follow.mjs")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as following, ended(following):
        assert following.stdout is not None
        yield iter(following.stdout)


def set_title(title: str, environment: dict[str, str]) -> None:
    headers = bearer(_token(environment))
    path = f"{environment['AWAZ']}/api/v1/stations/awaz/metadata"
    loopback.post(path, json={"title": title}, headers=headers).raise_for_status()


def _token(environment: dict[str, str]) -> str:
    body = {"login": environment["LOGIN"], "password": environment["PASSWORD"]}
    answer = loopback.post(f"{environment['AWAZ']}/api/v1/auth/login", json=body)
    return str(answer.raise_for_status().json()["access_token"])
