"""The files of the pipelines, and which of their programs have to be restarted."""

from dataclasses import replace
from pathlib import Path

import pytest

from controlplane.kernel.stations import StationRow
from controlplane.liquidsoap.files import PipelineFiles
from controlplane.runtime.config import Settings
from controlplane.runtime.paths import Paths

AWAZ = StationRow("1", "awaz", "Awaz", "", 128, True)
JAZZ = StationRow("2", "jazz", "Jazz", "", 128, True)


@pytest.fixture
def files(tmp_path: Path) -> PipelineFiles:
    settings = Settings(data_dir=tmp_path)
    paths = Paths.of(settings)
    for directory in (paths.programs, paths.liquidsoap, tmp_path / "stations"):
        directory.mkdir(parents=True)
    return PipelineFiles(settings, paths, "secret", "password")


def programs(files: PipelineFiles) -> dict[str, str]:
    return {file.stem: file.read_text() for file in files.paths.programs.glob("*.conf")}


def test_a_new_bitrate_restarts_the_stations_pipeline_alone(files: PipelineFiles) -> None:
    files.write([AWAZ, JAZZ])
    before = programs(files)
    assert files.write([replace(AWAZ, bitrate_kbps=64), JAZZ])
    after = programs(files)
    assert {name for name in before if before[name] != after[name]} == {"awaz"}


@pytest.mark.parametrize(
    "changed", [replace(AWAZ, name="Other"), replace(AWAZ, description="Other"), replace(AWAZ, auto_live=False)]
)
def test_a_change_that_nobody_hears_restarts_nothing(files: PipelineFiles, changed: StationRow) -> None:
    files.write([AWAZ, JAZZ])
    before = programs(files)
    files.write([changed, JAZZ])
    assert programs(files) == before
