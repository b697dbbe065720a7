"""Fields of a body that a client writes: what they take in is checked to the last character."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, Range

from monserv.model.secret import Secret
from monserv.model.server_url import MAX_PORT, MalformedUrlError, bare_host

MAX_TAGS = 20
MAX_TAG_LENGTH = 50

_Data = Mapping[str, Any] | None


class Line(fields.String):
    """One line of text without control characters, blanks around it left out."""

    def __init__(self, *, max_length: int, min_length: int = 0, **options: Any) -> None:
        super().__init__(validate=Length(min=min_length, max=max_length), **options)

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more).strip()
        if not text.isprintable():
            raise ValidationError("Must be one line without control characters.")
        return text


class Prose(fields.String):
    """Text of several lines, without other control characters."""

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more).replace("\r\n", "\n")
        if not all(one.isprintable() or one in "\n\t" for one in text):
            raise ValidationError("Must be text without control characters.")
        return text


class Host(Line):
    """A host name or an address, alone."""

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> str:
        try:
            return bare_host(super()._deserialize(value, attr, data, **more))
        except MalformedUrlError as error:
            raise ValidationError(str(error)) from None


class TagList(Line):
    """Comma-separated tags, each once."""

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        tags = dict.fromkeys(filter(None, (tag.strip() for tag in text.split(","))))
        if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG_LENGTH for tag in tags):
            raise ValidationError(
                f"Must be at most {MAX_TAGS} tags of at most {MAX_TAG_LENGTH} characters."
            )
        return ",".join(tags)


class Password(fields.String):
    """A secret; no answer ever holds it. ``None`` takes it away."""

    def __init__(self, *, max_length: int, **options: Any) -> None:
        super().__init__(load_only=True, allow_none=True, **options)
        self._max_length = max_length

    def _deserialize(self, value: Any, attr: str | None, data: _Data, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if len(text) > self._max_length:
            raise ValidationError(f"Longer than maximum length {self._max_length}.")
        if "\0" in text or not _is_whole(text):
            raise ValidationError("Must be text without NUL and half characters.")
        return Secret(text)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Port(fields.Integer):
    """A port, as a JSON number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=Range(min=1, max=MAX_PORT), strict=True, **options)


class Angle(fields.Float):
    """Degrees from ``-limit`` to ``limit`` as a JSON number, or null."""

    def __init__(self, *, limit: int, **options: Any) -> None:
        super().__init__(allow_none=True, validate=Range(min=-limit, max=limit), **options)

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
