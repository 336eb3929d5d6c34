"""The first paint of a station's page."""

import re

from controlplane.web import artwork, shell
from tests.support.paths import PROJECT

ROUNDEL = (PROJECT / "ui/src/kit/roundel.ts").read_text()


def test_the_panel_has_the_name_as_text() -> None:
    panel = shell.shell("<b>Awaz</b>", "plum", "live")
    assert '<section class="hero" data-ground="plum" data-on-air="live">' in panel
    assert "&lt;b&gt;Awaz&lt;/b&gt;" in panel


def test_the_grounds_have_the_names_that_the_page_gives_them() -> None:
    grounds = re.search(r"GROUNDS = \[(.*)\]", ROUNDEL)
    assert grounds is not None
    assert tuple(re.findall(r'"(\w+)"', grounds[1])) == tuple(ground.name for ground in artwork.GROUNDS)
