import type { StreamView } from "../wire/schema.ts";

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1\])$/;

/**
 * Replace a loopback host in a stream's address with the page's host. A server without a configured public name sends
 * "127.0.0.1", which other devices cannot reach.
 */
export function reachableUrl(streamUrl: string, pageHostname: string): string {
  let url: URL;
  try {
    url = new URL(streamUrl);
  } catch {
    return streamUrl;
  }
  url.hostname = reachableHost(url.hostname, pageHostname);
  return url.href;
}

/** As `reachableUrl`, for a host name. */
export function reachableHost(host: string, pageHostname: string): string {
  return pageHostname && LOOPBACK.test(host) && !LOOPBACK.test(pageHostname) ? pageHostname : host;
}

/** Add a unique query parameter, so that no cache delays the stream. */
export function liveEdgeUrl(streamUrl: string, now: number = Date.now()): string {
  return `${streamUrl}${streamUrl.includes("?") ? "&" : "?"}t=${now.toString(36)}`;
}

const SLUG = /^[a-z0-9-]{1,40}$/;

/** The slug in a page's path: undefined if there is none, "" if it is invalid. */
export function slugFromPath(path: string): string | undefined {
  const slug = /^\/s\/([^/]*)\/?$/.exec(path)?.[1];
  if (slug === undefined) return undefined;
  return SLUG.test(slug) ? slug : "";
}

/** Go to an address of this page; the browser's Back button leads back. */
export function goTo(path: string): void {
  if (path === location.pathname) return;
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** A station's public mounts, each at an address that this device can reach. */
export function reachable(streams: readonly StreamView[]): readonly StreamView[] {
  return streams.map((stream) => ({ ...stream, url: reachableUrl(stream.url, location.hostname) }));
}
