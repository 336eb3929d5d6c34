"""Settings from files, environment variables and secrets."""

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
    problems = "\n".join(caught.value.problems)
    for name in ("http.port", "http.prot", "nothing", "hooks.port", "AWAZ__LOG__LEVEL_FILE"):
        assert name in problems


def test_an_invalid_toml_file_is_named_in_the_error(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("[http")
    with pytest.raises(ConfigError, match=r"broken\.toml"):
        config.load({}, file)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[http]\nprot = 1\n", "http.prot: there is no such setting; did you mean http.port?"),
        ("[gatewy]\n", "gatewy: there is no such setting; did you mean gateway?"),
        ("[log]\nnothing_like_it = 1\n", "log.nothing_like_it: there is no such setting"),
        ("[elsewhere]\nkey = 'x'\n", "elsewhere: is called external_issuer now"),
        ("[http]\nrequest_within_s = 1\n", "http.request_within_s: is called http.request_timeout_s now"),
        ("[gateway]\nconnect_within_s = 1\n", "gateway.connect_within_s: is called gateway.connect_timeout_s now"),
        ("[gateway]\nanswer_within_s = 1\n", "gateway.answer_within_s: is called gateway.answer_timeout_s now"),
        ("[limits]\nstrikes = 1\n", "limits.strikes: is called limits.penalty_after now"),
    ],
)
def test_an_unknown_setting_names_the_nearest_and_a_renamed_one_the_new_name(
    tmp_path: Path, text: str, problem: str
) -> None:
    file = tmp_path / "awaz.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        config.load({}, file)
    assert caught.value.problems == [problem]


def test_a_list_in_the_environment_is_separated_by_commas() -> None:
    settings = config.load({"AWAZ__HTTP__ORIGINS": "https://a.example,https://b.example"})
    assert settings.http.origins == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize(
    ("public_url", "address"),
    [
        ("", ("127.0.0.1", 8000)),
        ("http://radio.example:9000", ("radio.example", 9000)),
        ("http://radio.example", ("radio.example", 80)),
        ("https://radio.example", ("radio.example", 8000)),
    ],
)
def test_encoders_connect_to_icecast_itself_where_listeners_come_by_https(
    public_url: str, address: tuple[str, int]
) -> None:
    assert config.load({"AWAZ__ICECAST__PUBLIC_URL": public_url}).encoder_address == address
