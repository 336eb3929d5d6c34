/** Where a row can go: before another one, or with undefined to the end. */
export type Before = string | undefined;

interface Row {
  readonly id: string;
  /** Whether it stays where it is. */
  readonly fixed?: boolean;
}

/** Rows with one of them moved, as they are shown until the server has answered. */
export function withMoved<T extends Row>(rows: readonly T[], id: string, before: Before): T[] {
  const moved = rows.find((each) => each.id === id);
  if (!moved || id === before) return [...rows];
  const rest = rows.filter((each) => each !== moved);
  const place = before === undefined ? -1 : rest.findIndex((each) => each.id === before);
  const at = place < 0 ? rest.length : place;
  return [...rest.slice(0, at), moved, ...rest.slice(at)];
}

/** The row that follows another one; undefined for the last. */
export function after(rows: readonly Row[], id: string): Before {
  return rows[rows.findIndex((each) => each.id === id) + 1]?.id;
}

/** Where the row at a place goes that moves up or down by one; undefined if it cannot. */
export function stepOf(rows: readonly Row[], place: number, step: -1 | 1): { before: Before } | undefined {
  const beside = rows[place + step];
  if (!beside || beside.fixed || !rows[place] || rows[place].fixed) return undefined;
  return { before: step < 0 ? beside.id : rows[place + 2]?.id };
}
