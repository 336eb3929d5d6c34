"""Fan-out: deliveries a second of one event to a room on one core, beside peers and the kernel."""
