"""A file that names servers, and what is shown of it."""

from __future__ import annotations

from marshmallow import RAISE, Schema
from marshmallow.fields import Enum, Integer, List, Nested, String
from marshmallow.validate import Length, OneOf

from monserv.model.candidate import MAX_FILE_CHARACTERS, FileKind
from monserv.wire.schemas.answers import Answer
from monserv.wire.schemas.fields import text
from monserv.wire.schemas.written import filled


class ImportText(Schema):
    """The text of a file that names servers."""

    class Meta:
        """What is not among the fields is refused."""

        unknown = RAISE

    text = String(
        required=True,
        validate=Length(min=1, max=MAX_FILE_CHARACTERS),
        metadata={"description": "The file as it is", "example": "Host nas\n  User joe\n"},
    )
    kind = String(
        validate=OneOf([kind.value for kind in FileKind]),
        metadata={"description": "What it is; absent: as it looks", "example": "ssh_config"},
    )
    username = filled(
        100, {"description": "Who logs in where the file names nobody", "example": "root"}
    )


class Candidate(Schema):
    """A server that a file names."""

    name = text("Its name in the file", "nas")
    host = text("Host name or address", "10.0.0.3")
    port = Integer(required=True, metadata={"description": "SSH port", "example": 22})
    username = text("User who logs in, empty where nobody is named", "joe")
    jump = text("Name of the server through which it is reached, empty without", "")
    key = text("Path of a private key as the file has it, empty without", "~/.ssh/id_nas")
    tags = text("Comma-separated: its groups", "prod")
    known = String(
        required=True,
        allow_none=True,
        metadata={"description": "Id of the server that is watched there already, or null"},
    )
    problem = text("Why it cannot be added as it stands; empty when it can", "")
    remarks = List(
        String(), required=True, metadata={"description": "What of it is left out, in sentences"}
    )


class Import(Schema):
    """The servers of a file."""

    kind = Enum(FileKind, by_value=String, required=True, metadata={"example": "ssh_config"})
    servers = List(Nested(Candidate), required=True)
    remarks = List(
        String(), required=True, metadata={"description": "What of the file is left out"}
    )


class ImportAnswer(Answer):
    """The servers of a file."""

    data = Nested(Import, required=True)
