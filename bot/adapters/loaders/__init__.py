"""Reads the files that a community has, in a process of their own."""
