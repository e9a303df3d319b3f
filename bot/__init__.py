"""Marv: a Discord bot that answers from its community's documents, sarcastically."""

__version__ = "0.1.0"
