"""Benchmarks: real processes on a real broker, measured from outside."""
