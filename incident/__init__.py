"""Incident Command: people, one log and one clear picture while things are broken.

It holds the version and nothing else; every capability lives in a module of its own.
"""

__version__ = "0.1.0"
