"""Parsers of Icecast's statistics, feed and hooks, all of which may hold hostile text. Pure.

Formats: `/admin/stats` and `/admin/listclients` of Icecast 2.4.4, lines of its STATS feed, and the form bodies of its
URL authentication.

The two documents look like XML and are read as text, because an encoder can break them: Icecast makes an element of
every name in the header `ice-audio-info`, as it came, `<` and all. Values are escaped, and no such name can hold a `=`,
so that `<source mount="` begins a mount wherever it stands, and what an encoder wrote stays within its own.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl

from controlplane.kernel.text import clean

MAX_COUNT = 10_000_000
MAX_BYTES = 2**53
TEXT_LIMIT = 4096
SHORT_LIMIT = 80

_DOCUMENT = re.compile(r"\s*(<\?xml[^>]*\?>)?\s*<icestats>(?P<content>.*)</icestats>\s*", re.DOTALL)
_EMPTY = re.compile(r"\s*(<\?xml[^>]*\?>)?\s*<icestats/>\s*")
_SOURCE = '<source mount="'
_FIELD = re.compile(
    r"<(listeners|stream_start_iso8601|total_bytes_read|title|server_type|user_agent|source_ip)>([^<]*)</\1>"
)
TAP_AGENT = "AwazTap/1"
"""The agent of the connections by which the daemon hears the public mounts."""
_LISTENER = re.compile(r"<listener[ >]")
_AGENT = re.compile(r"<UserAgent>([^<]*)</UserAgent>")
_START = "stream_start_iso8601"
_QUIET = frozenset({b"total_bytes_read", b"total_bytes_sent"})
"""Counters of the feed that rise all the time."""


@dataclass(frozen=True, slots=True)
class MountStats:
    """A mount with a source; `instance` is Icecast's start stamp of that source.

    `media`, `client` and `address` are the media type of its audio, what it calls itself, and where it comes from.
    """

    instance: str
    listeners: int = 0
    bytes_read: int = 0
    title: str = ""
    media: str = ""
    client: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Stats:
    """All mounts of one Icecast that have a source, and the names of those that could not be read."""

    mounts: dict[str, MountStats]
    unreadable: frozenset[str] = frozenset()


class Malformed(ValueError):
    """The input is not what Icecast sends."""


def pieces(document: bytes) -> list[str]:
    """Split `/admin/stats` into one text for each mount, for `stats`; raise Malformed if it is not whole."""
    text = document.decode(errors="replace")
    if _EMPTY.fullmatch(text):
        return []
    whole = _DOCUMENT.fullmatch(text)
    if whole is None:
        raise Malformed("Icecast's statistics are not whole: they must go from <icestats> to </icestats>")
    return whole["content"].split(_SOURCE)[1:]


def stats(texts: Iterable[str]) -> Stats:
    """Read mounts, as `pieces` gives them."""
    mounts, unreadable = {}, set()
    for text in texts:
        name, _, content = text.partition('">')
        name, fields = html.unescape(name), dict(_FIELD.findall(content))
        if not name.startswith("/"):
            continue
        try:
            mount = _mount(fields)
        except ValueError:
            unreadable.add(name[:TEXT_LIMIT])
        else:
            mounts.update({name: mount} if mount is not None else {})
    return Stats(mounts, frozenset(unreadable))


def clients(document: bytes) -> list[str]:
    """Split `/admin/listclients` into one text for each client, for `agent`; raise Malformed if it is not whole."""
    text = document.decode(errors="replace")
    if "<icestats" not in text or not text.rstrip().endswith(("</icestats>", "<icestats/>")):
        raise Malformed("Icecast's list of clients is not whole")
    return _LISTENER.split(text)[1:]


def is_tap(client: str) -> bool:
    """Say whether a client is a connection by which the daemon hears the mount."""
    agent = _AGENT.search(client)
    return agent is not None and agent[1] == TAP_AGENT


def is_listener(client: str) -> bool:
    """Say whether a client is a player, and not a relay (an Icecast that pulls the mount) or a probe of ours."""
    agent = _AGENT.search(client)
    return agent is None or not html.unescape(agent[1]).startswith(("Icecast ", "AwazProbe/"))


def is_change(line: bytes) -> bool:
    """Say whether a line of the STATS feed is a reason to poll.

    Lines are `EVENT <mount|global> <name> <value>`. A title goes into one as it came, line breaks and all, so a line
    may come from an encoder and is never trusted.
    """
    word, _, rest = line.partition(b" ")
    mount, _, rest = rest.partition(b" ")
    return word == b"EVENT" and mount != b"global" and rest.partition(b" ")[0] not in _QUIET


def _mount(fields: dict[str, str]) -> MountStats | None:
    """Return a mount, None if it has no source; raise ValueError if a count is not a number."""
    if not fields.get(_START):
        return None
    return MountStats(
        instance=html.unescape(fields[_START])[:64],
        listeners=_count(fields.get("listeners", "0")),
        bytes_read=_count(fields.get("total_bytes_read", "0"), MAX_BYTES),
        title=html.unescape(fields.get("title", ""))[:TEXT_LIMIT],
        media=html.unescape(fields.get("server_type", "")).partition(";")[0].strip().lower()[:SHORT_LIMIT],
        client=clean(html.unescape(fields.get("user_agent", "")), SHORT_LIMIT),
        address=html.unescape(fields.get("source_ip", ""))[:SHORT_LIMIT],
    )


def _count(text: str, most: int = MAX_COUNT) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"not a count: {text[:32]!r}")
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
    """Read a hook's form body; raise Malformed naming what is wrong."""
    try:
        fields = dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True, max_num_fields=32))
    except ValueError as error:
        raise Malformed("the hook's form has too many fields") from error
    action = fields.get("action", "")
    mount = fields.get("mount", "").partition("?")[0]
    if action not in {"stream_auth", "mount_add", "mount_remove"}:
        raise Malformed(f"the hook's action is not one of ours: {action[:32]!r}")
    if not mount.startswith("/") or len(mount) > 200:  # noqa: PLR2004 - far over any mount we make
        raise Malformed("the hook names no mount")
    return Hook(
        action=action,  # type: ignore[arg-type]  # just checked; mypy does not narrow str by a set
        mount=mount,
        user=fields.get("user", "")[:64],
        key=fields.get("pass", "")[:256],
        ip=fields.get("ip", "")[:64],
        metadata=fields.get("admin") == "1",
    )
