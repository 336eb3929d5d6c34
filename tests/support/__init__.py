"""What the integration tests and the benchmarks measure with: a house, encoders, ears and socket watchers."""
