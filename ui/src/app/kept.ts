/** A choice that was kept in this browser; undefined if there is none, or if the store is forbidden. */
export function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Drop what was kept under keys that begin so. */
export function forget(...prefixes: string[]): void {
  try {
    const keys = Object.keys(localStorage).filter((key) => prefixes.some((prefix) => key.startsWith(prefix)));
    keys.forEach((key) => localStorage.removeItem(key));
  } catch {
    // The store is forbidden: there is nothing in it.
  }
}

/** Keep a choice for the next page. Where the store is full or forbidden, it lasts as long as this one. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The store is full or forbidden.
  }
}
