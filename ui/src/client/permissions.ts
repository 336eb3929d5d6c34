import type { StationRole, UserView } from "./wire.ts";

/** A user's permissions at a station, for deciding which controls to show. The server enforces its own. */
export interface Permissions {
  readonly canBroadcast: boolean;
  readonly canModerate: boolean;
  readonly canManage: boolean;
  /** 0 for an admin, then from owner to listener. Users can change the roles of lower ranks only. */
  readonly rank: number;
}

/** From the most to the least powerful. */
export const STATION_ROLES: readonly StationRole[] = ["owner", "host", "moderator", "listener"];

export function rankOf(role: StationRole | undefined): number {
  return 1 + (role ? STATION_ROLES.indexOf(role) : STATION_ROLES.length);
}

export function permissionsFor(platformRole: UserView["role"], stationRole: StationRole | undefined): Permissions {
  const rank = platformRole === "admin" ? 0 : rankOf(stationRole);
  return {
    canManage: rank <= rankOf("owner"),
    canBroadcast: rank <= rankOf("host"),
    canModerate: rank <= rankOf("moderator"),
    rank,
  };
}
