"""Checks of a training file: a family of findings a module, all of them in ``rules``."""
