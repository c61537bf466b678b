"""What every command on the socket has beside its fields: its `ref`, the idempotency key."""

from typing import Any

from incident.web.bodies import Body, Reference


class Sent(Body):
    ref: Reference

    def given(self, **names: str) -> dict[str, Any]:
        """The fields of the body: `type` and `ref` are its envelope."""
        return {k: v for k, v in super().given(**names).items() if k not in {"type", "ref"}}
