"""Every door, and who may go through it: one table, held against the URL map by a test.

What is missing here opens for nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from monserv.model.access import Role


class Public(Enum):
    """A door that asks for no credential, since it shows nothing that is watched."""

    DOOR = "public"


PUBLIC = Public.DOOR


@dataclass(frozen=True, slots=True)
class Person:
    """A door for somebody who has logged in, with at least this role; for no token.

    ``unlimited`` asks for a person who sees all servers.
    """

    role: Role
    unlimited: bool = False


# The endpoint of a route -> whom it opens for.
DOORS: Mapping[str, Role | Person | Public] = {
    # What a person needs in order to log in, and those who watch the watcher.
    "static": PUBLIC,
    "vendor.show_file": PUBLIC,
    "login.show_login": PUBLIC,
    "login.log_in": PUBLIC,
    "login.log_out": PUBLIC,
    "login.show_setup": PUBLIC,
    "login.set_up": PUBLIC,
    "language.choose": PUBLIC,
    "Health.show_liveness": PUBLIC,
    "Health.show_readiness": PUBLIC,
    # What shows servers and alerts.
    "pages.dashboard": Role.VIEWER,
    "pages.swagger": Role.VIEWER,
    "pages.swagger_folder": Role.VIEWER,
    "api-docs.openapi_json": Role.VIEWER,
    "asyncapi.show_document": Role.VIEWER,
    "asyncapi.show_page": Role.VIEWER,
    "live._serve": Role.VIEWER,
    "State.show_state": Role.VIEWER,
    "Servers.list_servers": Role.VIEWER,
    "Servers.show_metrics": Role.VIEWER,
    "Servers.show_server": Role.VIEWER,
    "Servers.show_capabilities": Role.VIEWER,
    "Servers.show_footprint": Role.VIEWER,
    "HostKeys.show_host_key": Role.VIEWER,
    "Alerts.list_active_alerts": Role.VIEWER,
    "Alerts.list_alerts": Role.VIEWER,
    "Health.show_health": Role.VIEWER,
    "Trends.list_trends": Role.VIEWER,
    "History.show_tiers": Role.VIEWER,
    "History.show_history": Role.VIEWER,
    "Events.stream_dashboard": Role.VIEWER,
    "metrics.scrape": Role.VIEWER,
    "metrics.probe": Role.VIEWER,
    "metrics.targets": Role.VIEWER,
    "Notifications.list_notifications": Role.VIEWER,
    # What changes servers.
    "Managing.add_server": Role.OPERATOR,
    "Managing.test_server": Role.OPERATOR,
    "Managing.follow_test": Role.OPERATOR,
    "Importing.preview_import": Role.OPERATOR,
    "Managing.change_server": Role.OPERATOR,
    "Managing.remove_server": Role.OPERATOR,
    "Managing.restore_server": Role.OPERATOR,
    "Managing.toggle_server": Role.OPERATOR,
    "HostKeys.accept_host_key": Role.OPERATOR,
    "HostKeys.retry_server": Role.OPERATOR,
    # What reaches people.
    "Notifications.try_channel": Role.OPERATOR,
    "Notifications.set_notifications": Role.ADMIN,
    "State.push_test_alert": Role.OPERATOR,
    "Sessions.show_session": Role.VIEWER,
    # What people do about themselves, and about each other: no token makes another.
    "Sessions.change_password": Person(Role.VIEWER),
    "Sessions.list_sessions": Person(Role.VIEWER),
    "Sessions.end_session": Person(Role.VIEWER),
    "Tokens.list_tokens": Person(Role.VIEWER),
    "Tokens.make_token": Person(Role.VIEWER),
    "Tokens.revoke_token": Person(Role.VIEWER),
    "Accounts.list_accounts": Person(Role.ADMIN, unlimited=True),
    "Accounts.make_account": Person(Role.ADMIN, unlimited=True),
    "Accounts.change_account": Person(Role.ADMIN, unlimited=True),
    "Accounts.remove_account": Person(Role.ADMIN, unlimited=True),
}
