"""Real-time delivery: the broker, the hub with its rooms, the snapshots, and the Socket.IO gateway."""
