/** Does one thing at a time; what comes meanwhile waits for its turn. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>;

/** One at a time in all tabs, or in this page alone where the browser has no locks, as on plain HTTP. */
export function lockOf(name: string): Lock {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  return locks ? (work) => locks.request(name, work) : inTurn();
}

export function inTurn(): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
