"""Slash commands: the same in every client, since the server reads them. Pure."""

import re
from dataclasses import dataclass

from controlplane.kernel.errors import InvalidInput
from controlplane.protocol.moderation import MAX_BAN_S

HELP = {
    "np": "/np: what is playing",
    "help": "/help: this list",
    "slow": "/slow 10: one message every 10 seconds; /slow off",
    "timeout": "/timeout name 5m: stop somebody from writing for a while",
    "ban": "/ban name: ban somebody from the station",
    "pin": "/pin text: write a message and pin it; /pin on its own unpins",
    "announce": "/announce text: write an announcement",
    "clear": "/clear: delete the newest messages of everybody",
    "raid": "/raid: slow mode, accounts only and held links for ten minutes; /raid off",
}
FOR_ALL = frozenset({"np", "help"})
"""The commands that are not for the staff alone."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(?P<count>[0-9]{1,4})(?P<unit>[smhd]?)")


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what follows it."""

    name: str
    rest: str


def parse(text: str) -> Command | None:
    """Return the command that a message is, None for a message; raise InvalidInput for one that there is not.

    A message may begin with a slash when it is written twice.
    """
    if not text.startswith("/") or text.startswith("//"):
        return None
    name, _, rest = text[1:].partition(" ")
    if name not in HELP:
        raise InvalidInput(f"there is no command /{name[:20]}: /help lists them")
    return Command(name, rest.strip())


def unescaped(text: str) -> str:
    """Return a message as it is meant: `//` at its beginning is one slash."""
    return text[1:] if text.startswith("//") else text


def help_text(*, staff: bool) -> str:
    """Return the commands that somebody may use, each in a line of its own."""
    listed = [text for name, text in HELP.items() if staff or name in FOR_ALL]
    return "\n".join([*listed, "//text: a message that begins with a slash"])


def seconds_of(text: str) -> int:
    """Read a time such as 30, 30s, 5m, 2h or 1d; raise InvalidInput."""
    match = _DURATION.fullmatch(text)
    if match is None or not int(match["count"]):
        raise InvalidInput(f"{text[:20]!r} isn't a time: use something like 30s, 5m or 2h")
    return min(int(match["count"]) * SECONDS[match["unit"] or "s"], MAX_BAN_S)


def name_and_seconds(rest: str, default: int) -> tuple[str, int]:
    """Read a name, which may have spaces, and the time after it; raise InvalidInput without a name."""
    name, _, last = rest.rpartition(" ")
    if name and _DURATION.fullmatch(last):
        return name.strip().removeprefix("@"), seconds_of(last)
    if not rest:
        raise InvalidInput("name somebody")
    return rest.removeprefix("@"), default


def slow_seconds(rest: str, longest: int) -> int:
    """Read the seconds of a slow mode, 0 for `off`; raise InvalidInput."""
    seconds = 0 if rest in {"off", "0"} else seconds_of(rest or "10")
    if seconds > longest:
        raise InvalidInput(f"use at most {longest} seconds")
    return seconds
