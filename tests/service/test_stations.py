"""Creating, changing and removing stations over HTTP."""

from typing import Any

import httpx
import pytest

from tests.support.builders import PASSWORD
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import OpenSocket, TokenOf

pytestmark = pytest.mark.both_databases


@pytest.fixture
async def admin(token_of: TokenOf) -> dict[str, str]:
    return bearer(await token_of("admin"))


@pytest.fixture
async def owner(token_of: TokenOf) -> dict[str, str]:
    return bearer(await token_of("owner"))


async def test_an_admin_creates_a_station_for_somebody(
    running: Running, http: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    await running.accounts.add_user("sara", "Sara", "user", PASSWORD)
    body = {"name": "Jazz Café 2", "description": "After dark.", "bitrate_kbps": 192, "owner": "sara"}
    created = (await http.post("/stations", headers=admin, json=body)).json()
    assert created == {
        "slug": "jazz-cafe-2",
        "name": "Jazz Café 2",
        "description": "After dark.",
        "bitrate_kbps": 192,
        "language": "",
        "owners": ["Sara"],
    }
    assert created in (await http.get("/admin/stations", headers=admin)).json()["stations"]


async def test_a_slug_is_made_of_the_name_and_is_never_taken_twice(
    http: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    names = ["Awaz", "غزل", "Offair", "!!!"]
    created = [(await http.post("/stations", headers=admin, json={"name": name})).json() for name in names]
    assert [station["slug"] for station in created] == ["awaz-2", "station", "offair-2", "station-2"]
    assert created[0]["owners"] == ["Admin"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"name": ""}, 400),
        ({"name": "\u200b"}, 400),
        ({"name": "A", "slug": "Not A Slug"}, 400),
        ({"name": "A", "slug": "awaz"}, 409),
        ({"name": "A", "bitrate_kbps": 100}, 400),
        ({"name": "A", "owner": "nobody"}, 404),
    ],
)
async def test_a_station_that_cannot_be_is_not_created(
    http: httpx.AsyncClient, admin: dict[str, str], body: dict[str, Any], status: int
) -> None:
    assert (await http.post("/stations", headers=admin, json=body)).status_code == status
    listed = (await http.get("/admin/stations", headers=admin)).json()["stations"]
    assert [station["slug"] for station in listed] == ["awaz"]


async def test_an_owner_changes_what_the_station_is_called(
    running: Running, http: httpx.AsyncClient, owner: dict[str, str]
) -> None:
    body = {"name": "آواز", "description": "Day and night."}
    changed = (await http.patch("/stations/awaz", headers=owner, json=body)).json()
    assert (changed["name"], changed["description"], changed["bitrate_kbps"]) == ("آواز", "Day and night.", 128)
    await running.load_stations()
    assert (await http.get("/stations/awaz")).json()["name"] == "آواز"
    assert (await http.get("/stations/awaz/settings", headers=owner)).json() == changed
    entries = (await http.get("/stations/awaz/audit", headers=owner)).json()["items"]
    assert entries[0]["action"] == "station.change"


async def test_a_station_has_a_language_of_its_own_until_it_is_taken_back(
    running: Running, http: httpx.AsyncClient, owner: dict[str, str]
) -> None:
    for language in ("ur", ""):
        changed = (await http.patch("/stations/awaz", headers=owner, json={"language": language})).json()
        assert changed["language"] == language
        await running.load_stations()
        assert (await http.get("/stations/awaz")).json()["language"] == language


@pytest.mark.parametrize("body", [{}, {"name": "\u200b"}, {"bitrate_kbps": 1}, {"slug": "other"}, {"language": "Urdu"}])
async def test_settings_that_make_no_sense_are_refused(
    http: httpx.AsyncClient, owner: dict[str, str], body: dict[str, Any]
) -> None:
    assert (await http.patch("/stations/awaz", headers=owner, json=body)).status_code == 400


async def test_a_description_is_text_of_several_lines(http: httpx.AsyncClient, owner: dict[str, str]) -> None:
    body = {"description": "Ghazals.\u0000\u202e\r\nDay\tand night.\n"}
    changed = (await http.patch("/stations/awaz", headers=owner, json=body)).json()
    assert changed["description"] == "Ghazals.\nDay and night."


@pytest.mark.usefixtures("delivering")
async def test_who_has_the_page_open_is_told_of_a_new_name(
    running: Running, http: httpx.AsyncClient, owner: dict[str, str], open_socket: OpenSocket, token: str
) -> None:
    client = await open_socket(token)
    await client.call("stream:join", {"station": "awaz"})
    await http.patch("/stations/awaz", headers=owner, json={"name": "آواز", "bitrate_kbps": 64, "language": "ur"})
    await running.load_stations()
    told = await client.until_event("station:changed")
    assert (told["station_name"], told["language"]) == ("آواز", "ur")
    assert [stream["bitrate_kbps"] for stream in told["streams"]] == [64, 64]


async def test_a_removed_station_is_gone_for_everybody(
    running: Running, http: httpx.AsyncClient, admin: dict[str, str], owner: dict[str, str]
) -> None:
    assert (await http.delete("/stations/awaz", headers=owner)).status_code == 403
    assert (await http.delete("/stations/awaz", headers=admin)).status_code == 200
    await running.load_stations()
    assert (await http.get("/stations/awaz")).status_code == 404
    assert (await http.delete("/stations/awaz", headers=admin)).status_code == 404
