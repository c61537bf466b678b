"""The command line: `incident serve` and everything else that is typed.

Commands build the same values and call the same parts as every other edge; no rule
lives here.
"""

from incident.cli.app import main

__all__ = ["main"]
