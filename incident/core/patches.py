"""JSON Merge Patch (RFC 7396): what changed between two JSON objects, and how to apply it.

A merge patch cannot set a member to null: it removes it. Our objects therefore mean the
same whether a member is null or absent.
"""

from collections.abc import Mapping
from typing import Any


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The patch that turns `before` into `after`, up to members that are null."""
    patch: dict[str, Any] = {
        name: None for name, old in before.items() if old is not None and after.get(name) is None
    }
    for name, new in after.items():
        old = before.get(name)
        if new is None or new == old:
            continue
        both_objects = isinstance(old, Mapping) and isinstance(new, Mapping)
        patch[name] = difference(old, new) if both_objects else new  # type: ignore[arg-type]  # isinstance in a name is not narrowed
    return patch


def merged(target: Any, patch: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """`target` with `patch` applied, as RFC 7396 section 2 defines it."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def without_nulls(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """`value` without the members that are null, at every depth of its objects."""
    if isinstance(value, Mapping):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return value
