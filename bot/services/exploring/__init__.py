"""Exploring: what a library, a log or a table is about, what does not fit, how varied it is."""
