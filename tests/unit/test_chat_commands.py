"""Slash commands, as they are read."""

import pytest

from controlplane.features.chat import commands
from controlplane.features.chat.commands import Command
from controlplane.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("hello", None),
        ("//np is a command", None),
        ("/np", Command("np", "")),
        ("/announce  Requests till nine ", Command("announce", "Requests till nine")),
    ],
)
def test_a_message_that_begins_with_one_slash_is_a_command(text: str, command: Command | None) -> None:
    assert commands.parse(text) == command


def test_an_unknown_command_is_an_error_that_names_the_list() -> None:
    with pytest.raises(InvalidInput, match="there is no command /nothing: /help lists them"):
        commands.parse("/nothing at all")


def test_two_slashes_are_one() -> None:
    assert commands.unescaped("//np is a command") == "/np is a command"


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("Bilal", ("Bilal", 600)),
        ("@Bilal 5m", ("Bilal", 300)),
        ("Farah Khan 2h", ("Farah Khan", 7_200)),
        ("Farah Khan", ("Farah Khan", 600)),
        ("R2 30", ("R2", 30)),
    ],
)
def test_a_name_may_have_spaces_and_a_time_after_it(rest: str, expected: tuple[str, int]) -> None:
    assert commands.name_and_seconds(rest, 600) == expected


@pytest.mark.parametrize(("rest", "seconds"), [("10", 10), ("off", 0), ("", 10), ("1m", 60)])
def test_a_slow_mode_is_in_seconds_or_off(rest: str, seconds: int) -> None:
    assert commands.slow_seconds(rest, 600) == seconds


@pytest.mark.parametrize("rest", ["soon", "1000", "0s", "-1", "5x"])
def test_a_slow_mode_that_is_none_is_refused(rest: str) -> None:
    with pytest.raises(InvalidInput):
        commands.slow_seconds(rest, 600)


def test_everybody_is_told_the_commands_that_they_may_use() -> None:
    *listed, escape = commands.help_text(staff=False).splitlines()
    assert listed == ["/np: what is playing", "/help: this list"]
    assert escape.startswith("//")
    assert len(commands.help_text(staff=True).splitlines()) == len(commands.HELP) + 1
