"""``monserv record``: what the probe of one server answers, without names, as a fixture."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from pathlib import Path
from random import SystemRandom

import click

from monserv.cli import one_poll, opening, reading
from monserv.clock import SystemClock
from monserv.errors import PollError, SettingsError
from monserv.model.server import Server
from monserv.model.settings import Settings
from monserv.poll.interview import Answer, Interview
from monserv.poll.link import ERROR_LIMIT
from monserv.poll.watchdog import Watchdog
from monserv.probe import recording
from monserv.probe.anonymity import anonymous
from monserv.probe.pseudonyms import Kind
from monserv.probe.text import clean
from monserv.ssh.witness import NOBODY

LIMIT_SECONDS = 180.0
STOP_SECONDS = 1.0


@click.command()
@click.argument("server")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, resolve_path=True, path_type=Path),
    help="Write it to this file, which must not be there yet, instead of the terminal.",
)
@click.option(
    "--ask-password", is_flag=True, help="Ask for its password, or the passphrase of its key."
)
def record(server: str, *, output: Path | None, ask_password: bool) -> None:
    """Ask SERVER everything that monserv asks, and write the answers without its names."""
    settings = reading.settings()
    found = one_poll.server(server, settings, ask_password=ask_password)
    if output is not None and output.exists():
        raise SettingsError(f"{output} is there already; a recording replaces nothing")
    told = anonymous(_answers(found, settings), SystemRandom())
    raw = recording.write(told.answers)
    if output is None:
        sys.stdout.buffer.write(_harmless(raw) if sys.stdout.isatty() else raw)
        sys.stdout.flush()
    else:
        _write(output, raw)
    _say(told.counts, output)


def _answers(server: Server, settings: Settings) -> list[Answer]:
    """Log in as a check does, pin nothing, and ask; raises ``SettingsError``."""
    clock = SystemClock()
    watchdog = Watchdog(clock)
    opener = opening.opener(settings, clock)
    watchdog.start()
    try:
        with watchdog.limit(LIMIT_SECONDS) as limit:
            session = opener.visit(server, limit, NOBODY)
            try:
                limit.hold(session.abort)
                return Interview(session, clock, threading.Event(), _say_hung).answers(limit)
            finally:
                session.close()
    except (PollError, OSError) as error:
        # It may hold words of the server, which a terminal must not obey.
        why = clean(str(error), ERROR_LIMIT) or "No answer came in time"
        raise SettingsError(f"{server.url}: {why}") from None
    finally:
        watchdog.stop(STOP_SECONDS)
        opener.stop()


def _write(output: Path, raw: bytes) -> None:
    try:
        with output.open("xb") as file:
            output.chmod(0o600)
            file.write(raw)
    except OSError as error:
        raise SettingsError(f"{output} could not be written: {error.strerror}") from None


def _harmless(raw: bytes) -> bytes:
    """Return what a terminal may show: names may have its control sequences in them."""
    lines = raw.decode("utf-8", "surrogateescape").split("\n")
    return "\n".join(clean(line, len(line)) for line in lines).encode()


def _say_hung(verb: str) -> None:
    click.echo(f"  {verb}: no answer in time; left out", err=True)


def _say(counts: Counter[Kind], output: Path | None) -> None:
    """Say what was replaced, where it is in the way of no recording."""
    click.echo("Replaced by pseudonyms:", err=True)
    for kind in Kind:
        if counts[kind]:
            click.echo(f"  {counts[kind]:>5}  {kind}", err=True)
    where = "what was written" if output is None else str(output)
    click.echo(
        f"Kept: numbers, the model, the operating system, the kernel, words of systems and"
        f" programs.\nLook through {where} before you share it.",
        err=True,
    )
