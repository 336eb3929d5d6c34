"""The running icecast.xml, made from the template."""

from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring

from controlplane.errors import ConfigError
from controlplane.icecast.render import PublicMount, Stack, icecast_xml

STACK = Stack(
    bind="127.0.0.1",
    port=8123,
    directory=Path("/x"),
    admin_user="admin",
    admin_password="a&b<c>",
    source_password="source",
    hook_url="http://127.0.0.1:8090/icecast",
    hook_password="hook",
    offair_password="off",
    burst_s=4.0,
    run_as=("icecast2", "icecast"),
)
TEMPLATE = Path("deploy/icecast.xml").read_bytes()


def test_what_ops_wrote_stays_and_what_is_ours_is_filled_in() -> None:
    root = fromstring(icecast_xml(TEMPLATE.replace(b">10000<", b">77<", 1), STACK, []))
    assert root.findtext("limits/clients") == "77"
    assert root.findtext("listen-socket/port") == "8123"
    assert root.findtext("authentication/admin-password") == "a&b<c>"


def test_a_public_mount_has_its_own_password_utf_8_a_burst_of_its_bitrate_and_falls_back_to_off_air() -> None:
    root = fromstring(icecast_xml(TEMPLATE, STACK, [PublicMount("/a.mp3", "secret", 192)]))
    mount = next(m for m in root.findall("mount") if m.findtext("mount-name") == "/a.mp3")
    values = {child.tag: child.text for child in mount}
    assert values == {
        "mount-name": "/a.mp3",
        "username": "source",
        "password": "secret",
        "charset": "UTF-8",
        "burst-size": str(192 * 125 * 4),
        "fallback-mount": "/offair.mp3",
        "fallback-override": "1",
    }


def test_every_other_mount_is_an_encoders_and_asks_the_hook_but_never_for_a_listener() -> None:
    root = fromstring(icecast_xml(TEMPLATE, STACK, []))
    mount = next(m for m in root.findall("mount") if m.get("type") == "default")
    options = {option.get("name") for option in mount.iter("option")}
    assert options == {"stream_auth", "mount_add", "mount_remove", "username", "password"}
    assert mount.findtext("burst-size") == "0"
    assert mount.findtext("hidden") == "1"


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (b"<icecast>", "not well-formed"),
        (b"<other/>", "outermost element"),
        (b'<icecast><mount type="default"/></icecast>', 'type="default"'),
    ],
)
def test_a_template_that_is_not_sound_is_refused_with_a_reason(template: bytes, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        icecast_xml(template, STACK, [])
