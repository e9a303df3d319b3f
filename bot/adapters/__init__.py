"""The outside world, one vendor a module."""
