"""Rendering of icecast.xml from the operator's template."""

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from controlplane.icecast.render import IcecastServer, IngestMount, PublicMount, StationMounts, icecast_xml
from controlplane.kernel.errors import ConfigError

STACK = IcecastServer(
    bind="127.0.0.1",
    port=8123,
    directory=Path("/x"),
    admin_user="admin",
    admin_password="a&b<c>",
    source_password="source",
    hook_url="http://127.0.0.1:8090/icecast",
    hook_password="hook",
    hostname="radio.example",
    run_as=("icecast2", "icecast"),
)
TEMPLATE = Path("deploy/icecast.xml").read_bytes()
MP3 = PublicMount("/a.mp3", "secret", 96_000, "/offair/a.mp3", "off")
AAC = PublicMount("/a.aac", "other", 72_000, "/offair/a.aac", "off")
INGEST = IngestMount("/ingest/a", "/preview/0a1b", "nobody")
STATION = StationMounts((INGEST,), (MP3, AAC))


def mount_of(root: Element, name: str) -> dict[str, str | None]:
    found = next(mount for mount in root.findall("mount") if mount.findtext("mount-name") == name)
    return {child.tag: child.text for child in found}


def test_operator_values_stay_and_generated_values_are_filled_in() -> None:
    root = fromstring(icecast_xml(TEMPLATE.replace(b">10000<", b">77<", 1), STACK, []))
    assert root.findtext("limits/clients") == "77"
    assert root.findtext("listen-socket/port") == "8123"
    assert root.findtext("authentication/admin-password") == "a&b<c>"


def test_a_public_mount_has_its_password_burst_and_fallback() -> None:
    root = fromstring(icecast_xml(TEMPLATE, STACK, [STATION]))
    assert mount_of(root, "/a.mp3") == {
        "mount-name": "/a.mp3",
        "username": "source",
        "password": "secret",
        "charset": "UTF-8",
        "burst-size": "96000",
        "fallback-mount": "/offair/a.mp3",
        "fallback-override": "1",
    }


def test_each_format_falls_back_to_an_off_air_mount_of_the_same_format() -> None:
    root = fromstring(icecast_xml(TEMPLATE, STACK, [STATION]))
    assert mount_of(root, "/a.aac") == {
        "mount-name": "/a.aac",
        "username": "source",
        "password": "other",
        "charset": "UTF-8",
        "burst-size": "72000",
        "fallback-mount": "/offair/a.aac",
        "fallback-override": "1",
    }


def test_an_encoder_is_heard_by_those_alone_who_know_where() -> None:
    root = fromstring(icecast_xml(TEMPLATE, STACK, [STATION]))
    assert mount_of(root, "/ingest/a")["no-mount"] == "1"
    assert mount_of(root, "/preview/0a1b") == {
        "mount-name": "/preview/0a1b",
        "username": "source",
        "password": "nobody",
        "charset": "UTF-8",
        "hidden": "1",
        "burst-size": "0",
        "fallback-mount": "/ingest/a",
    }


def test_each_station_has_an_off_air_mount_without_fallback() -> None:
    other = StationMounts((), (PublicMount("/b.mp3", "x", 64_000, "/offair/b.mp3", "y"),))
    root = fromstring(icecast_xml(TEMPLATE, STACK, [STATION, other]))
    assert mount_of(root, "/b.mp3")["fallback-mount"] == "/offair/b.mp3"
    assert mount_of(root, "/offair/a.mp3") == {
        "mount-name": "/offair/a.mp3",
        "username": "source",
        "password": "off",
        "charset": "UTF-8",
        "hidden": "1",
        "burst-size": "0",
    }


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [(b"localhost", "radio.example"), (b"", "radio.example"), (b"mine.example", "mine.example")],
)
def test_the_hostname_defaults_to_the_public_host(hostname: bytes, expected: str) -> None:
    template = TEMPLATE.replace(b"<hostname>localhost</hostname>", b"<hostname>" + hostname + b"</hostname>")
    assert fromstring(icecast_xml(template, STACK, [])).findtext("hostname") == expected


def test_ingest_mounts_use_hooks_for_sources_only() -> None:
    root = fromstring(icecast_xml(TEMPLATE, STACK, [STATION]))
    default = next(m for m in root.findall("mount") if m.get("type") == "default")
    ingest = next(m for m in root.findall("mount") if m.findtext("mount-name") == "/ingest/a")
    for mount in (default, ingest):
        options = {option.get("name") for option in mount.iter("option")}
        assert options == {"stream_auth", "mount_add", "mount_remove", "username", "password"}
        assert mount.findtext("burst-size") == "0"
    assert (default.findtext("hidden"), ingest.findtext("hidden")) == (None, "1")


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (b"<icecast>", "not well-formed"),
        (b"<other/>", "outermost element"),
        (b'<icecast><mount type="default"/></icecast>', 'type="default"'),
    ],
)
def test_an_invalid_template_is_refused_with_the_reason(template: bytes, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        icecast_xml(template, STACK, [])
