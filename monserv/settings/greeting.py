"""What the log says once monserv runs: where to click, and what keeps others out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from monserv.model.settings import Settings
from monserv.settings import addresses

_CONTAINER_FILES = ("/.dockerenv", "/run/.containerenv")
_CONTAINER_VARIABLES = ("container", "KUBERNETES_SERVICE_HOST")


def links(settings: Settings) -> tuple[str, ...]:
    """Return three lines: the dashboard, Swagger UI, the WebSocket."""
    place = settings.api_host or _own_place(settings)
    secure = "s" if _is_secure(settings) else ""
    return (
        f"Dashboard   http{secure}://{place}/",
        f"Swagger UI  http{secure}://{place}/swagger/index.html",
        f"WebSocket   ws{secure}://{place}/ws",
    )


def hints(settings: Settings, *, contained: bool) -> tuple[str, ...]:
    """Return the exact setting that lets others in where they seem to be expected."""
    if not addresses.is_loopback(settings.server_host):
        return ()
    opening = "SERVER_HOST=0.0.0.0 MONSERV_AUTH=required"
    api = addresses.split_port(settings.api_host)
    if contained:
        text = (
            f"Listening on {settings.server_host} inside a container, where nobody outside can "
            f"connect; {opening} lets in who has an account"
        )
        return (text,)
    if api and not addresses.is_loopback(api[0]) and not settings.trusted_proxies:
        text = (
            f"API_HOST={settings.api_host}, but listening on {settings.server_host}: a proxy on "
            f"this machine can connect, others cannot; {opening} lets in who has an account"
        )
        return (text,)
    return ()


def is_container(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process runs in a container."""
    if any(name in environ for name in _CONTAINER_VARIABLES):
        return True
    return any(Path(name).exists() for name in _CONTAINER_FILES)


def _is_secure(settings: Settings) -> bool:
    """Whether browsers come over TLS: to us, or to a proxy that goes by a name without a port."""
    if settings.tls_certificate is not None:
        return True
    api = addresses.split_port(settings.api_host)
    return settings.trusted_proxies > 0 and api is not None and api[1] in {"", "443"}


def _own_place(settings: Settings) -> str:
    host = settings.server_host
    if host in addresses.EVERY_ADDRESS:
        host = "127.0.0.1"
    return f"{addresses.in_url(host)}:{settings.server_port}"
