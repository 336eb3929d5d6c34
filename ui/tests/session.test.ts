import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError, callAs, type CallApi, type Request } from "../src/client/http.ts";
import { inTurn } from "../src/client/lock.ts";
import { LoginSession } from "../src/client/login.ts";
import { GuestSession, type Surroundings } from "../src/client/session.ts";
import type { TokenAnswer, UserView } from "../src/client/wire.ts";

const SARA: UserView = { id: "u1", name: "Sara", role: "user" };
const NEARLY_15_MINUTES = 841_000;

/** A server whose answers wait until they are given, as those of a network do. */
class FakeServer {
  asked: { path: string; request: Request }[] = [];
  #answers: { give: (answer: unknown) => void; fail: (error: Error) => void }[] = [];

  readonly call: CallApi = <T>(path: string, request: Request = {}) => {
    this.asked.push({ path, request });
    return new Promise<T>((give, fail) => this.#answers.push({ give: give as (answer: unknown) => void, fail }));
  };

  get paths(): string[] {
    return this.asked.map(({ path }) => path);
  }

  /** Answer the question that waits longest, or a later one. */
  async answer(answer: unknown, place = 0): Promise<void> {
    await soon();
    this.#answers.splice(place, 1)[0]?.give(answer);
    await soon();
  }

  async fail(status: number, code = "network"): Promise<void> {
    await soon();
    this.#answers.shift()?.fail(new ApiError({ code, message: "no", retryable: status === 0 }, status));
    await soon();
  }
}

function fakeStore() {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

function soon(): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(0);
}

function tokens(number: number, user: UserView = SARA, refresh_token = `r${number}`): TokenAnswer {
  return { access_token: `t${number}`, refresh_token, expires_in: 900, user };
}

let server: FakeServer;
/** What all tabs of one browser share. */
let browser: Surroundings;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  browser = { store: fakeStore(), lock: inTurn(), call: server.call };
});

afterEach(() => void vi.useRealTimers());

describe("a guest", () => {
  const guest: UserView = { id: "guest:1", name: "Guest", role: "guest" };
  const asGuest = (number: number, refresh_token = "g") => tokens(number, guest, refresh_token);

  test("is made once, for all tabs that ask at the same time", async () => {
    const asked = Promise.all([new GuestSession(browser).token(), new GuestSession(browser).token()]);
    await server.answer(asGuest(1));
    expect(await asked).toEqual(["t1", "t1"]);
    expect(server.paths).toEqual(["auth/guest"]);
  });

  test("keeps its identity: the next token is asked for with the same refresh token, days later too", async () => {
    const first = new GuestSession(browser).token();
    await server.answer(asGuest(1));
    await first;
    await vi.advanceTimersByTimeAsync(3 * 86_400_000);
    const later = new GuestSession(browser);
    const next = later.token();
    await server.answer({ access_token: "t2", expires_in: 900, user: guest });
    expect(await next).toBe("t2");
    later.refused("t2");
    const third = later.token();
    await server.answer(asGuest(3));
    expect(await third).toBe("t3");
    expect(server.asked.slice(1)).toEqual([1, 2].map(() => refreshWith("g")));
  });

  test("becomes another guest when the server does not know it any more", async () => {
    const session = new GuestSession(browser);
    const first = session.token();
    await server.answer(asGuest(1));
    session.refused(await first);
    const next = session.token();
    await server.fail(401);
    await server.answer(asGuest(2, "g2"));
    expect(await next).toBe("t2");
    expect(server.paths).toEqual(["auth/guest", "auth/refresh", "auth/guest"]);
  });

  test("is the same guest after the network was away", async () => {
    const session = new GuestSession(browser);
    const first = session.token();
    await server.answer(asGuest(1));
    session.refused(await first);
    const failing = expect(session.token()).rejects.toThrow("no");
    await server.fail(0);
    await failing;
    void session.token();
    await server.answer(asGuest(2));
    expect(server.asked.at(-1)).toEqual(refreshWith("g"));
  });

  test("needs no store that works", async () => {
    const refuse = () => {
      throw new Error("no");
    };
    const session = new GuestSession({ ...browser, store: { getItem: refuse, setItem: refuse, removeItem: refuse } });
    const first = session.token();
    await server.answer(asGuest(1));
    expect([await first, await session.token()]).toEqual(["t1", "t1"]);
  });

  test("of a time without refresh tokens is replaced when its token ends", async () => {
    browser.store?.setItem("awaz.guest", JSON.stringify({ token: "old", renewAt: 0, user: guest }));
    void new GuestSession(browser).token();
    await server.answer(asGuest(1));
    expect(server.paths).toEqual(["auth/guest"]);
  });
});

describe("a login", () => {
  let ended: string[];
  let begun: number;

  beforeEach(() => {
    ended = [];
    begun = 0;
  });

  function openTab(): LoginSession {
    return new LoginSession(browser, { ended: (sentence) => ended.push(sentence), begun: () => (begun += 1) });
  }

  async function signedIn(): Promise<LoginSession> {
    const tab = openTab();
    const done = tab.signIn("sara", "secret");
    await server.answer(tokens(1));
    await done;
    return tab;
  }

  test("holds in every tab", async () => {
    await signedIn();
    const other = openTab();
    expect(other.user).toEqual(SARA);
    expect(await other.token()).toBe("t1");
  });

  test("is renewed by one tab alone, and the others find the new token", async () => {
    const one = await signedIn();
    const two = openTab();
    await vi.advanceTimersByTimeAsync(NEARLY_15_MINUTES);
    const both = Promise.all([one.token(), two.token(), one.token()]);
    await server.answer(tokens(2));
    expect(await both).toEqual(["t2", "t2", "t2"]);
    expect(server.asked.slice(1)).toEqual([refreshWith("r1")]);
  });

  test("uses each refresh token once", async () => {
    const tab = await signedIn();
    tab.refused("t1");
    const second = tab.token();
    await server.answer(tokens(2));
    tab.refused(await second);
    void tab.token();
    await server.answer(tokens(3));
    expect(server.asked.slice(1)).toEqual([refreshWith("r1"), refreshWith("r2")]);
  });

  test("is not renewed for a token that another tab has replaced already", async () => {
    const one = await signedIn();
    const two = openTab();
    one.refused("t1");
    const renewed = one.token();
    await server.answer(tokens(2));
    await renewed;
    two.refused("t1");
    expect(await two.token()).toBe("t2");
  });

  test("outlasts a network that fails, and is renewed when it is back", async () => {
    const tab = await signedIn();
    tab.refused("t1");
    const failing = expect(tab.token()).rejects.toThrow("no");
    await server.fail(0);
    await failing;
    expect([tab.user, ended]).toEqual([SARA, []]);
    const next = tab.token();
    await server.answer(tokens(2));
    expect(await next).toBe("t2");
  });

  test("outlasts a server in trouble", async () => {
    const tab = await signedIn();
    tab.refused("t1");
    const failing = expect(tab.token()).rejects.toThrow("no");
    await server.fail(503, "upstream");
    await failing;
    expect([tab.user, ended]).toEqual([SARA, []]);
  });

  test("ends when the server says so, and says that in a sentence", async () => {
    const tab = await signedIn();
    tab.refused("t1");
    const over = expect(tab.token()).rejects.toThrow("Your session has ended");
    await server.fail(401, "unauthenticated");
    await over;
    expect(tab.user).toBeUndefined();
    expect(ended).toEqual(["Your session has ended. Please sign in again."]);
  });

  test("of a browser without locks goes on with what another tab has put there meanwhile", async () => {
    const one = await signedIn();
    browser = { ...browser, lock: inTurn() };
    const two = openTab();
    two.refused("t1");
    const late = two.token();
    await soon();
    const again = one.signIn("sara", "secret");
    await server.answer(tokens(2), 1);
    await again;
    await server.fail(401, "unauthenticated");
    expect([await late, ended]).toEqual(["t2", []]);
  });

  test("signs out here even if the server cannot be told, and other tabs notice", async () => {
    const one = await signedIn();
    const two = openTab();
    const left = one.signOut();
    await server.fail(0);
    await left;
    two.noticed();
    expect(two.user).toBeUndefined();
    expect(ended).toEqual(["You are signed out. Please sign in again."]);
  });

  test("signs out everywhere only if the server did it", async () => {
    const tab = await signedIn();
    const failing = expect(tab.signOutEverywhere()).rejects.toThrow("no");
    await server.fail(0);
    await failing;
    expect(tab.user).toEqual(SARA);
    const left = tab.signOutEverywhere();
    await server.answer({ ok: true });
    await left;
    expect(server.asked.at(-1)).toEqual(asking("auth/logout", { everywhere: true }, "t1"));
    expect(tab.user).toBeUndefined();
  });

  test("that begins in one tab begins in the others", async () => {
    const other = openTab();
    await signedIn();
    other.noticed();
    other.noticed();
    expect(begun).toBe(1);
  });

  test("goes on in all tabs when the password is changed in one, though the old session ends first", async () => {
    const one = await signedIn();
    const two = openTab();
    const changed = one.changePassword("secret", "another secret");
    await soon();
    two.refused("t1");
    const next = two.token();
    await server.answer(tokens(2));
    await changed;
    expect(await next).toBe("t2");
    expect([server.paths, ended]).toEqual([["auth/login", "me/password"], []]);
  });

  test("comes of a guest, who is then nobody", async () => {
    const tab = openTab();
    const done = tab.signUp({ login: "sara", password: "long enough", name: "Sara" });
    await server.answer(tokens(1, { id: "guest:1", name: "Guest", role: "guest" }, "g"));
    await server.answer(tokens(2));
    await done;
    expect(server.asked.at(-1)).toEqual(
      asking("auth/upgrade", { login: "sara", password: "long enough", name: "Sara" }, "t1"),
    );
    expect(tab.user).toEqual(SARA);
    expect(browser.store?.getItem("awaz.guest")).toBeNull();
  });

  test("a call with a token that was called back is made once more with the next", async () => {
    const tab = await signedIn();
    const called = callAs<string>(tab, "me", {}, server.call);
    await server.fail(401, "unauthenticated");
    await server.answer(tokens(2));
    await server.answer("me");
    expect(await called).toBe("me");
    expect(server.asked.at(-1)).toEqual({ path: "me", request: { token: "t2" } });
  });
});

function refreshWith(refresh_token: string) {
  return asking("auth/refresh", { refresh_token });
}

function asking(path: string, body: object, token?: string) {
  return { path, request: { method: "POST", body, ...(token !== undefined && { token }) } };
}
