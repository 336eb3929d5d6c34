/** A room's key is behind the # of the address: no server is sent that, and none writes it down. */
const KEY = /^#together=([A-Za-z0-9_-]{16,40})$/;

/** The key of the room that the page was opened for. */
export function keyInAddress(): string | undefined {
  return KEY.exec(location.hash)?.[1];
}

/** The page's address with a room's key, or without one. */
export function addressOf(key: string | undefined): string {
  return location.origin + location.pathname + location.search + (key === undefined ? "" : `#together=${key}`);
}

/** Have the address be that of a room, or without one. */
export function showKey(key: string | undefined): void {
  history.replaceState(history.state, "", addressOf(key));
}
