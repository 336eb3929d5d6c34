"""Benchmarks: each measures the daemon and a peer in the same run, and writes ratios to bench/results."""
