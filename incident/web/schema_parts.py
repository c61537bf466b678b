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
