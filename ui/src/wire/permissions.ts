// Made by `awaz docs` from controlplane/kernel/permissions.py.

/** The roles that hold each permission, on the platform or at the station. */
export const PERMISSIONS = {
  "account:manage": ["admin", "user"],
  "account:see": ["admin", "guest", "user"],
  "account:upgrade": ["guest"],
  "platform:create_stations": ["admin", "user"],
  "platform:manage_stations": ["admin"],
  "platform:manage_users": ["admin"],
  "platform:moderate": ["admin"],
  "platform:read_audit": ["admin"],
  "platform:watch": ["admin", "guest", "user"],
  "public": ["admin", "guest", "user"],
  "station:configure": ["admin", "owner"],
  "station:edit_library": ["admin", "host", "owner"],
  "station:edit_queue": ["admin", "host", "owner"],
  "station:go_live": ["admin", "host", "owner"],
  "station:incidents": ["admin", "host", "moderator", "owner"],
  "station:kick": ["admin", "owner"],
  "station:listen": ["admin", "guest", "user"],
  "station:manage_keys": ["admin", "owner"],
  "station:manage_members": ["admin", "owner"],
  "station:moderate": ["admin", "host", "moderator", "owner"],
  "station:own_keys": ["admin", "host", "owner"],
  "station:read_audit": ["admin", "owner"],
  "station:read_encoder": ["admin", "host", "owner"],
  "station:read_library": ["admin", "host", "owner"],
  "station:read_members": ["admin", "host", "moderator", "owner"],
  "station:remove": ["admin", "owner"],
  "station:set_metadata": ["admin", "host", "owner"],
} as const;

export type Permission = keyof typeof PERMISSIONS;
