"""Freezing: from what the log and the staff hold to a named, immutable, verifiable data set."""
