import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { to, type ApiRequest } from "../src/sdk/api.ts";
import { AwazError } from "../src/sdk/errors.ts";
import { callAuthenticated, type CallApi, type CallOptions } from "../src/sdk/http.ts";
import { createLocalLock } from "../src/sdk/lock.ts";
import { LoginSession } from "../src/sdk/login.ts";
import { GuestSession, type SessionEnvironment } from "../src/sdk/session.ts";
import type { TokenAnswer, UserView } from "../src/wire/schema.ts";

const SARA: UserView = { id: "u1", name: "Sara", role: "user" };
const NEARLY_15_MINUTES = 841_000;

/** A server whose requests wait until the test answers them. */
class FakeServer {
  requests: { path: string; body?: object; token?: string }[] = [];
  #pending: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];

  readonly call: CallApi = <T>({ url, body }: ApiRequest<T>, { token }: CallOptions = {}) => {
    const path = url.replace("/api/v1/", "");
    this.requests.push({ path, ...(body && { body }), ...(token !== undefined && { token }) });
    return new Promise<T>((resolve, reject) =>
      this.#pending.push({ resolve: resolve as (answer: unknown) => void, reject }),
    );
  };

  get paths(): string[] {
    return this.requests.map(({ path }) => path);
  }

  /** Answer the oldest pending request, or a later one. */
  async answer(answer: unknown, index = 0): Promise<void> {
    await settle();
    this.#pending.splice(index, 1)[0]?.resolve(answer);
    await settle();
  }

  async fail(status: number, code = "network"): Promise<void> {
    await settle();
    this.#pending.shift()?.reject(new AwazError({ code, message: "no", retryable: status === 0 }, status));
    await settle();
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

function settle(): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(0);
}

function tokens(number: number, user: UserView = SARA, refresh_token = `r${number}`): TokenAnswer {
  return { access_token: `t${number}`, token_type: "Bearer", refresh_token, expires_in: 900, user };
}

let server: FakeServer;
/** The environment shared by all tabs of a browser. */
let browser: SessionEnvironment;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  browser = { store: fakeStore(), lock: createLocalLock(), call: server.call };
});

afterEach(() => void vi.useRealTimers());

describe("a guest session", () => {
  const guest: UserView = { id: "guest:1", name: "Guest", role: "guest" };
  const asGuest = (number: number, refresh_token = "g") => tokens(number, guest, refresh_token);

  test("is created once for tabs that request it at the same time", async () => {
    const both = Promise.all([new GuestSession(browser).token(), new GuestSession(browser).token()]);
    await server.answer(asGuest(1));
    expect(await both).toEqual(["t1", "t1"]);
    expect(server.paths).toEqual(["auth/guest"]);
  });

  test("keeps its refresh token for days", async () => {
    const first = new GuestSession(browser).token();
    await server.answer(asGuest(1));
    await first;
    await vi.advanceTimersByTimeAsync(3 * 86_400_000);
    const later = new GuestSession(browser);
    const next = later.token();
    await server.answer({ access_token: "t2", expires_in: 900, user: guest });
    expect(await next).toBe("t2");
    later.invalidate("t2");
    const third = later.token();
    await server.answer(asGuest(3));
    expect(await third).toBe("t3");
    expect(server.requests.slice(1)).toEqual([1, 2].map(() => refreshRequest("g")));
  });

  test("is replaced when the server rejects its refresh token", async () => {
    const session = new GuestSession(browser);
    const first = session.token();
    await server.answer(asGuest(1));
    session.invalidate(await first);
    const next = session.token();
    await server.fail(401);
    await server.answer(asGuest(2, "g2"));
    expect(await next).toBe("t2");
    expect(server.paths).toEqual(["auth/guest", "auth/refresh", "auth/guest"]);
  });

  test("survives a network failure", async () => {
    const session = new GuestSession(browser);
    const first = session.token();
    await server.answer(asGuest(1));
    session.invalidate(await first);
    const failing = expect(session.token()).rejects.toThrow("no");
    await server.fail(0);
    await failing;
    void session.token();
    await server.answer(asGuest(2));
    expect(server.requests.at(-1)).toEqual(refreshRequest("g"));
  });

  test("works without a usable store", async () => {
    const fail = () => {
      throw new Error("no");
    };
    const session = new GuestSession({ ...browser, store: { getItem: fail, setItem: fail, removeItem: fail } });
    const first = session.token();
    await server.answer(asGuest(1));
    expect([await first, await session.token()]).toEqual(["t1", "t1"]);
  });

  test("without a refresh token is replaced when its access token expires", async () => {
    browser.store?.setItem("awaz.guest", JSON.stringify({ token: "old", renewAt: 0, user: guest }));
    void new GuestSession(browser).token();
    await server.answer(asGuest(1));
    expect(server.paths).toEqual(["auth/guest"]);
  });
});

describe("a login session", () => {
  let signOuts: string[];
  let signIns: number;

  beforeEach(() => {
    signOuts = [];
    signIns = 0;
  });

  function openTab(): LoginSession {
    return new LoginSession(browser, {
      expired: (message) => signOuts.push(message),
      signedOut: (message) => signOuts.push(message),
      signedIn: () => (signIns += 1),
    });
  }

  async function openSignedInTab(): Promise<LoginSession> {
    const tab = openTab();
    const done = tab.signIn("sara", "secret");
    await server.answer(tokens(1));
    await done;
    return tab;
  }

  test("is shared by all tabs", async () => {
    await openSignedInTab();
    const other = openTab();
    expect(other.user).toEqual(SARA);
    expect(await other.token()).toBe("t1");
  });

  test("is refreshed by one tab only, and the others read the new token", async () => {
    const one = await openSignedInTab();
    const two = openTab();
    await vi.advanceTimersByTimeAsync(NEARLY_15_MINUTES);
    const both = Promise.all([one.token(), two.token(), one.token()]);
    await server.answer(tokens(2));
    expect(await both).toEqual(["t2", "t2", "t2"]);
    expect(server.requests.slice(1)).toEqual([refreshRequest("r1")]);
  });

  test("uses each refresh token once", async () => {
    const tab = await openSignedInTab();
    tab.invalidate("t1");
    const second = tab.token();
    await server.answer(tokens(2));
    tab.invalidate(await second);
    void tab.token();
    await server.answer(tokens(3));
    expect(server.requests.slice(1)).toEqual([refreshRequest("r1"), refreshRequest("r2")]);
  });

  test("is not refreshed if another tab has already replaced the token", async () => {
    const one = await openSignedInTab();
    const two = openTab();
    one.invalidate("t1");
    const renewed = one.token();
    await server.answer(tokens(2));
    await renewed;
    two.invalidate("t1");
    expect(await two.token()).toBe("t2");
  });

  test("survives a network failure and is refreshed afterwards", async () => {
    const tab = await openSignedInTab();
    tab.invalidate("t1");
    const failing = expect(tab.token()).rejects.toThrow("no");
    await server.fail(0);
    await failing;
    expect([tab.user, signOuts]).toEqual([SARA, []]);
    const next = tab.token();
    await server.answer(tokens(2));
    expect(await next).toBe("t2");
  });

  test("survives a server error", async () => {
    const tab = await openSignedInTab();
    tab.invalidate("t1");
    const failing = expect(tab.token()).rejects.toThrow("no");
    await server.fail(503, "upstream");
    await failing;
    expect([tab.user, signOuts]).toEqual([SARA, []]);
  });

  test("ends when the server rejects its refresh token, and tells the user", async () => {
    const tab = await openSignedInTab();
    tab.invalidate("t1");
    const rejected = expect(tab.token()).rejects.toThrow("Your session has ended");
    await server.fail(401, "unauthenticated");
    await rejected;
    expect(tab.user).toBeUndefined();
    expect(signOuts).toEqual(["Your session has ended. Please sign in again."]);
  });

  test("without shared locks continues with a session that another tab has stored meanwhile", async () => {
    const one = await openSignedInTab();
    browser = { ...browser, lock: createLocalLock() };
    const two = openTab();
    two.invalidate("t1");
    const pending = two.token();
    await settle();
    const signIn = one.signIn("sara", "secret");
    await server.answer(tokens(2), 1);
    await signIn;
    await server.fail(401, "unauthenticated");
    expect([await pending, signOuts]).toEqual(["t2", []]);
  });

  test("is removed from all tabs on sign-out even if the server cannot be reached", async () => {
    const one = await openSignedInTab();
    const two = openTab();
    const signOut = one.signOut();
    await server.fail(0);
    await signOut;
    two.onStorageChange();
    expect(two.user).toBeUndefined();
    expect(signOuts).toEqual(["You are signed out. Please sign in again."]);
  });

  test("is kept until the server confirms signing out everywhere", async () => {
    const tab = await openSignedInTab();
    const failing = expect(tab.signOutEverywhere()).rejects.toThrow("no");
    await server.fail(0);
    await failing;
    expect(tab.user).toEqual(SARA);
    const signOut = tab.signOutEverywhere();
    await server.answer({ ok: true });
    await signOut;
    expect(server.requests.at(-1)).toEqual(postRequest("auth/logout", { everywhere: true }, "t1"));
    expect(tab.user).toBeUndefined();
  });

  test("starts in all tabs after a sign-in in one", async () => {
    const other = openTab();
    await openSignedInTab();
    other.onStorageChange();
    other.onStorageChange();
    expect(signIns).toBe(1);
  });

  test("continues in all tabs when the password is changed in one", async () => {
    const one = await openSignedInTab();
    const two = openTab();
    const changed = one.changePassword("secret", "another secret");
    await settle();
    two.invalidate("t1");
    const next = two.token();
    await server.answer(tokens(2));
    await changed;
    expect(await next).toBe("t2");
    expect([server.paths, signOuts]).toEqual([["auth/login", "me/password"], []]);
  });

  test("replaces the guest session on sign-up", async () => {
    const tab = openTab();
    const done = tab.signUp({ login: "sara", password: "long enough", name: "Sara" });
    await server.answer(tokens(1, { id: "guest:1", name: "Guest", role: "guest" }, "g"));
    await server.answer(tokens(2));
    await done;
    expect(server.requests.at(-1)).toEqual(
      postRequest("auth/upgrade", { login: "sara", password: "long enough", name: "Sara" }, "t1"),
    );
    expect(tab.user).toEqual(SARA);
    expect(browser.store?.getItem("awaz.guest")).toBeNull();
  });

  test("retries a call once with a new token if the server rejects the first", async () => {
    const tab = await openSignedInTab();
    const result = callAuthenticated(tab, to("GET /api/v1/me", {}), { call: server.call });
    await server.fail(401, "unauthenticated");
    await server.answer(tokens(2));
    await server.answer(SARA);
    expect(await result).toBe(SARA);
    expect(server.requests.at(-1)).toEqual({ path: "me", token: "t2" });
  });
});

function refreshRequest(refresh_token: string) {
  return postRequest("auth/refresh", { refresh_token });
}

function postRequest(path: string, body: object, token?: string) {
  return { path, body, ...(token !== undefined && { token }) };
}
