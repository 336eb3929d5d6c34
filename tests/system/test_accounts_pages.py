"""The studio and the admin page in a real Chromium: invitations, members, bans and sessions."""

import pytest
from playwright.async_api import Page, expect

from tests.support.accessibility import violations
from tests.support.builders import PASSWORD
from tests.support.pages import Visit, connected, play, sign_in
from tests.support.running_stack import RunningStack


@pytest.mark.parametrize(("path", "user", "sections"), [("/studio", "owner", 10), ("/admin", "admin", 5)])
async def test_every_section_is_accessible_and_has_an_address(
    visit: Visit, stack: RunningStack, path: str, user: str, sections: int
) -> None:
    page = await visit(path)
    await sign_in(page, stack.demo[user])
    links = page.locator("nav.sections a")
    await expect(links).to_have_count(sections)
    for link in await links.all():
        await link.click()
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == []
        assert (await page.request.get(page.url, headers={"Accept": "text/html"})).status == 200


async def test_sections_of_the_studio_have_addresses(visit: Visit, stack: RunningStack) -> None:
    page = await visit("/studio/awaz/people")
    await sign_in(page, stack.demo["owner"])
    await expect(page.get_by_test_id("section-people")).to_have_attribute("aria-current", "page")
    await page.get_by_test_id("section-keys").click()
    assert page.url == f"{stack.url}/studio/awaz/keys"
    await page.go_back()
    await expect(page.get_by_test_id("section-people")).to_have_attribute("aria-current", "page")
    await page.goto(f"{stack.url}/studio")
    await expect(page.get_by_test_id("section-air")).to_have_attribute("aria-current", "page")
    assert page.url == f"{stack.url}/studio/awaz"


async def test_an_owner_invites_a_new_host_and_removes_them(visit: Visit, stack: RunningStack) -> None:
    owner = await visit("/studio/awaz/invitations")
    await sign_in(owner, stack.demo["owner"])
    await owner.get_by_label("Role").first.select_option("host")
    await owner.get_by_role("button", name="Create link").click()
    created = owner.get_by_test_id("invitation-created")
    await expect(created).to_contain_text("#invitation=", timeout=10_000)
    link = (await created.locator("code").inner_text()).partition("#invitation=")[2]
    guest = await visit(f"/studio#invitation={link}")
    assert "invitation=" not in guest.url
    await expect(guest.get_by_test_id("invitation-landing")).to_contain_text("Demo Owner invited you to Awaz")
    await guest.get_by_role("button", name="Create an account").click()
    await guest.get_by_label("Your name").fill("سارا")
    await guest.get_by_label("Username").last.fill("sara-host")
    await guest.get_by_label("Password").last.fill(PASSWORD)
    await guest.keyboard.press("Enter")
    await expect(guest.get_by_test_id("station")).to_be_visible(timeout=10_000)
    await guest.get_by_test_id("encoder-create-key").click()
    await expect(guest.get_by_test_id("encoder-key")).to_be_visible()
    await expect(guest.get_by_test_id("section-settings")).to_have_count(0)
    await owner.get_by_test_id("section-people").click()
    row = owner.locator("[data-testid=member][data-login=sara-host]")
    await expect(row).to_contain_text("سارا", timeout=10_000)
    await row.get_by_test_id("member-remove").click()
    await owner.locator("dialog[open]").get_by_test_id("member-remove-confirm").click()
    await expect(row).to_have_count(0)
    await expect(guest.get_by_test_id("no-station")).to_contain_text("You no longer have access to", timeout=10_000)
    await owner.get_by_test_id("section-activity").click()
    await expect(owner.locator("[data-testid=audit-entry][data-action='member.remove']").first).to_be_visible()


async def test_a_listener_banned_by_an_admin_sees_the_reason(visit: Visit, stack: RunningStack) -> None:
    listener, user_id = await a_listener(visit)
    admin = await visit("/studio/awaz/bans")
    await sign_in(admin, stack.demo["admin"])
    await admin.locator(f"[data-testid=person][data-user='{user_id}']").get_by_test_id("ban-person").click()
    dialog = admin.locator("dialog[open]")
    await dialog.get_by_label("Reason").fill("shouting")
    await dialog.get_by_test_id("ban-from-all").check()
    await admin.keyboard.press("Enter")
    await expect(listener.get_by_test_id("banned")).to_contain_text("shouting", timeout=10_000)
    await admin.goto(f"{stack.url}/admin/bans")
    await unban(admin, user_id)


async def test_an_owner_bans_a_listener_of_the_list_who_is_back_once_that_is_lifted(
    visit: Visit, stack: RunningStack
) -> None:
    listener, user_id = await a_listener(visit)
    await play(listener)
    await listener.clock.install()
    owner = await visit("/studio/awaz/bans")
    await sign_in(owner, stack.demo["owner"])
    await owner.locator(f"[data-testid=person][data-user='{user_id}']").get_by_test_id("ban-person").click()
    dialog = owner.locator("dialog[open]")
    await dialog.get_by_label("Reason").fill("spam")
    assert await violations(owner) == []
    await owner.keyboard.press("Enter")
    await expect(listener.get_by_test_id("banned")).to_contain_text("spam", timeout=10_000)
    await expect(listener.get_by_test_id("banned")).to_contain_text("Until")
    await expect(listener.get_by_test_id("player-bar")).to_have_count(0)
    assert await violations(listener) == []
    await unban(owner, user_id)
    await listener.clock.fast_forward("01:00")
    await expect(listener.get_by_test_id("banned")).to_have_count(0, timeout=15_000)
    await expect(listener.get_by_test_id("title")).not_to_be_empty()


async def a_listener(visit: Visit) -> tuple[Page, str]:
    """Open the station's page; return it with the id of its guest."""
    listener = await visit("/s/awaz")
    await connected(listener)
    return listener, await listener.evaluate("JSON.parse(localStorage.getItem('awaz.guest')).user.id")


async def unban(page: Page, user_id: str) -> None:
    ban = page.locator(f"[data-testid=ban][data-user='{user_id}']")
    await ban.get_by_test_id("ban-lift").click()
    await page.locator("dialog[open]").get_by_test_id("ban-lift-confirm").click()
    await expect(ban).to_have_count(0)


async def test_an_admin_creates_a_station_that_goes_on_air_and_removes_it(visit: Visit, stack: RunningStack) -> None:
    admin = await visit("/admin")
    await sign_in(admin, stack.demo["admin"])
    await admin.get_by_test_id("station-add").click()
    await admin.get_by_label("Name", exact=True).fill("Lahore Nights")
    await admin.get_by_test_id("station-create").click()
    row = admin.locator("[data-testid=station-row][data-station='lahore-nights']")
    await expect(row).to_contain_text("Non-stop music", timeout=20_000)
    await row.get_by_test_id("station-remove").click()
    await remove(admin, "Lahore Nights")
    await expect(row).to_have_count(0)


async def remove(page: Page, name: str) -> None:
    """Type a station's name into the dialog that removes it."""
    dialog = page.locator("dialog[open]")
    await expect(dialog.get_by_test_id("station-remove-confirm")).to_be_disabled()
    await dialog.get_by_test_id("station-remove-name").fill(name)
    await dialog.get_by_test_id("station-remove-confirm").click()


async def test_a_station_is_created_set_up_and_removed_in_the_studio(visit: Visit, stack: RunningStack) -> None:
    studio = await visit("/studio/awaz/settings")
    await sign_in(studio, stack.demo["admin"])
    await studio.get_by_test_id("station-add").click()
    await studio.get_by_test_id("station-new").get_by_label("Name", exact=True).fill("Café Lahore")
    await studio.get_by_test_id("station-create").click()
    await expect(studio).to_have_url(f"{stack.url}/studio/cafe-lahore")
    await studio.get_by_test_id("section-settings").click()
    await studio.get_by_test_id("link-add").click()
    await studio.get_by_label("Name of link 1").fill("تصویریں")
    await studio.get_by_label("Address of link 1").fill("https://photos.example/lahore")
    await studio.get_by_test_id("settings-save").click()
    await expect(studio.get_by_test_id("settings-result")).to_have_text("Saved.")
    page = await visit("/s/cafe-lahore")
    await expect(page.get_by_role("link", name="تصویریں")).to_have_attribute("href", "https://photos.example/lahore")
    await studio.get_by_test_id("station-remove").click()
    await remove(studio, "Café Lahore")
    await expect(studio).to_have_url(f"{stack.url}/studio/awaz")
    await expect(page.get_by_role("heading", name="Café Lahore has been removed")).to_be_visible(timeout=40_000)


async def test_the_admin_page_refuses_an_owner(visit: Visit, stack: RunningStack) -> None:
    page = await visit("/admin")
    await sign_in(page, stack.demo["owner"])
    await expect(page.get_by_test_id("not-admin")).to_be_visible(timeout=10_000)


async def test_a_session_that_ends_is_continued_over_the_page(visit: Visit, stack: RunningStack) -> None:
    page, other = await visit("/studio"), await visit("/studio")
    for opened in (page, other):
        await sign_in(opened, stack.demo["owner"])
    await page.locator("awaz-metadata-form input[name=title]").fill("Not sent yet")
    await other.get_by_test_id("account").click()
    await other.get_by_test_id("sign-out-everywhere").click()
    dialog = page.get_by_test_id("expired")
    await expect(dialog).to_be_visible(timeout=10_000)
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await dialog.get_by_label("Username").fill(stack.demo["owner"]["login"])
    await dialog.get_by_label("Password").fill(stack.demo["owner"]["password"])
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.locator("awaz-metadata-form input[name=title]")).to_have_value("Not sent yet")


async def test_another_user_does_not_see_what_was_shown(visit: Visit, stack: RunningStack) -> None:
    page = await visit("/studio")
    await sign_in(page, stack.demo["owner"])
    await expect(page.get_by_test_id("station")).to_be_visible()
    await page.get_by_test_id("account").click()
    await page.get_by_test_id("sign-out").click()
    await expect(page.get_by_test_id("station")).to_have_count(0)
    await sign_in(page, stack.demo["admin"])
    await expect(page.get_by_test_id("station")).to_be_visible(timeout=10_000)


async def test_signing_out_everywhere_ends_other_browsers_sessions(visit: Visit, stack: RunningStack) -> None:
    pages = [await visit("/studio") for _ in range(2)]
    for page in pages:
        await sign_in(page, stack.demo["owner"])
    await pages[0].get_by_test_id("account").click()
    await pages[0].get_by_test_id("sign-out-everywhere").click()
    for page in pages:
        await expect(page.get_by_label("Username")).to_be_visible(timeout=10_000)
    await expect(pages[1].get_by_test_id("sign-in-hint")).not_to_be_empty()
