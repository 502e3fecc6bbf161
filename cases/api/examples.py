"""Examples in the API's description: what is sent, and what comes back."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer

#: An id, and a moment.
ID = "0198f2a0-6c1e-7c3e-9d52-0f4b8a7e1c11"
AT = "2026-11-12T09:30:00Z"


def shown_as(row: dict[str, Any] | None = None, **sent: dict[str, Any]) -> Callable[[Any], Any]:
    """Decorate a serializer with what it answers, and with bodies that it takes.

    Args:
        row: as it is answered; fields that are not given are unknown, as most of a row often are.
        sent: bodies, by their names with _ for spaces.
    """

    def decorate(serializer: Any) -> Any:
        examples = [
            OpenApiExample(name.replace("_", " "), request_only=True, value=body)
            for name, body in sent.items()
        ]
        if row is not None:
            value = {**_unknown(serializer), **row}
            examples.append(OpenApiExample("As answered", response_only=True, value=value))
        return extend_schema_serializer(examples=examples)(serializer)

    return decorate


def _unknown(serializer: Any) -> dict[str, Any]:
    """Every field that is answered, as it is where nobody knows."""
    return {
        name: "" if getattr(field, "allow_blank", False) else None
        for name, field in serializer().fields.items()
        if not field.write_only
    }
