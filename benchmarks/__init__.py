"""Benchmarks of `make bench`, each figure with its reference in the same run. None is a test."""
