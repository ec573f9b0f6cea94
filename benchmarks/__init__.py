"""Measurements, run by hand: ``python -m benchmarks.<name>``; results go to docs/performance.md."""
