"""The fan-out: how many deliveries a second one core makes of one event to a room, beside its peers and the kernel."""
