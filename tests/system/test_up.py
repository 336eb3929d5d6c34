"""`awaz up`: the demo, a second run, Ctrl-C, and errors at start."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import loopback
from tests.support.paths import PROJECT
from tests.support.running_stack import RunningStack, free_port
from tests.support.waiting import wait_until


def test_the_demo_file_is_complete_and_private(stack: RunningStack) -> None:
    demo = stack.demo
    assert set(demo) == {"listener_url", "studio_url", "mount_url", "api_url", "encoder", "owner", "admin"}
    assert set(demo["encoder"]) == {"host", "port", "mount", "user", "key", "url"}
    assert (stack.data / "demo.json").stat().st_mode & 0o777 == 0o600
    secrets = list((stack.data / "secrets").iterdir())
    assert secrets
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    assert (stack.data / "awaz.db").stat().st_mode & 0o077 == 0


def test_both_demo_users_can_sign_in(stack: RunningStack) -> None:
    roles = [stack.post("/api/v1/auth/login", stack.demo[user]).json()["user"]["role"] for user in ("owner", "admin")]
    assert roles == ["user", "admin"]
    token = stack.post("/api/v1/auth/login", stack.demo["owner"]).json()["access_token"]
    shown = stack.get("/api/v1/stations/awaz/encoder", token).json()
    assert shown["mount"] == stack.demo["encoder"]["mount"]
    assert stack.demo["encoder"]["key"] not in str(shown)
    assert stack.get("/api/v1/stations/awaz/encoder").status_code == 401


def test_the_pages_are_served(stack: RunningStack) -> None:
    for url in (stack.demo["listener_url"], stack.demo["studio_url"], f"{stack.url}/s/awaz"):
        page = loopback.get(url)
        assert page.status_code == 200
        assert "<script" in page.text
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_readyz_and_the_check_command_succeed(stack: RunningStack) -> None:
    assert stack.get("/readyz").status_code == 200
    assert "everything is in order" in stack.awaz("check")


def test_network_facing_programs_do_not_run_as_root(stack: RunningStack) -> None:
    owners = {name: Path(f"/proc/{stack.pid(name)}").stat().st_uid for name in ("icecast", "pipeline-awaz")}
    assert 0 not in owners.values()


def test_valid_edits_of_icecast_xml_are_applied_and_broken_ones_not(tmp_path: Path) -> None:
    template = tmp_path / "icecast.xml"
    shutil.copy(PROJECT / "deploy" / "icecast.xml", template)
    other = RunningStack.start(AWAZ__ICECAST__TEMPLATE=str(template))
    try:
        running = other.data / "icecast" / "icecast.xml"
        template.write_text(template.read_text().replace(">10000<", ">1234<", 1))
        wait_until(lambda: b"1234" in running.read_bytes())
        template.write_text("<icecast>")
        wait_until(lambda: "not well-formed" in other.log("daemon"))
        assert b"1234" in running.read_bytes()
        duration = other.stop()
        assert duration < 15
    finally:
        other.stop()


def test_ctrl_c_ends_everything_and_a_second_run_keeps_the_data() -> None:
    first = RunningStack.start()
    copied_data = Path(str(first.directory) + "-kept")
    try:
        pids = [first.pid(name) for name in ("icecast", "daemon", "pipeline-awaz", "offair")]
        assert first.demo["admin"]["password"] in (first.directory / "up.log").read_text()
        shutil.copytree(first.data, copied_data, symlinks=True, ignore=shutil.ignore_patterns("*.sock"))
        first.stop()
        assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    finally:
        first.stop()
    environment = {**first.environment, "AWAZ__DATA_DIR": str(copied_data)}
    second = subprocess.Popen(
        [sys.executable, "-m", "controlplane", "up"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert second.stdout is not None
        output: list[bytes] = []
        while not output or b"Ctrl-C stops" not in output[-1]:
            output.append(second.stdout.readline())
            assert output[-1], output
        assert first.demo["encoder"]["key"].encode() in b"".join(output)
        assert first.demo["admin"]["password"].encode() not in b"".join(output)
    finally:
        second.terminate()
        second.communicate(timeout=30)
        shutil.rmtree(copied_data, ignore_errors=True)


def up(**settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWAZ")}
    ports = {f"AWAZ__{name}__PORT": str(free_port()) for name in ("HTTP", "ICECAST", "HOOKS")}
    command = [sys.executable, "-m", "controlplane", "up"]
    return subprocess.run(
        command,
        cwd=PROJECT,
        env={**environment, **ports, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_occupied_port_is_reported_with_the_setting_to_change(tmp_path: Path) -> None:
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        port = occupied.getsockname()[1]
        result = up(AWAZ__ICECAST__PORT=str(port), AWAZ__ICECAST__BIND="127.0.0.1", AWAZ__DATA_DIR=str(tmp_path / "v"))
    assert result.returncode != 0
    assert (
        result.stderr
        == f"awaz: port {port} for Icecast cannot be used (Address already in use): free it, or set AWAZ__ICECAST__PORT\n"
    )


def test_a_missing_program_is_reported_with_its_package(tmp_path: Path) -> None:
    result = up(AWAZ__PIPELINE__PROGRAM="liquidsoap-of-tomorrow", AWAZ__DATA_DIR=str(tmp_path / "v"))
    assert (
        result.stderr
        == "awaz: liquidsoap-of-tomorrow is not installed: `make run` installs it, or `apt-get install liquidsoap`\n"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"AWAZ__HTPP__PORT": "1"}, "htpp"),
        ({"AWAZ__HTTP__PORT": "none"}, "http.port"),
        ({"AWAZ_CONFIG": "/nowhere.toml"}, "/nowhere.toml"),
    ],
)
def test_invalid_settings_are_named_without_a_traceback(tmp_path: Path, settings: dict[str, str], message: str) -> None:
    result = up(AWAZ__DATA_DIR=str(tmp_path / "v"), **settings)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_an_invalid_rate_limit_is_reported_before_anything_starts(tmp_path: Path) -> None:
    result = up(AWAZ__LIMITS__JOIN="often", AWAZ__DATA_DIR=str(tmp_path / "v"))
    assert result.stderr.startswith("awaz: limits.join: ")
    assert result.returncode == 2
