"""What a client may write about a server."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, post_load, pre_load, validates_schema
from marshmallow.fields import String
from marshmallow.validate import OneOf

from monserv.model.changes import Changes
from monserv.model.server import Reach
from monserv.model.server_url import LOCAL_URL
from monserv.wire.schemas.written import (
    Angle,
    Host,
    Password,
    Port,
    YesOrNo,
    filled,
    fingerprint,
    line,
    prose,
    tags,
)

_LOGIN = ("host", "port", "username", "password", "key", "jump")
_SECRET = ("password", "key")


def _about(description: str, example: Any) -> dict[str, Any]:
    return {"description": description, "example": example}


class ServerChanges(Schema):
    """What is to be changed; what is absent stays.

    Changing host, port, username or jump drops the stored password and key, which must then
    come along.
    """

    class Meta:
        """What is not among the fields is refused."""

        unknown = RAISE

    name = filled(100, _about("Name for people", "archive"))
    host = Host(_about("Host name or address, without port", "10.0.0.3"))
    port = Port(_about("SSH port", 2222))
    username = filled(100, _about("User who logs in", "scada"))
    password = Password(
        1024,
        _about(
            "Password, or with a key its passphrase; never shown again. Absent or empty: as it is. "
            "null: none",
            "correct horse battery staple",
        ),
    )
    key = line(
        1024,
        _about(
            "Path of a private key on the machine that monserv runs on; never shown again. "
            "Absent or empty: as it is. null: none",
            "~/.ssh/id_nas",
        ),
        load_only=True,
        allow_none=True,
    )
    jump = line(
        200,
        _about(
            "The server through which it is reached, by its id or a name that no other has. Empty "
            "or null: none",
            "",
        ),
        allow_none=True,
    )
    description = prose(1000, _about("Free text", "the archive in the cellar"))
    tags = tags(_about("Comma-separated", "prod,berlin"))
    is_active = YesOrNo(metadata=_about("false pauses it", example=True))
    location = line(200, _about("Where it stands, free text", "cellar"))
    latitude = Angle(90, _about("Where it stands, in degrees, or null", 52.52))
    longitude = Angle(180, _about("Where it stands, in degrees, or null", 13.405))
    host_key = fingerprint(
        "The fingerprint of the host key that a test showed, and that a person has compared: it "
        "is trusted from now on, and another one is refused. Absent: as without a test"
    )

    @pre_load
    def _leave_out_empty(self, data: Any, **_options: Any) -> Any:
        """Leave out a password that was not filled in: a form sends it as an empty text."""
        return {name: value for name, value in data.items() if value != "" or name not in _SECRET}

    @post_load
    def _as_changes(self, data: dict[str, Any], **_options: Any) -> Any:
        """Return the changes."""
        if "tags" in data:
            stripped = (tag.strip() for tag in data["tags"].split(","))
            data["tags"] = tuple(dict.fromkeys(filter(None, stripped)))
        if "jump" in data:
            data["jump"] = data["jump"] or ""
        changes: Changes = data  # type: ignore[assignment]  # the fields above are its fields
        return changes


class NewServer(ServerChanges):
    """A server to be watched: host and username, or the url of this machine."""

    url = String(
        load_only=True,
        validate=OneOf([LOCAL_URL]),
        metadata={
            "description": "The machine that monserv runs on: host, port, username, password and "
            "key do not matter then"
        },
    )

    @validates_schema
    def _check_whole(self, data: dict[str, Any], **_options: Any) -> None:
        for field in ("host", "username"):
            if field not in data and "url" not in data:
                raise ValidationError("Missing data for required field.", field)

    @post_load
    def _as_changes(self, data: dict[str, Any], **options: Any) -> Any:
        """Return the changes."""
        if "url" in data:
            described = {name: value for name, value in data.items() if name not in _LOGIN}
            del described["url"]
            here = Changes(reach=Reach.LOCAL, name="this machine", host="localhost", username="")
            return here | super()._as_changes(described, **options)
        return super()._as_changes(data, **options)


class TrialForm(NewServer):
    """A server to be tried: a new one, or with its id what changes would make of one."""

    id = line(
        200,
        {
            "description": "Id of a server; the other fields change it, for this trial alone, and "
            "url does not matter"
        },
    )

    @validates_schema
    def _check_whole(self, data: dict[str, Any], **options: Any) -> None:
        if "id" not in data:
            super()._check_whole(data, **options)

    @post_load
    def _as_changes(self, data: dict[str, Any], **options: Any) -> Any:
        """Return the id, or ``None``, and the changes."""
        server_id = data.pop("id", None)
        if server_id is not None:
            data.pop("url", None)
        return server_id, super()._as_changes(data, **options)
