"""Fields that explain themselves in the API's description."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from marshmallow import ValidationError, fields

_Field = TypeVar("_Field", bound=fields.Field[Any])


def text(description: str, example: str, **options: Any) -> fields.String:
    """Return a required text."""
    return fields.String(required=True, metadata=_about(description, example), **options)


def count(description: str, example: int) -> fields.Integer:
    """Return a required whole number, never negative."""
    return fields.Integer(required=True, metadata={**_about(description, example), "minimum": 0})


def size(description: str, example: int) -> fields.Integer:
    """Return a required number of bytes."""
    return count(f"{description}, in bytes", example)


def percent(description: str, example: float) -> fields.Float:
    """Return a required percent, rounded to 0.1."""
    bounds = {"minimum": 0, "maximum": 100}
    about = _about(f"{description}, in percent, rounded to 0.1", example)
    return fields.Float(required=True, metadata={**about, **bounds})


def number(description: str, example: float) -> fields.Float:
    """Return a required number, never negative."""
    about = _about(description, example)
    return fields.Float(required=True, metadata={**about, "minimum": 0})


def perhaps(field: _Field) -> _Field:
    """Return a field that is absent where its value is unknown."""
    field.required = False
    return field


def degrees(description: str, example: float, *, limit: int) -> fields.Float:
    """Return a required angle from ``-limit`` to ``limit``, or null."""
    about = _about(f"{description}, in degrees", example)
    bounds = {"minimum": -limit, "maximum": limit}
    return fields.Float(required=True, allow_none=True, metadata={**about, **bounds})


def flag(description: str, *, example: bool) -> fields.Boolean:
    """Return a required yes or no."""
    return fields.Boolean(required=True, metadata=_about(description, example))


def instant(description: str, example: str, **options: Any) -> fields.AwareDateTime:
    """Return a required time, RFC 3339 in UTC."""
    about = _about(f"{description} (RFC 3339, UTC)", example)
    return fields.AwareDateTime(required=True, metadata=about, **options)


class Instant(fields.AwareDateTime):
    """A time in a query: RFC 3339 with its offset, returned in UTC."""

    default_error_messages = dict.fromkeys(
        ("invalid", "invalid_awareness"),
        "Must be a time with its offset, as in 2026-01-01T12:00:00Z.",
    )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        # A query turns the plus of an offset into a space.
        at = super()._deserialize(str(value).replace(" ", "+"), attr, data, **kwargs)
        try:
            return at.astimezone(UTC)
        except OverflowError:
            raise ValidationError("Lies beyond the calendar.") from None


class Ordinal(fields.Integer):
    """A whole number in a query, in plain digits."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> int:
        digits = str(value)
        if not (digits.isascii() and digits.isdigit()) or len(digits) > _MAX_DIGITS:
            raise ValidationError("Must be a whole number in plain digits.")
        return int(digits)


_MAX_DIGITS = 18


def _about(description: str, example: Any) -> dict[str, Any]:
    return {"description": description, "example": example}
