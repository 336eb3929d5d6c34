"""Icons, pictures and what else browsers and robots ask a site for."""

from io import BytesIO
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from PIL import Image

Client = TestClient[Any, Any]


async def picture(client: Client, path: str) -> Image.Image:
    answer = await client.get(path)
    assert (answer.status, answer.content_type) == (200, "image/png")
    return Image.open(BytesIO(await answer.read()))


@pytest.mark.parametrize("path", ["/icon.png", "/s/awaz/icon.png"])
@pytest.mark.parametrize("side", [48, 512])
async def test_icons_have_the_size_that_is_asked_for(client: Client, path: str, side: int) -> None:
    assert (await picture(client, f"{path}?size={side}")).size == (side, side)
    assert (await client.get(path)).headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("size", ["47", "x", "-48", "", "999999999999"])
async def test_other_sizes_are_refused(client: Client, size: str) -> None:
    answer = await client.get("/icon.png", params={"size": size})
    assert (answer.status, (await answer.json())["error"]["code"]) == (400, "invalid_input")


async def test_a_station_that_does_not_exist_has_no_pictures(client: Client) -> None:
    assert [(await client.get(f"/s/nowhere/{name}")).status for name in ("icon.png", "card.png")] == [404, 404]


async def test_a_link_preview_has_a_picture_of_its_own(client: Client) -> None:
    site, station = [await picture(client, path) for path in ("/card.png", "/s/awaz/card.png")]
    assert (site.size, station.size) == ((1200, 630), (1200, 630))
    assert site.tobytes() != station.tobytes()


async def test_the_manifest_names_icons_that_are_there(client: Client) -> None:
    answer = await client.get("/manifest.webmanifest")
    manifest = await answer.json(content_type="application/manifest+json")
    assert manifest["start_url"] == "/"
    for icon in manifest["icons"]:
        found = await picture(client, icon["src"])
        assert f"{found.width}x{found.height}" == icon["sizes"]


async def test_robots_may_read_the_listeners_pages_alone(client: Client) -> None:
    rules = (await (await client.get("/robots.txt")).text()).splitlines()
    assert rules[0] == "User-agent: *"
    assert {"Disallow: /admin", "Disallow: /studio"} <= set(rules)


async def test_browsers_that_do_not_look_into_the_page_find_an_icon(client: Client) -> None:
    assert (await picture(client, "/favicon.ico")).size == (48, 48)
