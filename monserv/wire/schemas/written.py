"""Fields of a body that a client writes: what they take in is checked to the last character.

The API's description says the same, in patterns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, Range, Regexp

from monserv.model.secret import Secret
from monserv.model.server_url import MAX_HOST_LENGTH, MAX_PORT, MalformedUrlError, bare_host
from monserv.wire import examples

MAX_TAGS = 20
MAX_TAG_LENGTH = 50

# Control characters, what turns the direction of text, what shows as nothing.
_UNFIT = r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
_LINE = Regexp(rf"^[^{_UNFIT}]*$", error="Must be one line without control characters.")
_FILLED = Regexp(
    rf"^[^{_UNFIT}]*[^\s{_UNFIT}][^{_UNFIT}]*$",
    error="Must be one line without control characters, and not empty.",
)
_PROSE = Regexp(rf"^([\t\n\r]|[^{_UNFIT}])*$", error="Must be text without control characters.")
_TAG = rf"[^,{_UNFIT}]{{0,{MAX_TAG_LENGTH}}}"
_TAGS = Regexp(
    rf"^({_TAG},){{0,{MAX_TAGS - 1}}}{_TAG}$",
    error=f"Must be at most {MAX_TAGS} tags of at most {MAX_TAG_LENGTH} characters, with commas "
    "between them.",
)
_PASSWORD = r"^[^\x00]*$"  # noqa: S105 -- what one may look like

_NO_FINGERPRINT = "Must be a fingerprint as ssh-keygen -l prints it: SHA256:..."
_Data = Mapping[str, Any] | None


def line(max_length: int, about: dict[str, Any], **options: Any) -> fields.String:
    """Return one line of text, which may be empty."""
    return Stripped(validate=[Length(max=max_length), _LINE], metadata=about, **options)


def filled(max_length: int, about: dict[str, Any]) -> fields.String:
    """Return one line of text that says something."""
    return Stripped(validate=[Length(min=1, max=max_length), _FILLED], metadata=about)


def prose(max_length: int, about: dict[str, Any]) -> fields.String:
    """Return text of several lines."""
    return Whole(validate=[Length(max=max_length), _PROSE], metadata=about)


def tags(about: dict[str, Any]) -> fields.String:
    """Return comma-separated tags."""
    return Stripped(validate=_TAGS, metadata=about)


class Whole(fields.String):
    """Text of whole characters; JSON can also spell half ones."""

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValidationError("Must be text without half characters.") from None
        return text


class Stripped(Whole):
    """Text without the blanks around it."""

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> Any:
        return super()._deserialize(value, attr, data, **more).strip()


class Host(Stripped):
    """A host name or an address, alone."""

    def __init__(self, about: dict[str, Any]) -> None:
        forms = [{"pattern": r"^[\w.-]+$", "maxLength": MAX_HOST_LENGTH}, {"format": "ipv6"}]
        super().__init__(metadata={**about, "anyOf": forms})

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> str:
        try:
            return bare_host(super()._deserialize(value, attr, data, **more))
        except MalformedUrlError as error:
            raise ValidationError(str(error)) from None


def fingerprint(description: str, *, required: bool = False) -> fields.String:
    """Return a field for the fingerprint of a host key."""
    return fields.String(
        required=required,
        load_only=True,
        # Python's $ would let a line's end pass.
        validate=[Regexp(r"^SHA256:[A-Za-z0-9+/]{43}$", error=_NO_FINGERPRINT), Length(equal=50)],
        metadata={"description": description, "example": examples.FINGERPRINT},
    )


class Password(Whole):
    """A secret; no answer ever holds it. ``None`` takes it away."""

    def __init__(self, max_length: int, about: dict[str, Any]) -> None:
        super().__init__(
            load_only=True,
            allow_none=True,
            metadata={**about, "maxLength": max_length, "pattern": _PASSWORD},
        )
        self._checks = [
            Length(max=max_length),
            Regexp(_PASSWORD, error="Must be text without NUL."),
        ]

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        for check in self._checks:
            check(text)
        return Secret(text)


class WholeNumber(fields.Integer):
    """A whole number, as a JSON number; 30.0 is one as well."""

    def _validated(self, value: Any) -> Any:
        if isinstance(value, str) or (isinstance(value, float) and not value.is_integer()):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Port(WholeNumber):
    """A port."""

    def __init__(self, about: dict[str, Any]) -> None:
        super().__init__(validate=Range(min=1, max=MAX_PORT), metadata=about)


class Angle(fields.Float):
    """Degrees from ``-limit`` to ``limit`` as a JSON number, or null."""

    def __init__(self, limit: int, about: dict[str, Any]) -> None:
        super().__init__(allow_none=True, validate=Range(min=-limit, max=limit), metadata=about)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class YesOrNo(fields.Boolean):
    """true or false, and nothing that looks alike."""

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **more)
