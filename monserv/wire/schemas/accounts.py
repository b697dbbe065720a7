"""Those who may come in: what is shown of them, and what can be sent."""

from __future__ import annotations

from marshmallow import RAISE, Schema
from marshmallow.fields import Boolean, Enum, List, Nested, String
from marshmallow.validate import Length, OneOf, Range, Regexp

from monserv.model.access import Role
from monserv.model.account import MAX_NAME_LENGTH, Scope
from monserv.wire import account_examples as examples
from monserv.wire.schemas.answers import Answer
from monserv.wire.schemas.fields import count, flag, instant, text
from monserv.wire.schemas.written import WholeNumber

# At most fifty, with commas between them.
_TAG = r"[^,\x00-\x1f\x7f]{0,64}"
_TAG_LIST = rf"^{_TAG}(,{_TAG}){{0,49}}$"
_TAG_ERROR = "At most 50 tags of at most 64 characters, with commas between them."
_MAX_PASSWORD_LENGTH = 256
_MAX_DAYS = 36500
_TAGS = {
    "description": "Only servers with one of these tags, with commas between them; empty: all",
    "example": "prod,berlin",
}
_ROLE = {"description": "What may be done: viewer, operator or admin", "example": "operator"}
_SCOPE = {"description": "read shows, manage changes servers and alerts too", "example": "read"}


class Whoever(Schema):
    """Who asks, and what opens for it."""

    login_needed = flag("Whether nobody gets in without a credential", example=True)
    name = text("Whose credential it is; empty where no login is needed", "anna")
    role = Enum(Role, by_value=String, required=True, metadata=_ROLE)
    tags = String(required=True, metadata=_TAGS)
    kind = String(
        required=True,
        validate=OneOf(["session", "token", "none"]),
        metadata={"description": "What was shown", "example": "session"},
    )
    csrf_token = text("To be sent as X-CSRF-Token with every change; empty without a session", "9f")
    expires_at = instant("When it ends; null for never", examples.LATER, allow_none=True)


class Account(Schema):
    """A person who may log in."""

    id = text("Id", "4f1c2a9be07d")
    name = text("Name, unique whatever its capitals", "anna")
    role = Enum(Role, by_value=String, required=True, metadata=_ROLE)
    tags = String(required=True, metadata=_TAGS)
    is_disabled = flag("Whether it is let in no more", example=False)
    created_at = instant("When it was made", examples.NOW)


class Accounts(Schema):
    """All accounts."""

    accounts = List(Nested(Account), required=True)
    total = count("Accounts", 1)


class Token(Schema):
    """What a program shows; its text is known to nobody."""

    id = text("Id", "77a0c3d1e5f2")
    name = text("Name", "backup script")
    account = text("Whose it is, by name; empty: its own", "anna")
    scope = Enum(Scope, by_value=String, required=True, metadata=_SCOPE)
    tags = String(required=True, metadata=_TAGS)
    created_at = instant("When it was made", examples.NOW)
    expires_at = instant("When it ends; null for never", examples.LATER, allow_none=True)


class NewToken(Token):
    """A token that was just made."""

    token = text("Its text, shown this once", examples.TOKEN_TEXT)


class Tokens(Schema):
    """Tokens."""

    tokens = List(Nested(Token), required=True)
    total = count("Tokens", 1)


class Session(Schema):
    """A log-in of a browser."""

    id = text("Id", "c0ffee123456")
    account = text("Who, by name", "anna")
    is_own = flag("Whether this very request comes from it", example=True)
    address = text("Where it was begun", "192.0.2.1")
    agent = text("By which browser, as that calls itself", "Mozilla/5.0")
    created_at = instant("When it was begun", examples.NOW)
    used_at = instant("When it was last used", examples.NOW)
    expires_at = instant("When it ends at the latest", examples.LATER)


class Sessions(Schema):
    """Sessions."""

    sessions = List(Nested(Session), required=True)
    total = count("Sessions", 1)


class Sent(Schema):
    """What is sent; an unknown name in it is refused."""

    class Meta:
        """marshmallow's options."""

        unknown = RAISE


def _password(description: str) -> String:
    return String(
        required=True,
        load_only=True,
        validate=Length(max=_MAX_PASSWORD_LENGTH),
        metadata={"description": description, "format": "password", "example": "at least ten"},
    )


class AccountToMake(Sent):
    """An account that is to be."""

    name = String(
        required=True,
        validate=Length(min=1, max=MAX_NAME_LENGTH),
        metadata={"description": "Name", "example": "anna"},
    )
    password = _password("At least ten characters")
    role = Enum(Role, by_value=String, load_default=Role.VIEWER, metadata=_ROLE)
    tags = String(load_default="", validate=Regexp(_TAG_LIST, error=_TAG_ERROR), metadata=_TAGS)


class AccountChange(Sent):
    """What is to change; what is absent stays."""

    role = Enum(Role, by_value=String, metadata=_ROLE)
    tags = String(validate=Regexp(_TAG_LIST, error=_TAG_ERROR), metadata=_TAGS)
    is_disabled = Boolean(metadata={"description": "Let it in no more", "example": True})
    password = String(
        load_only=True,
        validate=Length(max=_MAX_PASSWORD_LENGTH),
        metadata={"description": "A new password; all its sessions end", "format": "password"},
    )


class TokenToMake(Sent):
    """A token that is to be."""

    name = String(
        required=True,
        validate=Length(min=1, max=MAX_NAME_LENGTH),
        metadata={"description": "Name", "example": "backup script"},
    )
    scope = Enum(Scope, by_value=String, load_default=Scope.READ, metadata=_SCOPE)
    tags = String(load_default="", validate=Regexp(_TAG_LIST, error=_TAG_ERROR), metadata=_TAGS)
    days = WholeNumber(
        load_default=365,
        allow_none=True,
        validate=Range(min=1, max=_MAX_DAYS),
        metadata={"description": "How long it lasts; null is for ever", "example": 365},
    )


class PasswordChange(Sent):
    """A new password for whoever is logged in."""

    current_password = _password("The password until now")
    new_password = _password("The password from now on, at least ten characters")


class WhoeverAnswer(Answer):
    """Who asks."""

    data = Nested(Whoever, required=True)


class AccountsAnswer(Answer):
    """All accounts."""

    data = Nested(Accounts, required=True)


class AccountAnswer(Answer):
    """One account."""

    data = Nested(Account, required=True)


class TokensAnswer(Answer):
    """Tokens."""

    data = Nested(Tokens, required=True)


class TokenAnswer(Answer):
    """One token, with its text."""

    data = Nested(NewToken, required=True)


class SessionsAnswer(Answer):
    """Sessions."""

    data = Nested(Sessions, required=True)


class DoneAnswer(Answer):
    """That it is done; there is nothing to show."""

    data = Nested(Sent, required=True, allow_none=True, dump_default=None)
