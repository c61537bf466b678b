"""JSON Schema of our models, as exact as the models are: patterns stand for our own checks.

Nothing here is about any one operation.
"""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from incident.core.values import (
    a_path,
    on_one_line,
    with_a_host,
    with_something_to_read,
    without_nul,
)
from incident.store.directory import a_zone
from incident.web.replay_schemas import REPLAYED
from incident.web.schemas import SHAPES

REFERENCE = "#/components/schemas/{model}"

_BLANK = r"\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_BREAK = r"\u0000\n-\r\u001c-\u001e\u0085\u2028\u2029"

SAID: dict[Callable[..., Any], dict[str, str]] = {
    without_nul: {"pattern": r"^[^\u0000]*$"},
    with_something_to_read: {"pattern": rf"^[^\u0000]*[^\u0000{_BLANK}][^\u0000]*$"},
    on_one_line: {"pattern": rf"^[^{_BREAK}]*[^{_BREAK}{_BLANK}][^{_BREAK}]*$"},
    a_path: {"pattern": rf"^[^\u0000{_BLANK}/,*]+(/[^\u0000{_BLANK}/,*]+)*(/\*)?$"},
    a_zone: {"format": "time-zone"},
    with_a_host: {"format": "web-address"},
}
"""What our checks say beyond the types; the last one in a chain says it all."""


class Exact(GenerateJsonSchema):
    """A generator that knows our checks, and that an absent field is not a null one."""

    def function_after_schema(
        self, schema: core_schema.AfterValidatorFunctionSchema
    ) -> JsonSchemaValue:
        return super().function_after_schema(schema) | SAID.get(schema["function"]["function"], {})

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """JavaScript and Rust differ on what is white space, so it is spelt out."""
        said = super().str_schema(schema)
        if "pattern" in said:
            said["pattern"] = said["pattern"].replace(r"\s", _BLANK)
        return said

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Fields that may be absent and never null have None as their default in Python."""
        said = super().default_schema(schema)
        if said.get("default") is None:
            said.pop("default", None)
        return said


def components(bodies: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """The schemas of all bodies and shapes, by name."""
    found: dict[str, Any] = {}
    kinds: tuple[tuple[JsonSchemaMode, Iterable[type[BaseModel]]], ...] = (
        ("validation", bodies),
        ("serialization", (*SHAPES, *REPLAYED)),
    )
    for mode, models in kinds:
        for model in models:
            schema = model.model_json_schema(
                ref_template=REFERENCE, schema_generator=Exact, mode=mode
            )
            found |= {name: finished(one) for name, one in schema.pop("$defs", {}).items()}
            found[model.__name__] = finished(schema)
    return dict(sorted(found.items()))


def fields(model: type[BaseModel]) -> list[tuple[str, dict[str, Any], bool]]:
    """The fields of a flat model, each with its schema and whether it is needed."""
    schema = model.model_json_schema(ref_template=REFERENCE, schema_generator=Exact)
    needed = schema.get("required", [])
    return [
        (name, without_null(finished(one)), name in needed)
        for name, one in schema.get("properties", {}).items()
    ]


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What stands in a query is never null; it is absent."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {name: one for name, one in schema.items() if name != "anyOf"}
    return {**rest, **choices[0]}


def finished(schema: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """With references in place, and without the titles that only repeat a field's name."""
    if isinstance(schema, list):
        return [finished(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-shape" in schema:
        named = {"$ref": REFERENCE.format(model=schema["x-shape"])}
        return {name: schema[name] for name in ("default", "description") if name in schema} | named
    return {
        name: {field: finished(one) for field, one in value.items()}
        if name == "properties"
        else finished(value)
        for name, value in schema.items()
        if name != "title" or not isinstance(value, str)
    }
