const LINK = /^#invitation=(.+)$/;

/** Read the invitation token from the address and remove it there, because anyone who sees it can use it. */
export function takeInvitationToken(): string | undefined {
  const token = LINK.exec(location.hash)?.[1];
  if (token !== undefined) history.replaceState(null, "", location.pathname + location.search);
  return token;
}
