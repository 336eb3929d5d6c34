import { beforeEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/titles/metadata-form.ts";
import type { MetadataForm } from "../../src/features/titles/metadata-form.ts";
import "../../src/features/account/sign-in.ts";
import type { SignIn } from "../../src/features/account/sign-in.ts";
import { fromSnapshot } from "../../src/sdk/state.ts";
import { snapshot, track } from "../fixtures.ts";
import { byId, expectAccessible, mount, TestStation } from "./mount.ts";
import { answering, refused } from "./server.ts";

const METADATA = "POST /api/v1/stations/awaz/metadata";

beforeEach(() => {
  vi.restoreAllMocks();
});

const playing = (title: string, artist: string) =>
  fromSnapshot(
    snapshot({
      metadata: { play_id: title, kind: "live", track: track(title, artist), show: "Qawwali", started_at: 0 },
    }),
  );

test("what is on air is changed in place, and only what was changed is sent", async () => {
  const requests = answering({ [METADATA]: { body: {} } });
  const station = new TestStation(playing("Lamp", "Nazia"));
  await mount<MetadataForm>("awaz-metadata-form", {}, { station });
  await expect.element(page.getByLabelText("Artist")).toHaveValue("Nazia");
  await page.getByLabelText("Title").fill("  چراغ ");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Updated.");
  expect(requests).toEqual([`${METADATA} {"title":"چراغ"}`]);
  station.set(playing("چراغ", "Nazia"));
  await expect.element(page.getByLabelText("Title")).toHaveValue("چراغ");
  await expect.element(byId("metadata-result")).toHaveTextContent("Updated.");
  await expectAccessible();
});

test("a show is cleared, and a title that is cleared stays what it was", async () => {
  const requests = answering({ [METADATA]: { body: {} } });
  await mount<MetadataForm>("awaz-metadata-form", {}, { station: new TestStation(playing("Lamp", "Nazia")) });
  await page.getByLabelText("Show").fill("");
  await page.getByLabelText("Title").fill(" ");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Updated.");
  expect(requests).toEqual([`${METADATA} {"show":""}`]);
});

test("a title that the server has cut is said to be shortened", async () => {
  answering({ [METADATA]: { body: {} } });
  const station = new TestStation(playing("Lamp", "Nazia"));
  await mount<MetadataForm>("awaz-metadata-form", {}, { station });
  await page.getByLabelText("Title").fill("W".repeat(400));
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Updated.");
  station.set(playing(`${"W".repeat(159)}…`, "Nazia"));
  await expect.element(byId("metadata-result")).toHaveTextContent("Updated. Long text was shortened to fit.");
});

test("a station's name that stands in for a title is not offered as one", async () => {
  const metadata = {
    play_id: "Awaz",
    kind: "live" as const,
    track: track("Awaz", ""),
    stand_in: true as const,
    started_at: 0,
  };
  await mount<MetadataForm>(
    "awaz-metadata-form",
    {},
    { station: new TestStation(fromSnapshot(snapshot({ metadata }))) },
  );
  await expect.element(page.getByLabelText("Title")).toHaveValue("");
});

test("what was typed is forgotten when it is on air, though the event comes before the answer", async () => {
  const station = new TestStation(playing("Lamp", "Nazia"));
  const requests: unknown[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation((_, init) => {
    requests.push(init?.body);
    station.set(playing("Moth", "Nazia"));
    return Promise.resolve(Response.json({}));
  });
  await mount<MetadataForm>("awaz-metadata-form", {}, { station });
  await page.getByLabelText("Title").fill("Moth");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Updated.");
  station.set(playing("Next song", "Abida"));
  await expect.element(page.getByLabelText("Title")).toHaveValue("Next song");
  await expect.element(byId("metadata-result")).toHaveTextContent("");
  await page.getByLabelText("Artist").fill("Abida Parveen");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.poll(() => requests).toEqual(['{"title":"Moth"}', '{"artist":"Abida Parveen"}']);
});

test("what is typed while a title is sent is kept", async () => {
  const station = new TestStation(playing("Lamp", "Nazia"));
  let answer: (response: Response) => void = () => undefined;
  vi.spyOn(globalThis, "fetch").mockReturnValue(new Promise((resolve) => (answer = resolve)));
  await mount<MetadataForm>("awaz-metadata-form", {}, { station });
  await page.getByLabelText("Title").fill("Moth");
  await page.getByRole("button", { name: "Update" }).click();
  await page.getByLabelText("Artist").fill("Abida");
  answer(Response.json({}));
  await expect.element(page.getByRole("button", { name: "Update" })).toBeEnabled();
  station.set(playing("Moth", "Nazia"));
  await expect.element(page.getByLabelText("Artist")).toHaveValue("Abida");
  await expect.element(page.getByLabelText("Title")).toHaveValue("Moth");
});

test("what is being typed outlasts the next track, and the rest follows it", async () => {
  const station = new TestStation(playing("Lamp", "Nazia"));
  await mount<MetadataForm>("awaz-metadata-form", {}, { station });
  await page.getByLabelText("Title").fill("Half a ti");
  station.set(playing("Moth", "Abida"));
  await expect.element(page.getByLabelText("Artist")).toHaveValue("Abida");
  await expect.element(page.getByLabelText("Title")).toHaveValue("Half a ti");
});

test("a refused title stays in the form, with the reason beside it", async () => {
  answering({ [METADATA]: { status: 400, body: refused("title: must not be empty") } });
  await mount<MetadataForm>("awaz-metadata-form");
  await page.getByLabelText("Title").fill("Lamp");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Title: must not be empty.");
  await expect.element(page.getByLabelText("Title")).toHaveValue("Lamp");
});

test("a form without a change is not sent", async () => {
  const requests = answering({ [METADATA]: { body: {} } });
  await mount<MetadataForm>("awaz-metadata-form");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Change at least one field.");
  expect(requests).toEqual([]);
});

test("a wrong password is reported, and nobody is signed in", async () => {
  answering({ "POST /api/v1/auth/login": { status: 401, body: refused("wrong username or password") } });
  const form = await mount<SignIn>("awaz-sign-in");
  const signedIn = vi.fn();
  form.addEventListener("signed-in", signedIn);
  await page.getByLabelText("Username").fill("sara");
  await page.getByLabelText("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect.element(byId("sign-in-problem")).toHaveTextContent("Wrong username or password.");
  expect(signedIn).not.toHaveBeenCalled();
  await expectAccessible();
});

test("a password is shown on demand", async () => {
  await mount<SignIn>("awaz-sign-in");
  await page.getByRole("button", { name: "Show" }).click();
  await expect.element(page.getByLabelText("Password")).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Hide" }).click();
  await expect.element(page.getByLabelText("Password")).toHaveAttribute("type", "password");
});
