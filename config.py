"""The settings of this process, read and checked.

Environment, then ``.env``, then ``monserv.toml`` beside this file (installed: in
the current directory), then defaults.
Whatever is wrong is a ``SettingsError`` with the name and the reason, and never
with the value, which may be a password.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from monserv.clock import SystemClock
from monserv.errors import SettingsError
from monserv.model.rollup import Retention
from monserv.model.settings import Settings, Thresholds
from monserv.settings import addresses, channels, schema, servers, sources, ssh_client, tls
from monserv.setup.places import place
from monserv.setup.product import settings_directory
from monserv.sshconfig.book import Book

DIRECTORY = settings_directory()
DATA_DIR = "instance"
DATABASE = "monserv.db"


def load(environ: Mapping[str, str] = os.environ, directory: Path = DIRECTORY) -> Settings:
    """Return the checked settings; makes nothing.

    Raises ``SettingsError``, and ``StartRefused`` when there is no place for the data.
    """
    values = _checked(_written(environ, directory).values)
    certificate, key = tls.pair(values[tls.CERTIFICATE], values[tls.KEY], directory)
    needs_login = _needs_login(values)
    data_dir = place(directory, DATA_DIR, values["MONSERV_DATA_DIR"], environ)
    configured = _book(ssh_client.path(values[ssh_client.NAME], directory))
    configured.open()
    return Settings(
        data_dir=data_dir,
        database_url=values["DATABASE_URL"] or f"sqlite:///{data_dir / DATABASE}",
        servers=servers.read(
            values["SERVERS"], servers.this_user(), lambda host: configured.ask(host).user
        ),
        thresholds=Thresholds(
            cpu_percent=values["CPU_THRESHOLD_PERCENT"],
            memory_percent=values["MEM_THRESHOLD_PERCENT"],
            disk_percent=values["DISK_THRESHOLD_PERCENT"],
            process_ram_percent=values["PROC_RAM_THRESHOLD_PERCENT"],
            cpu_for_seconds=values["MONSERV_CPU_FOR_SECONDS"],
        ),
        poll_interval_seconds=values["POLL_INTERVAL_SECONDS"],
        cpu_budget_percent=values["MONSERV_CPU_BUDGET_PERCENT"],
        history=Retention(
            minute_days=values["MONSERV_HISTORY_1M_DAYS"],
            ten_minute_days=values["MONSERV_HISTORY_10M_DAYS"],
            hour_days=values["MONSERV_HISTORY_1H_DAYS"],
        ),
        deliveries_days=values["MONSERV_DELIVERIES_DAYS"],
        command_lines=values["MONSERV_COMMAND_LINES"],
        server_host=values["SERVER_HOST"],
        server_port=values["SERVER_PORT"],
        api_host=values["API_HOST"],
        allowed_origins=values["ALLOWED_ORIGINS"],
        allowed_hosts=_hosts(values, needs_login=needs_login),
        tls_certificate=certificate,
        tls_key=key,
        trusted_proxies=values["MONSERV_TRUSTED_PROXIES"],
        known_hosts=_known_hosts(values["MONSERV_KNOWN_HOSTS"], directory),
        strict_host_keys=values["MONSERV_STRICT_HOST_KEYS"],
        auth=values["MONSERV_AUTH"],
        needs_login=needs_login,
        requests_per_second=values["MONSERV_REQUESTS_PER_SECOND"],
        log_level=values["LOG_LEVEL"],
        log_format=values["LOG_FORMAT"],
        notify=channels.read(values),
        ssh_config=configured.path,
    )


def book(settings: Settings) -> Book:
    """Return what the SSH configuration says; raises ``SettingsError`` when it is broken."""
    found = _book(settings.ssh_config)
    found.open()
    return found


def _book(path: Path | None) -> Book:
    return Book(path, SystemClock(), servers.this_user())


def remarks(
    settings: Settings, environ: Mapping[str, str] = os.environ, directory: Path = DIRECTORY
) -> tuple[str, ...]:
    """Return what a person should know about these settings, a sentence each."""
    said = []
    legacy = _written(environ, directory).legacy
    if legacy:
        said.append(f"{', '.join(legacy)}: monserv has no use for these; they can go")
    if settings.auth == "none":
        said.append(
            "MONSERV_AUTH=none: every user and program of this machine sees its servers"
            if addresses.is_loopback(settings.server_host)
            else f"MONSERV_AUTH=none and SERVER_HOST={settings.server_host}: everybody who can "
            "reach this machine sees its servers; keep it behind a firewall"
        )
    is_reached = not addresses.is_loopback(settings.server_host)
    if (
        settings.needs_login
        and is_reached
        and not (settings.tls_certificate or settings.trusted_proxies)
    ):
        said.append(
            f"SERVER_HOST={settings.server_host}: passwords and tokens travel in clear; give "
            "MONSERV_TLS_CERT and MONSERV_TLS_KEY, or put a proxy in front (docs/DEPLOYMENT.md)"
        )
    if settings.trusted_proxies and is_reached:
        said.append(
            f"MONSERV_TRUSTED_PROXIES={settings.trusted_proxies} and "
            f"SERVER_HOST={settings.server_host}: who reaches port {settings.server_port} past the "
            "proxy can claim any address; let only the proxy reach it"
        )
    if "*" in settings.allowed_origins:
        said.append("ALLOWED_ORIGINS=*: any web site may read what monserv shows")
    return (*said, *_book(settings.ssh_config).remarks())


def _written(environ: Mapping[str, str], directory: Path) -> sources.Written:
    return sources.read(environ, directory, schema.NAMES, schema.SECRET_NAMES)


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return schema.check(values)
    except ValidationError as error:
        wrong = error.messages_dict
        raise SettingsError(
            "; ".join(f"{name} {' '.join(wrong[name])}" for name in sorted(wrong))
        ) from None


def _known_hosts(paths: Sequence[str], directory: Path) -> tuple[Path, ...]:
    """Return the files of host keys; one in a home that nobody has is not there."""
    found = []
    for path in paths:
        with contextlib.suppress(RuntimeError):
            found.append(directory / Path(path).expanduser())
    return tuple(found)


def _needs_login(values: Mapping[str, Any]) -> bool:
    """Whether nobody gets in without a credential.

    On loopback there is nobody else, unless a proxy lets others in.
    """
    if values["MONSERV_AUTH"] != "auto":
        return bool(values["MONSERV_AUTH"] == "required")
    is_alone = addresses.is_loopback(values["SERVER_HOST"])
    return not is_alone or values["MONSERV_TRUSTED_PROXIES"] > 0


def _hosts(values: Mapping[str, Any], *, needs_login: bool) -> tuple[str, ...]:
    """Return the names under which monserv may be called, against DNS rebinding.

    Loopback is always among them: no web site can go by such a name. Where any
    web site may read everything there is nothing left to protect, and where a login
    is needed a web site under another name has none.
    """
    if values["ALLOWED_HOSTS"]:
        return tuple(dict.fromkeys([*values["ALLOWED_HOSTS"], *addresses.LOOPBACK_NAMES]))
    if needs_login or "*" in values["ALLOWED_ORIGINS"]:
        return ("*",)
    api = addresses.split_port(values["API_HOST"])
    named = [
        *addresses.LOOPBACK_NAMES,
        values["SERVER_HOST"],
        *([api[0]] if api else []),
        *addresses.machine_names(),
    ]
    return tuple(dict.fromkeys(one for one in named if one not in addresses.EVERY_ADDRESS))
