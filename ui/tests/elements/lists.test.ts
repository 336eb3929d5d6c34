import { fromSnapshot } from "../../src/sdk/state.ts";
import { snapshot } from "../fixtures.ts";
import { html } from "lit";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/activity/audit.ts";
import type { Audit } from "../../src/features/activity/audit.ts";
import "../../src/features/bans/bans.ts";
import type { Bans } from "../../src/features/bans/bans.ts";
import "../../src/features/bans/people.ts";
import type { People } from "../../src/features/bans/people.ts";
import "../../src/features/health/health.ts";
import type { Health } from "../../src/features/health/health.ts";
import "../../src/features/people/invitations.ts";
import type { Invitations } from "../../src/features/people/invitations.ts";
import "../../src/features/people/members.ts";
import type { Members } from "../../src/features/people/members.ts";
import "../../src/features/encoder/encoder.ts";
import type { Encoder } from "../../src/features/encoder/encoder.ts";
import "../../src/features/encoder/stream-keys.ts";
import type { StreamKeys } from "../../src/features/encoder/stream-keys.ts";
import "../../src/features/users/users.ts";
import type { Users } from "../../src/features/users/users.ts";
import { permissionsFor } from "../../src/app/permissions.ts";
import { byId, expectAccessible, host, mount, owner, signInAgain, TestStation } from "./mount.ts";
import { answering, refused } from "./server.ts";

const AT = 1_767_225_600_000;
const STATION = "/api/v1/stations/awaz";
const BAN = { id: "b1", user_id: "u2", name: "سارہ", reason: "shouting", made_by: "Ali", created_at: AT };
const KEY = { id: "k1", login: "sara", host: "Sara", label: "studio laptop", created_at: AT };
const OPEN = {
  id: "i1",
  role: "host",
  made_by: "Ali",
  note: "for سارہ",
  created_at: AT,
  expires_at: AT,
  state: "open",
};
const ENTRY = { id: 2, at: AT, actor_id: "u1", actor: "Ali", address: "203.0.113.7", target: "Sara", detail: {} };

beforeEach(() => {
  vi.restoreAllMocks();
});

test("bans are listed with their reason and end, and a lifted one is gone", async () => {
  const answers = {
    [`GET ${STATION}/bans`]: { body: { bans: [BAN] } },
    [`DELETE ${STATION}/bans/b1`]: { body: { ok: true } },
  };
  const requests = answering(answers);
  await mount<Bans>("awaz-bans", { slug: "awaz" });
  await expect.element(byId("ban")).toMatchTextContent("سارہ Permanent shouting");
  await expectAccessible();
  answers[`GET ${STATION}/bans`] = { body: { bans: [] } };
  await page.getByRole("button", { name: "Unban" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unban" }).click();
  await expect.element(byId("bans")).toMatchTextContent("Nobody is banned.");
  expect(requests).toContain(`DELETE ${STATION}/bans/b1`);
});

test("who is here is listed, and is banned for a time and with a reason", async () => {
  const people = [
    { user_id: "u1", name: "Ali", role: "user" },
    { user_id: "guest:2", name: "سارہ", role: "guest" },
  ];
  const answers = {
    [`GET ${STATION}/people`]: { body: { people } },
    [`POST ${STATION}/bans`]: { body: BAN },
  };
  const requests = answering(answers);
  await mount<People>("awaz-people");
  await expect.element(byId("person").nth(0)).toMatchTextContent("Ali You");
  await page.getByRole("button", { name: "Ban سارہ" }).click();
  await page.getByLabelText("Reason (optional)").fill("shouting");
  await expectAccessible();
  answers[`GET ${STATION}/people`] = { body: { people: [] } };
  await byId("ban-confirm").click();
  await expect.element(byId("people")).toMatchTextContent("Nobody is on the station’s page right now.");
  expect(requests).toContain(`POST ${STATION}/bans {"user_id":"guest:2","reason":"shouting","seconds":3600}`);
});

test("an admin bans somebody from every station", async () => {
  const requests = answering({
    [`GET ${STATION}/people`]: { body: { people: [{ user_id: "guest:2", name: "Zain", role: "guest" }] } },
    "POST /api/v1/admin/bans": { body: BAN },
  });
  const admin = { userId: "u1", permissions: permissionsFor("admin", undefined) };
  await mount<People>("awaz-people", {}, { viewer: admin });
  await page.getByRole("button", { name: "Ban Zain" }).click();
  await page.getByLabelText("Ban from every station").click();
  await byId("ban-confirm").click();
  await expect
    .poll(() => requests)
    .toContain('POST /api/v1/admin/bans {"user_id":"guest:2","reason":"","seconds":3600}');
});

test("a list that changes under an open dialog does not change whom it bans", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const person = (user_id: string, name: string) => ({ user_id, name, role: "guest" });
  const answers = {
    [`GET ${STATION}/people`]: { body: { people: [person("guest:1", "Zain")] } },
    [`POST ${STATION}/bans`]: { body: BAN },
  };
  const requests = answering(answers);
  await mount<People>("awaz-people");
  await page.getByRole("button", { name: "Ban Zain" }).click();
  answers[`GET ${STATION}/people`] = { body: { people: [person("guest:2", "Aisha"), person("guest:1", "Zain")] } };
  await vi.advanceTimersByTimeAsync(30_000);
  await byId("ban-confirm").click();
  await expect.element(page.getByRole("button", { name: "Ban Aisha" })).toBeVisible();
  expect(requests.filter((request) => request.startsWith("POST"))).toEqual([
    `POST ${STATION}/bans {"user_id":"guest:1","reason":"","seconds":3600}`,
  ]);
});

test("the only owner cannot leave, and is told how to", async () => {
  const member = (user_id: string, role: string) => ({ user_id, login: user_id, name: user_id, role });
  const answers = { [`GET ${STATION}/members`]: { body: { members: [member("u1", "owner"), member("u2", "host")] } } };
  answering(answers);
  await mount<Members>("awaz-members");
  await expect.element(page.getByText("To leave, make somebody else an owner first.")).toBeVisible();
  expect(page.getByRole("button", { name: "Leave" }).elements()).toEqual([]);
});

test("one of two owners can leave", async () => {
  const member = (user_id: string) => ({ user_id, login: user_id, name: user_id, role: "owner" });
  answering({ [`GET ${STATION}/members`]: { body: { members: [member("u1"), member("u2")] } } });
  await mount<Members>("awaz-members");
  await expect.element(page.getByRole("button", { name: "Leave" })).toBeVisible();
});

test("a user is made an admin after a question", async () => {
  const user = { id: "u2", login: "sara", name: "Sara", role: "user" };
  const requests = answering({
    "GET /api/v1/admin/users?limit=50": { body: { items: [user] } },
    "PATCH /api/v1/admin/users/u2": { body: { ...user, role: "admin" } },
  });
  await mount<Users>("awaz-users");
  await byId("user-role").click();
  await expect.element(byId("user-role-dialog")).toMatchTextContent("Make Sara an admin?");
  expect(requests).toHaveLength(1);
  await byId("user-role-confirm").click();
  await expect.element(page.getByRole("button", { name: "Remove as admin" })).toBeVisible();
  expect(requests).toContain('PATCH /api/v1/admin/users/u2 {"role":"admin"}');
});

test("admins read their own row, and change those of others", async () => {
  const user = (id: string) => ({ id, login: id, name: id, role: "admin" });
  answering({ "GET /api/v1/admin/users?limit=50": { body: { items: [user("u1"), user("u2")] } } });
  await mount<Users>("awaz-users", { userId: "u1", actions: ({ id }) => html`<button>Ban ${id}</button>` });
  await expect.element(byId("user").first()).toMatchTextContent("u1 (you) Admin");
  expect(
    page
      .getByRole("button")
      .elements()
      .map(({ textContent }) => textContent.trim()),
  ).toEqual(["Ban u2", "Remove as admin"]);
});

test("health names the stations whose pipelines are in trouble", async () => {
  answering({ "GET /readyz": { body: { ok: true, stations: { jazz: "its pipeline does not answer" } } } });
  await mount<Health>("awaz-health");
  await expect.element(byId("health")).toMatchTextContent("Icecast is responding and the database accepts writes.");
  await expect
    .element(byId("health-station"))
    .toMatchTextContent(
      "jazz The pipeline isn’t responding. It will restart automatically. its pipeline does not answer",
    );
  await expectAccessible();
});

test("health says what the server misses", async () => {
  const error = { code: "not_ready", message: "not ready: Icecast", retryable: true };
  answering({ "GET /readyz": { status: 503, body: { error } } });
  await mount<Health>("awaz-health");
  await expect.element(byId("health")).toMatchTextContent("Not ready: Icecast.");
});

test("users are searched", async () => {
  const user = { id: "u1", login: "sara", name: "Sara", role: "user" };
  answering({
    "GET /api/v1/admin/users?limit=50": { body: { items: [user] } },
    "GET /api/v1/admin/users?limit=50&search=zain": { body: { items: [] } },
  });
  await mount<Users>("awaz-users");
  await expect.element(byId("user")).toMatchTextContent("Sara");
  await byId("users-search").fill("zain");
  await expect.element(byId("users")).toMatchTextContent("No users found.");
  await expectAccessible();
});

test("members are listed with their roles, and an owner changes those of others", async () => {
  const members = [
    { user_id: "u1", login: "ali", name: "Ali", role: "owner" },
    { user_id: "u2", login: "sara", name: "Sara", role: "host" },
  ];
  const requests = answering({
    [`GET ${STATION}/members`]: { body: { members } },
    [`PUT ${STATION}/members`]: { body: { ...members[1], role: "moderator" } },
  });
  await mount<Members>("awaz-members");
  await expect.element(byId("member").nth(0)).toMatchTextContent("(you)");
  expect(page.getByRole("combobox").elements()).toHaveLength(1);
  await page.getByLabelText("Role of Sara").selectOptions("moderator");
  await expect.poll(() => requests).toContain(`PUT ${STATION}/members {"login":"sara","role":"moderator"}`);
  await expectAccessible();
});

test("a new stream key is shown once, with the address that has it", async () => {
  const url = "icecast://source:secret@radio.example:8000/ingest/awaz";
  answering({
    [`GET ${STATION}/stream-keys`]: { body: { keys: [KEY] } },
    [`POST ${STATION}/stream-keys`]: { body: { ...KEY, key: "secret", url } },
  });
  await mount<StreamKeys>("awaz-stream-keys");
  await page.getByLabelText("Label").fill("studio laptop");
  await page.getByRole("button", { name: "Create key" }).click();
  await expect.element(byId("key-created")).toMatchTextContent("Copy it now; you won’t see it again.");
  await expect.element(page.getByText(url)).toBeVisible();
  await expectAccessible();
});

test("the encoder card makes a key and fills it in everywhere", async () => {
  const encoder = {
    host: "radio.example",
    port: 8000,
    mount: "/ingest/awaz",
    second_mount: "/ingest/awaz/b",
    user: "source",
    content_types: ["audio/mpeg"],
  };
  const url = "icecast://source:secret@radio.example:8000/ingest/awaz";
  answering({
    [`GET ${STATION}/encoder`]: { body: { ...encoder, url: url.replace("secret", "YOUR-STREAM-KEY") } },
    [`POST ${STATION}/stream-keys`]: { body: { ...KEY, key: "secret", url } },
  });
  localStorage.clear();
  await mount<Encoder>("awaz-encoder");
  const files = vi.spyOn(URL, "createObjectURL");
  await byId("butt-file").click();
  await expect(text(files.mock.lastCall?.[0])).resolves.toContain("password = YOUR-STREAM-KEY");
  await byId("encoder-software").selectOptions("obs");
  await expect.element(page.getByText(/YOUR-STREAM-KEY.*awaz$/)).toBeVisible();
  await byId("encoder-create-key").click();
  await expect.element(byId("encoder-key")).toMatchTextContent("Copy it now; you won’t see it again.");
  await expect.element(page.getByText(url, { exact: true })).toBeVisible();
  await expect.element(page.getByText(`${url}/b`)).toBeVisible();
  await byId("encoder-software").selectOptions("butt");
  await expect.element(page.getByText("secret", { exact: true })).toBeVisible();
  await byId("butt-file").click();
  await expect(text(files.mock.lastCall?.[0])).resolves.toContain("password = secret\ntype = 1");
  await byId("encoder-software").selectOptions("ffmpeg");
  await expect.element(page.getByText(new RegExp(`-f mp3 "${url}"`))).toBeVisible();
  await expect.element(page.getByText(new RegExp(`-f mp3 "${url}/b"`))).toBeVisible();
  await byId("encoder-software").selectOptions("phone");
  await expect.element(page.getByRole("img", { name: "QR code of the studio’s address" })).toBeVisible();
  await expectAccessible();
});

function text(file: unknown): Promise<string> {
  return (file as Blob).text();
}

test("a key says when it was used last, and whether it is in use", async () => {
  const used = { ...KEY, last_used_at: KEY.created_at };
  answering({ [`GET ${STATION}/stream-keys`]: { body: { keys: [used] } } });
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  await mount<StreamKeys>("awaz-stream-keys", {}, { station });
  await expect.element(byId("key")).toMatchTextContent("Last used");
  expect(byId("key-in-use").elements()).toEqual([]);
  const source = { id: "a", kind: "encoder", state: "preview", mount: "/ingest/awaz", key_id: KEY.id } as const;
  station.set({ ...state, signals: { a: { source, level_db: [], rows: [] } } });
  await expect.element(byId("key-in-use")).toBeInTheDocument();
});

test("a key for somebody else is made by who manages keys", async () => {
  const members = [
    { user_id: "u1", login: "ali", name: "Ali", role: "owner" },
    { user_id: "u2", login: "sara", name: "Sara", role: "host" },
    { user_id: "u3", login: "zain", name: "Zain", role: "moderator" },
  ];
  answering({
    [`GET ${STATION}/stream-keys`]: { body: { keys: [] } },
    [`GET ${STATION}/members`]: { body: { members } },
  });
  await mount<StreamKeys>("awaz-stream-keys", {}, { viewer: owner });
  await expect.element(page.getByRole("option", { name: "Sara (sara)" })).toBeInTheDocument();
  expect(page.getByRole("option").elements()).toHaveLength(2);
});

test("a host makes keys for themselves alone", async () => {
  answering({ [`GET ${STATION}/stream-keys`]: { body: { keys: [] } } });
  await mount<StreamKeys>("awaz-stream-keys", {}, { viewer: host });
  await expect.element(byId("keys")).toBeVisible();
  expect(page.getByLabelText("Belongs to").elements()).toEqual([]);
});

test("a revoked key cannot be revoked again", async () => {
  answering({ [`GET ${STATION}/stream-keys`]: { body: { keys: [{ ...KEY, revoked_at: AT }] } } });
  await mount<StreamKeys>("awaz-stream-keys");
  await expect.element(byId("key")).toMatchTextContent("Revoked");
  expect(page.getByRole("button", { name: "Revoke" }).elements()).toHaveLength(0);
});

test("only an open invitation can be cancelled", async () => {
  const accepted = { ...OPEN, id: "i2", state: "accepted", accepted_by: "Sara" };
  answering({ [`GET ${STATION}/invitations`]: { body: { invitations: [OPEN, accepted] } } });
  await mount<Invitations>("awaz-invitations");
  await expect.element(byId("invitation").nth(0)).toMatchTextContent("for سارہ");
  await expect.element(byId("invitation").nth(1)).toMatchTextContent("Accepted by Sara");
  expect(page.getByRole("button", { name: "Cancel invitation" }).elements()).toHaveLength(1);
  await expectAccessible();
});

test("actions are sentences, and one that the page does not know is shown by its code", async () => {
  const items = [
    { ...ENTRY, action: "member.set", station: "awaz", detail: { from: "listener", to: "owner" } },
    { ...ENTRY, id: 1, action: "tea.make" },
    { ...ENTRY, id: 0, action: "metadata.set", detail: { title: "گیت (Live)", artist: "Nusrat & بیگم", host: "Sara" } },
  ];
  answering({ "GET /api/v1/admin/audit?limit=50": { body: { items } } });
  await mount<Audit>("awaz-audit", { linkStations: true });
  await expect.element(byId("audit-entry").nth(0)).toMatchTextContent("Ali changed the role of Sara to owner (awaz)");
  await expect.element(byId("audit-entry").nth(1)).toMatchTextContent("Ali performed “tea.make” on Sara");
  await expect
    .element(byId("audit-entry").nth(2))
    .toMatchTextContent("Ali changed the now-playing text (title: گیت (Live) · artist: Nusrat & بیگم · host: Sara)");
  await expectAccessible();
});

test("a long list goes on at a press, after what is there", async () => {
  const user = (login: string) => ({ id: login, login, name: login, role: "user" });
  answering({
    "GET /api/v1/admin/users?limit=50": { body: { items: [user("ali")], next: "ali" } },
    "GET /api/v1/admin/users?limit=50&cursor=ali": { body: { items: [user("sara")] } },
  });
  await mount<Users>("awaz-users");
  await byId("users-more").click();
  await expect.element(byId("user").nth(1)).toMatchTextContent("sara");
  expect(byId("user").elements()).toHaveLength(2);
  expect(byId("users-more").elements()).toHaveLength(0);
  await expectAccessible();
});

test("what failed is fetched again when somebody signs in", async () => {
  const answers = { [`GET ${STATION}/bans`]: { status: 503, body: refused("your session has ended") } };
  answering(answers);
  const element = await mount<Bans>("awaz-bans", { slug: "awaz" });
  await expect.element(byId("problem")).toMatchTextContent("Your session has ended.");
  Object.assign(answers, { [`GET ${STATION}/bans`]: { body: { bans: [] } } });
  signInAgain(element);
  await expect.element(byId("bans")).toMatchTextContent("Nobody is banned.");
  expect(byId("problem").elements()).toEqual([]);
});

test("a list that cannot be fetched says why, and is fetched again at a press", async () => {
  const answers = { [`GET ${STATION}/bans`]: { status: 503, body: refused("the server is busy") } };
  answering(answers);
  await mount<Bans>("awaz-bans", { slug: "awaz" });
  await expect.element(byId("problem")).toMatchTextContent("The server is busy.");
  Object.assign(answers, { [`GET ${STATION}/bans`]: { body: { bans: [] } } });
  await page.getByRole("button", { name: "Try again" }).click();
  await expect.element(byId("bans")).toMatchTextContent("Nobody is banned.");
});
