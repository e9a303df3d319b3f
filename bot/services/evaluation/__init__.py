"""Measuring: how good search, answers and the persona are, on sets that somebody judged."""
