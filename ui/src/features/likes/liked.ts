import { keep, kept } from "../../app/kept.ts";

/** As many are remembered; a like of long ago is not shown any more. */
const MAX_LIKED = 200;

function liked(slug: string): readonly string[] {
  const stored = kept(`awaz.liked.${slug}`);
  return stored ? stored.split(" ") : [];
}

/** Whether something of a station was liked in this browser, by its id. */
export function isLiked(slug: string, id: string): boolean {
  return liked(slug).includes(id);
}

export function setLiked(slug: string, id: string, on: boolean): void {
  const others = liked(slug).filter((each) => each !== id);
  keep(`awaz.liked.${slug}`, (on ? [...others, id] : others).slice(-MAX_LIKED).join(" "));
}
