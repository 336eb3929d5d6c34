"""The settings, from wherever they come."""

from pathlib import Path

import pytest

from controlplane.kernel.errors import ConfigError
from controlplane.runtime import config


def test_later_sources_override_earlier_ones(tmp_path: Path) -> None:
    file = tmp_path / "awaz.toml"
    file.write_text('[http]\nport = 1000\nhost = "10.0.0.1"\n[icecast]\nport = 3000\n')
    key = tmp_path / "url"
    key.write_text("sqlite+aiosqlite:///x\n")
    settings = config.load({"AWAZ__HTTP__PORT": "2000", "AWAZ__DATABASE__URL_FILE": str(key)}, file)
    assert (settings.http.port, settings.http.host, settings.icecast.port) == (2000, "10.0.0.1", 3000)
    assert settings.database_url == "sqlite+aiosqlite:///x"


def test_all_problems_are_reported_at_once_with_their_paths(tmp_path: Path) -> None:
    file = tmp_path / "awaz.toml"
    file.write_text('[http]\nport = "many"\nprot = 1\n')
    with pytest.raises(ConfigError) as caught:
        config.load({"AWAZ__NOTHING": "1", "AWAZ__HOOKS__PORT": "0", "AWAZ__LOG__LEVEL_FILE": "/nowhere"}, file)
    told = "\n".join(caught.value.problems)
    for name in ("http.port", "http.prot", "nothing", "hooks.port", "AWAZ__LOG__LEVEL_FILE"):
        assert name in told


def test_an_invalid_toml_file_is_named_in_the_error(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("[http")
    with pytest.raises(ConfigError, match=r"broken\.toml"):
        config.load({}, file)
