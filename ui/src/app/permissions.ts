import { PERMISSIONS, type Permission } from "../wire/permissions.ts";
import type { StationRole, UserView } from "../wire/schema.ts";

/** A user's permissions at a station, for deciding which controls to show. The server enforces its own. */
export interface Permissions {
  readonly canBroadcast: boolean;
  /** Whether they may disconnect the encoders of others. */
  readonly canKick: boolean;
  readonly canModerate: boolean;
  /** Whether they may add, change and remove tracks, and say what is played. */
  readonly canProgram: boolean;
  readonly canManage: boolean;
  /** Whether they may change the station's name, description and bitrate. */
  readonly canConfigure: boolean;
  /** Whether they may see and make everybody's stream keys, and not their own alone. */
  readonly canManageKeys: boolean;
  /** 0 for an admin, then from owner to listener. Users can change the roles of lower ranks only. */
  readonly rank: number;
}

/** From the most to the least powerful. */
export const STATION_ROLES: readonly StationRole[] = ["owner", "host", "moderator", "listener"];

export function rankOf(role: StationRole | undefined): number {
  return 1 + (role ? STATION_ROLES.indexOf(role) : STATION_ROLES.length);
}

export function permissionsFor(platformRole: UserView["role"], stationRole: StationRole | undefined): Permissions {
  const holds = (permission: Permission) =>
    PERMISSIONS[permission].some((role) => role === platformRole || role === stationRole);
  return {
    canManage: holds("station:manage_members"),
    canConfigure: holds("station:configure"),
    canManageKeys: holds("station:manage_keys"),
    canBroadcast: holds("station:go_live") && holds("station:set_metadata"),
    canKick: holds("station:kick"),
    canModerate: holds("station:moderate"),
    canProgram: holds("station:edit_library") && holds("station:edit_queue"),
    rank: platformRole === "admin" ? 0 : rankOf(stationRole),
  };
}
