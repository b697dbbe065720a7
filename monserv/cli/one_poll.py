"""One server, polled once in the terminal: what it says, how long each step took, or why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import click

import config  # its directory is on the path
from monserv.cli import opening, sample_table
from monserv.clock import SystemClock
from monserv.errors import SettingsError
from monserv.model.secret import Secret
from monserv.model.server import Server
from monserv.model.server_url import MalformedUrlError, parse
from monserv.model.settings import Settings
from monserv.model.trial import ShownKey, StepResult, StepState, Trial
from monserv.poll.courtesy import Courtesy
from monserv.poll.trials import Trials
from monserv.poll.watchdog import Watchdog
from monserv.settings import servers

STOP_SECONDS = 1.0
_MARKS = {StepState.PASSED: "ok", StepState.FAILED: "FAILED", StepState.NOT_RUN: "-"}


def server(text: str, settings: Settings, *, ask_password: bool) -> Server:
    """Return the server that ``text`` is the address, the name or the id of.

    Raises ``SettingsError``.
    """
    if "://" in text:
        book = config.book(settings)
        found = _by_address(text, lambda host: book.ask(host).user)
    else:
        found = _by_name(text, settings.servers)
    if not ask_password:
        return found
    password = Secret(click.prompt("Password", hide_input=True, err=True))
    return replace(found, credentials=replace(found.credentials, password=password))


def run(found: Server, settings: Settings) -> bool:
    """Poll it, and say everything as it comes; return whether it can be watched."""
    clock = SystemClock()
    watchdog = Watchdog(clock)
    opener = opening.opener(settings, clock)
    watchdog.start()
    try:
        click.echo(found.url)
        trial = Trials(opener, clock, watchdog.limit, Courtesy()).run(found, _say_step)
    finally:
        watchdog.stop(STOP_SECONDS)
        opener.stop()
    _say_key(trial)
    if trial.sample is not None:
        click.echo()
        for line in sample_table.lines(trial.sample):
            click.echo(line)
    return trial.has_passed


def _by_address(text: str, user_of: Callable[[str], str | None]) -> Server:
    try:
        # What is wrong with it is told without its text, which may hold a password.
        parse(text, user_of)
    except MalformedUrlError as error:
        raise SettingsError(f"That is not the address of a server: it {error}") from None
    return servers.read([text], servers.this_user(), user_of)[0]


def _by_name(text: str, configured: Iterable[Server]) -> Server:
    for one in configured:
        if text in {one.name, one.id, one.host}:
            return one
    raise SettingsError(
        f"No server in SERVERS is called {text!r}; an address begins with ssh:// or local://"
    )


def _say_step(result: StepResult, _key: ShownKey | None) -> None:
    seconds = "" if result.duration_seconds is None else f"{result.duration_seconds:8.3f} s"
    name = result.step.replace("_", " ")
    click.echo(f"  {name:<9}{seconds:>11}  {_MARKS[result.state]:<7} {result.detail}")


def _say_key(trial: Trial) -> None:
    if trial.host_key is not None:
        known = "pinned" if trial.host_key.is_known else "not pinned yet"
        click.echo(f"  its key   {trial.host_key.type} {trial.host_key.fingerprint} ({known})")
