/** As many tracks as one request may name. */
const MAX_IDS = 500;

/** Ids in parts that fit into requests. */
export function batches(ids: readonly string[]): string[][] {
  const count = Math.ceil(ids.length / MAX_IDS);
  return Array.from({ length: count }, (_, part) => ids.slice(part * MAX_IDS, (part + 1) * MAX_IDS));
}
