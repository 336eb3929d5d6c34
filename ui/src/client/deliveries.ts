// Made by `awaz docs` from controlplane/protocol.

/** How each event is delivered: numbered and recovered, only the newest value, or once. */
export const DELIVERY: Readonly<Record<string, Delivery>> = {
  "auth:ended": "transient",
  "auth:expired": "transient",
  "auth:roles": "transient",
  "platform:digest": "transient",
  "server:going_away": "transient",
  "stream:incident": "transient",
  "stream:listeners": "latest",
  "stream:metadata": "ordered",
  "stream:quality": "latest",
  "stream:started": "ordered",
  "stream:stopped": "ordered",
};

export type Delivery = "ordered" | "latest" | "transient";
