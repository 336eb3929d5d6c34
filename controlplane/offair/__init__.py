"""The off-air mounts: what a station's listeners hear while its own pipeline is away."""
