"""What a client may write about a server."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, post_load, pre_load, validates_schema
from marshmallow.fields import String
from marshmallow.validate import Length

from monserv.model import server_url
from monserv.model.changes import Changes
from monserv.model.server import Reach
from monserv.model.server_url import MAX_HOST_LENGTH, MalformedUrlError
from monserv.wire.schemas.written import Angle, Host, Line, Password, Port, Prose, TagList, YesOrNo

MAX_PATH = 1024
MAX_SECRET = 1024
_LOGIN = ("host", "port", "username", "password", "key")


def _about(description: str, example: Any) -> dict[str, Any]:
    return {"description": description, "example": example}


class ServerChanges(Schema):
    """What is to be changed; what is absent stays.

    Changing host, port or username drops the stored password and key, which must then
    come along.
    """

    name = Line(min_length=1, max_length=100, metadata=_about("Name for people", "archive"))
    host = Host(
        max_length=MAX_HOST_LENGTH + 2,
        metadata=_about("Host name or address, without port", "10.0.0.3"),
    )
    port = Port(metadata=_about("SSH port", 2222))
    username = Line(min_length=1, max_length=100, metadata=_about("User who logs in", "scada"))
    password = Password(
        max_length=MAX_SECRET,
        metadata=_about(
            "Password, or with a key its passphrase; never shown again. Absent or empty: as it is. "
            "null: none",
            "correct horse battery staple",
        ),
    )
    key = Line(
        max_length=MAX_PATH,
        load_only=True,
        allow_none=True,
        metadata=_about(
            "Path of a private key on the machine that monserv runs on; never shown again. "
            "Absent or empty: as it is. null: none",
            None,
        ),
    )
    description = Prose(
        validate=Length(max=1000), metadata=_about("Free text", "the archive in the cellar")
    )
    tags = TagList(max_length=1100, metadata=_about("Comma-separated", "prod,berlin"))
    is_active = YesOrNo(metadata=_about("false pauses it", True))
    location = Line(max_length=200, metadata=_about("Where it stands, free text", "cellar"))
    latitude = Angle(limit=90, metadata=_about("Where it stands, in degrees, or null", 52.52))
    longitude = Angle(limit=180, metadata=_about("Where it stands, in degrees, or null", 13.405))

    @pre_load
    def _leave_out_empty(self, data: Any, **_options: Any) -> Any:
        """Leave out what was not filled in: a form sends it as an empty text."""
        if not isinstance(data, dict):
            return data
        return {
            name: value
            for name, value in data.items()
            if not (value == "" and name in {*_LOGIN, "name"})
        }

    @post_load
    def _as_changes(self, data: dict[str, Any], **_options: Any) -> Any:
        """Return the changes."""
        if "tags" in data:
            data["tags"] = tuple(filter(None, data["tags"].split(",")))
        changes: Changes = data  # type: ignore[assignment]  # the fields above are its fields
        return changes


class NewServer(ServerChanges):
    """A server to be watched: host and username, or a url that says the same."""

    url = String(
        load_only=True,
        validate=Length(max=4096),
        metadata=_about(
            "In place of host, port, username, password and key: the server as SERVERS names it, "
            "also local:// for the machine that monserv runs on",
            "ssh://scada@10.0.0.3:2222",
        ),
    )

    @validates_schema
    def _check_whole(self, data: dict[str, Any], **_options: Any) -> None:
        if "url" in data:
            if set(data) & set(_LOGIN):
                raise ValidationError("Already says host, port, username and password.", "url")
            return
        for field in ("host", "username"):
            if field not in data:
                raise ValidationError("Missing data for required field.", field)

    @post_load
    def _as_changes(self, data: dict[str, Any], **options: Any) -> Any:
        """Return the changes; the url is taken apart."""
        url = data.pop("url", None)
        changes = super()._as_changes(data, **options)
        return changes if url is None else _with_url(changes, url)


class TrialForm(NewServer):
    """A server to be tried: a new one, or with its id what changes would make of one."""

    id = Line(
        max_length=200,
        metadata=_about("Id of a server; the other fields change it, for this trial alone", "nas"),
    )

    @validates_schema
    def _check_whole(self, data: dict[str, Any], **options: Any) -> None:
        if "id" not in data:
            super()._check_whole(data, **options)
        elif "url" in data:
            raise ValidationError("Cannot stand beside an id.", "url")

    @post_load
    def _as_changes(self, data: dict[str, Any], **options: Any) -> Any:
        """Return the id, or ``None``, and the changes."""
        server_id = data.pop("id", None)
        return server_id, super()._as_changes(data, **options)


def _with_url(changes: Changes, url: str) -> Changes:
    try:
        found = server_url.parse(url)
    except MalformedUrlError as error:
        raise ValidationError(f"The url {error}.", "url") from None
    is_local = found.reach is Reach.LOCAL
    said = Changes(
        reach=found.reach,
        host=found.host,
        port=found.port,
        username=found.username,
        password=found.password,
        key=found.key_path,
    )
    if found.name or is_local:
        said["name"] = found.name or "this machine"
    if found.tags:
        said["tags"] = found.tags
    return {**said, **changes}
