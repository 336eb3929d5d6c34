"""Icecast's words, read with suspicion."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.icecast import parse
from controlplane.icecast.parse import Garbage, Mirror, MountStats, Stats

STATS = """<?xml version="1.0"?>
<icestats><server_start_iso8601>2026-01-01T00:00:00+0000</server_start_iso8601>
<source mount="/a.mp3"><listeners>{listeners}</listeners><listener_peak>9</listener_peak>
<stream_start_iso8601>2026-01-01T00:00:05+0000</stream_start_iso8601><title>{title}</title>
<total_bytes_read>1234567</total_bytes_read></source>
<source mount="/fallback-only.mp3"><fallback>/x</fallback></source></icestats>"""


def stats(listeners: str = "3", title: str = "A - B") -> Stats:
    return parse.stats(STATS.format(listeners=listeners, title=title).encode())


def test_a_mount_with_a_source_is_read_and_one_without_is_not() -> None:
    found = stats(title="Nusrat - آفرین &amp; more")
    assert found.server_start == "2026-01-01T00:00:00+0000"
    assert found.mounts == {
        "/a.mp3": MountStats("2026-01-01T00:00:05+0000", 3, 1234567, "Nusrat - آفرین & more"),
    }


@pytest.mark.parametrize(
    ("text", "count"), [("-1", 0), ("NaN", 0), ("", 0), ("٣", 0), ("1e9", 0), ("9" * 30, 10_000_000), (" 7 ", 7)]
)
def test_counts_are_clamped_to_what_can_be(text: str, count: int) -> None:
    assert stats(listeners=text).mounts["/a.mp3"].listeners == count


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"not xml",
        b"{}",
        b"<html><body>502</body></html>",
        b"<icestats>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><icestats><source mount="/x">&b;</source></icestats>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><icestats>&e;</icestats>',
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="no-such-encoding"?><icestats/>',
    ],
)
def test_garbage_is_named_so_and_never_half_believed(document: bytes) -> None:
    with pytest.raises(Garbage):
        parse.stats(document)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise_anything_else(document: bytes) -> None:
    with pytest.raises(Garbage):
        parse.stats(document)


def feed(*lines: str) -> Mirror:
    mirror = Mirror()
    mirror.take(lines)
    return mirror


UP = ("EVENT /a.mp3 listeners 0", "EVENT /a.mp3 stream_start_iso8601 S1", "EVENT /a.mp3 title A - B C")


def test_the_feed_mirrors_mounts_with_their_changes() -> None:
    mirror = feed("EVENT global server_start_iso8601 G", *UP, "EVENT /a.mp3 listeners 5", "garbage", "EVENT", "")
    assert mirror.stats() == Stats("G", {"/a.mp3": MountStats("S1", 5, 0, "A - B C")})


def test_null_null_only_casts_a_doubt_that_a_poll_settles() -> None:
    mirror = feed(*UP, "EVENT /a.mp3 null null")
    assert mirror.in_doubt
    mirror.settle(Stats("G", {"/a.mp3": MountStats("S1")}), mirror.doubts())
    assert (mirror.in_doubt, list(mirror.mounts)) == (False, ["/a.mp3"])
    mirror.take(["EVENT /a.mp3 null null"])
    mirror.settle(Stats("G", {}), mirror.doubts())
    assert mirror.mounts == {}


def test_a_poll_that_was_under_way_does_not_settle_a_doubt_that_came_after_it() -> None:
    mirror = feed(*UP)
    asked = mirror.doubts()
    mirror.take(["EVENT /a.mp3 null null"])
    mirror.settle(Stats("G", {"/a.mp3": MountStats("S1")}), asked)
    assert mirror.in_doubt
    mirror.settle(Stats("G", {}), mirror.doubts())
    assert mirror.mounts == {}


def test_a_new_feed_is_not_believed_before_a_poll_was_asked_for_after_its_first_lines() -> None:
    mirror = Mirror()
    mirror.settle(Stats("G", {}), mirror.doubts())
    mirror.take(UP)
    assert mirror.in_doubt
    mirror.settle(Stats("G", {"/a.mp3": MountStats("S1")}), mirror.doubts())
    assert not mirror.in_doubt


def test_another_source_on_the_mount_has_nothing_of_the_one_before() -> None:
    mirror = feed(*UP, "EVENT /a.mp3 stream_start_iso8601 S2", "EVENT /a.mp3 listeners 1")
    assert mirror.stats().mounts == {"/a.mp3": MountStats("S2", 1)}


def test_a_mount_newer_than_the_poll_is_kept_until_a_second_poll_misses_it() -> None:
    mirror = feed(*UP)
    mirror.settle(Stats("G", {}), mirror.doubts())
    assert list(mirror.mounts) == ["/a.mp3"]
    mirror.settle(Stats("G", {}), mirror.doubts())
    assert mirror.mounts == {}


def test_a_hook_is_read_without_its_mounts_query() -> None:
    hook = parse.hook(b"action=stream_auth&mount=%2fingest%2fa%3fx%3d1&user=dj&pass=key&ip=1.2.3.4")
    assert hook == parse.Hook("stream_auth", "/ingest/a", "dj", "key", "1.2.3.4")
    assert "key" not in repr(hook)


def test_a_title_update_with_a_sources_credentials_is_not_a_new_source() -> None:
    assert parse.hook(b"action=stream_auth&mount=%2fa&admin=1").metadata


@pytest.mark.parametrize(
    "body",
    [b"", b"action=listener_add&mount=/a", b"action=mount_add", b"action=mount_add&mount=a", b"&" * 100, b"\xff=\xff"],
)
def test_a_hook_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(Garbage):
        parse.hook(body)


@given(st.binary(max_size=200))
def test_any_hook_body_is_read_or_refused(body: bytes) -> None:
    with suppress(Garbage):
        assert parse.hook(body).mount.startswith("/")


@pytest.mark.parametrize(
    ("agent", "listens"), [("VLC/3.0", True), ("Icecast 2.4.4", False), ("AwazProbe/1", False), ("", True)]
)
def test_relays_and_probes_are_told_from_listeners(agent: str, listens: bool) -> None:
    assert parse.is_listener(agent) is listens
