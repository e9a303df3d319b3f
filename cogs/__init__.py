"""Marv's commands, one family a file."""
