"""What must be fast or right, measured against a peer and against the limit in the same run. `python -m benchmarks`."""
