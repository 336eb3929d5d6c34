/** A choice that was kept in this browser; undefined if there is none, or if the store is forbidden. */
export function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
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
