"""The listeners' pages: their status, their head, and the state that they come with."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from controlplane.access.client_address import ClientAddresses
from controlplane.features.onair.pages import OnAirPages
from controlplane.features.onair.views import PublicUrls
from controlplane.kernel.mounts import FORMATS
from controlplane.kernel.stations import NewStation
from controlplane.web import policy
from controlplane.web.app import WebApp
from controlplane.web.pages import Pages
from tests.support.builders import go_live
from tests.support.running import Running

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TEMPLATE = (
    "<!doctype html><head><script>early()</script><!--head--><title>Built</title><!--/head--></head>"
    "<noscript><!--stream--></noscript><main><!--shell--></main>"
)


@pytest.fixture
async def pages(running: Running, tmp_path: Path) -> AsyncIterator[TestClient[Any, Any]]:
    """A browser at pages that were built."""
    (tmp_path / "index.html").write_text(TEMPLATE)
    (tmp_path / "not-found.html").write_text("<h1>Page not found</h1>")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "page-1a2b.js").write_text("page()")
    kit, parts = running.kit, running.parts
    urls = PublicUrls("https://audio.example", "https://radio.example", FORMATS, 9.0)
    live = OnAirPages(parts.read_model, parts.digest, kit.snapshots, urls).pages()
    addresses = ClientAddresses(running.settings.http)
    web = WebApp(kit.guard, kit.admission, addresses, frozenset(), Pages("https://audio.example", tmp_path))
    async with TestClient(TestServer(web.app([], live))) as client:
        yield client


def boot_of(page: str) -> dict[str, Any]:
    """Return the data that a page came with."""
    found: dict[str, Any] = json.loads(page.partition('id="boot">')[2].partition("</script>")[0])
    return found


async def test_a_station_page_comes_with_what_is_on_air(running: Running, pages: TestClient[Any, Any]) -> None:
    go_live(running)
    answer = await pages.get("/s/awaz", headers=BROWSER)
    page = await answer.text()
    boot = boot_of(page)
    assert (answer.status, boot["slug"], boot["snapshot"]["on_air"]) == (200, "awaz", "live")
    assert boot["snapshot"]["metadata"]["track"]["title"] == "Song"
    assert [entry["station"] for entry in boot["directory"]["stations"]] == ["awaz"]
    assert '<link rel="canonical" href="https://radio.example/s/awaz" />' in page
    assert '<noscript><a href="https://audio.example/awaz.mp3">' in page
    assert "<title>Built</title>" not in page
    assert '<main><div class="station-page"><div><section class="hero" data-ground="' in page
    assert '<h1><bdi dir="auto">Awaz</bdi></h1>' in page


async def test_the_home_page_comes_with_the_stations_and_all_of_an_only_one(pages: TestClient[Any, Any]) -> None:
    boot = boot_of(await (await pages.get("/", headers=BROWSER)).text())
    assert [(entry["station"], entry["name"]) for entry in boot["directory"]["stations"]] == [("awaz", "Awaz")]
    assert boot["snapshot"]["station"]["slug"] == "awaz"


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate, br", "gzip"), ("identity", None), ("deflate", None), ("", None)]
)
async def test_a_page_is_compressed_for_browsers_that_take_it(
    pages: TestClient[Any, Any], accepted: str, encoding: str | None
) -> None:
    answer = await pages.get("/s/awaz", headers=BROWSER | {"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Awaz" in await answer.text()


async def test_a_station_that_does_not_exist_is_not_found(pages: TestClient[Any, Any]) -> None:
    answer = await pages.get("/s/nowhere", headers=BROWSER)
    assert (answer.status, await answer.text()) == (404, "<h1>Page not found</h1>")
    answer = await pages.get("/s/nowhere")
    assert (answer.status, (await answer.json())["error"]["code"]) == (404, "not_found")


async def test_pages_are_asked_for_again_and_their_files_are_kept(pages: TestClient[Any, Any]) -> None:
    page, file = await pages.get("/s/awaz", headers=BROWSER), await pages.get("/assets/page-1a2b.js")
    assert page.headers["Cache-Control"] == "no-cache"
    assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert file.headers["Vary"] == "Accept-Encoding"
    assert "immutable" not in (await pages.get("/assets/page-3c4d.js")).headers.get("Cache-Control", "")


async def test_a_page_plays_audio_from_the_audio_server_alone(pages: TestClient[Any, Any]) -> None:
    allowed = (await pages.get("/", headers=BROWSER)).headers["Content-Security-Policy"]
    assert "media-src 'self' https://audio.example blob:;" in allowed
    assert "trusted-types lit-html" in allowed


async def test_a_page_runs_the_script_that_it_was_built_with_and_no_other_in_its_text(
    running: Running, pages: TestClient[Any, Any]
) -> None:
    await running.stations.add(
        NewStation(slug="evil", name="<script>evil()</script>", description="<script>evil()</script>")
    )
    await running.load_stations()
    allowed = (await pages.get("/s/evil", headers=BROWSER)).headers["Content-Security-Policy"]
    assert policy.inline_sources("<script>early()</script>") + ";" in allowed


async def test_an_unchanged_page_is_not_sent_again(running: Running, pages: TestClient[Any, Any]) -> None:
    tag = (await pages.get("/s/awaz", headers=BROWSER)).headers["ETag"]
    unchanged = await pages.get("/s/awaz", headers=BROWSER | {"If-None-Match": tag})
    assert (unchanged.status, await unchanged.text(), unchanged.headers["ETag"]) == (304, "", tag)
    assert "Content-Security-Policy" in unchanged.headers
    go_live(running)
    changed = await pages.get("/s/awaz", headers=BROWSER | {"If-None-Match": tag})
    assert changed.status == 200
    assert changed.headers["ETag"] != tag


async def test_a_page_that_is_built_while_the_daemon_runs_is_served_with_its_own_policy(
    pages: TestClient[Any, Any], tmp_path: Path
) -> None:
    await pages.get("/", headers=BROWSER)
    page = tmp_path / "index.html"
    page.write_text(TEMPLATE.replace("early()", "rebuilt()"))
    os.utime(page, (0, 0))
    answer = await pages.get("/", headers=BROWSER)
    assert "<script>rebuilt()</script>" in await answer.text()
    assert policy.inline_sources("<script>rebuilt()</script>") in answer.headers["Content-Security-Policy"]


async def test_the_home_page_links_the_streams_for_browsers_without_javascript(
    running: Running, pages: TestClient[Any, Any]
) -> None:
    await running.stations.add(NewStation(slug="jazz", name="Jazz"))
    await running.load_stations()
    page = await (await pages.get("/", headers=BROWSER)).text()
    offered = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert [f'href="https://audio.example/{slug}.mp3"' in offered for slug in ("awaz", "jazz")] == [True, True]


@pytest.mark.parametrize(("path", "target"), [("/studio/", "/studio"), ("/s/awaz/?x=1", "/s/awaz?x=1")])
async def test_an_address_with_a_slash_at_its_end_leads_to_the_one_without(
    pages: TestClient[Any, Any], path: str, target: str
) -> None:
    answer = await pages.get(path, headers=BROWSER, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (308, target)


async def test_the_first_paint_of_an_urdu_name_is_as_high_as_the_page_makes_it(
    running: Running, pages: TestClient[Any, Any]
) -> None:
    await running.stations.add(NewStation(slug="lahore", name="لاہور"))
    await running.load_stations()
    page = await (await pages.get("/s/lahore", headers=BROWSER)).text()
    assert '<h1><bdi dir="auto"><span lang="ur">لاہور</span></bdi></h1>' in page
