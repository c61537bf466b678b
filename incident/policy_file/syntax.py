"""What the YAML parser says about text that is no YAML, in words that help.

Only the first such fault of a file can be told: nothing behind it can be understood.
"""

from typing import Any

import yaml

from incident.policy_file.faults import TOP, Place

ADVICE = {
    "cannot start any token": "this character cannot begin a value: use spaces, or quotes",
    "tab character": "a tab stands here: indent with spaces",
    "mapping values are not allowed": "a second colon stands here: use quotes or another line",
    "or ']'": "the list must be closed with ], with commas between its items",
    "or '}'": "the mapping must be closed with }, with commas between its fields",
    "expected ':'": "a name must be followed by a colon, as in `name: value`",
    "expected key": "this line must begin below the one it belongs to: mend its indentation",
    "expected <block end>": "this line must begin below the one it belongs to: mend it",
    "expected '-' indicator": "items of a list must begin with a dash, all in one column",
    "unexpected end of stream": "a quote that was opened must be closed",
    "escape": "text in double quotes must write a backslash twice",
}
"""Part of what the parser says (both of them, in C and in Python), and what would be right."""


def advice(refused: yaml.YAMLError) -> tuple[Place, str]:
    """Where the text stops being YAML, and what would be right there."""
    said = str(getattr(refused, "problem", None) or "it cannot be read")
    mark: Any = getattr(refused, "problem_mark", None) or getattr(refused, "context_mark", None)
    place = Place(mark.line + 1, mark.column + 1) if mark else TOP
    hint = next((right for part, right in ADVICE.items() if part in said), None)
    return place, f"not YAML: {hint or said}{began(refused, place)}"


def began(refused: yaml.YAMLError, place: Place) -> str:
    """What was open began elsewhere: say where."""
    mark: Any = getattr(refused, "context_mark", None)
    if mark is None or mark.line + 1 == place.line:
        return ""
    return f" (what it is part of begins on line {mark.line + 1})"
