"""Icecast's own words, read with suspicion. Pure.

Formats: `/admin/stats` XML and the `STATS` feed of Icecast 2.4.4, and the form bodies of its URL authentication.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

UNREADABLE = (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError)
"""What the XML parser raises at garbage: LookupError for an encoding it has never heard of."""

MAX_COUNT = 10_000_000
MAX_BYTES = 2**53
_START = "stream_start_iso8601"


@dataclass(frozen=True, slots=True)
class MountStats:
    """A mount with a source; `instance` is Icecast's start stamp of that source."""

    instance: str
    listeners: int = 0
    bytes_read: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class Stats:
    """All mounts of one Icecast that have a source; `server_start` tells one run of Icecast from the next."""

    server_start: str
    mounts: dict[str, MountStats]


class Garbage(ValueError):
    """What came is not Icecast's statistics."""


def stats(document: bytes) -> Stats:
    """Read `/admin/stats`; raise Garbage if it is not that."""
    try:
        root = fromstring(document, forbid_dtd=True)
    except UNREADABLE as error:
        raise Garbage(f"Icecast's statistics are not the XML they should be: {type(error).__name__}") from error
    if root.tag != "icestats":
        raise Garbage("Icecast's statistics do not begin with <icestats>")
    mounts = {}
    for source in root.iter("source"):
        values = {child.tag: (child.text or "") for child in source}
        name = source.get("mount", "")
        if name.startswith("/") and values.get(_START):
            mounts[name] = _mount(values)
    return Stats(root.findtext("server_start_iso8601") or "", mounts)


def clients(document: bytes) -> list[str]:
    """Read the user agents of `/admin/listclients`; raise Garbage if it is not that."""
    try:
        root = fromstring(document, forbid_dtd=True)
    except UNREADABLE as error:
        raise Garbage("Icecast's list of clients is not the XML it should be") from error
    return [(listener.findtext("UserAgent") or "") for listener in root.iter("listener")]


def is_listener(user_agent: str) -> bool:
    """Tell a person's player from a relay (an Icecast that pulls the mount) and from our own probes."""
    return not user_agent.startswith(("Icecast ", "AwazProbe/"))


@dataclass(slots=True)
class Mirror:
    """Icecast's state as the STATS feed keeps it up to date, one a connection."""

    server_start: str = ""
    mounts: dict[str, dict[str, str]] = field(default_factory=dict)
    doubted: dict[str, int] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    whole: bool = False
    lines: int = 0

    @property
    def in_doubt(self) -> bool:
        """Whether a poll has to tell before the mirror can be believed."""
        return bool(self.doubted) or not self.whole

    def doubts(self) -> int:
        """Return a mark for `settle`: a poll asked for from now on answers all doubts before it."""
        return self.lines

    def take(self, lines: Iterable[str]) -> None:
        """Take in `EVENT <mount|global> <name> <value>` lines; anything else is passed over.

        `EVENT <mount> null null` is sent both when a source has gone and when a mount's settings are applied to a
        running source, so it only makes that mount doubted: a poll has to tell.
        """
        for line in lines:
            self.lines += 1
            word, _, rest = line.partition(" ")
            mount, _, rest = rest.partition(" ")
            name, _, value = rest.partition(" ")
            if word != "EVENT" or not name:
                continue
            if mount == "global":
                self.server_start = value if name == "server_start_iso8601" else self.server_start
            elif name == "null":
                self.doubted[mount] = self.lines
            elif mount.startswith("/"):
                values = self.mounts.setdefault(mount, {})
                if name == _START and values.get(_START, value) != value:
                    # Another source on the same mount: nothing of the one before is its.
                    values.clear()
                values[name] = "" if value == "null" else value

    def settle(self, truth: Stats, asked: int) -> None:
        """Take in a poll that was asked for at mark `asked`.

        Drops the mounts that were doubted before it was asked for and that it did not find, and those that two polls
        in a row did not find.
        """
        answered = {mount for mount, line in self.doubted.items() if line <= asked}
        missing = self.mounts.keys() - truth.mounts.keys()
        for mount in missing & (answered | self.missed):
            del self.mounts[mount]
        self.missed = missing & self.mounts.keys()
        self.doubted = {mount: line for mount, line in self.doubted.items() if mount not in answered}
        self.whole = self.whole or asked > 0

    def stats(self) -> Stats:
        """Return the mirror as a poll would have found it."""
        mounts = {name: _mount(values) for name, values in self.mounts.items() if values.get(_START)}
        return Stats(self.server_start, mounts)


def _mount(values: dict[str, str]) -> MountStats:
    return MountStats(
        instance=values.get(_START, "")[:64],
        listeners=_count(values.get("listeners")),
        bytes_read=_count(values.get("total_bytes_read"), MAX_BYTES),
        title=values.get("title", "")[:4096],
    )


def _count(text: str | None, most: int = MAX_COUNT) -> int:
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return 0
    return min(int(digits[:20]), most)


@dataclass(frozen=True, slots=True)
class Hook:
    """A call of Icecast's URL authentication. `metadata` marks a title update with a source's own credentials."""

    action: Literal["stream_auth", "mount_add", "mount_remove"]
    mount: str
    user: str = ""
    key: str = field(default="", repr=False)
    ip: str = ""
    metadata: bool = False


def hook(body: bytes) -> Hook:
    """Read a hook's form body; raise Garbage naming what is wrong."""
    try:
        fields = dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True, max_num_fields=32))
    except ValueError as error:
        raise Garbage("the hook's form has too many fields") from error
    action = fields.get("action", "")
    mount = fields.get("mount", "").partition("?")[0]
    if action not in {"stream_auth", "mount_add", "mount_remove"}:
        raise Garbage(f"the hook's action is not one of ours: {action[:32]!r}")
    if not mount.startswith("/") or len(mount) > 200:  # noqa: PLR2004 - far over any mount we make
        raise Garbage("the hook names no mount")
    return Hook(
        action=action,  # type: ignore[arg-type]  # just checked; mypy does not narrow str by a set
        mount=mount,
        user=fields.get("user", "")[:64],
        key=fields.get("pass", "")[:256],
        ip=fields.get("ip", "")[:64],
        metadata=fields.get("admin") == "1",
    )
