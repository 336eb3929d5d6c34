"""Creating, changing and removing stations over HTTP."""

from typing import Any

import httpx
import pytest

from tests.support.builders import PASSWORD
from tests.support.loopback import bearer
from tests.support.running import Running
from tests.support.types import Headers, OpenSocket, TokenOf

ODD_LINKS = [
    {"links": [{"name": name, "url": url}]}
    for name, url in [
        ("Script", "javascript:alert(1)"),
        ("No host", "https://"),
        ("No port", "https://radio.example:port"),
        ("Two", "https://radio.example https://other.example"),
        ("Hidden", "https://radio.example/\u202egpj"),
    ]
]

pytestmark = pytest.mark.both_databases


@pytest.fixture
async def host(token_of: TokenOf) -> dict[str, str]:
    return bearer(await token_of("host"))


async def test_an_admin_creates_a_station_for_somebody(
    running: Running, http: httpx.AsyncClient, admin: Headers
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
        "timezone": "UTC",
        "links": [],
        "auto_live": True,
        "auto_stop": True,
        "dead_air_s": 30,
        "owners": ["Sara"],
    }
    assert created in (await http.get("/admin/stations", headers=admin)).json()["stations"]


async def test_a_slug_is_made_of_the_name_and_is_never_taken_twice(http: httpx.AsyncClient, admin: Headers) -> None:
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
        ({"name": "A", "timezone": "Mars/Olympus"}, 404),
    ],
)
async def test_a_station_that_cannot_be_is_not_created(
    http: httpx.AsyncClient, admin: Headers, body: dict[str, Any], status: int
) -> None:
    assert (await http.post("/stations", headers=admin, json=body)).status_code == status
    listed = (await http.get("/admin/stations", headers=admin)).json()["stations"]
    assert [station["slug"] for station in listed] == ["awaz"]


async def test_an_owner_changes_what_the_station_is_called(
    running: Running, http: httpx.AsyncClient, owner: Headers
) -> None:
    links = [{"name": "Instagram", "url": "https://instagram.example/awaz"}]
    body = {"name": "آواز", "description": "Day and night.", "timezone": "Asia/Karachi", "links": links}
    changed = (await http.patch("/stations/awaz", headers=owner, json=body)).json()
    assert changed == {**changed, **body, "bitrate_kbps": 128}
    await running.load_stations()
    seen = (await http.get("/stations/awaz")).json()
    assert (seen["name"], seen["links"]) == ("آواز", links)
    assert (await http.get("/stations/awaz/settings", headers=owner)).json() == changed
    entries = (await http.get("/stations/awaz/audit", headers=owner)).json()["items"]
    assert entries[0]["action"] == "station.change"


async def test_a_link_without_a_visible_name_is_called_by_its_host(http: httpx.AsyncClient, owner: Headers) -> None:
    links = [{"name": name, "url": "https://radio.example/about?x=1#y"} for name in ("", "\u200b")]
    changed = (await http.patch("/stations/awaz", headers=owner, json={"links": links})).json()
    assert [link["name"] for link in changed["links"]] == ["radio.example"] * 2


async def test_a_station_has_a_language_of_its_own_until_it_is_taken_back(
    running: Running, http: httpx.AsyncClient, owner: Headers
) -> None:
    for language in ("ur", ""):
        changed = (await http.patch("/stations/awaz", headers=owner, json={"language": language})).json()
        assert changed["language"] == language
        await running.load_stations()
        assert (await http.get("/stations/awaz")).json()["language"] == language


@pytest.mark.parametrize(
    "body", [{}, {"name": "\u200b"}, {"bitrate_kbps": 1}, {"slug": "other"}, {"language": "Urdu"}, *ODD_LINKS]
)
async def test_settings_that_make_no_sense_are_refused(
    http: httpx.AsyncClient, owner: Headers, body: dict[str, Any]
) -> None:
    assert (await http.patch("/stations/awaz", headers=owner, json=body)).status_code == 400


async def test_a_description_is_text_of_several_lines(http: httpx.AsyncClient, owner: Headers) -> None:
    body = {"description": "Ghazals.\u0000\u202e\r\nDay\tand night.\n"}
    changed = (await http.patch("/stations/awaz", headers=owner, json=body)).json()
    assert changed["description"] == "Ghazals.\nDay and night."


@pytest.mark.usefixtures("delivering")
async def test_who_has_the_page_open_is_told_of_a_new_name(
    running: Running, http: httpx.AsyncClient, owner: Headers, open_socket: OpenSocket, token: str
) -> None:
    client = await open_socket(token)
    await client.call("stream:join", {"station": "awaz"})
    await http.patch("/stations/awaz", headers=owner, json={"name": "آواز", "bitrate_kbps": 64, "language": "ur"})
    await running.load_stations()
    told = await client.until_event("station:changed")
    assert (told["station_name"], told["language"]) == ("آواز", "ur")
    assert [stream["bitrate_kbps"] for stream in told["streams"]] == [64, 64]


async def test_a_removed_station_is_gone_for_everybody(
    running: Running, http: httpx.AsyncClient, admin: Headers, owner: Headers, host: dict[str, str]
) -> None:
    assert (await http.delete("/stations/awaz", headers=host)).status_code == 403
    assert (await http.delete("/stations/awaz", headers=owner)).status_code == 200
    await running.load_stations()
    assert (await http.get("/stations/awaz")).status_code == 404
    assert (await http.delete("/stations/awaz", headers=admin)).status_code == 404


async def test_admins_alone_create_stations_by_default(http: httpx.AsyncClient, owner: Headers) -> None:
    assert (await http.get("/me", headers=owner)).json()["creates_stations"] is False
    refused = await http.post("/stations", headers=owner, json={"name": "Jazz"})
    assert (refused.status_code, refused.json()["error"]["message"]) == (
        403,
        "only the admins of this platform create stations: ask them for one",
    )


@pytest.mark.settings(stations={"creators": "users", "max_per_owner": 2})
async def test_users_create_a_number_of_stations_for_themselves_where_that_is_set(
    http: httpx.AsyncClient, owner: Headers, admin: Headers, token: str
) -> None:
    assert (await http.get("/me", headers=owner)).json()["creates_stations"] is True
    for_another = await http.post("/stations", headers=owner, json={"name": "Jazz", "owner": "admin"})
    assert for_another.status_code == 403
    first = await http.post("/stations", headers=owner, json={"name": "Jazz", "timezone": "Asia/Karachi"})
    assert (first.json()["owners"], first.json()["timezone"]) == (["Owner"], "Asia/Karachi")
    second = await http.post("/stations", headers=owner, json={"name": "Jazz"})
    assert (second.status_code, second.json()["error"]["message"]) == (
        409,
        "you own 2 stations already: remove one, or ask an admin",
    )
    assert (await http.post("/stations", headers=admin, json={"name": "Jazz"})).status_code == 200
    assert (await http.post("/stations", headers=bearer(token), json={"name": "Jazz"})).status_code == 403
