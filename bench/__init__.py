"""Benchmarks: each measures ours and its peer in the same run, and writes ratios to bench/results."""
