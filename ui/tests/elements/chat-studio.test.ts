import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import "../../src/features/account/personal-data.ts";
import type { PersonalData } from "../../src/features/account/personal-data.ts";
import "../../src/features/chat/settings.ts";
import type { ChatSettings } from "../../src/features/chat/settings.ts";
import "../../src/features/likes/loved.ts";
import type { Loved } from "../../src/features/likes/loved.ts";
import "../../src/features/people/bots.ts";
import type { Bots } from "../../src/features/people/bots.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { answering, refused } from "./server.ts";

const AT = 1_767_225_600_000;
const STATION = "/api/v1/stations/awaz";
const BOT = { id: "b1", name: "Request Bot", role: "moderator", made_by: "Sara", created_at: AT };

beforeEach(() => {
  vi.restoreAllMocks();
});

test("an owner lists words, one a line, and says how long messages are kept and who reads them", async () => {
  const path = `${STATION}/chat/settings`;
  const settings = { words: ["spam*"], keep_days: 90, public: true };
  const requests = answering({
    [`GET ${path}`]: { body: settings },
    [`PATCH ${path}`]: { body: settings },
  });
  await mount<ChatSettings>("awaz-chat-settings");
  await expect.element(byId("chat-words")).toHaveValue("spam*");
  await expectAccessible();
  await byId("chat-words").fill("spam*\n\n  buy now  \n");
  await byId("chat-settings-save").click();
  await expect.element(byId("chat-settings-result")).toMatchTextContent("Saved.");
  const body = { words: ["spam*", "buy now"], keep_days: 90, public: true };
  expect(requests).toContain(`PATCH ${path} ${JSON.stringify(body)}`);
});

test("a host sees which songs were liked, by how many and when", async () => {
  const play = { play_id: "p1", title: "دل دھڑکنے کا سبب", artist: "Noor Jehan", started_at: AT, likes: 12 };
  const requests = answering({
    [`GET ${STATION}/loved?days=30&limit=20`]: { body: { plays: [play] } },
    [`GET ${STATION}/loved?days=7&limit=20`]: { body: { plays: [] } },
  });
  await mount<Loved>("awaz-loved");
  await expect.element(byId("loved-play")).toMatchTextContent("دل دھڑکنے کا سبب Noor Jehan ♥ 12");
  await expectAccessible();
  await byId("loved-days").selectOptions("Last 7 days");
  await expect.element(byId("loved-play")).toHaveLength(0);
  expect(requests).toHaveLength(2);
});

test("a bot gets a name, a role and a key that is shown once, and is removed", async () => {
  const answers = {
    [`GET ${STATION}/bots`]: { body: { bots: [] as object[] } },
    [`POST ${STATION}/bots`]: { body: { ...BOT, key: "the-key" } },
    [`DELETE ${STATION}/bots/b1`]: { body: { ok: true } },
  };
  const requests = answering(answers);
  await mount<Bots>("awaz-bots");
  await expect.element(byId("bots")).toMatchTextContent("No bots yet.");
  answers[`GET ${STATION}/bots`] = { body: { bots: [BOT] } };
  await byId("bot-name").fill("Request Bot");
  await byId("bot-role").selectOptions("Moderator");
  await byId("bot-create").click();
  await expect.element(byId("bot-key")).toMatchTextContent("you won’t see it again");
  await expect.element(byId("bot")).toMatchTextContent("Request Bot Moderator");
  await expectAccessible();
  expect(requests).toContain(`POST ${STATION}/bots ${JSON.stringify({ name: "Request Bot", role: "moderator" })}`);
  answers[`GET ${STATION}/bots`] = { body: { bots: [] } };
  await byId("bot-remove").click();
  await byId("bot-remove-confirm").click();
  await expect.element(byId("bots")).toMatchTextContent("No bots yet.");
  await expect.element(byId("bot-key")).toHaveLength(0);
  expect(requests).toContain(`DELETE ${STATION}/bots/b1`);
});

test("people download what is kept of them, and erase it once they have typed their name", async () => {
  const requests = answering({
    "GET /api/v1/me/export": { body: { exported_at: AT, data: {} } },
    "DELETE /api/v1/me": { body: { ok: true } },
  });
  const saved = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const shown = await mount<PersonalData>("awaz-personal-data", { name: "Sara" });
  const erased = vi.fn();
  shown.addEventListener("erased", erased);
  onTestFinished(() => shown.removeEventListener("erased", erased));
  await byId("export").click();
  await vi.waitFor(() => expect(saved).toHaveBeenCalledOnce());
  await byId("erase").click();
  await expect.element(byId("erase-confirm")).toBeDisabled();
  await byId("erase-dialog").getByRole("textbox").fill("Sara");
  await byId("erase-confirm").click();
  await vi.waitFor(() => expect(erased).toHaveBeenCalledOnce());
  expect(requests).toEqual(["GET /api/v1/me/export", "DELETE /api/v1/me"]);
});

test("what the server does not erase is told", async () => {
  answering({ "DELETE /api/v1/me": { body: refused("you are the only admin"), status: 409 } });
  await mount<PersonalData>("awaz-personal-data");
  await byId("erase").click();
  await byId("erase-confirm").click();
  await expect.element(byId("erase-dialog")).toMatchTextContent("only admin");
});
