const LINK = /^#invitation=(.+)$/;

/** The token of an invitation that the page was opened with, out of the address bar: whoever sees it may use it. */
export function takeInvitation(): string | undefined {
  const token = LINK.exec(location.hash)?.[1];
  if (token !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return token;
}
