import type { StationRole, UserView } from "./wire.ts";

/** What somebody may do at a station. The server's `permissions.py` decides; this is what to offer. */
export interface Rights {
  readonly isOnAir: boolean;
  readonly moderates: boolean;
  readonly runsIt: boolean;
  /** 0 for an admin, then owner to listener: only those below can be given another role or removed. */
  readonly rank: number;
}

/** From the most to the least powerful. */
export const STATION_ROLES: readonly StationRole[] = ["owner", "host", "moderator", "listener"];

export function rankOf(role: StationRole | undefined): number {
  return 1 + (role ? STATION_ROLES.indexOf(role) : STATION_ROLES.length);
}

export function rightsOf(platform: UserView["role"], at: StationRole | undefined): Rights {
  const rank = platform === "admin" ? 0 : rankOf(at);
  return {
    runsIt: rank <= rankOf("owner"),
    isOnAir: rank <= rankOf("host"),
    moderates: rank <= rankOf("moderator"),
    rank,
  };
}
