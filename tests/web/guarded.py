"""The application where a login is needed, and every kind of credential for it."""

from __future__ import annotations

from datetime import timedelta

from werkzeug.test import TestResponse

from monserv.accounts import credentials
from monserv.model.access import Role
from monserv.model.account import Account, Scope
from monserv.model.secret import Secret
from tests.accounts.world import World
from tests.web.site import Site

HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
FRIEND = "https://friend.example"
COOKIE = "monserv-18904"


class Guarded(Site):
    """A viewer, an operator and an admin, named after their roles, and a program or two."""

    def __init__(self, world: World, **changed: object) -> None:
        self.world = world
        changed = {"needs_login": True, "allowed_origins": (FRIEND,)} | changed
        self.accounts = world.serve(**changed)
        self.people: dict[Role, Account] = {}
        self._sessions: dict[Role, Secret] = {}
        super().__init__(self.accounts, **changed)

    def populate(self) -> None:
        for role in Role:
            self.people[role] = self.world.person(role.value, role)
        self.accounts.look()

    def token(self, scope: Scope, *tags: str) -> str:
        _, text = self.world.shell.add_token("test", scope, tags, None, None)
        self.accounts.look()
        return text.reveal()

    def expired(self) -> str:
        soon = self.world.clock.now() + timedelta(seconds=1)
        _, text = self.world.shell.add_token("expired", Scope.MANAGE, [], soon, None)
        self.accounts.look()
        self.world.clock.advance(2)
        return text.reveal()

    def revoked(self) -> str:
        token, text = self.world.shell.add_token("revoked", Scope.MANAGE, [], None, None)
        self.world.shell.remove_token(token)
        self.accounts.look()
        return text.reveal()

    def session(self, role: Role) -> Secret:
        """Return a session that is alive."""
        kept = self._sessions.get(role)
        if kept is None or self.accounts.grant(kept) is None:
            kept = self._sessions[role] = self.new_session(role)
        return kept

    def new_session(self, role: Role) -> Secret:
        """Log somebody in, without the time that a password takes."""
        self.world.clock.advance(1)
        _, secret = self.world.shell.add_session(self.people[role], "192.0.2.1", "a test")
        self.accounts.look()
        return secret

    def cookie(self, secret: Secret) -> str:
        """Return the header with which a browser shows a session."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]  # ours has it
        return f"{COOKIE}={serializer.dumps({'key': secret.reveal(), '_permanent': True})}"

    def as_person(self, role: Role, method: str, url: str, **headers: str) -> TestResponse:
        """Ask as one of our own pages does for whoever is logged in."""
        secret = self.session(role)
        own = {"Cookie": self.cookie(secret), "X_CSRF_Token": credentials.page_key(secret)}
        return self.ask(method, url, **(own | headers))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
