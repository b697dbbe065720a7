"""The people and programs of the API's description."""

from __future__ import annotations

from typing import Any

NOW = "2026-01-01T12:00:00Z"
LATER = "2026-01-31T12:00:00Z"
TOKEN_TEXT = "mst_..."  # noqa: S105 -- an example

WHOEVER: dict[str, Any] = {
    "login_needed": True,
    "name": "anna",
    "role": "admin",
    "tags": "",
    "kind": "session",
    "csrf_token": "9f86d081884c7d65",
    "expires_at": LATER,
}

ACCOUNT: dict[str, Any] = {
    "id": "4f1c2a9be07d",
    "name": "anna",
    "role": "operator",
    "tags": "prod,berlin",
    "is_disabled": False,
    "created_at": NOW,
}

TOKEN: dict[str, Any] = {
    "id": "77a0c3d1e5f2",
    "name": "backup script",
    "account": "anna",
    "scope": "read",
    "tags": "",
    "created_at": NOW,
    "expires_at": LATER,
}

NEW_TOKEN: dict[str, Any] = {**TOKEN, "token": TOKEN_TEXT}

SESSION: dict[str, Any] = {
    "id": "c0ffee123456",
    "account": "anna",
    "is_own": True,
    "address": "192.0.2.1",
    "agent": "Mozilla/5.0",
    "created_at": NOW,
    "used_at": NOW,
    "expires_at": LATER,
}
