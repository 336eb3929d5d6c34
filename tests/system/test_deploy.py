"""The deployed configuration files, checked by the programs that read them."""

import json
import os
import pwd
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from controlplane.liquidsoap.files import command
from tests.support import loopback
from tests.support.paths import PROJECT
from tests.support.running_stack import RunningStack
from tests.support.source import source


@pytest.mark.parametrize("lean", [False, True])
def test_liquidsoap_accepts_the_station_script(stack: RunningStack, lean: bool) -> None:
    scripts = stack.data / "liquidsoap"
    result = check(scripts / "station.liq", scripts / "awaz.json", lean=lean)
    assert (result.returncode, result.stdout) == (0, "")


def test_liquidsoap_rejects_a_broken_script(stack: RunningStack) -> None:
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        script = Path(directory) / "broken.liq"
        script.write_text(
            (PROJECT / "deploy" / "liquidsoap" / "station.liq").read_text() + "\noutput.dummy(nothing_like_it)\n"
        )
        script.chmod(0o644)
        assert check(script, stack.data / "liquidsoap" / "awaz.json").returncode != 0


def test_pipeline_values_are_never_executed(stack: RunningStack) -> None:
    values = json.loads((stack.data / "liquidsoap" / "awaz.json").read_text())
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o777)
        executed = Path(directory) / "executed"
        values["name"] = f'"; process.run("touch {executed}") #{{process.run("touch {executed}")}} ~ \\'
        file = Path(directory) / "x.json"
        file.write_text(json.dumps(values))
        file.chmod(0o644)
        result = check(stack.data / "liquidsoap" / "station.liq", file)
        assert result.returncode == 0
        assert not executed.exists()


def check(script: Path, values: Path, *, lean: bool = False) -> subprocess.CompletedProcess[str]:
    """Run Liquidsoap's check, as user liquidsoap if the test runs as root, which Liquidsoap refuses."""
    user = pwd.getpwnam("liquidsoap") if os.geteuid() == 0 else None
    return subprocess.run(
        [*command("liquidsoap", script.parent).split(), "--check"] if lean else ["liquidsoap", "--check", str(script)],
        env={**os.environ, "AWAZ_PIPELINE_FILE": str(values), "HOME": str(values.parent)},
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_icecast_lists_public_mounts_only(stack: RunningStack) -> None:
    address = f"http://127.0.0.1:{stack.icecast_port}"
    with source(stack, b"X-Nothing: more"):
        listed = loopback.get(f"{address}/status-json.xsl").json()["icestats"]["source"]
    playlist = loopback.get(f"{address}/awaz.mp3.m3u").text
    assert sorted(urlsplit(each["listenurl"]).path for each in listed) == ["/awaz.aac", "/awaz.mp3"]
    assert "offair" not in str(listed)
    assert "ingest" not in str(listed)
    assert playlist.strip().endswith("/awaz.mp3")
