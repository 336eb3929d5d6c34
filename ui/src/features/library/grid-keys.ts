const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 };

/** The row that a key goes to from another one, of so many; undefined if it is none of a grid's keys. */
export function rowAfterKey(key: string, row: number, rows: number): number | undefined {
  if (key === "Home") return 0;
  if (key === "End") return rows - 1;
  const step = STEPS[key];
  return step === undefined ? undefined : Math.min(rows - 1, Math.max(0, row + step));
}

/** The control that an arrow goes to from another one in its row, as places; undefined if there is none. */
export function controlAfterKey(key: string, control: number, controls: number, isRtl: boolean): number | undefined {
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  const next = control + (isRtl ? -step : step);
  return step && next >= 0 && next < controls ? next : undefined;
}
