"""Free-form JSON that clients attach: bounded in size, depth and kind of key.

Nothing here gives any member a meaning.
"""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

SIZE_LIMIT = 16 * 1024
"""Bytes as JSON."""
DEPTH_LIMIT = 20
NUMBER_LIMIT = 2**53
"""Beyond this, JSON clients no longer agree on the number."""


def storable(metadata: dict[str, Any]) -> dict[str, Any]:
    """`metadata` without null members; refuses what cannot be kept as it is."""
    clean = checked(metadata, DEPTH_LIMIT)
    if len(json.dumps(clean, ensure_ascii=False).encode()) > SIZE_LIMIT:
        raise ValueError(f"must be at most {SIZE_LIMIT // 1024} KiB of JSON")
    return dict(clean)


def checked(value: Any, depth: int) -> Any:  # noqa: ANN401 (any JSON value)
    if depth == 0:
        raise ValueError(f"must be at most {DEPTH_LIMIT} levels deep")
    match value:
        case dict():
            return {
                a_key(name): checked(member, depth - 1)
                for name, member in value.items()
                if member is not None
            }
        case list():
            return [checked(member, depth - 1) for member in value]
        case str():
            return a_text(value)
        case bool() | None:
            return value
        case int() | float() if not abs(value) <= NUMBER_LIMIT:  # so put, it refuses NaN, too
            raise ValueError("numbers must be between -2^53 and 2^53")
        case _:
            return value


def a_key(name: str) -> str:
    """A member's name, which must not look like a path or an operator."""
    if not name or name.startswith("$") or "." in name:
        raise ValueError("names must not be empty, begin with $ or contain a dot")
    return a_text(name)


def a_text(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


VALUE_SCHEMA: dict[str, Any] = {
    "description": "Any JSON, up to 20 levels deep.",
    "anyOf": [
        {"type": "null"},
        {"type": "boolean"},
        {"type": "number", "minimum": -NUMBER_LIMIT, "maximum": NUMBER_LIMIT},
        {"type": "string", "pattern": r"^[^\u0000]*$"},
        {"type": "array", "items": {"$ref": "#/components/schemas/Value"}},
        {"$ref": "#/components/schemas/Metadata"},
    ],
}
METADATA_SCHEMA: dict[str, Any] = {
    "description": "At most 16 KiB of JSON. Members that are null are dropped.",
    "type": "object",
    "propertyNames": {"pattern": r"^[^$.\u0000][^.\u0000]*$"},
    "additionalProperties": {"$ref": "#/components/schemas/Value"},
}
Metadata = Annotated[
    dict[str, Any],
    AfterValidator(storable),
    WithJsonSchema({"x-shape": "Metadata"}),  # the reference is made where both are known
]
