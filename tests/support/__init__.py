"""Tools of the tests and the benchmarks: running stacks and daemons, encoders, players, and socket clients."""
