/** Runs one task at a time; later tasks wait in order. */
export type Lock = <T>(task: () => Promise<T>) => Promise<T>;

/** A lock shared by all tabs, or limited to this page where the Web Locks API is missing, as on plain HTTP. */
export function createLock(name: string): Lock {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  return locks ? async (task) => await locks.request(name, task) : createLocalLock();
}

export function createLocalLock(): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
