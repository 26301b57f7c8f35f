"""What `make bench` measures, each figure beside its reference. Nothing here is a test."""
