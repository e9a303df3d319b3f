"""Comparing models: by figures on questions held back, and blind by members' votes."""
