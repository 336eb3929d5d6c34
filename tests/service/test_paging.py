"""Lists that grow: read page by page, they have every item once, in order."""

from typing import Any

import httpx
import pytest

from controlplane.features.onair.state import Mount, MountsSeen, PipelineSeen, Playing
from tests.support.builders import PASSWORD
from tests.support.running import Running
from tests.support.types import Headers

pytestmark = pytest.mark.both_databases


async def read(http: httpx.AsyncClient, path: str, limit: int, headers: dict[str, str]) -> list[list[dict[str, Any]]]:
    """Return the pages of a list."""
    pages: list[list[dict[str, Any]]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await http.get(path, params={"limit": limit, **cursor}, headers=headers)).json()
        pages.append(page["items"])
        if "next" not in page:
            return pages
        cursor = {"cursor": page["next"]}


@pytest.fixture
async def filled(running: Running, admin: Headers) -> None:
    """Seven plays, and users and audit entries enough for several pages."""
    running.onair.observe("awaz", MountsSeen(None, Mount("p1")))
    for number in range(7):
        running.onair.observe("awaz", PipelineSeen(Playing("auto", f"Song {number}")), 1000.0 + number // 2)
    await running.parts.journal.flush()
    for number in range(6):
        await running.accounts.add_user(f"user{number}", "User", "user", "correct horse")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("SAR", ["sara", "zain"]),
        ("سارہ", ["zain"]),
        ("100%", []),
        ("_", []),
        ("nobody", []),
        ("", ["admin", "sara", "zain"]),
    ],
)
async def test_users_are_found_by_a_part_of_their_login_or_name(
    running: Running, http: httpx.AsyncClient, admin: Headers, search: str, found: list[str]
) -> None:
    await running.accounts.add_user("sara", "Sara", "user", PASSWORD)
    await running.accounts.add_user("zain", "Zain Sarwar سارہ", "user", PASSWORD)
    page = (await http.get("/admin/users", headers=admin, params={"search": search})).json()
    assert [user["login"] for user in page["items"]] == found


@pytest.mark.parametrize(
    ("path", "key"), [("/stations/awaz/history", "title"), ("/admin/users", "id"), ("/admin/audit", "id")]
)
async def test_pages_have_every_item_once_and_in_order(
    http: httpx.AsyncClient, admin: Headers, filled: None, path: str, key: str
) -> None:
    [whole] = await read(http, path, 200, admin)
    pages = await read(http, path, 3, admin)
    assert len(whole) >= 7
    assert [len(page) for page in pages[:-1]] == [3] * (len(pages) - 1)
    assert [item[key] for page in pages for item in page] == [item[key] for item in whole]


@pytest.mark.parametrize("path", ["/stations/awaz/history", "/admin/audit"])
@pytest.mark.parametrize("cursor", ["x", "1.2.3", "-1", "9" * 40, ""])
async def test_a_wrong_cursor_is_refused(http: httpx.AsyncClient, admin: Headers, path: str, cursor: str) -> None:
    answer = await http.get(path, params={"cursor": cursor}, headers=admin)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_input")
    assert answer.json()["error"]["message"].startswith("cursor: ")
