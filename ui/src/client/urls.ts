const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1\])$/;

/**
 * The address at which this device hears a stream. A server that was not told its public name says "127.0.0.1", which
 * on a phone is the phone; the name that brought us this page is then the better one.
 */
export function audibleUrl(streamUrl: string, pageHostname: string): string {
  let url: URL;
  try {
    url = new URL(streamUrl);
  } catch {
    return streamUrl;
  }
  url.hostname = reachableHost(url.hostname, pageHostname);
  return url.href;
}

/** The same for a host name alone. */
export function reachableHost(host: string, pageHostname: string): string {
  return pageHostname && LOOPBACK.test(host) && !LOOPBACK.test(pageHostname) ? pageHostname : host;
}

/** The same stream under an address no cache has seen, so that it begins at the live edge. */
export function liveEdgeUrl(streamUrl: string, now: number = Date.now()): string {
  return `${streamUrl}${streamUrl.includes("?") ? "&" : "?"}t=${now.toString(36)}`;
}

const SLUG = /^[a-z0-9-]{1,40}$/;

/** The station that a page's path names: undefined for none, "" for one that cannot exist. */
export function slugOfPath(path: string): string | undefined {
  const named = /^\/s\/([^/]*)\/?$/.exec(path)?.[1];
  if (named === undefined) return undefined;
  return SLUG.test(named) ? named : "";
}
