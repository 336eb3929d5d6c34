"""Socket.IO: handshakes, sessions, dispatch, rooms and the transport."""
