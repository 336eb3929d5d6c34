"""Parsing of Icecast's statistics, feed and hooks, which may hold hostile text."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.icecast import parse
from controlplane.icecast.parse import Malformed, MountStats, Stats

STATS = """<?xml version="1.0"?>
<icestats><server_start_iso8601>2026-01-01T00:00:00+0000</server_start_iso8601>
<source mount="/a.mp3"><listeners>{listeners}</listeners><listener_peak>9</listener_peak>
<stream_start_iso8601>2026-01-01T00:00:05+0000</stream_start_iso8601><title>{title}</title>
<total_bytes_read>1234567</total_bytes_read></source>
<source mount="/fallback-only.mp3"><fallback>/x</fallback></source></icestats>"""


OTHER = """<source mount="/b.mp3"><listeners>7</listeners>
<stream_start_iso8601>S</stream_start_iso8601></source></icestats>"""


def parsed(document: bytes) -> Stats:
    return parse.stats(parse.pieces(document))


def stats(listeners: str = "3", title: str = "A - B") -> Stats:
    return parsed(STATS.format(listeners=listeners, title=title).encode())


def test_only_mounts_with_a_source_are_parsed() -> None:
    found = stats(title="Nusrat - آفرین &amp; more")
    assert found.mounts == {
        "/a.mp3": MountStats("2026-01-01T00:00:05+0000", 3, 1234567, "Nusrat - آفرین & more"),
    }


@pytest.mark.parametrize(("text", "count"), [("9" * 30, 10_000_000), (" 7 ", 7), ("0", 0)])
def test_listener_counts_are_clamped(text: str, count: int) -> None:
    assert stats(listeners=text).mounts["/a.mp3"].listeners == count


@pytest.mark.parametrize("text", ["-1", "NaN", "", "٣", "1e9"])
def test_a_mount_with_an_invalid_count_is_skipped_alone(text: str) -> None:
    document = STATS.format(listeners=text, title="x").removesuffix("</icestats>") + OTHER
    assert parsed(document.encode()) == Stats({"/b.mp3": MountStats("S", 7)}, frozenset({"/a.mp3"}))


@pytest.mark.parametrize(
    "name",
    [
        "a b<c",
        "x></x></source><source mount",
        "x></x></source></icestats><icestats>",
        "!--",
        "![CDATA[",
        "!DOCTYPE icestats [<!ENTITY a 'b'>]",
        "\x00\x08\x1b",
        "listeners>9</listeners><x",
        "server_start_iso8601",
        "\ud800",
    ],
)
def test_encoder_supplied_element_names_leave_other_mounts_intact(name: str) -> None:
    # Icecast copies names from the header `ice-audio-info`; they hold anything but `=`, `;` and line breaks.
    broken = f'<source mount="/ingest/x"><{name}>1</{name}><stream_start_iso8601>S</stream_start_iso8601></source>'
    document = f"<icestats>{broken}{OTHER}".encode(errors="surrogatepass")
    assert parsed(document).mounts["/b.mp3"] == MountStats("S", 7)


@given(st.binary(max_size=60))
def test_title_bytes_leave_other_mounts_intact(title: bytes) -> None:
    escaped = title.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    before, after = STATS.format(listeners=3, title="\0").removesuffix("</icestats>").encode().split(b"\0")
    found = parsed(before + escaped + after + OTHER.encode()).mounts
    assert (found["/a.mp3"].listeners, found["/b.mp3"]) == (3, MountStats("S", 7))


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
    ],
)
def test_malformed_documents_are_rejected_whole(document: bytes) -> None:
    with pytest.raises(Malformed):
        parse.pieces(document)


@given(st.binary(max_size=300))
def test_random_bytes_raise_only_malformed(document: bytes) -> None:
    with pytest.raises(Malformed):
        parse.pieces(document)


@pytest.mark.parametrize(
    ("line", "is_news"),
    [
        (b"EVENT /a.mp3 listeners 5", True),
        (b"EVENT /a.mp3 null null", True),
        (b"EVENT /a.mp3 title x", True),
        (b"EVENT /a.mp3 total_bytes_read 5", False),
        (b"EVENT global connections 5", False),
        (b"garbage", False),
        (b"", False),
    ],
)
def test_feed_lines_about_stations_count_as_news(line: bytes, is_news: bool) -> None:
    assert parse.is_change(line) is is_news


def test_a_hook_is_parsed_without_the_query_of_its_mount() -> None:
    hook = parse.hook(b"action=stream_auth&mount=%2fingest%2fa%3fx%3d1&user=dj&pass=key&ip=1.2.3.4")
    assert hook == parse.Hook("stream_auth", "/ingest/a", "dj", "key", "1.2.3.4")
    assert "key" not in repr(hook)


def test_a_metadata_update_hook_is_not_a_new_source() -> None:
    assert parse.hook(b"action=stream_auth&mount=%2fa&admin=1").metadata


@pytest.mark.parametrize(
    "body",
    [b"", b"action=listener_add&mount=/a", b"action=mount_add", b"action=mount_add&mount=a", b"&" * 100, b"\xff=\xff"],
)
def test_malformed_hooks_are_rejected(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse.hook(body)


@given(st.binary(max_size=200))
def test_any_hook_body_is_parsed_or_rejected(body: bytes) -> None:
    with suppress(Malformed):
        assert parse.hook(body).mount.startswith("/")


@pytest.mark.parametrize(
    ("agent", "is_listener"), [("VLC/3.0", True), ("Icecast 2.4.4", False), ("AwazProbe/1", False), ("", True)]
)
def test_relays_and_probes_are_not_counted_as_listeners(agent: str, is_listener: bool) -> None:
    document = (
        f"<icestats><source><listener><IP>1.2.3.4</IP><UserAgent>{agent}</UserAgent></listener></source></icestats>"
    )
    assert list(map(parse.is_listener, parse.clients(document.encode()))) == [is_listener]
