"""The chat on the pages: two listeners, a host at the desk, and an admin who moderates, each in a browser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.accessibility import violations
from tests.support.chat import Talker
from tests.support.pages import PHONE, WIDTH, Visit, sign_in_by_fields
from tests.support.raw_socket import RawSocket
from tests.support.running_stack import RunningStack

URDU_PHONE: dict[str, Any] = {"locale": "ur-PK", "viewport": PHONE, "has_touch": True}
RAIDERS = 8


@pytest.fixture
async def raiders(stack: RunningStack) -> AsyncIterator[list[Talker]]:
    """Guests who will write as fast as they may."""
    async with AsyncExitStack() as opened:
        found = []
        for _ in range(RAIDERS):
            token = await asyncio.to_thread(stack.guest)
            socket = await RawSocket.authenticated(stack.url, token)
            opened.push_async_callback(socket.close)
            found.append(Talker(socket, ""))
        yield found


async def write(page: Page, text: str) -> None:
    """Write a message on a page."""
    await page.get_by_test_id("composer").fill(text)
    await page.get_by_test_id("composer").press("Enter")


async def take_name(page: Page, name: str) -> None:
    """Choose the name that a guest's first message asks for."""
    await page.get_by_test_id("chat-name").fill(name)
    await page.get_by_test_id("chat-name-save").click()


def said(page: Page, text: str) -> Any:
    """Locate a message that everybody sees."""
    return page.get_by_test_id("message").filter(has_text=text)


async def delete_and_restore(moderator: Page, text: str, others: list[Page]) -> None:
    """Delete a message on a phone and take that back, which all others see."""
    await moderator.get_by_test_id("chat-open").click()
    await said(moderator, text).get_by_test_id("more").click()
    await said(moderator, text).get_by_test_id("delete").click()
    for page in others:
        await expect(said(page, text)).to_have_count(0)
    await moderator.get_by_test_id("undo").last.click()
    for page in others:
        await expect(said(page, text)).to_have_count(1)


async def test_listeners_a_host_and_a_moderator_talk_in_two_languages(visit: Visit, stack: RunningStack) -> None:
    desktop, phone = (
        await visit("/s/awaz", viewport={"width": 1400, "height": 900}),
        await visit("/s/awaz", **URDU_PHONE),
    )
    host, moderator = await visit("/studio/awaz/air"), await visit("/studio/awaz/air", **URDU_PHONE)
    await sign_in_by_fields(host, stack.demo["owner"])
    await sign_in_by_fields(moderator, stack.demo["admin"])
    await phone.get_by_test_id("chat-open").click()
    await write(phone, "یہ کون سا راگ ہے؟")
    await take_name(phone, "بلال")
    await expect(said(host, "یہ کون سا راگ ہے؟")).to_contain_text("بلال")
    await said(host, "یہ کون سا راگ ہے؟").hover()
    await said(host, "یہ کون سا راگ ہے؟").get_by_test_id("reply").click()
    await write(host, "بھیرویں")
    for page in (desktop, phone):
        await expect(said(page, "بھیرویں").get_by_test_id("role")).to_be_visible()
        await expect(said(page, "بھیرویں")).to_contain_text("یہ کون سا راگ ہے؟")
    await write(desktop, "shukria")
    await take_name(desktop, "Nadia")
    await expect(said(host, "shukria")).to_contain_text("Nadia")
    await delete_and_restore(moderator, "shukria", [desktop, phone, host])
    await desktop.context.set_offline(True)
    await write(desktop, "written on a broken line")
    await desktop.context.set_offline(False)
    await expect(said(phone, "written on a broken line")).to_have_count(1, timeout=30_000)
    await expect(desktop.get_by_test_id("unsent")).to_have_count(0)
    for page in (desktop, phone, host, moderator):
        assert await violations(page) == []
        assert await page.evaluate(f"{WIDTH} <= innerWidth")


async def test_a_heart_and_reactions_are_seen_by_others(visit: Visit, stack: RunningStack) -> None:
    wide = {"width": 1400, "height": 900}
    one, two = await visit("/s/awaz", viewport=wide), await visit("/s/awaz", viewport=wide)
    still = await visit("/s/awaz", viewport=wide, reduced_motion="reduce")
    heart = one.locator(".hero").get_by_test_id("like")
    await heart.click()
    await expect(heart).to_have_attribute("aria-pressed", "true")
    await expect(two.locator(".hero").get_by_test_id("like")).to_have_attribute("data-count", "1", timeout=10_000)
    await one.get_by_test_id("react-clap").click()
    await expect(two.get_by_test_id("floating")).to_have_count(1, timeout=10_000)
    await one.get_by_test_id("react-clap").click()
    await expect(still.get_by_test_id("react-clap")).to_contain_text("1", timeout=10_000)
    await expect(still.get_by_test_id("floating")).to_have_count(0)
    assert await violations(one) == []


async def test_one_person_stops_a_raid_with_three_presses(
    visit: Visit, stack: RunningStack, raiders: list[Talker]
) -> None:
    listener = await visit("/s/awaz", viewport={"width": 1400, "height": 900})
    host = await visit("/studio/awaz/air")
    await sign_in_by_fields(host, stack.demo["admin"])
    await asyncio.gather(*(raider.say(f"buy {number}") for number, raider in enumerate(raiders)))
    await expect(said(listener, "buy ")).to_have_count(RAIDERS)
    await host.get_by_test_id("raid").click()
    await expect(host.get_by_test_id("raid-on")).to_be_visible()
    answers = await asyncio.gather(*(raider.say("buy more") for raider in raiders))
    assert {answer["error"]["code"] for answer in answers} == {"forbidden"}
    first = said(host, "buy 0")
    await first.hover()
    await first.get_by_test_id("delete_all").click()
    await expect(said(listener, "buy 0")).to_have_count(0)
    await said(host, "buy 1").hover()
    await said(host, "buy 1").get_by_test_id("ban").click()
    await expect(host.get_by_test_id("undo").last).to_be_visible()
    assert await violations(host) == []
    await expect(listener.get_by_test_id("members-only")).to_be_visible()
    await host.get_by_test_id("raid-end").click()
    await expect(listener.get_by_test_id("composer")).to_be_visible()
    await expect(said(listener, "buy more")).to_have_count(0)
