"""Web Push: a browser that asked is told of a show, encrypted, and shows it while no page is open."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.support.pages import DESKTOP
from tests.support.push_service import PushService
from tests.support.running_stack import RunningStack
from tests.support.types import Encode

SUBSCRIPTIONS = "/api/v1/stations/awaz/push-subscriptions"
# A browser of a test has no push service: what it would answer is given to the page.
SUBSCRIBED = """
PushManager.prototype.subscribe = async () => ({ toJSON: () => (%s) });
Notification.requestPermission = async () => "granted";
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[RunningStack]:
    """A stack of its own, which may speak to a push service here."""
    running = RunningStack.start(AWAZ__ONAIR__GRACE_S="4", AWAZ__PUSH__SERVICES="127.0.0.1")
    yield running
    running.stop()


@pytest.fixture
def push_service() -> Iterator[PushService]:
    service = PushService.start()
    yield service
    service.stop()


async def test_a_listener_who_asked_is_told_of_a_show(
    browser: Browser, stack: RunningStack, push_service: PushService, encode: Encode
) -> None:
    context = await browser.new_context(viewport=DESKTOP, locale="ur-PK", permissions=["notifications"])
    subscription = json.dumps({"endpoint": push_service.endpoint(), "keys": push_service.keys()})
    await context.add_init_script(SUBSCRIBED % subscription)
    page = await context.new_page()
    await page.goto(f"{stack.url}/s/awaz")
    await page.get_by_test_id("notify-me").click()
    await expect(page.get_by_test_id("notify-state")).not_to_be_empty(timeout=10_000)
    gone = {"endpoint": push_service.endpoint("/gone"), "keys": push_service.keys()}
    assert (await asyncio.to_thread(stack.post, SUBSCRIPTIONS, gone)).status_code == 200
    encode(1010)
    headers, message = await asyncio.to_thread(push_service.wait_for_message)
    assert headers["Authorization"].startswith("vapid t=")
    assert (headers["TTL"], headers["Urgency"]) == ("1800", "high")
    told = {name: message[name] for name in ("station", "name", "host", "language")}
    assert told == {"station": "awaz", "name": "Awaz", "host": "Demo Owner", "language": "ur"}
    await asyncio.to_thread(stack.wait_for_log, "daemon", "listeners_pushed")
    assert push_service.refused == ["/gone"]
    # As the browser's own push service would hand it over.
    session = await context.new_cdp_session(page)
    versions = asyncio.get_running_loop().create_future()
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: _first(versions, event))
    await session.send("ServiceWorker.enable")
    registration = (await asyncio.wait_for(versions, 10))["registrations"][0]["registrationId"]
    data = {"origin": stack.url, "registrationId": registration, "data": json.dumps(message)}
    await session.send("ServiceWorker.deliverPushMessage", data)
    shown = """async () => {
      const registration = await navigator.serviceWorker.ready;
      for (;;) {
        const [first] = await registration.getNotifications();
        if (first) return [first.title, first.body];
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }"""
    title, body = await asyncio.wait_for(page.evaluate(shown), 10)
    assert title.endswith("اب لائیو ہے")
    assert "Demo Owner" in body
    await context.close()


def _first(future: "asyncio.Future[dict[str, Any]]", event: dict[str, Any]) -> None:
    if not future.done() and event["registrations"]:
        future.set_result(event)


async def test_an_address_of_no_push_service_is_refused(stack: RunningStack, push_service: PushService) -> None:
    body = {"endpoint": "http://localhost/admin", "keys": push_service.keys()}
    answer = await asyncio.to_thread(stack.post, SUBSCRIPTIONS, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_input")
