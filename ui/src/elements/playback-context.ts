import { createContext } from "@lit/context";
import type { HeardStation } from "../features/player/heard.ts";
import type { Playback } from "../features/player/playback.ts";

/** The playback of all elements of a page, and the station that those in `<awaz-station>` are about, as it is heard. */
export interface Listening {
  readonly playback: Playback;
  readonly station: HeardStation;
}

export const listeningContext = createContext<Listening | undefined>("awaz-listening");
