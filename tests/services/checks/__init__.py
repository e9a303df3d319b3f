"""Tests of the checks of training files."""
