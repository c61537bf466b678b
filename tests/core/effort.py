"""How hard properties are tried: quickly by default, thoroughly with TEST_EFFORT=thorough."""

import os

THOROUGH = os.environ.get("TEST_EFFORT") == "thorough"


def examples(quick: int, thorough: int) -> int:
    """How many examples a property is tried on."""
    return thorough if THOROUGH else quick
