import { msg } from "@lit/localize";
import { isReconnecting, type StationState } from "../../sdk/state.ts";

/** A fault at the station that is heard: its encoder is gone, its stream is interrupted, or it is silent. */
export type Trouble = "reconnecting" | "interrupted" | "silent";

export function troubleOf({ broadcast, quality }: Pick<StationState, "broadcast" | "quality">): Trouble | undefined {
  const reasons = quality?.reasons ?? [];
  // AutoDJ has no host who could come back.
  if (isReconnecting({ broadcast })) return broadcast?.kind === "autodj" ? "interrupted" : "reconnecting";
  if (reasons.includes("no_audio") || reasons.includes("pipeline_reconnecting")) return "interrupted";
  return reasons.includes("silence") ? "silent" : undefined;
}

/** The fault in words, so that listeners do not look for it in their own connection. */
export function troubleText(trouble: Trouble): string {
  if (trouble === "reconnecting") return msg("The host lost their connection. Music plays until they’re back.");
  if (trouble === "interrupted") return msg("The stream is interrupted. It will resume automatically.");
  return msg("The station is silent right now. It isn’t your connection.");
}
