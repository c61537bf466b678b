"""What the public shapes are made of: their form, and how times and durations look in them.

No shape stands here.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, WithJsonSchema
from pydantic.alias_generators import to_camel

Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Iso = Annotated[str, WithJsonSchema({"type": "string", "format": "duration"})]
Address = Annotated[str, WithJsonSchema({"type": "string", "format": "uri"})]


class Shape(BaseModel):
    """camelCase in JSON, closed to other fields."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", use_attribute_docstrings=True
    )


class Wrong(Shape):
    """A field that is wrong."""

    loc: list[str | int]
    """The way to it, by names and places in lists."""
    msg: str
    line: int = None  # type: ignore[assignment]  # absent but for text
    """Where it stands in a file, from 1."""
    column: int = None  # type: ignore[assignment]  # absent but for text
