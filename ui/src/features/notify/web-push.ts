import { msg } from "@lit/localize";
import { keep, kept } from "../../app/kept.ts";
import { currentLanguage } from "../../i18n/locale.ts";
import { to } from "../../sdk/api.ts";
import { AwazError } from "../../sdk/errors.ts";
import { callApi } from "../../sdk/http.ts";

const WORKER = "/push-worker.js";
const KEPT = "awaz.push";

/** The policy without which trusted types keep a page from naming a worker. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** Stations that tell this browser when a show starts, also while no page is open. */
export class WebPush {
  /** Whether this browser can be told: only pages over https have what it takes. */
  get isPossible(): boolean {
    return "serviceWorker" in navigator && typeof PushManager === "function" && "Notification" in window;
  }

  isOn(slug: string): boolean {
    return slug in subscriptions() && Notification.permission === "granted";
  }

  /** Ask the browser whether the server may notify, and subscribe; returns whether it may. */
  async ask(slug: string): Promise<boolean> {
    if ((await Notification.requestPermission()) !== "granted") return false;
    const registration = await navigator.serviceWorker.register(workerUrl());
    await navigator.serviceWorker.ready;
    const { public_key } = await callApi(to("GET /api/v1/push", {}));
    const known = await registration.pushManager.getSubscription();
    // The server's key may have changed: a subscription is for one.
    if (known && !isFor(known, public_key)) {
      await known.unsubscribe();
      keepAll({});
    }
    const subscription = await subscribed(registration, public_key);
    const { endpoint = "", keys = {} } = subscription.toJSON();
    const { p256dh = "", auth = "" } = keys;
    const body = { endpoint, keys: { p256dh, auth }, language: currentLanguage() };
    const request = to("POST /api/v1/stations/{slug}/push-subscriptions", { path: { slug }, body });
    const { id } = await callApi(request);
    keepAll({ ...subscriptions(), [slug]: id });
    return true;
  }

  /** Forget the stations of a subscription that the browser, or the server's key, does not have any more. */
  async check(): Promise<void> {
    const before = kept(KEPT);
    if (!Object.keys(subscriptions()).length) return;
    const registration = await navigator.serviceWorker.getRegistration(WORKER);
    const subscription = await registration?.pushManager.getSubscription();
    const { public_key } = await callApi(to("GET /api/v1/push", {}));
    if (kept(KEPT) === before && (!subscription || !isFor(subscription, public_key))) keepAll({});
  }

  async end(slug: string): Promise<void> {
    const { [slug]: id, ...others } = subscriptions();
    if (id !== undefined) {
      await callApi(to("DELETE /api/v1/stations/{slug}/push-subscriptions/{id}", { path: { slug, id } }));
    }
    keepAll(others);
  }
}

/** Some browsers have no push service, and a service may be out of reach. */
async function subscribed(registration: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  try {
    return await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch {
    const message = msg("Your browser can’t reach its notification service. Try again later.");
    throw new AwazError({ code: "push", message, retryable: true });
  }
}

function isFor({ options }: PushSubscription, key: string): boolean {
  const bytes = new Uint8Array(options.applicationServerKey ?? []);
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === key;
}

/** The ids of this browser's subscriptions, by station. */
function subscriptions(): Record<string, string> {
  try {
    return JSON.parse(kept(KEPT) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

function keepAll(all: Record<string, string>): void {
  keep(KEPT, JSON.stringify(all));
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

function workerUrl(): string {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy("awaz-worker", { createScriptURL: (url) => url });
  return policy?.createScriptURL(WORKER) ?? WORKER;
}
