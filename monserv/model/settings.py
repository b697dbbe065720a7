"""The settings of one process, already checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from monserv.model.channel import NO_CHANNELS, NotifySettings
from monserv.model.rollup import DEFAULT_RETENTION, Retention
from monserv.model.server import Server


@dataclass(frozen=True, slots=True)
class Thresholds:
    """An alert is raised at or above a threshold and clears below threshold - 1."""

    cpu_percent: float = 90.0
    memory_percent: float = 80.0
    disk_percent: float = 80.0
    process_ram_percent: float = 90.0
    cpu_for_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting that has an effect, under its name in the environment, in lower case."""

    data_dir: Path
    database_url: str
    servers: tuple[Server, ...] = ()
    thresholds: Thresholds = Thresholds()
    poll_interval_seconds: float = 4.0
    command_lines: bool = False
    server_host: str = "127.0.0.1"
    server_port: int = 18904
    api_host: str = ""
    allowed_origins: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: int = 0
    auth: str = "auto"
    needs_login: bool = False
    requests_per_second: float = 100.0
    known_hosts: tuple[Path, ...] = ()
    strict_host_keys: bool = False
    log_level: str = "INFO"
    log_format: str = "text"
    notify: NotifySettings = NO_CHANNELS
    ssh_config: Path | None = None
    cpu_budget_percent: float = 2.0
    history: Retention = DEFAULT_RETENTION
    deliveries_days: float = 90.0
